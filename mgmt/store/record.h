/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A change is written down before the planes are asked, and told of afterwards.
 */
#ifndef MGMT_STORE_RECORD_H
#define MGMT_STORE_RECORD_H

#include "mgmt/store/internal.h"

/* What the change is about to do. Fails, for want of space say, with @err: nothing was written. */
int rc_intend(struct ch *change, struct hd_err *err);

/* What the change stands in the history with: its comment, or what was asked for. */
const char *rc_comment(const struct ch *change);

/* It is in force: the one line of the log that says who changed what, and how much. */
void rc_log(const struct ch *change, const struct hd_config_result *result);

/* It was done, or it was not. */
void rc_end(struct ch *change);
void rc_revert(struct ch *change);

/* Tells the listeners what it changes: before its overlay is folded. */
void rc_tell(struct ch *change);

/* Transient ports: may the edit be? Adds to the errors of @change. */
void tr_check(struct ch *change);

/* Copies what @edit touched to what lies on top of running: a stroke that is left open. */
void tr_put_on_top(struct st *st, const struct ov *edit);

/* Writes down what they will be, for the next start of heddle-mgmt; then whether they are. */
int tr_intend(struct ch *change, uint64_t generation, struct hd_err *err);
void tr_end(struct st *st, bool done);

/* After a restart: puts on top what was written. Returns the generation of it, or 0. */
uint64_t tr_load(struct st *st);

/* There are none. */
void tr_forget(struct st *st);

#endif
