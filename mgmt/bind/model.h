/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An index over a validated configuration tree: its switches, segments and ports, by name, with what
 * follows from them together (roles, VLAN sets). What only one module knows is read from the tree by
 * that module's bind_<x>.c.
 *
 * The model points into the tree and lives no longer than it.
 */
#ifndef MGMT_BIND_MODEL_H
#define MGMT_BIND_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libyang/libyang.h>

#include "heddle/api/port.h"
#include "heddle/api/switch.h"
#include "mgmt/datastore/errors.h"

struct bd_switch {
	const char *name;
	const struct lyd_node *node;
};

struct bd_segment {
	const struct bd_switch *sw;
	const char *name;
	const struct lyd_node *node;
	const struct lyd_node *bridged; /* its container, or NULL */
	uint16_t vlan;                  /* 0 until bd_numbers_assign(), when none is configured */
	bool internal;                  /* the number is ours: no id, never on a wire */
};

enum bd_role { BD_ROLE_DEVICE, BD_ROLE_VM, BD_ROLE_UPLINK, BD_ROLE_HOST, BD_ROLE_GATEWAY };

/* "device", "vm", ...: as the YANG model spells them. */
const char *bd_role_name(enum bd_role role);

struct bd_port {
	const char *name;
	const struct lyd_node *node;      /* the interface */
	const struct lyd_node *port;      /* its heddle-port:port container, or NULL */
	const struct lyd_node *params;    /* its kind's container, or NULL */
	const char *kind;                 /* "tap" */
	const char *kind_module;          /* "heddle-tap" */
	const struct bd_switch *sw;       /* NULL: none, or one that is not defined */
	const struct bd_segment *host_of; /* role host: whose interface it is (node is NULL then) */
	const struct bd_segment *segment; /* role gateway: its own; NULL: one that is not defined */
	enum bd_role role;
	enum hd_vlan_mode mode;
	uint16_t pvid;
	struct hd_vlan_set vlans, cvlans;
	unsigned int natives; /* uplink: segments without a VLAN id on it */
};

struct bd_model {
	const struct ly_ctx *ctx;
	const struct lyd_node *tree;
	struct bd_switch *switches;  /* by name */
	struct bd_segment *segments; /* by switch, then name */
	struct bd_port *ports;       /* by name; host interfaces are among them */
	size_t n_switches, n_segments, n_ports;
	const struct lysc_ident *machine_kind; /* the identity that kinds of VMs' ports come from */
};

/* Indexes @tree (NULL: an empty one). Free with bd_model_free(). */
void bd_model_init(struct bd_model *model, const struct ly_ctx *ctx, const struct lyd_node *tree);
void bd_model_free(struct bd_model *model);

/*
 * A model of a few ports only: with the switches and segments of another one (which may be without
 * nodes, and stay its), and the interfaces in @tree that have these names (sorted, each once; those
 * that are not there are left out). False when an interface cannot be looked up.
 */
bool bd_model_init_ports(struct bd_model *model, const struct ly_ctx *ctx,
			 const struct lyd_node *tree, const struct bd_model *others,
			 const char *const *names, size_t n);
void bd_model_free_ports(struct bd_model *model);

const struct bd_switch *bd_switch_find(const struct bd_model *model, const char *name);
const struct bd_segment *bd_segment_find(const struct bd_model *model, const struct bd_switch *sw,
					 const char *name);
struct bd_port *bd_port_find(const struct bd_model *model, const char *name);

/* True if frames of the port can be in @vlan. */
bool bd_port_in_vlan(const struct bd_port *port, uint16_t vlan);

/* How many VLANs (of all switches) the ports are in, which are resolved. */
unsigned int bd_vlans_in_use(const struct bd_model *model);

/* Ids that a word of access, trunk, native, ... stands for. */
struct bd_vlan_word {
	const struct bd_segment *segment; /* when it is a segment's name */
	uint16_t first, last;             /* of an id or a range; 0 when it is a name */
};

/* Reads @word; a name that is not defined leaves segment NULL and first 0. Pure. */
struct bd_vlan_word bd_vlan_word(const struct bd_model *model, const struct bd_switch *sw,
				 const char *word);

/*
 * Fills in mode, pvid and sets of all ports. Segments have their numbers (numbers.h). What cannot be
 * resolved is left out: the rules tell of it.
 */
void bd_model_resolve(struct bd_model *model);

/* The same for one port that is no uplink. */
void bd_port_resolve(const struct bd_model *model, struct bd_port *port);

#endif
