/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The operational state: the running configuration with the state of ports, switches and planes.
 */
#ifndef MGMT_NETCONF_STATE_H
#define MGMT_NETCONF_STATE_H

#include <libyang/libyang.h>

#include "heddle/api/supervisor.h"
#include "heddle/api/switch.h"
#include "mgmt/backend/running.h"
#include "mgmt/bind/model.h"

enum nc_state_parts {
	NC_STATE_PORTS = 1 << 0,
	NC_STATE_SWITCHES = 1 << 1,
	NC_STATE_SYSTEM = 1 << 2,
};

/* @tree is the caller's. */
typedef void (*nc_state_fn)(struct lyd_node *tree, void *arg);

/*
 * Asks the other processes for what is theirs to know and calls @fn, at once or later, with a tree
 * that has at least the parts asked for. A process that does not answer within a second is left out.
 */
void nc_state_gather(struct rn *rn, struct bk *bk, unsigned int parts, nc_state_fn fn, void *arg);

/* What came in for one gathering. */
struct nc_facts {
	struct hd_domain_state *domains;
	size_t n_domains;
	struct hd_plane_state planes[HD_PLANE_COUNT];
	bool plane_known[HD_PLANE_COUNT];
};

/* The parts, each in a file of its own. @tree is the top of the tree, and may change. */
void nc_state_ports(struct lyd_node **tree, const struct bd_model *model, const struct bk *bk);
void nc_state_switches(struct lyd_node *tree, const struct bd_model *model,
		       const struct nc_facts *facts);
void nc_state_system(struct lyd_node **tree, const struct ly_ctx *ctx, const struct bk *bk,
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
