/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of a rule (node-instance-identifier, RFC 8341): an instance-identifier in which keys may
 * be missing, and then stand for all instances.
 */
#ifndef MGMT_NACM_PATH_H
#define MGMT_NACM_PATH_H

#include <stdbool.h>

#include <libyang/libyang.h>

#include "heddle/base/err.h"

#define NACM_PATH_KEYS 16 /* of one list */

struct nacm_key {
	const struct lysc_node *leaf; /* NULL: the value of the leaf-list itself */
	char *value;                  /* canonical; NULL: the name of the user ($USER) */
};

struct nacm_step {
	const struct lysc_node *node;
	struct nacm_key *keys;
	size_t n_keys;
};

struct nacm_path {
	struct nacm_step *steps;
	size_t n; /* 0: "/", all there is */
};

/*
 * Compiles @text, with names of modules as prefixes (libyang's canonical form); a step without
 * prefix is of its parent's module. Returns 0, or -EINVAL with @err and an empty @path.
 */
int nacm_path_compile(struct nacm_path *path, const struct ly_ctx *ctx, const char *text,
		      struct hd_err *err);
void nacm_path_free(struct nacm_path *path);

/* Is @node (linked to its parents) what the path names, or below that? */
bool nacm_path_matches(const struct nacm_path *path, const struct lyd_node *node, const char *user);

/* May an instance that is below @node be matched while @node is not? */
bool nacm_path_is_below(const struct nacm_path *path, const struct lysc_node *node);

#endif
