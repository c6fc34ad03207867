/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Punt rules and classes as heddle-cp set them, and the table that workers read. Punt thread, unless a
 * comment says otherwise.
 */
#ifndef DATAPLANE_PUNT_RULES_H
#define DATAPLANE_PUNT_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/punt.h"
#include "heddle/base/err.h"
#include "dataplane/core/config.h"
#include "dataplane/core/punt.h"
#include "dataplane/punt/policer.h"

/* Ports that frames come in by share so many policers of a rule, by their ids. */
#define PUNT_SHARES 16

/* A rule as workers see it. */
struct punt_entry {
	struct hd_punt_rule rule;
	uint32_t rate, burst; /* of a policer */
	punt_bucket *bucket;  /* [PUNT_SHARES] */
};

struct punt_span {
	uint16_t first, n;
};

/* What is published: immutable but for the policers. */
struct punt_table {
	struct hd_punt_hooks hooks;
	struct punt_table *next; /* retired: that one was before */
	uint64_t token;          /* retired: it is freed when this is over (rcu.h) */
	uint32_t n_ports;
	struct punt_span *span; /* [n_ports], by id of the gateway's port */
	struct punt_entry entry[];
};

/* Checks and enters. 0, or below 0 with @err: -EINVAL, -ENOSPC. Every byte may be hostile. */
int punt_rules_class(const struct hd_punt_class *class, struct hd_err *err);
int punt_rules_set(const struct hd_punt_rule *rule, struct hd_err *err);
void punt_rules_remove(const char *key);

/* All rules and classes go: the channel did. */
void punt_rules_clear(void);

/* The class, or NULL: it was not set. */
const struct hd_punt_class *punt_rules_class_of(uint32_t id);

/* Copies the class for people. False: it was not set. Any thread; a class that is just being set may be torn. */
bool punt_rules_class_copy(uint32_t id, struct hd_punt_class *out);

/*
 * Publishes the rules of gateways that @tree has, if a rule, or the tree, is another than the last time.
 */
void punt_rules_publish(const struct hd_config *tree);

/* Frees tables that no worker can hold. True: some are left. Outside of hd_rcu_reader_enter(). */
bool punt_rules_retire(void);

/* The function of the published table (feature.c). Worker. */
bool punt_local(struct hd_worker *w, const struct hd_port_config *port, struct rte_mbuf *m);

#endif
