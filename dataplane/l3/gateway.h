/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways and their VRFs in the tree that workers see. A gateway is a port of the kind "gateway"
 * (gateway_port.c); its object has addresses, and is not the port's, so that a port stays what it
 * is while its addresses change (gateway_section.c).
 *
 *	frame of a segment -> take (input.c):
 *		ARP, ND -> the owner of the gateway's neighbours (owner.c)
 *		IP -> features at IP_INPUT -> route (ip_input.c):
 *			ours -> answered there
 *			else the gateway that it leaves by (ip_output.c):
 *				size -> features at IP_OUTPUT -> neighbour -> its segment
 *	it came up, or changed -> announce.c
 *
 * What is counted where. A frame that a gateway takes was offered to it. When it was found sound,
 * and where it goes, it counts as sent by that gateway; before, as dropped there, by a reason of
 * egress: also what features at IP_INPUT drop. From then on it is the egress gateway's: received
 * and admitted there when it comes into the segment, or received and dropped, by a reason of
 * ingress and dp_path_drop(): also what features at IP_OUTPUT drop. A packet that waits for a
 * neighbour is in neither sum, but among the held ones of the worker. What a gateway makes itself
 * is generated; ARP and neighbour discovery that it took are consumed. An echo request becomes its
 * answer, and is neither.
 */
#ifndef DATAPLANE_L3_GATEWAY_H
#define DATAPLANE_L3_GATEWAY_H

#include "heddle/api/gateway.h"
#include "heddle/api/route.h"
#include "dataplane/core/config.h"
#include "dataplane/core/section.h"
#include "dataplane/l3/addr.h"
#include "dataplane/l3/fib.h"

/* What a route leads to: the number that the FIB has. */
enum l3_next_kind {
	L3_NEXT_CONNECTED, /* a neighbour on the segment of a gateway */
	L3_NEXT_LOCAL,     /* the gateway itself */
	L3_NEXT_GROUP,     /* nobody: a subnet's own address, or its broadcast address (RFC 2644) */
};

static inline uint32_t l3_next(enum l3_next_kind kind, uint16_t gateway)
{
	return (uint32_t)kind << 16 | gateway;
}

static inline enum l3_next_kind l3_next_kind(uint32_t next)
{
	return (enum l3_next_kind)(next >> 16);
}

static inline uint16_t l3_next_gateway(uint32_t next)
{
	return (uint16_t)next;
}

struct l3_vrf {
	char name[HD_NAME_MAX];
	struct l3_fib *fib;
};

struct l3_gateway {
	uint16_t id; /* of its port */
	uint16_t vrf;
	uint32_t epoch; /* another one when its port, segment or object changed (neigh.h) */
	struct hd_mac mac;
	uint32_t n_addresses;
	struct hd_ip_prefix address[HD_GATEWAY_ADDRESSES_MAX];
	/* what its epoch depends on besides the object */
	uint32_t generation; /* of its port */
	uint32_t domain;
};

/* A route for people, in the order that ROUTE_LIST promises. */
struct l3_listed {
	struct hd_ip_prefix prefix;
	uint16_t vrf;
	uint16_t gateway;
	uint32_t kind; /* enum hd_route_kind */
};

struct l3_tree {
	uint32_t n_ids; /* gateways' port ids are below */
	uint32_t n_gateways;
	uint32_t n_vrfs;
	uint32_t n_listed;
	struct l3_vrf *vrf;         /* by name */
	struct l3_gateway *gateway; /* by name */
	struct l3_listed *listed;
	const struct l3_gateway *by_id[]; /* [n_ids] */
};

/* The section of the tree. */
extern struct dp_section l3_section;

/* A tree's gateways; NULL: it has none. */
static inline const struct l3_tree *l3_tree(const struct dp_config *config)
{
	return config->part[l3_section.index];
}

/* The gateway that port @id is, or NULL. */
static inline const struct l3_gateway *l3_gateway(const struct dp_config *config, uint16_t id)
{
	const struct l3_tree *t = l3_tree(config);

	return t && id < t->n_ids ? t->by_id[id] : NULL;
}

/* Is the address, 4 bytes or 16, one of the gateway's? */
bool l3_gateway_has(const struct l3_gateway *g, unsigned int family, const uint8_t *addr);

/*
 * The gateway's address to speak to @addr from: one of its subnet. NULL: it is in none of them.
 */
const struct hd_ip_prefix *l3_gateway_toward(const struct l3_gateway *g, unsigned int family,
					     const uint8_t *addr);

/* What is known of gateways when routes are made of them: gateway_build.c. */
struct l3_wanted {
	const struct hd_gateway_object *object;
	const struct dp_port_config *port;
};

/*
 * The gateways of a tree, with VRFs and routes. @n of @wanted, in the order of names; @now: the
 * tree before, whose gateways keep their epochs where nothing changed. 0; -EINVAL or -ENOSPC with
 * @err; -ENOMEM. What was made then is in *@out all the same. Control thread.
 */
int l3_tree_build(const struct l3_wanted *wanted, uint32_t n, const struct l3_tree *now,
		  struct l3_tree **out, struct hd_err *err);
void l3_tree_free(struct l3_tree *t);

/* Checks a struct hd_gateway_object; every byte may be hostile. 0, or -EINVAL with @err. Pure. */
int l3_gateway_validate(const void *object, struct hd_err *err);

/* The kind's take() (port.h). */
void l3_take(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
	     uint16_t n);

#endif
