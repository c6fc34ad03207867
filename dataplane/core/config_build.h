/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From configuration objects to the tree that workers see, in two steps that the bracket asks for:
 * prepare (all that can fail, beside the running tree) and commit (publish; cannot fail).
 * Control thread only.
 */
#ifndef DATAPLANE_CORE_CONFIG_BUILD_H
#define DATAPLANE_CORE_CONFIG_BUILD_H

#include "dataplane/core/config.h"
#include "heddle/config/store.h"

/*
 * Builds the next tree, section by section, from the store's open bracket. Ports that are new or whose
 * kind's object changed get a new struct dp_port, not yet open; @result counts them. On failure nothing is left, and
 * the bracket is refused with the object's name and the reason.
 */
int dp_config_prepare(struct hd_store *store, struct hd_config_result *result);

/*
 * Publishes what was prepared, and commits the store. It is settled when no worker is in the old tree:
 * dp_config_settle() says so. One that was not settled before is waited for.
 */
void dp_config_commit(struct hd_store *store);

/*
 * Settles the last commit: once workers are out of the old tree, its sections are told (section.h): ports
 * that it took away are stopped, new ones started, and so on. Also frees what trees before it had. True when there is
 * nothing to settle any more; with @wait it always is (the control thread waits for a worker's loop).
 */
bool dp_config_settle(bool wait);

/* True when no tree but the running one is left. */
bool dp_config_all_freed(void);

/* Throws away what was prepared. Nothing prepared: nothing happens. */
void dp_config_discard(void);

#endif
