/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * XML without a schema: what came from the server is read by name, so that a newer or older model
 * there is no reason to fail. libyang parses.
 */
#ifndef MGMT_CLI_COMMAND_XML_H
#define MGMT_CLI_COMMAND_XML_H

#include <stdbool.h>
#include <stdint.h>

#include <libyang/libyang.h>

#include "heddle/base/err.h"
#include "mgmt/cli/term/mem.h"

/*
 * Parses a document into a tree of libyang's opaque nodes, in a context without modules that lives
 * as long as the process. The caller frees it with lyd_free_all(). -EINVAL with @err.
 */
int cli_xml_parse(const char *text, struct lyd_node **tree, struct hd_err *err);

/* The element's name, without a prefix. */
const char *cli_xml_name(const struct lyd_node *node);

/* First child of that name, or NULL. @node may be NULL. */
const struct lyd_node *cli_xml_child(const struct lyd_node *node, const char *name);

/* Next sibling of the same name, or NULL. */
const struct lyd_node *cli_xml_next(const struct lyd_node *node);

/* Text of the child, "" when there is none. Valid as long as the tree. */
const char *cli_xml_text(const struct lyd_node *node, const char *name);

/* The node's own text; a prefix before ':' is kept. */
const char *cli_xml_own_text(const struct lyd_node *node);

/* The node's attribute without a namespace, or NULL. */
const char *cli_xml_attribute(const struct lyd_node *node, const char *name);

/* Number in the child's text, 0 when there is none. */
uint64_t cli_xml_u64(const struct lyd_node *node, const char *name);

/* True if the child's text is "true". */
bool cli_xml_true(const struct lyd_node *node, const char *name);

/* Adds @text with the characters escaped that mean something in XML. */
void cli_xml_escape(struct cli_str *xml, const char *text);

/* For each child of @node named @name. */
#define cli_xml_foreach(child, node, name)                                    \
	for (const struct lyd_node *child = cli_xml_child(node, name); child; \
	     child = cli_xml_next(child))

#endif
