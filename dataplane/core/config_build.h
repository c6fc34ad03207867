/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds the tree from configuration objects, in the two steps of the bracket: prepare (does all
 * that can fail, beside the running tree) and commit (publishes the tree; cannot fail). Control
 * thread only.
 */
#ifndef DATAPLANE_CORE_CONFIG_BUILD_H
#define DATAPLANE_CORE_CONFIG_BUILD_H

#include "dataplane/core/config.h"
#include "heddle/config/store.h"

/*
 * Builds the next tree, section by section, from the store's open bracket. A port that is new, or
 * whose kind's object changed, gets a new struct dp_port, which is not open yet; @result counts
 * these. 0 or -errno: then nothing is left, and the bracket is refused with the object's name and
 * the reason.
 */
int dp_config_prepare(struct hd_store *store, struct hd_config_result *result);

/*
 * Publishes the prepared tree and commits the store. The commit is settled when no worker uses the
 * old tree any more: see dp_config_settle(). If the previous commit is not settled yet, waits for
 * that first.
 */
void dp_config_commit(struct hd_store *store);

/*
 * Settles the last commit once no worker uses the old tree any more: tells the sections
 * (section.h), so that removed ports are stopped, new ones started, and so on. Also frees older
 * trees. True when the commit is settled. With @wait that is always so: the control thread waits
 * until each worker has ended its loop.
 */
bool dp_config_settle(bool wait);

/* True when all trees but the running one are freed. */
bool dp_config_all_freed(void);

/* Frees the prepared tree, if there is one. */
void dp_config_discard(void);

#endif
