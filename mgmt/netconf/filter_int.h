/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the two files of filters share.
 */
#ifndef MGMT_NETCONF_FILTER_INT_H
#define MGMT_NETCONF_FILTER_INT_H

#include <stdbool.h>

#include <libyang/libyang.h>

/* True when a subtree filter names one entry of a list: it matches each key with a value. */
bool nc_filter_names_entry(const struct lyd_node *filter);

/* False when an XPath is a plain path into another top-level node than @schema. */
bool nc_filter_xpath_wants(const char *xpath, const struct ly_ctx *ctx,
			   const struct lysc_node *schema);

#endif
