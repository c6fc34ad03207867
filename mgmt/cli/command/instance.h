/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration file (lines of set, JSON or XML instance data) as the XML that goes into <config>. Names are not
 * judged here: the switch does that, and says what is wrong in one voice.
 */
#ifndef MGMT_CLI_COMMAND_INSTANCE_H
#define MGMT_CLI_COMMAND_INSTANCE_H

#include "heddle/base/err.h"
#include "mgmt/cli/term/mem.h"

struct lyd_node;

#define CLI_INSTANCE_MAX (64u << 20) /* bytes of a file */

/*
 * Namespace of a YANG module, by the rules that Heddle's and IETF's modules follow. Returns @ns.
 */
const char *cli_module_namespace(const char *module, char *ns, size_t size);

/*
 * Turns the text of a file into XML elements (no document, no <config>). What the first character
 * is decides: '{' JSON, '<' XML, else lines of set. -EINVAL with @err, which has the line.
 */
int cli_instance_to_xml(const char *text, size_t len, struct cli_str *xml, struct hd_err *err);

/* Reads a file, or the standard input for "-". -errno with @err. */
int cli_instance_read(const char *path, struct cli_str *text, struct hd_err *err);

/*
 * A file as a tree without a schema: <config> with its elements, to be freed with lyd_free_all().
 * -errno with @err, which does not name the file.
 */
int cli_instance_tree(const char *path, struct lyd_node **tree, struct hd_err *err);

#endif
