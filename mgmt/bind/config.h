/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A whole configuration: its tree, and what it means to the planes.
 */
#ifndef MGMT_BIND_CONFIG_H
#define MGMT_BIND_CONFIG_H

#include <libyang/libyang.h>

#include "heddle/base/err.h"
#include "mgmt/bind/numbers.h"
#include "mgmt/bind/objects.h"
#include "mgmt/datastore/errors.h"

struct bd_switches;

struct bd_config {
	struct lyd_node *tree; /* with defaults; NULL: empty */
	bool borrowed;         /* the tree is somebody else's */
	struct bd_objects objects;
	struct bd_numbers numbers;
	/* For bd_config_update(). */
	struct bd_set parts;  /* what each port became, by name */
	struct bd_set claims; /* see claims.h */
	struct bd_switches *switches;
	unsigned int vlans; /* that ports are in, at most */
};

/* The schema with all rows' modules; see ds_schema_new(). */
struct ly_ctx *bd_schema_new(const char *yang_dir, struct hd_err *err);

/*
 * Makes a configuration of text (JSON or XML, NUL at text[len]). @before: internal numbers to keep;
 * may be NULL. Returns NULL with @errs when it is refused.
 */
struct bd_config *bd_config_parse(const struct ly_ctx *ctx, const char *text, size_t len,
				  const struct bd_numbers *before, struct ds_errors *errs);

/* The same of a tree that was parsed with LYD_PARSE_OPAQ; takes it over in any case. */
struct bd_config *bd_config_take(const struct ly_ctx *ctx, struct lyd_node *tree,
				 const struct bd_numbers *before, struct ds_errors *errs);

/* The same of a file. */
struct bd_config *bd_config_load(const struct ly_ctx *ctx, const char *path,
				 const struct bd_numbers *before, struct ds_errors *errs);

/*
 * The same of a tree that the schema accepts, with defaults (NULL: empty), which stays the
 * caller's: it may change afterwards, what it meant is kept.
 */
struct bd_config *bd_config_bind(const struct ly_ctx *ctx, const struct lyd_node *tree,
				 const struct bd_numbers *before, struct ds_errors *errs);

/* Where a tree differs from the one of a configuration that was made before. */
struct bd_touched {
	const char *const *interfaces; /* names of entries that are new, changed or gone */
	size_t n;                      /* in any order, and twice does no harm */
	bool others;                   /* something else: a switch, another top-level node */
};

/*
 * The same as bd_config_bind(ctx, tree, &old->numbers, errs), at the cost of what was touched where
 * only ports were. @old may be NULL; its tree is not looked at, and may be @tree, changed in place.
 * Both configurations are whole and freed in any order.
 */
struct bd_config *bd_config_update(const struct ly_ctx *ctx, const struct bd_config *old,
				   const struct lyd_node *tree, const struct bd_touched *touched,
				   struct ds_errors *errs);

/* The tree as JSON, malloced: what was configured, without defaults. */
char *bd_config_print(const struct bd_config *config);

void bd_config_free(struct bd_config *config);

#endif
