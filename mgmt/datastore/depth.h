/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How deep a text nests, and how long its parts are, before a parser sees it. Pure.
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
 * Is a tag, or the text between two of them, longer than @max bytes? Then *@name (below @len, *@n bytes)
 * is the element that is meant. No value of ours is that long, and parsers, checks and errors that
 * quote it take their time. Comments and processing instructions are skipped: they cost nothing.
 */
bool ds_xml_too_long(const char *text, size_t len, size_t max, const char **name, size_t *n);

#define DS_VALUE_MAX 65536 /* bytes, of what comes from a client */

/*
 * Does an element undo its namespace (xmlns="")? No element of NETCONF is without one, and libyang
 * 2.1 crashes on two siblings that are. To be asked before it parses with LYD_PARSE_OPAQ.
 */
bool ds_xml_without_namespace(const char *text, size_t len);

#endif
