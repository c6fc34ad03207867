/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpc-error (RFC 6241 4.3), printed from our errors in the order of the RFC.
 */
#ifndef MGMT_NETCONF_ERRORS_H
#define MGMT_NETCONF_ERRORS_H

#include <stdbool.h>

#include <event2/buffer.h>

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"

/* Appends an <rpc-error> for each of @errs, for a session of version 1.1 (@chunked) or 1.0. */
void nc_errors(struct evbuffer *out, const struct ly_ctx *ctx, const struct ds_errors *errs,
	       bool chunked);

/* Is it the path of an error into an operation, and not into data? */
bool nc_is_of_operation(const struct ly_ctx *ctx, const char *path);

#endif
