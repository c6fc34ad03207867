/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What heddle-mgmt can ask of the data plane: each folder brings a table of handlers.
 */
#ifndef DATAPLANE_CORE_API_H
#define DATAPLANE_CORE_API_H

#include <stdbool.h>
#include <stddef.h>

#include "heddle/ipc/chan.h"

struct dp_api {
	const struct hd_handler *table;
	size_t n;
	void (*detached)(void); /* heddle-mgmt is gone; NULL: that is all the same */
	struct dp_api *next;
};

/* From a constructor. Handlers run on the control thread; their arg is NULL. */
void dp_api_register(struct dp_api *api);

#define DP_API_REGISTER(table_)                                                               \
	RTE_INIT(dp_api_register_##table_)                                                    \
	{                                                                                     \
		static struct dp_api api = {table_, sizeof(table_) / sizeof(table_[0]), NULL, \
					    NULL};                                            \
                                                                                              \
		dp_api_register(&api);                                                        \
	}                                                                                     \
	struct dp_api

/* Makes the store and the bracket. Control thread, once, after dp_config_init(). -ENOMEM with @err. */
int dp_api_init(struct hd_err *err);

/* Adds all registered handlers, and those of the configuration bracket, to a channel. */
void dp_api_attach(struct hd_chan *chan);

/* heddle-mgmt is gone: a bracket that it had open is aborted. */
void dp_api_detach(void);

/* The channel to heddle-mgmt, once it has said hello; else NULL. */
struct hd_chan *dp_api_chan(void);

/* Told once, after the first commit of this process. */
void dp_api_on_first_commit(void (*fn)(void));

/*
 * A commit is answered when no worker is in the tree before it. @fn is told of one for which that takes
 * a while; dp_api_settle() is then to be called every millisecond or so until it returns true, which it
 * does when the commit is answered and nothing of old trees is left. Without @fn it must not take a while.
 */
void dp_api_on_unsettled(void (*fn)(void));
bool dp_api_settle(void);

#endif
