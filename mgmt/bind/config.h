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

struct bd_config {
	struct lyd_node *tree; /* with defaults; NULL: empty */
	struct bd_objects objects;
	struct bd_numbers numbers;
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

/* The tree as JSON, malloced: what was configured, without defaults. */
char *bd_config_print(const struct bd_config *config);

void bd_config_free(struct bd_config *config);

#endif
