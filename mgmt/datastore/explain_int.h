/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What explain.c and explain_value.c share.
 */
#ifndef MGMT_DATASTORE_EXPLAIN_INT_H
#define MGMT_DATASTORE_EXPLAIN_INT_H

#include <stdbool.h>

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"

/* True if @schema is in one of the cases of @choice. */
bool ds_in_choice(const struct lysc_node *schema, const struct lysc_node *choice);

/* Adds: something mandatory (a leaf, or one case of a choice) is missing at @path. */
void ds_explain_mandatory(const struct lysc_node *schema, const char *path, struct ds_errors *errs);

#endif
