/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Validation against the schema of what was touched.
 */
#ifndef MGMT_STORE_CHECK_H
#define MGMT_STORE_CHECK_H

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"
#include "mgmt/store/overlay.h"

/*
 * True when a unit of any kind can be validated by itself: no must, when or leafref in the schema
 * looks out of the unit that it is in.
 */
bool ck_units_are_alone(const struct ly_ctx *ctx);

/*
 * Validates the units of @ov (which is topmost in view; only those of its stroke when @struck), or
 * the whole tree when units are not @alone. Defaults are added, and what a when-condition ended is
 * taken away. False with @errs, all that are wrong.
 */
bool ck_units(struct ov *ov, bool struck, bool alone, struct ds_errors *errs);

#endif
