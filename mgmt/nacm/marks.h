/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the schema itself says about access: nacm:default-deny-all, nacm:default-deny-write, and
 * heddle-types:secret, which is default-deny-all for a leaf that is not to be shown either.
 */
#ifndef MGMT_NACM_MARKS_H
#define MGMT_NACM_MARKS_H

#include <stdbool.h>

#include <libyang/libyang.h>

enum nacm_mark {
	NACM_MARK_READ = 1 << 0, /* reading and executing is denied by default */
	NACM_MARK_WRITE = 1 << 1,
	NACM_MARK_SECRET = 1 << 2,
	NACM_MARK_BELOW = 1 << 3, /* something below it has NACM_MARK_READ */
};

struct nacm_marks {
	struct nacm_marked {
		const struct lysc_node *node;
		unsigned int marks;
	} * list; /* by address; only nodes that have a mark, or inherit one */
	size_t n;
};

/* Looks at the whole schema, once. */
void nacm_marks_init(struct nacm_marks *marks, const struct ly_ctx *ctx);
void nacm_marks_free(struct nacm_marks *marks);

/* Those of @node, its ancestors' included. */
unsigned int nacm_marks_of(const struct nacm_marks *marks, const struct lysc_node *node);

#endif
