/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The operational state: the running configuration with the state of ports, switches and planes.
 */
#ifndef MGMT_NETCONF_STATE_H
#define MGMT_NETCONF_STATE_H

#include <libyang/libyang.h>

#include "heddle/api/supervisor.h"
#include "heddle/api/switch.h"
#include "mgmt/bind/model.h"
#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/server.h"

/* What others know, and have to be asked for first. */
enum nc_asks {
	NC_ASK_DOMAINS = 1 << 0,
	NC_ASK_PLANES = 1 << 1,
};

/* What came in for one gathering. */
struct nc_facts {
	struct hd_domain_state *domains;
	size_t n_domains;
	struct hd_plane_state planes[HD_PLANE_COUNT];
	bool plane_known[HD_PLANE_COUNT];
};

/* @facts is the caller's. */
typedef void (*nc_facts_fn)(struct nc_facts *facts, void *arg);

/*
 * Asks the other processes for what is theirs to know (nc_state_asks()) and calls @fn, at once or
 * later. A process that does not answer within a second is left out.
 */
void nc_facts_gather(struct nc_server *server, unsigned int asks, nc_facts_fn fn, void *arg);
void nc_facts_free(struct nc_facts *facts);

/* What has to be asked for what the filter selects. */
unsigned int nc_state_asks(const struct nc_server *server, const struct nc_filter *filter);

/*
 * Makes the operational state: what is configured and in force, with the state. Top-level nodes that
 * the filter cannot select anything of may be left out. The tree is the caller's.
 */
struct lyd_node *nc_state_build(const struct nc_server *server, const struct nc_filter *filter,
				const struct nc_facts *facts);

/* A part of the state that needs nobody else: registered where it is made. */
struct nc_state_part {
	const char *module, *name; /* of the top-level node */
	void (*add)(struct lyd_node **tree, const struct nc_server *server);
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

/* The parts, each in a file of its own. @tree is the top of the tree, and may change. */
void nc_state_ports(struct lyd_node **tree, const struct bd_model *model,
		    const struct nc_server *server, const struct nc_filter *filter);
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
