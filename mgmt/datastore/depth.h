/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How deep a text nests, before a parser that recurses sees it. Pure.
 */
#ifndef MGMT_DATASTORE_DEPTH_H
#define MGMT_DATASTORE_DEPTH_H

#include <stdbool.h>
#include <stddef.h>

/* Deepest nesting of { and [ outside of strings. */
size_t ds_depth_json(const char *text, size_t len);

/* Deepest nesting of elements. What is malformed is for the parser to say: never too small. */
size_t ds_depth_xml(const char *text, size_t len);

/*
 * Does an element undo its namespace (xmlns="")? No element of NETCONF is without one, and libyang
 * 2.1 crashes on two siblings that are. To be asked before it parses with LYD_PARSE_OPAQ.
 */
bool ds_xml_without_namespace(const char *text, size_t len);

#endif
