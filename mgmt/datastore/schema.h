/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The schema: a libyang context with the standard modules and those that the bind rows name.
 */
#ifndef MGMT_DATASTORE_SCHEMA_H
#define MGMT_DATASTORE_SCHEMA_H

#include <libyang/libyang.h>

#include <stdbool.h>

#include "heddle/base/err.h"

struct ds_module {
	const char *name;
	const char *revision;
};

/*
 * Makes a context. Our modules are looked for in @yang_dir, standard ones where the distribution
 * installs them. @modules ends with a NULL name. Returns NULL with @err saying what is missing and
 * what would bring it.
 */
struct ly_ctx *ds_schema_new(const char *yang_dir, const struct ds_module *modules, size_t n,
			     struct hd_err *err);

/*
 * Finds the directory of our modules: @given if not NULL, else mgmt/yang beside the program's
 * folder (build tree: from the source tree), else the installed one. Writes it to @dir.
 * Returns 0, or -ENOENT with @err.
 */
int ds_schema_find_dir(const char *given, char *dir, size_t size, struct hd_err *err);

/* Is it a leaf or leaf-list that heddle-types:secret marks? Its value is not to be repeated. */
bool ds_is_secret(const struct lysc_node *node);

#endif
