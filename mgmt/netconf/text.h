/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writing XML: escapes, and instance paths with prefixes that are declared.
 */
#ifndef MGMT_NETCONF_TEXT_H
#define MGMT_NETCONF_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <event2/buffer.h>

#include <libyang/libyang.h>

/* Can XML 1.0 hold the character (2.2)? */
bool nc_is_char(uint32_t code);

/* Bytes of the character at @c, if it is one of XML 1.0 in UTF-8; else 0. @code may be NULL. */
unsigned int nc_char(const char *c, uint32_t *code);

/* Appends @text with <, >, &, " and what XML cannot hold escaped. */
void nc_text(struct evbuffer *out, const char *text);

/*
 * Where libyang may print XML to @file: it leaves carriage returns as they are, of which who reads them
 * makes line feeds. To be freed with ly_out_free(out, NULL, 0). NULL: out of memory.
 */
struct ly_out *nc_out(FILE *file);

/* @tree and its siblings as XML, printed so (LYD_PRINT_*); malloced, NULL when there is none. */
char *nc_print(const struct lyd_node *tree, uint32_t options);

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
