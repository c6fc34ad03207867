/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What types.c and types_path.c share.
 */
#ifndef MGMT_DATASTORE_TYPES_INT_H
#define MGMT_DATASTORE_TYPES_INT_H

#include <libyang/plugins_types.h>

/* ietf-netconf-acm:node-instance-identifier. libyang wants all keys of a list, or none; RFC 8341 not. */
LY_ERR ds_path_store(const struct ly_ctx *ctx, const struct lysc_type *type, const void *value,
		     size_t len, uint32_t options, LY_VALUE_FORMAT format, void *prefixes,
		     uint32_t hints, const struct lysc_node *node, struct lyd_value *storage,
		     struct lys_glob_unres *unres, struct ly_err_item **err);
const void *ds_path_print(const struct ly_ctx *ctx, const struct lyd_value *value,
			  LY_VALUE_FORMAT format, void *prefixes, ly_bool *dynamic, size_t *len);

#endif
