/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes summary.json, the counters of a replay. It has nothing that can differ between two runs
 * with the same input.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "heddle-build.h"
#include "heddle/api/fdb.h"
#include "heddle/net/ether.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/stats.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/l2.h"
#include "dataplane/replay/replay.h"

static void set_count(json_t *o, const char *name, uint64_t v)
{
	json_object_set_new(o, name, json_integer((json_int_t)v));
}

static json_t *drops_json(const uint64_t drops[HD_DROP_REASONS_MAX], json_t *all)
{
	json_t *o = json_object();

	for (unsigned int i = 0; dp_drop_by_index(i); i++) {
		const char *name = dp_drop_by_index(i)->name;

		if (!drops[i])
			continue;
		set_count(o, name, drops[i]);
		set_count(all, name, json_integer_value(json_object_get(all, name)) + drops[i]);
	}
	return o;
}

static uint64_t sum_side(const uint64_t drops[HD_DROP_REASONS_MAX], enum dp_drop_side side)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; dp_drop_by_index(i); i++)
		if (dp_drop_by_index(i)->side == side)
			sum += drops[i];
	return sum;
}

static json_t *port_json(uint16_t id, json_t *all_drops)
{
	json_t *o = json_object();
	struct hd_stats_port s;

	dp_stats_port_sum(id, &s);
	set_count(o, "rx_packets", s.rx_packets);
	set_count(o, "rx_bytes", s.rx_bytes);
	set_count(o, "rx_multicast", s.rx_multicast);
	set_count(o, "rx_broadcast", s.rx_broadcast);
	set_count(o, "admitted", s.admitted);
	set_count(o, "ingress_drops", sum_side(s.drops, DP_DROP_INGRESS));
	set_count(o, "offered", s.offered);
	set_count(o, "tx_packets", s.tx_packets);
	set_count(o, "tx_bytes", s.tx_bytes);
	set_count(o, "tx_multicast", s.tx_multicast);
	set_count(o, "tx_broadcast", s.tx_broadcast);
	set_count(o, "egress_drops", sum_side(s.drops, DP_DROP_EGRESS));
	set_count(o, "segmented", s.segmented);
	set_count(o, "learn_refused", s.learn_refused);
	json_object_set_new(o, "drops", drops_json(s.drops, all_drops));
	return o;
}

static json_t *totals_json(void)
{
	json_t *o = json_object();
	struct hd_stats_worker s;

	dp_stats_worker_sum(&s);
	set_count(o, "rx", s.rx);
	set_count(o, "injected", s.injected);
	set_count(o, "generated", s.generated);
	set_count(o, "copies", s.copies);
	set_count(o, "tx", s.tx);
	set_count(o, "consumed", s.consumed);
	set_count(o, "drops", s.drops);
	set_count(o, "held", s.held);
	set_count(o, "learned", s.learned);
	set_count(o, "moved", s.moved);
	set_count(o, "aged", dp_l2_aged);
	set_count(o, "learn_skipped", s.learn_skipped);
	set_count(o, "learn_refused", s.learn_refused);
	set_count(o, "displaced", s.displaced);
	set_count(o, "flooded", s.flooded);
	return o;
}

static int by_place(const void *a, const void *b)
{
	const struct hd_fdb_entry *x = a, *y = b;
	int c = strcmp(x->switch_name, y->switch_name);

	if (!c)
		c = (int)x->vlan - (int)y->vlan;
	return c ? c : memcmp(x->mac, y->mac, sizeof(x->mac));
}

static json_t *macs_json(void)
{
	struct dp_fdb *fdb = dp_worker_get(0)->fdb;
	struct hd_fdb_entry *e = calloc(fdb->count + 1, sizeof(*e));
	struct dp_fdb_view v[64];
	json_t *list = json_array();
	uint64_t cursor = 0;
	uint32_t n = 0;

	if (!e)
		return list;
	do {
		uint32_t got = dp_fdb_read(fdb, &cursor, 0, v, 64);

		for (uint32_t i = 0; i < got && n < fdb->count; i++)
			dp_l2_fdb_entry(&v[i], &e[n++]);
	} while (cursor);
	qsort(e, n, sizeof(*e), by_place);
	for (uint32_t i = 0; i < n; i++) {
		char mac[HD_MAC_STR_MAX];

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:o, s:s, s:s, s:b}", "switch", e[i].switch_name,
				  "segment", e[i].segment, "vlan",
				  hd_vlan_id(e[i].vlan) ? json_integer(e[i].vlan) : json_null(),
				  "mac", hd_mac_str((const struct hd_mac *)e[i].mac, mac), "port",
				  e[i].port, "static", !!(e[i].flags & HD_FDB_STATIC)));
	}
	free(e);
	return list;
}

int dp_replay_write_summary(struct hd_err *err)
{
	const struct dp_config *tree = dp_config_running();
	json_t *root = json_object(), *ports = json_object(), *drops = json_object();
	FILE *file = dp_replay_folder_create(DP_REPLAY_SUMMARY, err);
	int rc = file ? 0 : -err->code;

	json_object_set_new(root, "version", json_string(HD_VERSION));
	set_count(root, "packets", dp_replay_progress()->packets);
	for (uint32_t id = 0; id < tree->n_ports; id++)
		if (tree->ports[id])
			json_object_set_new(ports, tree->ports[id]->name,
					    port_json((uint16_t)id, drops));
	json_object_set_new(root, "ports", ports);
	json_object_set_new(root, "drops", drops);
	json_object_set_new(root, "totals", totals_json());
	json_object_set_new(root, "macs", macs_json());
	if (file && json_dumpf(root, file, JSON_INDENT(2) | JSON_SORT_KEYS) < 0)
		rc = -EIO;
	if (file && fclose(file) != 0)
		rc = -errno;
	if (file && rc)
		hd_err_set(err, -rc, DP_REPLAY_SUMMARY " could not be written: %s", strerror(-rc));
	json_decref(root);
	return rc;
}
