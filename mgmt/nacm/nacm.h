/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access control, RFC 8341: what a subject may execute, read, write and be told of.
 *
 * The rules are those of the running configuration, compiled by nacm_load(); all questions are
 * answered from memory, on the loop's thread. A struct nacm without rules answers as an empty
 * ietf-netconf-acm container does (RFC 8341 3.4: read and exec permitted, write denied, and what is
 * marked default-deny-* denied).
 */
#ifndef MGMT_NACM_NACM_H
#define MGMT_NACM_NACM_H

#include <libyang/libyang.h>

#include "mgmt/datastore/errors.h"
#include "mgmt/nacm/subject.h"

enum nacm_op { NACM_CREATE, NACM_UPDATE, NACM_DELETE };

struct nacm;

/* No rules. @ctx outlives it. */
struct nacm *nacm_new(const struct ly_ctx *ctx);
void nacm_free(struct nacm *nacm);

/* Takes the rules of @running (the whole tree; NULL: empty). The tree is not kept. */
void nacm_load(struct nacm *nacm, const struct lyd_node *running);

/*
 * Is the door open to the subject: is it exempt, or in one of the groups heddle and heddle-view, or
 * in one that a rule-list names? Everybody is when a rule-list is for "*".
 */
bool nacm_knows(const struct nacm *nacm, const struct nacm_subject *who);

/* RFC 8341 3.4.4: may the operation (schema of an rpc) be invoked? */
bool nacm_may_exec(struct nacm *nacm, const struct nacm_subject *who, const struct lysc_node *rpc);

/*
 * The same of @op, an rpc or an action linked to its parents; adds an access-denied error that says
 * what denies it, and which groups may, unless the subject may. Returns whether it may. Counted.
 */
bool nacm_check_exec(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *op,
		     struct ds_errors *errs);

/* RFC 8341 3.4.6: may the notification (its whole tree) be sent to the subject? Counted if not. */
bool nacm_may_notify(struct nacm *nacm, const struct nacm_subject *who,
		     const struct lyd_node *notification);

/*
 * RFC 8341 3.4.5: this one node; @node is linked to its parents. What is below a node that may not
 * be read is not read either: see nacm_prune().
 */
bool nacm_may_read(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *node);
bool nacm_may_write(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *node,
		    enum nacm_op op);

/*
 * May the subject read, or update, what @path (as libyang writes it) speaks of, whether it is there or
 * not? To read it, all that it is in has to be readable as well.
 */
bool nacm_may_read_path(struct nacm *nacm, const struct nacm_subject *who, const char *path);
bool nacm_may_update_path(struct nacm *nacm, const struct nacm_subject *who, const char *path);

/*
 * Adds an access-denied error about @node (its path) that says what denies it, and which groups may,
 * unless the subject may. Returns whether it may. The first of @errs is counted (RFC 8341 counts
 * requests).
 */
bool nacm_check_write(struct nacm *nacm, const struct nacm_subject *who,
		      const struct lyd_node *node, enum nacm_op op, struct ds_errors *errs);

/*
 * Takes out of *@tree (a copy that the caller owns, with its siblings) what the subject may not read
 * (RFC 8341 3.2.4: silently), secrets too. Filters are applied to what is left, or they would tell.
 */
void nacm_prune(struct nacm *nacm, const struct nacm_subject *who, struct lyd_node **tree);

/* True when nacm_prune() would take nothing out of @tree and its siblings: no copy is needed. */
bool nacm_reads_tree(struct nacm *nacm, const struct nacm_subject *who,
		     const struct lyd_node *tree);

/* True when nacm_prune() would take nothing out of any tree. */
bool nacm_reads_all(struct nacm *nacm, const struct nacm_subject *who);

/* Is it a leaf whose value is not to be shown or logged (heddle-types:secret)? */
bool nacm_is_secret(const struct nacm *nacm, const struct lysc_node *node);

/* The value of @node, or NACM_MASK when it is a secret: for logs and messages. */
#define NACM_MASK "********"
const char *nacm_show(const struct nacm *nacm, const struct lyd_node *node);

/*
 * Would the rules in @running (a whole tree; NULL: empty) keep the subject from changing the
 * configuration, which those of now let it change?
 */
bool nacm_locks_out(struct nacm *nacm, const struct nacm_subject *who,
		    const struct lyd_node *running);

/* RFC 8341 3.5: counters for the state of the nacm container. */
struct nacm_counters {
	uint32_t denied_operations, denied_data_writes, denied_notifications;
};
const struct nacm_counters *nacm_counters(const struct nacm *nacm);

#endif
