/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * After random deltas the tree is the one that the objects ask for: members, ids, queues, names.
 * Workers, heddled and counters are simulated.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/guard.h"
#include "dataplane/core/config.h"
#include "dataplane/core/config_build.h"
#include "dataplane/core/loop.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/owners.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/section.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define PORTS    60
#define SWITCHES 2
#define DELTAS   4000
#define MACS     24 /* that belong to ports */

#define KIND_TYPE 0x7fff0001u

struct kind_object {
	struct hd_object head;
	uint64_t value;
};

/* What should be there. */
struct want {
	bool is;
	struct hd_port_object port;
	uint64_t kind;
	uint32_t macs; /* bits of addresses that it owns */
};

static struct want want[PORTS];
static uint16_t segment_vlan[SWITCHES]; /* of the segment "seg"; 0: there is none */
static const uint16_t vlans[] = {1,  2,   10,   63,   64,
				 65, 100, 4094, 4096, 4096 + 65}; /* from 4096 on: no ids */
static uint64_t generation;
static int queues_out; /* given to workers and not given back */

/* The rest of the program. */
static uint64_t tokens;
static bool workers_are_slow;

uint64_t dp_rcu_start(void)
{
	return ++tokens;
}

bool dp_rcu_over(uint64_t token)
{
	return token < tokens || !workers_are_slow;
}

unsigned int dp_worker_for_queue(void)
{
	queues_out++;
	return dice(3);
}

void dp_worker_queue_gone(unsigned int worker)
{
	queues_out--;
}

static int kind_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	return 0;
}

static void kind_close(struct dp_port *port)
{
}

static uint16_t kind_queues(const void *params)
{
	return 1 + ((const struct kind_object *)params)->value % 2;
}

static const struct dp_port_ops kind_ops = {
	.name = "test",
	.params = KIND_TYPE,
	.params_size = sizeof(struct kind_object),
	.queues = kind_queues,
	.open = kind_open,
	.close = kind_close,
};

static uint16_t pass(struct dp_worker *w, const struct dp_port_config *port, const void *conf,
		     struct rte_mbuf **m, uint16_t n)
{
	return n;
}

static struct dp_feature addresses = {
	.name = "addresses",
	.point = DP_POINT_INPUT,
	.run = pass,
	.object = HD_ANTI_SPOOF,
	.object_size = sizeof(struct hd_anti_spoof_object),
};

static void name_of(unsigned int i, char name[HD_NAME_MAX])
{
	snprintf(name, HD_NAME_MAX, "p%02u", i);
}

/* Sends a port's objects, or that they are gone. */
static void put_port(struct hd_store *store, unsigned int i)
{
	struct kind_object kind = {.head.op = HD_OBJECT_SET, .value = want[i].kind};
	struct hd_port_object port = want[i].port;

	port.head.op = HD_OBJECT_SET;
	name_of(i, port.head.key);
	name_of(i, kind.head.key);
	if (!want[i].is) {
		port = (struct hd_port_object){.head.op = HD_OBJECT_DELETE};
		name_of(i, port.head.key);
		kind.head.op = HD_OBJECT_DELETE;
		kind.value = 0;
	}
	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, HD_PORT, &port, sizeof(port)), 0);
	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, KIND_TYPE, &kind, sizeof(kind)), 0);
}

/* MAC i in memory order: 02:00:00:00:00:i */
#define MAC(i) (2ull | (uint64_t)(i) << 40)

static void put_addresses(struct hd_store *store, unsigned int i)
{
	struct hd_anti_spoof_object o = {.head.op = HD_OBJECT_SET};

	for (unsigned int m = 0; want[i].is && m < MACS; m++)
		if (want[i].macs >> m & 1)
			dp_fdb_mac_bytes(MAC(m), o.macs[o.n_macs++]);
	if (!o.n_macs)
		o.head.op = HD_OBJECT_DELETE;
	name_of(i, o.head.key);
	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, HD_ANTI_SPOOF, &o, sizeof(o)), 0);
}

static void put_segment(struct hd_store *store, unsigned int sw)
{
	struct hd_segment_object o = {.head.op = HD_OBJECT_SET, .vlan = segment_vlan[sw]};

	snprintf(o.head.key, sizeof(o.head.key), "s%u/seg", sw);
	snprintf(o.switch_name, sizeof(o.switch_name), "s%u", sw);
	if (!o.vlan) {
		o = (struct hd_segment_object){.head.op = HD_OBJECT_DELETE};
		snprintf(o.head.key, sizeof(o.head.key), "s%u/seg", sw);
	}
	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, HD_SEGMENT, &o, sizeof(o)), 0);
}

static void put_switch(struct hd_store *store, unsigned int sw, uint32_t ageing)
{
	struct hd_switch_object o = {.head.op = HD_OBJECT_SET, .ageing_s = ageing};

	snprintf(o.head.key, sizeof(o.head.key), "s%u", sw);
	CU_ASSERT_EQUAL_FATAL(hd_store_put(store, HD_SWITCH, &o, sizeof(o)), 0);
}

static void random_port(struct want *w)
{
	memset(w, 0, sizeof(*w));
	w->is = dice(6) != 0;
	hd_str_copy(w->port.kind, sizeof(w->port.kind), "test");
	w->port.tpid = HD_TPID_C;
	w->port.mtu = 1500 + dice(2);
	w->port.flags = dice(8) ? HD_PORT_ENABLED : 0;
	w->port.mode = dice(5) ? 1 + dice(3) : HD_VLAN_NONE;
	w->kind = dice(3);
	if (dice(3) == 0)
		w->macs = 1u << dice(MACS);
	if (w->macs)
		w->macs |= 1u << dice(MACS);
	if (w->port.mode == HD_VLAN_NONE)
		return;
	snprintf(w->port.switch_name, sizeof(w->port.switch_name), "s%u", dice(SWITCHES));
	if (w->port.mode != HD_VLAN_TRUNK || dice(2))
		w->port.pvid = vlans[dice(RTE_DIM(vlans))];
	for (unsigned int i = dice(5); w->port.mode == HD_VLAN_TRUNK && i > 0; i--)
		hd_vlan_set_add(&w->port.vlans, vlans[dice(RTE_DIM(vlans))]);
}

static bool carries(const struct want *w, unsigned int sw, uint16_t vid)
{
	char name[8];

	snprintf(name, sizeof(name), "s%u", sw);
	if (!w->is || w->port.mode == HD_VLAN_NONE || strcmp(w->port.switch_name, name) != 0)
		return false;
	return w->port.pvid == vid ||
	       (w->port.mode == HD_VLAN_TRUNK && hd_vlan_set_has(&w->port.vlans, vid));
}

static void check_domain(const struct dp_config *tree, unsigned int sw, uint16_t vid)
{
	const struct dp_domain *d = NULL;
	uint32_t id = tree->switches[sw]->domain[vid];
	bool member[HD_PORTS_MAX] = {false};
	unsigned int n = 0;

	for (unsigned int i = 0; i < PORTS; i++) {
		char name[HD_NAME_MAX];

		name_of(i, name);
		if (carries(&want[i], sw, vid)) {
			member[dp_port_by_name(name)->id] = true;
			n++;
		}
	}
	CU_ASSERT_EQUAL_FATAL(id != 0, n != 0);
	if (!id)
		return;
	CU_ASSERT_FATAL(id < tree->n_domains);
	d = tree->domains[id];
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_FATAL(d->id == id && d->vlan == vid && d->switch_index == sw);
	CU_ASSERT_EQUAL_FATAL(d->n_members, n);
	CU_ASSERT_EQUAL(d->ageing_units, tree->switches[sw]->ageing_units);
	CU_ASSERT_STRING_EQUAL(d->segment, segment_vlan[sw] == vid ? "seg" : "");
	for (unsigned int i = 0; i < n; i++)
		CU_ASSERT(member[d->member[i]] && (!i || d->member[i] > d->member[i - 1]));
}

/* Who has an address in a VLAN, by what is configured. */
static void check_owners(const struct dp_config *tree, unsigned int sw, uint16_t vid)
{
	uint32_t id = tree->switches[sw]->domain[vid];

	for (unsigned int m = 0; id && m < MACS; m++) {
		uint16_t owner[PORTS], n = 0;

		for (unsigned int i = 0; i < PORTS; i++) {
			char name[HD_NAME_MAX];

			name_of(i, name);
			if (carries(&want[i], sw, vid) && want[i].macs >> m & 1)
				owner[n++] = dp_port_by_name(name)->id;
		}
		for (uint16_t k = 0; k < tree->domains[id]->n_members; k++) {
			const struct dp_port_config *c = tree->ports[tree->domains[id]->member[k]];
			uint16_t other = dp_owner_other(tree, tree->domains[id], MAC(m), c);
			bool has = false, right = n ? false : other == DP_PORT_ID_NONE;

			for (uint16_t o = 0; o < n; o++) {
				has |= owner[o] == c->id;
				right |= owner[o] == other;
			}
			CU_ASSERT(has ? other == DP_PORT_ID_NONE : right);
		}
		/* All are down. */
		CU_ASSERT_EQUAL(dp_owner_only(tree, tree->domains[id], MAC(m)), DP_PORT_ID_NONE);
	}
}

static void check_queues(const struct dp_config *tree)
{
	unsigned int queues = 0, listed = 0;

	for (uint32_t id = 0; id < tree->n_ports; id++)
		queues += tree->ports[id] ? tree->ports[id]->port->queues : 0;
	for (unsigned int w = 0; w < DP_WORKERS_MAX; w++) {
		const struct dp_rx_list *list = tree->rx[w];

		for (uint32_t i = 0; i < list->n; i++) {
			const struct dp_rx_queue *q = &list->q[i];

			CU_ASSERT_PTR_EQUAL(tree->ports[q->port->id], q->config);
			CU_ASSERT_PTR_EQUAL(q->config->port, q->port);
			CU_ASSERT_EQUAL(q->port->worker[q->queue], w);
			CU_ASSERT(!i || list->q[i - 1].port->id < q->port->id ||
				  (list->q[i - 1].port == q->port &&
				   list->q[i - 1].queue < q->queue));
		}
		listed += list->n;
	}
	CU_ASSERT_EQUAL(listed, queues);
	CU_ASSERT_EQUAL((int)queues, queues_out);
}

static void check(const struct dp_config *tree)
{
	unsigned int n = 0, is = 0, domains = 0, have = 0;

	for (unsigned int i = 0; i < PORTS; i++) {
		const struct dp_port_config *c;
		char name[HD_NAME_MAX];
		struct dp_port *port;

		name_of(i, name);
		port = dp_port_by_name(name);
		CU_ASSERT_EQUAL_FATAL(port != NULL, want[i].is);
		is += want[i].is;
		if (!port)
			continue;
		c = tree->ports[port->id];
		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		CU_ASSERT_FATAL(c->port == port && c->id == port->id);
		CU_ASSERT(c->mtu == want[i].port.mtu && c->mode == want[i].port.mode);
		CU_ASSERT_EQUAL(((const struct kind_object *)dp_port_params(port))->value,
				want[i].kind);
		if (c->mode != HD_VLAN_NONE && c->pvid)
			CU_ASSERT_EQUAL(c->pvid_domain,
					tree->switches[c->switch_index]->domain[c->pvid]);
	}
	for (uint32_t id = 0; id < tree->n_ports; id++)
		n += tree->ports[id] != NULL;
	CU_ASSERT_EQUAL(n, is);
	for (unsigned int sw = 0; sw < SWITCHES; sw++)
		for (unsigned int vid = 1; vid < HD_VLAN_NUMBERS; vid++)
			domains += tree->switches[sw]->domain[vid] != 0;
	for (unsigned int i = 0; i < SWITCHES * RTE_DIM(vlans); i++)
		check_domain(tree, i % SWITCHES, vlans[i / SWITCHES]);
	for (unsigned int i = 0; i < SWITCHES * RTE_DIM(vlans); i++)
		check_owners(tree, i % SWITCHES, vlans[i / SWITCHES]);
	for (uint32_t id = 0; id < tree->n_domains; id++)
		have += tree->domains[id] != NULL;
	CU_ASSERT_EQUAL(have, domains);
	check_queues(tree);
}

static void begin(struct hd_store *store, uint32_t mode)
{
	struct hd_config_begin b = {.base = generation, .generation = generation + 1, .mode = mode};

	CU_ASSERT_EQUAL_FATAL(hd_store_begin(store, &b, NULL), 0);
}

static void change_rest(struct hd_store *store)
{
	unsigned int sw = dice(SWITCHES);

	if (dice(2)) {
		segment_vlan[sw] = dice(2) ? 10 : dice(2) ? 64 : 0;
		put_segment(store, sw);
	} else {
		put_switch(store, sw, 300 + dice(2));
	}
}

static void test_deltas(void)
{
	struct hd_store *store = hd_store_new(HD_OBJECTS_MAX);
	struct hd_config_result result = {0};

	dp_port_kind_register(&kind_ops);
	dp_feature_register(&addresses);
	CU_ASSERT_EQUAL_FATAL(dp_section_init(NULL), 0);
	CU_ASSERT_EQUAL_FATAL(dp_config_init(), 0);
	hd_store_free(store);
	store = hd_store_new(HD_OBJECTS_MAX); /* knows the kind now */
	begin(store, HD_CONFIG_FULL);
	for (unsigned int sw = 0; sw < SWITCHES; sw++)
		put_switch(store, sw, 300);
	CU_ASSERT_EQUAL_FATAL(dp_config_prepare(store, &result), 0);
	dp_config_commit(store);
	CU_ASSERT_TRUE(dp_config_settle(false));
	generation++;
	for (int i = 0; i < DELTAS; i++) {
		struct want was[PORTS];
		uint16_t segments[SWITCHES];

		memcpy(was, want, sizeof(was));
		memcpy(segments, segment_vlan, sizeof(segments));
		begin(store, HD_CONFIG_DELTA);
		for (unsigned int n = dice(4); n > 0; n--) {
			unsigned int at = dice(PORTS);

			random_port(&want[at]);
			put_port(store, at);
			put_addresses(store, at);
		}
		if (dice(8) == 0)
			change_rest(store);
		CU_ASSERT_EQUAL_FATAL(dp_config_prepare(store, &result), 0);
		if (dice(5) == 0) {
			dp_config_discard();
			hd_store_abort(store);
			memcpy(want, was, sizeof(was));
			memcpy(segment_vlan, segments, sizeof(segments));
		} else {
			workers_are_slow = dice(2);
			dp_config_commit(store);
			CU_ASSERT_EQUAL(dp_config_settle(false), !workers_are_slow);
			workers_are_slow = false;
			CU_ASSERT_TRUE(dp_config_settle(false));
			CU_ASSERT_TRUE(dp_config_all_freed());
			generation++;
		}
		dp_port_service(0);
		if (i % 4 == 0)
			check(dp_config_running());
	}
	hd_store_free(store);
}

UNIT_MAIN("config", {"random deltas", test_deltas});
