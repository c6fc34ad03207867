/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules that would leave their author outside.
 */
#include "mgmt/nacm/nacm_int.h"

static bool may_use(const struct nacm *nacm, const struct nacm_view *view,
		    const struct nacm_subject *who, const char *operation)
{
	struct nacm_question q = {.kind = NACM_OPERATION, .access = NACM_A_EXEC, .user = who->user};

	q.schema = lys_find_child(NULL, ly_ctx_get_module_implemented(nacm->ctx, "ietf-netconf"),
				  operation, 0, LYS_RPC, 0);
	return !q.schema || nacm_judge(nacm, view, &q).permit;
}

/* Is there a rule that lets something be changed? */
static bool has_permit(const struct nacm *nacm, const struct nacm_view *view)
{
	for (size_t i = 0; i < view->n; i++) {
		const struct nacm_rule *rule = view->rules[i];

		if (rule->permit && rule->access & NACM_A_CREATE &&
		    (rule->kind == NACM_ANY || rule->kind == NACM_DATA))
			return true;
	}
	return nacm->rules.write;
}

/* Whether anything may be changed: it need not be all. */
static bool may_change(const struct nacm *nacm, const struct nacm_view *view,
		       const struct nacm_subject *who, const struct lyd_node *running)
{
	const struct lyd_node *top, *node;

	if (!running)
		return has_permit(nacm, view);
	LY_LIST_FOR(running, top) {
		LYD_TREE_DFS_BEGIN(top, node) {
			struct nacm_question q = {.kind = NACM_DATA,
						  .access = NACM_A_UPDATE,
						  .schema = node->schema,
						  .node = node,
						  .user = who->user};

			if (node->schema && nacm_judge(nacm, view, &q).permit)
				return true;
			LYD_TREE_DFS_END(top, node);
		}
	}
	return false;
}

static bool can_work(const struct nacm *nacm, const struct nacm_subject *who,
		     const struct lyd_node *running)
{
	struct nacm_view view;
	bool can;

	if (nacm_is_free(nacm, who))
		return true;
	nacm_view_init(&view, &nacm->rules, who);
	can = may_use(nacm, &view, who, "edit-config") && may_use(nacm, &view, who, "commit") &&
	      may_change(nacm, &view, who, running);
	nacm_view_free(&view);
	return can;
}

bool nacm_locks_out(struct nacm *nacm, const struct nacm_subject *who,
		    const struct lyd_node *running)
{
	struct nacm then = {.ctx = nacm->ctx, .marks = nacm->marks};
	bool out;

	running = running ? lyd_first_sibling(running) : NULL;
	if (nacm_is_free(nacm, who) || !can_work(nacm, who, running))
		return false;
	nacm_rules_read(&then.rules, nacm->ctx, nacm_find(running));
	out = !can_work(&then, who, running);
	nacm_rules_free(&then.rules);
	return out;
}
