/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reports to management addresses that move and limits that are reached. Control thread.
 */
#include <string.h>

#include "heddle/api/fdb.h"
#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "heddle/net/ether.h"
#include "dataplane/core/api.h"
#include "dataplane/core/config.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/l2.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/tick.h"
#include "dataplane/l2/mac_notice.h"

static struct dp_mac_notices notices;
static uint64_t lost_before[DP_WORKERS_MAX], again_before[DP_WORKERS_MAX];

static const char *port_name(const struct dp_config *tree, uint16_t id)
{
	return id < tree->n_ports && tree->ports[id] ? tree->ports[id]->name : NULL;
}

/* Finds the names for a note. False if the port or domain is gone by now. */
static bool describe(const struct dp_mac_note *note, struct hd_mac_event *e)
{
	const struct dp_config *tree = dp_config_running();
	const struct dp_domain *d =
		note->domain < tree->n_domains ? tree->domains[note->domain] : NULL;
	const char *from = note->from == DP_PORT_ID_NONE ? "" : port_name(tree, note->from);
	const char *to = port_name(tree, note->to);

	if (!d || !from || !to)
		return false;
	memset(e, 0, sizeof(*e));
	hd_str_copy(e->switch_name, sizeof(e->switch_name), tree->switches[d->switch_index]->name);
	hd_str_copy(e->segment, sizeof(e->segment), d->segment);
	hd_str_copy(e->from, sizeof(e->from), from);
	hd_str_copy(e->to, sizeof(e->to), to);
	dp_fdb_mac_bytes(note->mac, e->mac);
	e->vlan = d->vlan;
	e->kind = note->kind;
	return true;
}

static uint32_t whose(const struct dp_mac_note *note)
{
	const struct dp_config *tree = dp_config_running();

	switch (note->kind) {
	case HD_MAC_LIMIT_PORT:
	case HD_MAC_LIMIT_TABLE:
	case HD_MAC_OWN:
	case HD_MAC_FOREIGN: return note->to;
	case HD_MAC_LIMIT_SWITCH:
		if (note->domain < tree->n_domains && tree->domains[note->domain])
			return tree->domains[note->domain]->switch_index;
	}
	return note->domain;
}

/* Logs what somebody behind the port does and should not do. */
static void log_refused(const struct hd_mac_event *e)
{
	char mac[HD_MAC_STR_MAX];

	hd_mac_str((const struct hd_mac *)e->mac, mac);
	if (e->kind == HD_MAC_OWN)
		hd_log_port(HD_LOG_WARNING, e->to,
			    "frames are dropped: their source %s is the address of our own "
			    "interface %s",
			    mac, e->from);
	else if (e->kind == HD_MAC_FOREIGN)
		hd_log_port(HD_LOG_WARNING, e->to,
			    "frames are dropped: their source %s belongs to port %s (anti-spoof)",
			    mac, e->from);
	else if (e->kind == HD_MAC_LIMIT_TABLE)
		hd_log_port(HD_LOG_WARNING, e->to,
			    "addresses are not learned, and what is for them is flooded: the port "
			    "has its share of the forwarding database; set its mac-limit, or start "
			    "heddled with a larger --fdb-size");
}

static void look(uint64_t now_ns)
{
	struct hd_chan *chan = dp_api_chan();
	struct dp_mac_note note;
	struct hd_mac_event e;

	for (unsigned int i = 0; i < dp_workers_count(); i++) {
		struct dp_mac_ring *ring = dp_mac_ring_of(i);
		uint64_t lost = atomic_load_explicit(&ring->lost, memory_order_relaxed);
		uint64_t again = atomic_load_explicit(&ring->again, memory_order_relaxed);

		notices.moves_left_out += lost - lost_before[i];
		lost_before[i] = lost;
		notices.limits_left_out += again - again_before[i];
		again_before[i] = again;
		while (dp_mac_ring_get(ring, &note)) {
			uint64_t left_out;

			if (!describe(&note, &e) ||
			    !dp_mac_notice(&notices, &note, whose(&note), now_ns, &left_out))
				continue;
			e.left_out = left_out;
			log_refused(&e);
			if (chan)
				hd_chan_event(chan, MAC_EVENT, &e);
		}
	}
}

static struct dp_tick tick = {.period_ns = HD_NS_PER_S / 10, .fn = look};

void dp_l2_notice_init(void)
{
	dp_tick_register(&tick);
}
