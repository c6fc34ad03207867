/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l2/own_address.h"

#include <rte_common.h>

#include "heddle/base/log.h"
#include "dataplane/l2/fdb.h"

static const struct dp_port_config *port_of(const struct dp_config *tree, uint16_t id)
{
	return id < tree->n_ports ? tree->ports[id] : NULL;
}

/* The own address that was entered for each port. A MAC of zero: none. */
static struct {
	uint64_t mac;
	uint32_t domain;
} own[HD_PORTS_MAX];
static uint32_t own_end; /* none at or above it */

static bool is_entered(const struct dp_fdb *fdb, uint16_t id)
{
	uint64_t val, hash = dp_fdb_hash(fdb, own[id].mac, own[id].domain);

	return own[id].mac && dp_fdb_find(fdb, hash, own[id].mac, own[id].domain, &val) &&
	       val & DP_FDB_V_LOCAL && dp_fdb_val_port(val) == id;
}

/* Is the address of what is behind the port an address of the switch itself? */
static bool is_ours(const struct dp_port_config *port)
{
	return port && port->flags & (HD_PORT_HOST | HD_PORT_GATEWAY);
}

void l2_own_address(struct dp_fdb *fdb, const struct dp_config *tree, uint16_t id)
{
	const struct dp_port_config *c = port_of(tree, id);
	uint64_t mac = is_ours(c) ? dp_fdb_mac(c->port->mac) : 0;
	uint32_t domain = mac ? c->pvid_domain : DP_DOMAIN_NONE;
	bool entered = is_entered(fdb, id);

	if (mac == own[id].mac && domain == own[id].domain && entered == !!mac)
		return;
	if (entered)
		dp_fdb_remove(fdb, own[id].mac, own[id].domain);
	own_end = RTE_MAX(own_end, id + 1u);
	own[id].mac = mac;
	own[id].domain = domain;
	if (mac && dp_fdb_set(fdb, mac, domain, id, DP_FDB_V_LOCAL) < 0)
		hd_log(HD_LOG_ERR,
		       "too many fixed addresses in the forwarding database: the address "
		       "of a host interface or gateway is missing");
}

void l2_own_addresses(struct dp_fdb *fdb, const struct dp_config *tree)
{
	for (uint32_t id = 0; id < RTE_MAX(own_end, tree->n_ports); id++)
		if (own[id].mac || is_ours(port_of(tree, id)))
			l2_own_address(fdb, tree, id);
}
