/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What heddle-mgmt can ask of the data plane: each folder brings a table of handlers.
 */
#ifndef DATAPLANE_CORE_API_H
#define DATAPLANE_CORE_API_H

#include <stdbool.h>
#include <stddef.h>

#include "heddle/ipc/chan.h"

struct hd_api {
	const struct hd_handler *table;
	size_t n;
	void (*detached)(void); /* heddle-mgmt is gone; NULL: that is all the same */
	struct hd_api *next;
};

/* From a constructor. Handlers run on the control thread; their arg is NULL. */
void hd_api_register(struct hd_api *api);

#define HD_API_REGISTER(table_)                                                               \
	RTE_INIT(hd_api_register_##table_)                                                    \
	{                                                                                     \
		static struct hd_api api = {table_, sizeof(table_) / sizeof(table_[0]), NULL, \
					    NULL};                                            \
                                                                                              \
		hd_api_register(&api);                                                        \
	}                                                                                     \
	struct hd_api

/* Makes the store and the bracket. Control thread, once, after hd_config_init(). -ENOMEM with @err. */
int hd_api_init(struct hd_err *err);

/* Adds all registered handlers, and those of the configuration bracket, to a channel. */
void hd_api_attach(struct hd_chan *chan);

/* heddle-mgmt is gone: a bracket that it had open is aborted. */
void hd_api_detach(void);

/* The channel to heddle-mgmt, once it has said hello; else NULL. */
struct hd_chan *hd_api_chan(void);

/* Told once, after the first commit of this process. */
void hd_api_on_first_commit(void (*fn)(void));

/*
 * A commit is answered when no worker is in the tree before it. @fn is told of one for which that takes
 * a while; hd_api_settle() is then to be called every millisecond or so until it returns true, which it
 * does when the commit is answered and nothing of old trees is left. Without @fn it must not take a while.
 */
void hd_api_on_unsettled(void (*fn)(void));
bool hd_api_settle(void);

#endif
