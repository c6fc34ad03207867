/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/nacm/rules.h"

static bool is(const char *value, const char *word)
{
	return value && !strcmp(value, word);
}

/* "*" is NULL. */
static char *word(const char *value)
{
	return !value || is(value, "*") ? NULL : ds_strdup(value);
}

static unsigned int access_of(const char *text)
{
	static const struct {
		const char *name;
		unsigned int bit;
	} names[] = {
		{"create", NACM_A_CREATE}, {"read", NACM_A_READ}, {"update", NACM_A_UPDATE},
		{"delete", NACM_A_DELETE}, {"exec", NACM_A_EXEC},
	};
	unsigned int bits = 0;

	if (!text || is(text, "*"))
		return NACM_A_ALL;
	while (*text) {
		size_t n = strcspn(text, " ");

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strlen(names[i].name) == n && !strncmp(text, names[i].name, n))
				bits |= names[i].bit;
		text += n + strspn(text + n, " ");
	}
	return bits;
}

static void read_path(struct nacm_rule *rule, const struct ly_ctx *ctx, const char *text)
{
	struct hd_err err = {0};

	rule->kind = NACM_DATA;
	if (nacm_path_compile(&rule->path, ctx, text, &err) == 0)
		return;
	/* libyang has checked it, so this is a module that went since. */
	rule->never = true;
	hd_log(HD_LOG_WARNING, "access rule %s of %s has no effect: %s: %s", rule->name, rule->list,
	       text, err.text);
}

static void read_rule(struct nacm_list *list, const struct ly_ctx *ctx, const struct lyd_node *node)
{
	const char *rpc = ds_value(node, NULL, "rpc-name");
	const char *notification = ds_value(node, NULL, "notification-name");
	const char *path = ds_value(node, NULL, "path");
	struct nacm_rule *rule;

	list->rules = ds_realloc(list->rules, list->n + 1, sizeof(*rule));
	rule = &list->rules[list->n++];
	*rule = (struct nacm_rule){
		.name = ds_strdup(ds_value(node, NULL, "name")),
		.list = list->name,
		.module = word(ds_value(node, NULL, "module-name")),
		.word = word(rpc ? rpc : notification),
		.kind = rpc            ? NACM_OPERATION
			: notification ? NACM_NOTIFICATION
				       : NACM_ANY,
		.access = access_of(ds_value(node, NULL, "access-operations")),
		.permit = is(ds_value(node, NULL, "action"), "permit"),
	};
	if (path)
		read_path(rule, ctx, path);
}

static void read_list(struct nacm_rules *rules, const struct ly_ctx *ctx,
		      const struct lyd_node *node)
{
	const struct lyd_node *child;
	struct nacm_list *list;

	rules->lists = ds_realloc(rules->lists, rules->n + 1, sizeof(*list));
	list = &rules->lists[rules->n++];
	*list = (struct nacm_list){.name = ds_strdup(ds_value(node, NULL, "name"))};
	ds_foreach(child, node, "group")
	{
		if (is(lyd_get_value(child), "*")) {
			list->all = true;
			continue;
		}
		list->groups = ds_realloc(list->groups, list->n_groups + 1, sizeof(char *));
		list->groups[list->n_groups++] = ds_strdup(lyd_get_value(child));
	}
	ds_foreach(child, node, "rule")
	{
		read_rule(list, ctx, child);
	}
}

static void read_group(struct nacm_rules *rules, const struct lyd_node *node)
{
	const struct lyd_node *child;
	struct nacm_group *group;

	rules->groups = ds_realloc(rules->groups, rules->n_groups + 1, sizeof(*group));
	group = &rules->groups[rules->n_groups++];
	*group = (struct nacm_group){.name = ds_strdup(ds_value(node, NULL, "name"))};
	ds_foreach(child, node, "user-name")
	{
		group->users = ds_realloc(group->users, group->n + 1, sizeof(char *));
		group->users[group->n++] = ds_strdup(lyd_get_value(child));
	}
}

void nacm_rules_read(struct nacm_rules *rules, const struct ly_ctx *ctx,
		     const struct lyd_node *nacm)
{
	const struct lyd_node *groups = nacm ? ds_child(nacm, NULL, "groups") : NULL, *node;

	*rules = (struct nacm_rules){.enabled = true, .external = true, .read = true, .exec = true};
	if (!nacm)
		return;
	rules->enabled = ds_true(nacm, NULL, "enable-nacm", true);
	rules->external = ds_true(nacm, NULL, "enable-external-groups", true);
	rules->read = !is(ds_value(nacm, NULL, "read-default"), "deny");
	rules->write = is(ds_value(nacm, NULL, "write-default"), "permit");
	rules->exec = !is(ds_value(nacm, NULL, "exec-default"), "deny");
	ds_foreach(node, groups, "group")
	{
		read_group(rules, node);
	}
	ds_foreach(node, nacm, "rule-list")
	{
		read_list(rules, ctx, node);
	}
}

static void free_words(char **words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(words[i]);
	free(words);
}

void nacm_rules_free(struct nacm_rules *rules)
{
	for (size_t i = 0; i < rules->n_groups; i++) {
		free(rules->groups[i].name);
		free_words(rules->groups[i].users, rules->groups[i].n);
	}
	for (size_t i = 0; i < rules->n; i++) {
		struct nacm_list *list = &rules->lists[i];

		for (size_t k = 0; k < list->n; k++) {
			free(list->rules[k].name);
			free(list->rules[k].module);
			free(list->rules[k].word);
			nacm_path_free(&list->rules[k].path);
		}
		free(list->rules);
		free(list->name);
		free_words(list->groups, list->n_groups);
	}
	free(rules->groups);
	free(rules->lists);
	*rules = (struct nacm_rules){false};
}

static bool has(char *const *words, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i], what))
			return true;
	return false;
}

bool nacm_is_member(const struct nacm_rules *rules, const struct nacm_subject *who,
		    const char *group)
{
	if (rules->external && has(who->groups, who->n_groups, group))
		return true;
	for (size_t i = 0; i < rules->n_groups; i++)
		if (!strcmp(rules->groups[i].name, group) &&
		    has(rules->groups[i].users, rules->groups[i].n, who->user))
			return true;
	return false;
}

/* "*" is for those who are in some group (RFC 8341 3.4.4: without one, no rule is looked at). */
static bool in_any(const struct nacm_rules *rules, const struct nacm_subject *who)
{
	if (rules->external && who->n_groups)
		return true;
	for (size_t i = 0; i < rules->n_groups; i++)
		if (has(rules->groups[i].users, rules->groups[i].n, who->user))
			return true;
	return false;
}

static bool holds(const struct nacm_rules *rules, const struct nacm_list *list,
		  const struct nacm_subject *who)
{
	if (list->all && in_any(rules, who))
		return true;
	for (size_t i = 0; i < list->n_groups; i++)
		if (nacm_is_member(rules, who, list->groups[i]))
			return true;
	return false;
}

void nacm_view_init(struct nacm_view *view, const struct nacm_rules *rules,
		    const struct nacm_subject *who)
{
	*view = (struct nacm_view){NULL};
	for (size_t i = 0; i < rules->n; i++) {
		const struct nacm_list *list = &rules->lists[i];

		if (!list->n || !holds(rules, list, who))
			continue;
		view->rules = ds_realloc(view->rules, view->n + list->n, sizeof(view->rules[0]));
		for (size_t k = 0; k < list->n; k++)
			view->rules[view->n++] = &list->rules[k];
	}
}

void nacm_view_free(struct nacm_view *view)
{
	free(view->rules);
	*view = (struct nacm_view){NULL};
}
