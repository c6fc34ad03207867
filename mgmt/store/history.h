/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Versions of units as text, as the journal has them, and back.
 */
#ifndef MGMT_STORE_HISTORY_H
#define MGMT_STORE_HISTORY_H

#include "mgmt/store/internal.h"
#include "mgmt/store/journal.h"

/* A unit as XML, malloced; NULL when @node is. */
char *hs_print(const struct lyd_node *node);

/*
 * Makes of @ov, topmost in view and in a stroke, what the record has: its units as they were before
 * it, or after. False with @errs when a version cannot be read. After the last one: ov_complete().
 */
bool hs_apply(struct ov *ov, const struct jr_record *record, bool after, struct ds_errors *errs);

/* The same of many: undoes the records from the newest down to @index (which stays). */
bool hs_go_back(struct st *st, struct ov *ov, unsigned int index, struct ds_errors *errs);

#endif
