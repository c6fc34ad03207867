/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plane's side of the configuration bracket (heddle/api/config.h): serves its messages and keeps
 * the plane's objects in a store. A process has one bracket. Call everything on the thread that
 * serves the plane's channels.
 */
#ifndef HEDDLE_CONFIG_BRACKET_H
#define HEDDLE_CONFIG_BRACKET_H

#include <stdint.h>

#include "heddle/config/store.h"
#include "heddle/ipc/chan.h"

/* What the plane does at each step. Each but commit may be NULL: then nothing is done. */
struct hd_bracket_hooks {
	/* A bracket is about to open. Finishes what the last commit has left to do. */
	void (*begin)(void);
	/*
	 * Does all that can fail, without touching what runs. Fills in the numbers of ports in
	 * @result; the numbers of objects are there already. 0, or -errno after hd_store_refuse().
	 */
	int (*prepare)(struct hd_store *store, struct hd_config_result *result);
	/*
	 * Frees what was prepared: it will not be committed. Also called when nothing was prepared.
	 */
	void (*discard)(void);
	/*
	 * Publishes what was prepared, and commits the store (hd_store_commit()). Cannot fail.
	 * Calls hd_bracket_in_force(), at once or later, when all workers use the new
	 * configuration.
	 */
	void (*commit)(struct hd_store *store);
};

/*
 * Makes the store, for all classes that are registered. Call once, at the start. @hooks must stay
 * valid until hd_bracket_fini(). 0, or -ENOMEM with @err.
 */
int hd_bracket_init(const struct hd_bracket_hooks *hooks, struct hd_err *err);
void hd_bracket_fini(void);

/* The store with the objects of the process; NULL before hd_bracket_init(). */
struct hd_store *hd_bracket_store(void);

/* The generation of the configuration that is in force; 0: there is none. */
uint64_t hd_bracket_generation(void);

/* Adds handlers for the bracket and for all classes of objects to the channel to heddle-mgmt. */
void hd_bracket_serve(struct hd_chan *chan);

/* Aborts an open bracket, since that channel is closed or about to be closed. What runs stays. */
void hd_bracket_lost(void);

/* Answers COMMIT: the last commit is in force. */
void hd_bracket_in_force(void);

#endif
