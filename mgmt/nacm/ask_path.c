/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Questions about nodes of which only the path is known: in an error, a notification. Nodes are made
 * of it to ask about.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/nacm/nacm_int.h"

/* Nodes of a path: @node is the last that could be made, @last what stands below it, if anything. */
struct made {
	struct lyd_node *node;
	struct lyd_node_inner last; /* one without content, for its schema alone */
};

/* The last slash that separates two steps; NULL: there is one step only. */
static char *last_step(char *path)
{
	char quote = 0, *found = NULL;

	for (char *c = path; *c; c++) {
		if (quote ? *c == quote : *c == '\'' || *c == '"')
			quote = quote ? 0 : *c;
		else if (!quote && *c == '/' && c > path)
			found = c;
	}
	return found;
}

/* What a step without keys is of, below @parent. */
static const struct lysc_node *child_of(const struct lysc_node *parent, const char *step)
{
	const char *colon = strchr(step, ':');
	size_t n = strcspn(colon ? colon + 1 : step, "[");

	return lys_find_child(parent, parent->module, colon ? colon + 1 : step, n, 0, 0);
}

/* A leaf has no value here, and an entry perhaps no keys: libyang makes what it is in. */
static void make(struct made *made, const struct ly_ctx *ctx, const char *path)
{
	char *text = ds_strdup(path), *slash = text, *step = NULL;

	memset(made, 0, sizeof(*made));
	while (slash && lyd_new_path(NULL, ctx, text, NULL, 0, &made->node) != LY_SUCCESS) {
		made->node = NULL;
		slash = last_step(text);
		if (slash) {
			*slash = '\0';
			step = slash + 1;
		}
	}
	ly_err_clean((struct ly_ctx *)ctx, NULL);
	while (made->node && lyd_child_no_keys(made->node))
		made->node = lyd_child_no_keys(made->node);
	if (made->node && step)
		made->last.schema = child_of(made->node->schema, step);
	if (made->last.schema) {
		made->last.parent = (struct lyd_node_inner *)made->node;
		made->last.prev = &made->last.node;
	}
	free(text);
}

static void unmake(struct made *made)
{
	lyd_free_all(made->node);
}

bool nacm_may_read_path(struct nacm *nacm, const struct nacm_subject *who, const char *path)
{
	const struct lyd_node *node;
	struct made made;
	bool may = true;

	if (nacm_reads_all(nacm, who))
		return true;
	make(&made, nacm->ctx, path);
	for (node = made.last.schema ? &made.last.node : made.node; node && may;
	     node = lyd_parent(node))
		may = nacm_may_read(nacm, who, node);
	unmake(&made);
	return may;
}

bool nacm_may_update_path(struct nacm *nacm, const struct nacm_subject *who, const char *path)
{
	struct made made;
	bool may;

	if (nacm_is_free(nacm, who))
		return true;
	make(&made, nacm->ctx, path);
	may = made.node && nacm_may_write(nacm, who, made.last.schema ? &made.last.node : made.node,
					  NACM_UPDATE);
	unmake(&made);
	return may;
}
