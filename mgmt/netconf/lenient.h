/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Requests that widely used clients get wrong, and that mean one thing only.
 */
#ifndef MGMT_NETCONF_LENIENT_H
#define MGMT_NETCONF_LENIENT_H

/*
 * The request as it was meant, malloced, when @message (why libyang refused @text) is that of a known
 * mistake; else NULL:
 *
 *	<filter> of create-subscription in the namespace of NETCONF, not that of RFC 5277 (ncclient)
 *	<format> of get-schema without the prefix that makes it an identity (RFC 6022)
 */
char *nc_lenient(const char *text, const char *message);

#endif
