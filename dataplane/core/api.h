/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The messages that heddle-mgmt sends to the data plane: each folder registers a table of handlers
 * for its own.
 */
#ifndef DATAPLANE_CORE_API_H
#define DATAPLANE_CORE_API_H

#include <stdbool.h>
#include <stddef.h>

#include "heddle/ipc/chan.h"

struct dp_api {
	const struct hd_handler *table;
	size_t n;
	void (*detached)(void); /* called when the connection to heddle-mgmt has ended, or NULL */
	struct dp_api *next;
};

/*
 * Registers a table. From a constructor (RTE_INIT). Handlers run on the control thread, with NULL
 * as argument.
 */
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

/*
 * Makes the object store and the configuration bracket. Control thread, once, after
 * dp_config_init(). 0 or -ENOMEM with @err.
 */
int dp_api_init(struct hd_err *err);

/*
 * Adds all registered handlers, and those of the configuration bracket, to the channel to
 * heddle-mgmt. Control thread.
 */
void dp_api_attach(struct hd_chan *chan);

/*
 * The connection to heddle-mgmt has ended: aborts its open bracket, if any, and calls detached() of
 * each table. Control thread.
 */
void dp_api_detach(void);

/*
 * Returns the channel to heddle-mgmt; NULL before its hello, and without a connection. Control
 * thread.
 */
struct hd_chan *dp_api_chan(void);

/* Sets a function that is called once, after the first commit of this process. Control thread. */
void dp_api_on_first_commit(void (*fn)(void));

/*
 * heddle-dp answers a commit when no worker uses the old tree any more. dp_api_settle() answers it
 * if so, and frees old trees; it returns true when no old tree is left. dp_api_on_unsettled() sets
 * a function that is called when a commit cannot be settled at once: then call dp_api_settle()
 * about every millisecond until it returns true. A program that sets no function must have nothing
 * to wait for (replay). Control thread.
 */
void dp_api_on_unsettled(void (*fn)(void));
bool dp_api_settle(void);

#endif
