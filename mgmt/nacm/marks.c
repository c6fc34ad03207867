/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/nacm/marks.h"

static unsigned int own(const struct lysc_node *node)
{
	unsigned int marks = 0;
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(node->exts, i)
	{
		const char *module = node->exts[i].def->module->name;
		const char *name = node->exts[i].def->name;

		if (!strcmp(module, "ietf-netconf-acm") && !strcmp(name, "default-deny-all"))
			marks |= NACM_MARK_READ | NACM_MARK_WRITE;
		else if (!strcmp(module, "ietf-netconf-acm") && !strcmp(name, "default-deny-write"))
			marks |= NACM_MARK_WRITE;
	}
	if (ds_is_secret(node))
		marks |= NACM_MARK_READ | NACM_MARK_WRITE | NACM_MARK_SECRET;
	return marks;
}

static void add(struct nacm_marks *marks, const struct lysc_node *node, unsigned int what)
{
	if ((marks->n & (marks->n - 1)) == 0)
		marks->list = ds_realloc(marks->list, marks->n ? marks->n * 2 : 1,
					 sizeof(marks->list[0]));
	marks->list[marks->n++] = (struct nacm_marked){node, what};
}

static bool walk(struct nacm_marks *marks, const struct lysc_node *first, unsigned int inherited);

/* True when @node or something below it has NACM_MARK_READ. */
static bool visit(struct nacm_marks *marks, const struct lysc_node *node, unsigned int inherited)
{
	unsigned int what = inherited | own(node);
	bool below = walk(marks, lysc_node_child(node), what);

	below |= walk(marks, (const struct lysc_node *)lysc_node_actions(node), what);
	below |= walk(marks, (const struct lysc_node *)lysc_node_notifs(node), what);
	if (below)
		what |= NACM_MARK_BELOW;
	if (what)
		add(marks, node, what);
	return what & (NACM_MARK_READ | NACM_MARK_BELOW);
}

static bool walk(struct nacm_marks *marks, const struct lysc_node *first, unsigned int inherited)
{
	bool any = false;

	for (; first; first = first->next)
		any |= visit(marks, first, inherited);
	return any;
}

static int by_address(const void *a, const void *b)
{
	const struct lysc_node *x = ((const struct nacm_marked *)a)->node;
	const struct lysc_node *y = ((const struct nacm_marked *)b)->node;

	return x < y ? -1 : x > y;
}

void nacm_marks_init(struct nacm_marks *marks, const struct ly_ctx *ctx)
{
	const struct lys_module *mod;
	uint32_t index = 0;

	memset(marks, 0, sizeof(*marks));
	while ((mod = ly_ctx_get_module_iter(ctx, &index))) {
		if (!mod->compiled)
			continue;
		walk(marks, mod->compiled->data, 0);
		walk(marks, (const struct lysc_node *)mod->compiled->rpcs, 0);
		walk(marks, (const struct lysc_node *)mod->compiled->notifs, 0);
	}
	if (marks->n)
		qsort(marks->list, marks->n, sizeof(marks->list[0]), by_address);
}

void nacm_marks_free(struct nacm_marks *marks)
{
	free(marks->list);
}

unsigned int nacm_marks_of(const struct nacm_marks *marks, const struct lysc_node *node)
{
	struct nacm_marked key = {.node = node};
	const struct nacm_marked *found =
		marks->n ? bsearch(&key, marks->list, marks->n, sizeof(key), by_address) : NULL;

	return found ? found->marks : 0;
}
