/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why something is denied, and who may do it.
 */
#include <stdio.h>
#include <string.h>

#include "mgmt/nacm/nacm_int.h"

#define NAMED_MAX 4

static const char *verb(enum nacm_access access)
{
	switch (access) {
	case NACM_A_CREATE: return "create";
	case NACM_A_READ: return "read";
	case NACM_A_UPDATE: return "change";
	case NACM_A_DELETE: return "delete";
	default: return "use";
	}
}

/* Would somebody who is in @group, and in no other, be permitted? */
static bool permits(const struct nacm *nacm, const char *group, const struct nacm_question *q)
{
	char *groups[] = {(char *)group};
	struct nacm_subject who = {.user = "", .groups = groups, .n_groups = 1};
	struct nacm_rules rules = nacm->rules; /* shares all that it points to */
	struct nacm_view view;
	bool permit;

	rules.external = true;
	nacm_view_init(&view, &rules, &who);
	permit = nacm_judge(nacm, &view, q).permit;
	nacm_view_free(&view);
	return permit;
}

static bool named_before(const struct nacm_rules *rules, size_t list, size_t group)
{
	const char *name = rules->lists[list].groups[group];

	for (size_t i = 0; i <= list; i++)
		for (size_t k = 0; k < (i < list ? rules->lists[i].n_groups : group); k++)
			if (!strcmp(rules->lists[i].groups[k], name))
				return true;
	return false;
}

/* "members of heddle or ops", or "root". */
static const char *who_may(const struct nacm *nacm, const struct nacm_question *q, char *text,
			   size_t size)
{
	const struct nacm_rules *rules = &nacm->rules;
	size_t used = 0, named = 0;

	for (size_t i = 0; i < rules->n; i++)
		for (size_t k = 0; k < rules->lists[i].n_groups; k++) {
			const char *name = rules->lists[i].groups[k];

			if (named == NAMED_MAX || named_before(rules, i, k) ||
			    !permits(nacm, name, q))
				continue;
			if (used + strlen(name) + 20 > size)
				break;
			used += snprintf(text + used, size - used, "%s%s",
					 named ? " or " : "members of ", name);
			named++;
		}
	return named ? text : "root";
}

void nacm_explain(struct nacm *nacm, const struct nacm_subject *who, const struct nacm_question *q,
		  const struct nacm_verdict *verdict, const char *path, struct ds_errors *errs)
{
	bool exec = q->kind == NACM_OPERATION;
	char may[256];

	if (verdict->rule)
		ds_errors_add(errs, DS_ACCESS_DENIED, path,
			      "%s may not %s %s%s: access rule \"%s\" of \"%s\" denies it; %s may",
			      who->user, verb(q->access), exec ? "the operation " : "",
			      q->schema->name, verdict->rule->name, verdict->rule->list,
			      who_may(nacm, q, may, sizeof(may)));
	else
		ds_errors_add(errs, DS_ACCESS_DENIED, path,
			      "%s may not %s %s%s: no access rule permits it%s; %s may", who->user,
			      verb(q->access), exec ? "the operation " : "",
			      q->schema ? q->schema->name : "it",
			      verdict->marked ? ", and it is sensitive" : "",
			      who_may(nacm, q, may, sizeof(may)));
}
