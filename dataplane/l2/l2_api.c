/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Management's requests for domains and the forwarding database. Also ages entries, and flushes
 * them when ports and VLANs change. Control thread.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/fdb.h"
#include "heddle/api/guard.h"
#include "heddle/api/switch.h"
#include "heddle/base/clock.h"
#include "dataplane/core/api.h"
#include "dataplane/core/section.h"
#include "dataplane/l2/owners.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/tick.h"
#include "dataplane/l2/vlan.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/l2.h"
#include "dataplane/l2/own_address.h"

#define LIST_LIMIT_MAX 10000
#define READ_CHUNK     64

static struct dp_fdb *fdb;

struct dp_fdb *l2_fdb(void)
{
	return fdb;
}

static uint32_t units(uint64_t now_ns)
{
	return (uint32_t)(now_ns / DP_FDB_UNIT_NS);
}

static const struct dp_domain *domain_of(const struct dp_config *tree, uint32_t id)
{
	return id < tree->n_domains ? tree->domains[id] : NULL;
}

static const struct dp_port_config *port_of(const struct dp_config *tree, uint16_t id)
{
	return id < tree->n_ports ? tree->ports[id] : NULL;
}

/*
 * Is this a learned address that belongs to another port, or that anti-spoof forbids to its port?
 */
static bool is_not_its(const struct dp_config *tree, const struct dp_domain *d,
		       const struct dp_port_config *p, uint64_t mac)
{
	const struct hd_anti_spoof_object *list;

	if (dp_owner_other(tree, d, mac, p) != DP_PORT_ID_NONE)
		return true;
	list = dp_port_feature_object(p, HD_ANTI_SPOOF);
	for (uint32_t i = 0; list && i < list->n_macs; i++)
		if (dp_fdb_mac(list->macs[i]) == mac)
			return false;
	return list;
}

/* Is the domain or the port of this entry gone, or is another one in its place? */
static bool is_orphan(const struct dp_fdb_view *v, void *arg)
{
	const struct dp_config *tree = arg;
	const struct dp_domain *d = domain_of(tree, v->domain);
	const struct dp_port_config *p = port_of(tree, v->port);

	if (v->port == DP_PORT_ID_NONE)
		return !d;
	if (!d || !p || !dp_port_carries(tree, p, v->domain, d->vlan))
		return true;
	if (v->flags)
		return false;
	return !atomic_load(&p->port->up) || is_not_its(tree, d, p, v->mac);
}

static void commit(struct dp_config *tree, const struct dp_config *old,
		   const struct hd_store *store)
{
	bool others = tree->members_changed || tree->ports_changed;

	(void)store;
	/* Most commits have nothing to remove, and the table is large. */
	if (others || dp_owners_of(tree) != dp_owners_of(old))
		dp_fdb_flush(fdb, units(hd_now_ns()), is_orphan, (void *)tree);
	for (uint32_t i = 0; i < tree->n_domains && tree->members_changed; i++)
		if (tree->domains[i])
			dp_fdb_domain_group(fdb, i, tree->domains[i]->switch_index);
	l2_own_addresses(fdb, tree);
}

/*
 * Its commit removes entries of ports and domains that are gone, and enters the switch's own
 * addresses.
 */
static struct dp_section section = {.name = "fdb", .after = "domains", .commit = commit};

RTE_INIT(l2_section_register)
{
	dp_section_register(&section);
}

static bool is_on_port(const struct dp_fdb_view *v, void *arg)
{
	return v->port == *(const uint16_t *)arg && !v->flags;
}

static void on_port_down(struct dp_port *port)
{
	uint16_t id = port->id;

	dp_fdb_flush(fdb, units(hd_now_ns()), is_on_port, &id);
}

static void on_port_changed(struct dp_port *port)
{
	l2_own_address(fdb, dp_config_running(), port->id);
}

static struct dp_port_listener port_listener = {.changed = on_port_changed, .down = on_port_down};

static bool is_aged(const struct dp_fdb_view *v, void *arg)
{
	const struct dp_domain *d = domain_of(arg, v->domain);

	return !v->flags && (!d || v->age > d->ageing_units);
}

static void age(uint64_t now_ns)
{
	uint64_t n = 0;

	if (__atomic_load_n(&fdb->count, __ATOMIC_RELAXED))
		n = dp_fdb_flush(fdb, units(now_ns), is_aged, (void *)dp_config_running());
	dp_l2_aged += n;
}

uint64_t dp_l2_aged;

static struct dp_tick age_tick = {.period_ns = HD_NS_PER_S, .fn = age};

void dp_l2_init(struct dp_fdb *table)
{
	fdb = table;
	dp_port_listen(&port_listener);
	dp_tick_register(&age_tick);
	dp_l2_notice_init();
}

static void on_domain_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct dp_config *tree = dp_config_running();

	(void)arg;
	for (uint32_t i = 0; i < tree->n_domains; i++) {
		const struct dp_domain *d = tree->domains[i];
		struct hd_domain_state s = {0};

		if (!d)
			continue;
		hd_str_copy(s.switch_name, sizeof(s.switch_name),
			    tree->switches[d->switch_index]->name);
		hd_str_copy(s.segment, sizeof(s.segment), d->segment);
		s.domain = i;
		s.members = d->n_members;
		s.macs = dp_fdb_domain_count(fdb, i) + dp_fdb_domain_fixed(fdb, i);
		s.vlan = d->vlan;
		hd_chan_reply_item(chan, msg->hdr, &s, sizeof(s));
	}
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static bool matches(const struct dp_fdb_view *v, const struct hd_fdb_filter *f)
{
	const struct dp_config *tree = dp_config_running();
	const struct dp_domain *d = domain_of(tree, v->domain);
	const struct dp_port_config *p = port_of(tree, v->port);
	uint64_t mac = dp_fdb_mac(f->mac);

	if (!d || (!p && v->port != DP_PORT_ID_NONE))
		return false;
	return (!f->vlan || f->vlan == d->vlan) && (!mac || mac == v->mac) &&
	       (!f->port[0] || (p && !strcmp(f->port, p->name))) &&
	       (!f->switch_name[0] ||
		!strcmp(f->switch_name, tree->switches[d->switch_index]->name));
}

void dp_l2_fdb_entry(const struct dp_fdb_view *v, struct hd_fdb_entry *e)
{
	const struct dp_config *tree = dp_config_running();
	const struct dp_domain *d = tree->domains[v->domain];

	memset(e, 0, sizeof(*e));
	hd_str_copy(e->switch_name, sizeof(e->switch_name), tree->switches[d->switch_index]->name);
	hd_str_copy(e->segment, sizeof(e->segment), d->segment);
	if (v->port != DP_PORT_ID_NONE)
		hd_str_copy(e->port, sizeof(e->port), tree->ports[v->port]->name);
	dp_fdb_mac_bytes(v->mac, e->mac);
	e->vlan = d->vlan;
	e->age_s = v->age / (HD_NS_PER_S / DP_FDB_UNIT_NS);
	e->flags = (v->flags & DP_FDB_V_STATIC ? HD_FDB_STATIC : 0) |
		   (v->flags & DP_FDB_V_LOCAL ? HD_FDB_LOCAL : 0);
}

/*
 * Checks that the strings of a filter end. If they do not, it answers with an error and returns
 * false.
 */
static bool filter_ok(struct hd_chan *chan, const struct hd_msg *msg, const struct hd_fdb_filter *f)
{
	if (hd_str_terminated(f->switch_name, sizeof(f->switch_name)) &&
	    hd_str_terminated(f->port, sizeof(f->port)))
		return true;
	hd_chan_reply_error(chan, msg->hdr, EINVAL, "a name in the filter does not end");
	return false;
}

static void on_fdb_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_fdb_list *req = msg->body;
	struct hd_fdb_list_end end = {.cursor = req->cursor};
	struct dp_fdb_view v[READ_CHUNK];
	uint32_t sent = 0, now = units(hd_now_ns());

	(void)arg;
	if (!filter_ok(chan, msg, &req->filter))
		return;
	if (!req->limit || req->limit > LIST_LIMIT_MAX) {
		hd_chan_reply_error(chan, msg->hdr, EINVAL, "limit %u is not in 1..%d", req->limit,
				    LIST_LIMIT_MAX);
		return;
	}
	do {
		/* It lists whole buckets only, so that the cursor can stand between two of them. */
		uint32_t left = RTE_MAX(req->limit - sent, (uint32_t)DP_FDB_WAYS);
		uint32_t room = RTE_MIN(left, (uint32_t)READ_CHUNK);
		uint32_t n = dp_fdb_read(fdb, &end.cursor, now, v, room);

		for (uint32_t i = 0; i < n; i++) {
			struct hd_fdb_entry e;

			if (!matches(&v[i], &req->filter))
				continue;
			dp_l2_fdb_entry(&v[i], &e);
			hd_chan_reply_item(chan, msg->hdr, &e, sizeof(e));
			sent++;
		}
	} while (end.cursor && sent < req->limit);
	end.entries = __atomic_load_n(&fdb->count, __ATOMIC_RELAXED);
	end.capacity = fdb->capacity;
	hd_chan_reply(chan, msg->hdr, &end, sizeof(end), NULL, 0);
}

static bool is_cleared(const struct dp_fdb_view *v, void *arg)
{
	return !v->flags && matches(v, arg);
}

static void on_fdb_clear(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_fdb_clear *req = msg->body;
	struct hd_fdb_cleared rep;

	(void)arg;
	if (!filter_ok(chan, msg, &req->filter))
		return;
	rep.entries = dp_fdb_flush(fdb, units(hd_now_ns()), is_cleared, (void *)&req->filter);
	hd_chan_reply(chan, msg->hdr, &rep, sizeof(rep), NULL, 0);
}

static const struct hd_handler l2_table[] = {
	HD_HANDLER(DOMAIN_LIST, on_domain_list),
	HD_HANDLER(FDB_LIST, on_fdb_list),
	HD_HANDLER(FDB_CLEAR, on_fdb_clear),
};
DP_API_REGISTER(l2_table);
