/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules of a configuration, compiled, and those that hold for one person.
 */
#ifndef MGMT_NACM_RULES_H
#define MGMT_NACM_RULES_H

#include <libyang/libyang.h>

#include "mgmt/nacm/path.h"
#include "mgmt/nacm/subject.h"

enum nacm_access {
	NACM_A_CREATE = 1 << 0,
	NACM_A_READ = 1 << 1,
	NACM_A_UPDATE = 1 << 2,
	NACM_A_DELETE = 1 << 3,
	NACM_A_EXEC = 1 << 4,
	NACM_A_ALL = (1 << 5) - 1,
};

enum nacm_kind { NACM_ANY, NACM_OPERATION, NACM_NOTIFICATION, NACM_DATA };

struct nacm_rule {
	char *name;
	const char *list; /* the name of its rule-list */
	char *module;     /* NULL: any */
	enum nacm_kind kind;
	char *word; /* name of the operation or notification; NULL: any */
	struct nacm_path path;
	bool never; /* its path is not in the schema */
	unsigned int access;
	bool permit;
};

struct nacm_list {
	char *name;
	char **groups;
	size_t n_groups;
	bool all; /* of all who are in any group */
	struct nacm_rule *rules;
	size_t n;
};

struct nacm_group {
	char *name;
	char **users;
	size_t n;
};

struct nacm_rules {
	bool enabled, external;
	bool read, write, exec; /* the defaults: permitted */
	struct nacm_group *groups;
	size_t n_groups;
	struct nacm_list *lists;
	size_t n;
};

/* @nacm: the container of ietf-netconf-acm, with defaults or without; NULL: as if it were empty. */
void nacm_rules_read(struct nacm_rules *rules, const struct ly_ctx *ctx,
		     const struct lyd_node *nacm);
void nacm_rules_free(struct nacm_rules *rules);

/* Is a person in the group: by the transport, or as the configuration says? */
bool nacm_is_member(const struct nacm_rules *rules, const struct nacm_subject *who,
		    const char *group);

/* The rules that hold for a person, in order. */
struct nacm_view {
	const struct nacm_rule **rules;
	size_t n;
};

void nacm_view_init(struct nacm_view *view, const struct nacm_rules *rules,
		    const struct nacm_subject *who);
void nacm_view_free(struct nacm_view *view);

#endif
