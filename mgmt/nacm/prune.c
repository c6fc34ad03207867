/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading: what is left of a tree for somebody.
 *
 * A tree is only gone through where it can make a difference: below a node that may be read, and
 * that no rule, path or mark has something to say about, all may be read.
 */
#include "mgmt/nacm/nacm_int.h"

struct pruning {
	const struct nacm *nacm;
	const struct nacm_view *view;
	const char *user;
	bool by_module; /* some rule about reading is for one module: a subtree may have several */
	bool dry;       /* only asks whether there is something */
};

static bool is_about_reading(const struct nacm_rule *rule)
{
	return rule->access & NACM_A_READ && !rule->never &&
	       (rule->kind == NACM_ANY || rule->kind == NACM_DATA);
}

static bool readable(const struct pruning *p, const struct lyd_node *node)
{
	struct nacm_question q = {.kind = NACM_DATA,
				  .access = NACM_A_READ,
				  .schema = node->schema,
				  .node = node,
				  .user = p->user};

	return !node->schema || nacm_judge(p->nacm, p->view, &q).permit;
}

/* May something below @schema be decided otherwise than @schema itself? */
static bool varies(const struct pruning *p, const struct lysc_node *schema)
{
	if (p->by_module || nacm_marks_of(&p->nacm->marks, schema) & NACM_MARK_BELOW)
		return true;
	for (size_t i = 0; i < p->view->n; i++) {
		const struct nacm_rule *rule = p->view->rules[i];

		if (is_about_reading(rule) && rule->kind == NACM_DATA &&
		    nacm_path_is_below(&rule->path, schema))
			return true;
	}
	return false;
}

/* An entry without one of its keys is no entry. */
static bool has_hidden_key(const struct pruning *p, const struct lyd_node *entry)
{
	const struct lyd_node *key = lyd_child(entry);

	for (; key && key->schema && lysc_is_key(key->schema); key = key->next)
		if (!readable(p, key))
			return true;
	return false;
}

/* Returns whether something was (dry: would be) taken out. */
static bool prune(const struct pruning *p, struct lyd_node **first)
{
	struct lyd_node *node, *next, *child;
	bool any = false;

	for (node = *first; node && !(p->dry && any); node = next) {
		bool deeper = node->schema && node->schema->nodetype & LYD_NODE_INNER &&
			      varies(p, node->schema);

		next = node->next;
		if (!readable(p, node) ||
		    (deeper && node->schema->nodetype == LYS_LIST && has_hidden_key(p, node))) {
			any = true;
			if (p->dry)
				continue;
			if (node == *first)
				*first = next;
			lyd_free_tree(node);
		} else if (deeper) {
			child = lyd_child(node);
			any |= prune(p, &child);
		}
	}
	return any;
}

static struct pruning prepare(struct nacm *nacm, const struct nacm_subject *who, bool dry)
{
	struct pruning p = {
		.nacm = nacm, .view = nacm_view_of(nacm, who), .user = who->user, .dry = dry};

	for (size_t i = 0; i < p.view->n; i++)
		if (is_about_reading(p.view->rules[i]) && p.view->rules[i]->module)
			p.by_module = true;
	return p;
}

void nacm_prune(struct nacm *nacm, const struct nacm_subject *who, struct lyd_node **tree)
{
	struct pruning p;

	if (!*tree || nacm_reads_all(nacm, who))
		return;
	p = prepare(nacm, who, false);
	*tree = lyd_first_sibling(*tree);
	prune(&p, tree);
}

bool nacm_reads_tree(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *tree)
{
	struct lyd_node *first = tree ? lyd_first_sibling(tree) : NULL;
	struct pruning p;

	if (!first || nacm_reads_all(nacm, who))
		return true;
	p = prepare(nacm, who, true);
	return !prune(&p, &first);
}

bool nacm_reads_all(struct nacm *nacm, const struct nacm_subject *who)
{
	const struct nacm_view *view;

	if (nacm_is_free(nacm, who))
		return true;
	view = nacm_view_of(nacm, who);
	for (size_t i = 0; i < view->n; i++) {
		const struct nacm_rule *rule = view->rules[i];

		if (!is_about_reading(rule))
			continue;
		if (!rule->permit)
			return false;
		if (rule->kind == NACM_ANY && !rule->module)
			return true;
	}
	return nacm->rules.read && !nacm->marks.n;
}
