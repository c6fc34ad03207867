/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keeping the journal: that it does not grow for ever, and that there is one again when the disk that
 * it could not be made on is there.
 */
#ifndef MGMT_STORE_KEEP_H
#define MGMT_STORE_KEEP_H

#include "mgmt/store/internal.h"

/* A record was added: folds the journal when it is long, in a child, beside the loop. */
void kp_look(struct st *st);

/*
 * Before a change is written down: is there something to write it to? When the journal could not be
 * opened before it is tried again, and begins with what runs. -errno with @err: the change must not be.
 */
int kp_ready(struct st *st, struct hd_err *err);

/* Ends a fold that is under way, waiting for it. */
void kp_free(struct st *st);

#endif
