/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plane's side of the configuration bracket (heddle/api/config.h): the messages, in front of the
 * plane's object store. A process has one; all on the thread that serves its channels.
 */
#ifndef HEDDLE_CONFIG_BRACKET_H
#define HEDDLE_CONFIG_BRACKET_H

#include <stdint.h>

#include "heddle/config/store.h"
#include "heddle/ipc/chan.h"

/* What the plane does at each step. All but commit may be NULL: nothing. */
struct hd_bracket_hooks {
	/* A bracket is about to open: finishes what the commit before it has left to do. */
	void (*begin)(void);
	/*
	 * Does all that can fail, beside what runs, and fills in what it knows of @result (the
	 * numbers of objects are there). 0, or -errno after hd_store_refuse().
	 */
	int (*prepare)(struct hd_store *store, struct hd_config_result *result);
	/* What was prepared will not be committed. Also called when nothing was prepared. */
	void (*discard)(void);
	/*
	 * Publishes what was prepared, and commits the store (hd_store_commit()); cannot fail. Calls
	 * hd_bracket_in_force() when workers have it, now or later.
	 */
	void (*commit)(struct hd_store *store);
};

/*
 * Makes the store, of all classes that are registered. Once, at the start. @hooks must live on.
 * -ENOMEM with @err.
 */
int hd_bracket_init(const struct hd_bracket_hooks *hooks, struct hd_err *err);
void hd_bracket_fini(void);

/* The objects of the process; NULL before hd_bracket_init(). */
struct hd_store *hd_bracket_store(void);

/* Generation of the configuration in force; 0: none. */
uint64_t hd_bracket_generation(void);

/* Serves the bracket and all classes of objects on the channel to heddle-mgmt. */
void hd_bracket_serve(struct hd_chan *chan);

/* That channel is gone, or about to go: a bracket that is open is aborted. What runs stays. */
void hd_bracket_lost(void);

/* The last commit is in force: answers it. */
void hd_bracket_in_force(void);

#endif
