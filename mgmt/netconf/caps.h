/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The capabilities of the server: for its hello, and for ietf-netconf-monitoring.
 */
#ifndef MGMT_NETCONF_CAPS_H
#define MGMT_NETCONF_CAPS_H

#include <libyang/libyang.h>

#define NC_CAP_BASE "urn:ietf:params:netconf:base:1."

typedef void (*nc_cap_fn)(const char *uri, void *arg);

/*
 * Calls @fn with each URI. Modules that are written in YANG 1.1 are not among them: they are in the
 * YANG library, which a capability points to (RFC 7950 5.6.4, RFC 8526 2).
 */
void nc_caps(const struct ly_ctx *ctx, nc_cap_fn fn, void *arg);

/* The number by which a client knows a YANG library that it has read before (RFC 8525 3). */
const char *nc_caps_content_id(const struct ly_ctx *ctx, char text[24]);

#endif
