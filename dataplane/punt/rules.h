/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The punt rules and classes that heddle-cp has set, and the table of rules that workers read. Punt
 * thread, unless a comment says otherwise.
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

/* A rule has so many policers. Each port by which frames come in uses one, by its id. */
#define PUNT_SHARES 16

/* A rule as workers see it. */
struct punt_entry {
	struct hd_punt_rule rule;
	uint32_t rate, burst; /* of each policer */
	punt_bucket *bucket;  /* [PUNT_SHARES] */
};

struct punt_span {
	uint16_t first, n;
};

/* The published table. Only its policers change. */
struct punt_table {
	struct dp_punt_hooks hooks;
	struct punt_table *next; /* of a retired one: the one that was retired before */
	uint64_t token;          /* of a retired one: when this is over, it is freed (rcu.h) */
	uint32_t n_ports;
	struct punt_span *span; /* [n_ports], by id of the gateway's port */
	struct punt_entry entry[];
};

/*
 * Check and set a class or a rule; every byte may be hostile. 0, or below 0 with @err: -EINVAL,
 * -ENOSPC.
 */
int punt_rules_class(const struct hd_punt_class *class, struct hd_err *err);
int punt_rules_set(const struct hd_punt_rule *rule, struct hd_err *err);

/* Removes a rule, if there is one. */
void punt_rules_remove(const char *key);

/* Removes all rules and classes: the channel is closed. */
void punt_rules_clear(void);

/* Returns the class; NULL: it was not set. */
const struct hd_punt_class *punt_rules_class_of(uint32_t id);

/*
 * Copies the class. False: it was not set. Any thread. If the punt thread sets the class meanwhile,
 * the copy may have parts of both.
 */
bool punt_rules_class_copy(uint32_t id, struct hd_punt_class *out);

/*
 * Publishes the rules of the gateways that @tree has. Does nothing if neither the rules nor the
 * tree have changed.
 */
void punt_rules_publish(const struct dp_config *tree);

/*
 * Frees retired tables that no worker holds. True: some are left. Not inside of
 * dp_rcu_reader_enter().
 */
bool punt_rules_retire(void);

/* What workers do with a gateway's frames by the published table (feature.c). Worker. */
bool punt_local(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m);

#endif
