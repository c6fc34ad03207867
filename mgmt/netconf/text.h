/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writing XML: escapes, and instance paths with prefixes that are declared.
 */
#ifndef MGMT_NETCONF_TEXT_H
#define MGMT_NETCONF_TEXT_H

#include <event2/buffer.h>

#include <libyang/libyang.h>

/* Appends @text with <, >, &, " and what XML cannot hold escaped. */
void nc_text(struct evbuffer *out, const char *text);

/*
 * Appends <@element xmlns:...>path</@element> for a path as libyang writes it
 * (/module:node/child[key='v']): each node with a prefix, each prefix declared (RFC 6241 4.3).
 * A module that the schema does not know keeps its name as prefix, and the element is left out.
 */
void nc_path(struct evbuffer *out, const struct ly_ctx *ctx, const char *element, const char *path);

/*
 * libyang knows the attribute that marks defaults by the namespace of its module, and not by that of
 * RFC 6243: nc_tag_defaults() changes it in XML that libyang printed, in place, where the text gets
 * shorter; nc_untag_defaults() in XML that it is to read. That is malloced; NULL: nothing is marked.
 */
void nc_tag_defaults(char *xml);
char *nc_untag_defaults(const char *xml);

#endif
