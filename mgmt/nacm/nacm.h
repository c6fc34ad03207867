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

/* RFC 8341 3.4.4: may the operation (schema of an rpc or action) be invoked? */
bool nacm_may_exec(struct nacm *nacm, const struct nacm_subject *who, const struct lysc_node *rpc);

/* RFC 8341 3.4.6: may the notification (its whole tree) be sent to the subject? */
bool nacm_may_notify(struct nacm *nacm, const struct nacm_subject *who,
		     const struct lyd_node *notification);

/* RFC 8341 3.4.5: this one node; @node is linked to its parents. */
bool nacm_may_read(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *node);
bool nacm_may_write(struct nacm *nacm, const struct nacm_subject *who, const struct lyd_node *node,
		    enum nacm_op op);

/*
 * Adds an access-denied error about @node (its path), unless the subject may. Returns whether it may.
 * Counted in the denied-* leaves of ietf-netconf-acm.
 */
bool nacm_check_write(struct nacm *nacm, const struct nacm_subject *who,
		      const struct lyd_node *node, enum nacm_op op, struct ds_errors *errs);

/*
 * Takes out of *@tree (a copy that the caller owns, with its siblings) what the subject may not read
 * (RFC 8341 3.2.4: silently), and what only protects itself by being a secret.
 */
void nacm_prune(struct nacm *nacm, const struct nacm_subject *who, struct lyd_node **tree);

/* True when nacm_prune() would take nothing out of any tree: the subject needs no copy. */
bool nacm_reads_all(struct nacm *nacm, const struct nacm_subject *who);

/* RFC 8341 3.5: counters for the state of the nacm container. */
struct nacm_counters {
	uint32_t denied_operations, denied_data_writes, denied_notifications;
};
const struct nacm_counters *nacm_counters(const struct nacm *nacm);

#endif
