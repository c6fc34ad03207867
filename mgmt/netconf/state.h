/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The operational state: the running configuration with the state of ports, switches and planes.
 */
#ifndef MGMT_NETCONF_STATE_H
#define MGMT_NETCONF_STATE_H

#include <libyang/libyang.h>

#include "mgmt/bind/model.h"
#include "mgmt/netconf/ask.h"
#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/server.h"

/* What the parts of the state work on. */
struct nc_state {
	struct lyd_node
		*tree; /* what is configured, as far as the filter wants it, and what is added */
	const struct nc_server *server;
	const struct nc_filter *filter; /* NULL: all is wanted */
	const struct bd_model *model;   /* of what is configured and in force */
};

/*
 * A part of the state: registered from a constructor where it is made, so that no list here names it.
 * Parts are in the order of their modules, names and features, whoever registers them.
 */
struct nc_state_part {
	const char *module, *name; /* of the top-level node that it fills, or adds to */
	const char *feature; /* NULL: the part that fills it; else who adds to it, after that */
	/*
	 * Others have to be asked first: @ask asks, with what fills @facts, which is zero and of this
	 * size. Without an answer within a second it stays as it is. May be NULL.
	 */
	size_t facts_size;
	void (*ask)(struct nc_ask *ask, void *facts);
	void (*facts_free)(void *facts); /* what it points to; may be NULL */
	/* Adds to state->tree. Called when the filter wants something of the top-level node. */
	void (*add)(struct nc_state *state, const void *facts);
	struct nc_state_part *next;
};
void nc_state_register(struct nc_state_part *part);

#define NC_STATE_REGISTER(var)                                                 \
	static struct nc_state_part var;                                       \
	__attribute__((constructor)) static void nc_state_register_##var(void) \
	{                                                                      \
		nc_state_register(&var);                                       \
	}                                                                      \
	static struct nc_state_part var

/* What came in for one gathering. */
struct nc_facts;
void nc_facts_free(struct nc_facts *facts); /* may be NULL */

/* @facts is the caller's; NULL: the session is gone that it was for. */
typedef void (*nc_facts_fn)(struct nc_facts *facts, void *arg);

/*
 * Asks the other processes for what is theirs to know of what the filter selects, and calls @fn, at
 * once or later.
 */
void nc_facts_gather(struct nc_server *server, uint32_t session, const struct nc_filter *filter,
		     nc_facts_fn fn, void *arg);

/*
 * Makes the operational state: what is configured and in force, with the state. Top-level nodes that
 * the filter cannot select anything of may be left out. The tree is the caller's. @facts were gathered
 * with the same filter.
 */
struct lyd_node *nc_state_build(const struct nc_server *server, const struct nc_filter *filter,
				const struct nc_facts *facts);

/* Helpers: nodes below @parent, of its module when @module is NULL. */
void nc_leaf(struct lyd_node *parent, const char *module, const char *name, const char *value);
void nc_number(struct lyd_node *parent, const char *module, const char *name, uint64_t value);
struct lyd_node *nc_inner(struct lyd_node *parent, const char *module, const char *name);
struct lyd_node *nc_entry(struct lyd_node *parent, const char *name, const char *key);

/* A top-level container of @module: the one that is there, or a new one. */
struct lyd_node *nc_top(struct lyd_node **tree, const struct ly_ctx *ctx, const char *module,
			const char *name);

/* Seconds ago, as date-and-time in UTC. */
const char *nc_time(double seconds_ago, char text[32]);

#endif
