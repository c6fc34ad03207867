/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l2/l2_say.h"

#include "heddle/net/ether.h"
#include "dataplane/core/meta.h"
#include "dataplane/l2/fdb.h"

static const char *port_name(const struct dp_worker *w, uint64_t val)
{
	uint16_t id = dp_fdb_val_port(val);

	return id < w->config->n_ports && w->config->ports[id] ? w->config->ports[id]->name
							       : "none";
}

static void say_source(struct dp_worker *w, const struct dp_port_config *port, const char *mac,
		       bool known, uint64_t val)
{
	if (!known)
		w->say(w, "source", "%s is not known", mac);
	else if (dp_fdb_val_port(val) == port->id)
		w->say(w, "source", "%s is known at the port", mac);
	else
		w->say(w, "source", "%s is known at port %s%s", mac, port_name(w, val),
		       dp_fdb_val_fixed(val) ? ", and fixed there" : "");
}

static void say_destination(struct dp_worker *w, const struct dp_domain *d, const char *mac,
			    bool known, uint64_t val, uint32_t now)
{
	if (!known)
		w->say(w, "lookup", "%s is not known: for all %u members", mac, d->n_members);
	else if (!dp_fdb_val_fixed(val) && dp_fdb_val_age(val, now) > d->ageing_units)
		w->say(w, "lookup", "%s was not heard for too long: for all %u members", mac,
		       d->n_members);
	else
		w->say(w, "lookup", "%s is at port %s", mac, port_name(w, val));
}

void l2_say(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf *m)
{
	const struct hd_eth_hdr *eth = rte_pktmbuf_mtod(m, const struct hd_eth_hdr *);
	const struct dp_meta *meta = dp_meta(m);
	const struct dp_domain *d = w->config->domains[meta->domain];
	uint64_t src = dp_fdb_mac(eth->src.b), dst = dp_fdb_mac(eth->dst.b), val = 0;
	uint32_t now = (uint32_t)(meta->time_ns / DP_FDB_UNIT_NS);
	char str[HD_MAC_STR_MAX];
	bool known;

	w->say(w, "vlan", "VLAN %u of switch %s%s%s, %s", d->vlan,
	       w->config->switches[d->switch_index]->name, d->segment[0] ? ", segment " : "",
	       d->segment, meta->tag_len ? "by its tag" : "without a tag");
	known = dp_fdb_find(w->fdb, dp_fdb_hash(w->fdb, src, d->id), src, d->id, &val) != NULL;
	say_source(w, port, hd_mac_str(&eth->src, str), known, val);
	hd_mac_str(&eth->dst, str);
	if (hd_mac_is_group(&eth->dst)) {
		w->say(w, "lookup", "%s is a group: for all %u members", str, d->n_members);
		return;
	}
	known = dp_fdb_find(w->fdb, dp_fdb_hash(w->fdb, dst, d->id), dst, d->id, &val) != NULL;
	say_destination(w, d, str, known, val, now);
}
