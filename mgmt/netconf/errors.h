/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpc-error (RFC 6241 4.3), printed from our errors in the order of the RFC.
 */
#ifndef MGMT_NETCONF_ERRORS_H
#define MGMT_NETCONF_ERRORS_H

#include <event2/buffer.h>

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"

/* Appends an <rpc-error> for each of @errs. */
void nc_errors(struct evbuffer *out, const struct ly_ctx *ctx, const struct ds_errors *errs);

#endif
