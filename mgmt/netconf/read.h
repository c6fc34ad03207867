/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading: get, get-config and get-data are one thing with different sources.
 *
 * What is small, or names the instances that it wants, is answered at once. The rest is evaluated
 * and printed beside the loop (child.h).
 */
#ifndef MGMT_NETCONF_READ_H
#define MGMT_NETCONF_READ_H

#include <stdbool.h>

#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/rpc.h"

struct nc_read {
	struct nc_filter filter; /* points into the operation */
	bool operational;        /* else a datastore: */
	enum st_ds ds;
	uint32_t print;         /* LYD_PRINT_* */
	unsigned int max_depth; /* levels below what is selected, itself included; 0: all */
	int config;             /* 1: only what is configuration, 0: only state, -1: both */
	bool with_origin;
	/* Identities of origin filters, sized array; NULL: none. */
	const struct lysc_ident **origins;
	size_t n_origins;
	bool negated;
	const char *open, *close; /* the element around the data */
};

/* Answers @call. @read is copied; origins are taken over. */
void nc_read(struct nc_call *call, const struct nc_read *read);

/* LYD_PRINT_* for a mode of RFC 6243, NULL for none. */
uint32_t nc_read_defaults(const char *mode);

#endif
