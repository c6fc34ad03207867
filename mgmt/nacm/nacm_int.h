/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the files of this folder share the work.
 */
#ifndef MGMT_NACM_NACM_INT_H
#define MGMT_NACM_NACM_INT_H

#include "mgmt/nacm/marks.h"
#include "mgmt/nacm/nacm.h"
#include "mgmt/nacm/rules.h"

struct nacm {
	const struct ly_ctx *ctx;
	struct nacm_marks marks;
	struct nacm_rules rules;
	struct nacm_counters counters;
	/* The rules of whoever asked last; an edit asks for each node. */
	struct nacm_view view;
	char *view_of; /* user and groups, each with a NUL after it; NULL: of nobody */
	size_t view_of_len;
};

/* What is asked. */
struct nacm_question {
	enum nacm_kind kind; /* NACM_DATA: of a node */
	enum nacm_access access;
	const struct lysc_node *schema;
	const struct lyd_node *node; /* NULL: the schema alone is asked about */
	const char *user;
};

struct nacm_verdict {
	bool permit;
	const struct nacm_rule *rule; /* that decided; NULL: a default did */
	bool marked;                  /* by a statement in the schema */
};

/* The rules of @who; valid until the next call or load. */
const struct nacm_view *nacm_view_of(struct nacm *nacm, const struct nacm_subject *who);

/* The container of the rules in a whole tree, or NULL. */
const struct lyd_node *nacm_find(const struct lyd_node *running);

/* Does no rule hold for @who? */
bool nacm_is_free(const struct nacm *nacm, const struct nacm_subject *who);

struct nacm_verdict nacm_judge(const struct nacm *nacm, const struct nacm_view *view,
			       const struct nacm_question *q);

/* Adds the error about a verdict that denies. @path may be NULL. */
void nacm_explain(struct nacm *nacm, const struct nacm_subject *who, const struct nacm_question *q,
		  const struct nacm_verdict *verdict, const char *path, struct ds_errors *errs);

#endif
