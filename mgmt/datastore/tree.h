/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration trees: reading, checking against the schema, printing, and small helpers to walk
 * them.
 */
#ifndef MGMT_DATASTORE_TREE_H
#define MGMT_DATASTORE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libyang/libyang.h>

#include "heddle/base/err.h"
#include "mgmt/datastore/errors.h"

#define DS_TEXT_MAX  (64u << 20) /* bytes of a configuration */
#define DS_DEPTH_MAX 64          /* nesting: libyang's parsers recurse */

/*
 * A further format of configurations, which registers itself. parse() makes a tree that was not
 * validated, or adds to @errs.
 */
struct ds_format {
	bool (*is)(const char *text, size_t len);
	bool (*parse)(const struct ly_ctx *ctx, const char *text, size_t len,
		      struct lyd_node **tree, struct ds_errors *errs);
	struct ds_format *next;
};
void ds_format_register(struct ds_format *format);

/*
 * Parses JSON, XML or another format (its beginning decides) that ends with a NUL at @text[len],
 * and checks it against the schema; defaults are added. On success the tree is stored (NULL when
 * the text has no data) and true returned; otherwise @errs says all that is wrong. NETCONF's
 * <config> may be around XML.
 */
bool ds_tree_parse(const struct ly_ctx *ctx, const char *text, size_t len, struct lyd_node **tree,
		   struct ds_errors *errs);

/*
 * The same for JSON or XML only, without the check. @options are LYD_PARSE_STRICT or LYD_PARSE_OPAQ.
 */
bool ds_tree_read(const struct ly_ctx *ctx, const char *text, size_t len, uint32_t options,
		  struct lyd_node **tree, struct ds_errors *errs);

/*
 * The same for a tree that was parsed already, with LYD_PARSE_OPAQ. It is changed (defaults), and
 * stays the caller's either way.
 */
bool ds_tree_check(const struct ly_ctx *ctx, struct lyd_node **tree, struct ds_errors *errs);

/* Reads a whole file, with a NUL after it. Returns NULL with @err. */
char *ds_file_read(const char *path, size_t *len, struct hd_err *err);

/* The same of one that is open already, from its beginning; @path is for messages. */
char *ds_fd_read(int fd, const char *path, size_t *len, struct hd_err *err);

/*
 * Writes @text to @path so that it is either all there or not: beside it, fsync, rename; mode 0600.
 * ds_file_prepare() does all that can fail for want of space, ds_file_commit() the rename.
 */
int ds_file_prepare(const char *path, const char *text, struct hd_err *err);
int ds_file_commit(const char *path, struct hd_err *err);
void ds_file_abort(const char *path);

/* A child by name, of @parent's own module or of @module; NULL when it is not there. */
const struct lyd_node *ds_child(const struct lyd_node *parent, const char *module,
				const char *name);

/* The value of such a child, or NULL. */
const char *ds_value(const struct lyd_node *parent, const char *module, const char *name);

/* The same as a number or truth; @otherwise when it is not there. */
uint64_t ds_number(const struct lyd_node *parent, const char *module, const char *name,
		   uint64_t otherwise);
bool ds_true(const struct lyd_node *parent, const char *module, const char *name, bool otherwise);

/* The next sibling from @node on (itself included) that has this name. */
const struct lyd_node *ds_next(const struct lyd_node *node, const char *name);

/*
 * The sibling of @first that is the same instance as @node: a leaf whatever its value is (for which
 * lyd_find_sibling_first() compares values among few siblings, and not among many).
 */
struct lyd_node *ds_same(const struct lyd_node *first, const struct lyd_node *node);

/* Each child of @parent that is called @name (of a list or a leaf-list). */
#define ds_foreach(node, parent, name)                          \
	for ((node) = ds_next(lyd_child(parent), name); (node); \
	     (node) = ds_next((node)->next, name))

/* lyd_path() of @node; malloced. */
char *ds_path(const struct lyd_node *node);

#endif
