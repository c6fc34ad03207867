/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/nacm/nacm_int.h"

/* Who may come in whatever the rules name: the groups of the packages. */
static const char *const doors[] = {"heddle", "heddle-view"};

struct nacm *nacm_new(const struct ly_ctx *ctx)
{
	struct nacm *nacm = ds_alloc(sizeof(*nacm));

	nacm->ctx = ctx;
	nacm_marks_init(&nacm->marks, ctx);
	nacm_rules_read(&nacm->rules, ctx, NULL);
	return nacm;
}

static void forget(struct nacm *nacm)
{
	nacm_view_free(&nacm->view);
	free(nacm->view_of);
	nacm->view_of = NULL;
}

void nacm_free(struct nacm *nacm)
{
	if (!nacm)
		return;
	forget(nacm);
	nacm_rules_free(&nacm->rules);
	nacm_marks_free(&nacm->marks);
	free(nacm);
}

const struct lyd_node *nacm_find(const struct lyd_node *running)
{
	const struct lyd_node *node = running ? lyd_first_sibling(running) : NULL;

	while (node && (!node->schema || strcmp(node->schema->name, "nacm") != 0 ||
			strcmp(node->schema->module->name, "ietf-netconf-acm") != 0))
		node = node->next;
	return node;
}

void nacm_load(struct nacm *nacm, const struct lyd_node *running)
{
	forget(nacm);
	nacm_rules_free(&nacm->rules);
	nacm_rules_read(&nacm->rules, nacm->ctx, nacm_find(running));
}

static bool same_words(const char **at, const char *end, const char *word)
{
	size_t n = strlen(word) + 1;

	if ((size_t)(end - *at) < n || memcmp(*at, word, n) != 0)
		return false;
	*at += n;
	return true;
}

static bool is_cached(const struct nacm *nacm, const struct nacm_subject *who)
{
	const char *at = nacm->view_of, *end;

	if (!at)
		return false;
	end = at + nacm->view_of_len;
	if (!same_words(&at, end, who->user))
		return false;
	for (size_t i = 0; i < who->n_groups; i++)
		if (!same_words(&at, end, who->groups[i]))
			return false;
	return at == end;
}

const struct nacm_view *nacm_view_of(struct nacm *nacm, const struct nacm_subject *who)
{
	size_t len = strlen(who->user) + 1;
	char *at;

	if (is_cached(nacm, who))
		return &nacm->view;
	forget(nacm);
	nacm_view_init(&nacm->view, &nacm->rules, who);
	for (size_t i = 0; i < who->n_groups; i++)
		len += strlen(who->groups[i]) + 1;
	nacm->view_of = at = ds_alloc(len);
	nacm->view_of_len = len;
	at = stpcpy(at, who->user) + 1;
	for (size_t i = 0; i < who->n_groups; i++)
		at = stpcpy(at, who->groups[i]) + 1;
	return &nacm->view;
}

bool nacm_is_free(const struct nacm *nacm, const struct nacm_subject *who)
{
	return !who || who->exempt || !nacm->rules.enabled;
}

bool nacm_knows(const struct nacm *nacm, const struct nacm_subject *who)
{
	if (!who || who->exempt)
		return true;
	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++)
		if (nacm_is_member(&nacm->rules, who, doors[i]))
			return true;
	for (size_t i = 0; i < nacm->rules.n; i++) {
		const struct nacm_list *list = &nacm->rules.lists[i];

		if (list->all)
			return true;
		for (size_t k = 0; k < list->n_groups; k++)
			if (nacm_is_member(&nacm->rules, who, list->groups[k]))
				return true;
	}
	return false;
}

static bool matches_path(const struct nacm_rule *rule, const struct nacm_question *q)
{
	if (rule->never || !q->node)
		return false;
	/* An operation or notification outside the data is not named by a path, "/" included. */
	if (q->kind != NACM_DATA && !q->schema->parent)
		return false;
	return nacm_path_matches(&rule->path, q->node, q->user);
}

static bool matches(const struct nacm_rule *rule, const struct nacm_question *q)
{
	if (!(rule->access & q->access))
		return false;
	if (rule->module && strcmp(rule->module, q->schema->module->name) != 0)
		return false;
	if (rule->kind == NACM_ANY)
		return true;
	if (rule->kind == NACM_DATA)
		return matches_path(rule, q);
	return rule->kind == q->kind && (!rule->word || !strcmp(rule->word, q->schema->name));
}

/* RFC 8341 3.4.4, 11: these are denied unless a rule permits them. */
static bool is_drastic(const struct lysc_node *rpc)
{
	return !strcmp(rpc->module->name, "ietf-netconf") &&
	       (!strcmp(rpc->name, "kill-session") || !strcmp(rpc->name, "delete-config"));
}

struct nacm_verdict nacm_judge(const struct nacm *nacm, const struct nacm_view *view,
			       const struct nacm_question *q)
{
	unsigned int marks = nacm_marks_of(&nacm->marks, q->schema);

	for (size_t i = 0; i < view->n; i++)
		if (matches(view->rules[i], q))
			return (struct nacm_verdict){view->rules[i]->permit, view->rules[i], false};
	if (q->access & (NACM_A_READ | NACM_A_EXEC) ? marks & NACM_MARK_READ
						    : marks & NACM_MARK_WRITE)
		return (struct nacm_verdict){false, NULL, true};
	if (q->access == NACM_A_EXEC)
		return (struct nacm_verdict){nacm->rules.exec && !is_drastic(q->schema), NULL,
					     false};
	return (struct nacm_verdict){
		q->access == NACM_A_READ ? nacm->rules.read : nacm->rules.write, NULL, false};
}

static bool is_close_session(const struct lysc_node *rpc)
{
	return !strcmp(rpc->name, "close-session") && !strcmp(rpc->module->name, "ietf-netconf");
}

static struct nacm_question about(const struct nacm_subject *who, enum nacm_kind kind,
				  enum nacm_access access, const struct lyd_node *node)
{
	return (struct nacm_question){.kind = kind,
				      .access = access,
				      .schema = node ? node->schema : NULL,
				      .node = node,
				      .user = who ? who->user : NULL};
}

bool nacm_may_exec(struct nacm *nacm, const struct nacm_subject *who, const struct lysc_node *rpc)
{
	struct nacm_question q = about(who, NACM_OPERATION, NACM_A_EXEC, NULL);

	q.schema = rpc;
	return nacm_is_free(nacm, who) || is_close_session(rpc) ||
	       nacm_judge(nacm, nacm_view_of(nacm, who), &q).permit;
}

/* RFC 8341 3.2.4, 3.4.6: where an action or a notification is, must be readable. */
static const struct lyd_node *hidden_parent(struct nacm *nacm, const struct nacm_subject *who,
					    const struct lyd_node *node)
{
	const struct lyd_node *at, *hidden = NULL;

	for (at = lyd_parent(node); at; at = lyd_parent(at))
		if (!nacm_may_read(nacm, who, at))
			hidden = at;
	return hidden;
}

bool nacm_check_exec(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *op,
		     struct ds_errors *errs)
{
	struct nacm_question q = about(who, NACM_OPERATION, NACM_A_EXEC, op);
	const struct lyd_node *hidden;
	struct nacm_verdict verdict;

	if (nacm_is_free(nacm, who) || is_close_session(op->schema))
		return true;
	verdict = nacm_judge(nacm, nacm_view_of(nacm, who), &q);
	if (verdict.permit) {
		hidden = hidden_parent(nacm, who, op);
		if (!hidden)
			return true;
		q = about(who, NACM_DATA, NACM_A_READ, hidden);
		verdict = nacm_judge(nacm, nacm_view_of(nacm, who), &q);
	}
	nacm->counters.denied_operations++;
	nacm_explain(nacm, who, &q, &verdict, NULL, errs);
	return false;
}

static const struct lyd_node *find_notification(const struct lyd_node *tree)
{
	const struct lyd_node *node;

	LYD_TREE_DFS_BEGIN(tree, node) {
		if (node->schema && node->schema->nodetype == LYS_NOTIF)
			return node;
		LYD_TREE_DFS_END(tree, node);
	}
	return NULL;
}

/* RFC 5277's replayComplete and notificationComplete are for whoever subscribed. */
static bool is_complete(const struct lysc_node *notification)
{
	return !strcmp(notification->name, "replayComplete") ||
	       !strcmp(notification->name, "notificationComplete");
}

bool nacm_may_notify(struct nacm *nacm, const struct nacm_subject *who,
		     const struct lyd_node *notification)
{
	const struct lyd_node *node = find_notification(notification);
	struct nacm_question q = about(who, NACM_NOTIFICATION, NACM_A_READ, node);

	if (nacm_is_free(nacm, who))
		return true;
	if (node &&
	    (is_complete(node->schema) || (nacm_judge(nacm, nacm_view_of(nacm, who), &q).permit &&
					   !hidden_parent(nacm, who, node))))
		return true;
	nacm->counters.denied_notifications++;
	return false;
}

bool nacm_may_read(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *node)
{
	struct nacm_question q = about(who, NACM_DATA, NACM_A_READ, node);

	return nacm_is_free(nacm, who) || !node->schema ||
	       nacm_judge(nacm, nacm_view_of(nacm, who), &q).permit;
}

static enum nacm_access access_for(enum nacm_op op)
{
	return op == NACM_CREATE   ? NACM_A_CREATE
	       : op == NACM_UPDATE ? NACM_A_UPDATE
				   : NACM_A_DELETE;
}

bool nacm_may_write(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *node,
		    enum nacm_op op)
{
	struct nacm_question q = about(who, NACM_DATA, access_for(op), node);

	return nacm_is_free(nacm, who) ||
	       (node->schema && nacm_judge(nacm, nacm_view_of(nacm, who), &q).permit);
}

static bool is_first(const struct ds_errors *errs)
{
	for (size_t i = 0; i < errs->n; i++)
		if (errs->list[i].tag == DS_ACCESS_DENIED)
			return false;
	return true;
}

bool nacm_check_write(struct nacm *nacm, const struct nacm_subject *who,
		      const struct lyd_node *node, enum nacm_op op, struct ds_errors *errs)
{
	struct nacm_question q = about(who, NACM_DATA, access_for(op), node);
	struct nacm_verdict verdict = {false};
	char *path;

	if (nacm_is_free(nacm, who))
		return true;
	if (node->schema)
		verdict = nacm_judge(nacm, nacm_view_of(nacm, who), &q);
	if (verdict.permit)
		return true;
	if (is_first(errs))
		nacm->counters.denied_data_writes++;
	path = ds_path(node);
	nacm_explain(nacm, who, &q, &verdict, path, errs);
	free(path);
	return false;
}

bool nacm_is_secret(const struct nacm *nacm, const struct lysc_node *node)
{
	return node && (nacm_marks_of(&nacm->marks, node) & NACM_MARK_SECRET);
}

const char *nacm_show(const struct nacm *nacm, const struct lyd_node *node)
{
	return nacm_is_secret(nacm, node->schema) ? NACM_MASK : lyd_get_value(node);
}

const struct nacm_counters *nacm_counters(const struct nacm *nacm)
{
	return &nacm->counters;
}
