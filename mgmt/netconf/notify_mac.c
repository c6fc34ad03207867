/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to addresses (heddle-events): they move, are too many, or are refused.
 */
#include <string.h>

#include "heddle/api/fdb.h"
#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "heddle/net/ether.h"
#include "mgmt/netconf/event.h"
#include "mgmt/netconf/state.h"

#define MOST 10000 /* heddle-dp bounds them far below, and says how many it left out */

/* The notification of each kind, and the leaf that tells kinds of one apart. */
static const struct {
	const char *name, *leaf, *value;
} mac_kinds[HD_MAC_EVENT_COUNT] = {
	[HD_MAC_MOVED] = {.name = "mac-moved"},
	[HD_MAC_LIMIT_PORT] = {"mac-limit-reached", "kind", "port"},
	[HD_MAC_LIMIT_SEGMENT] = {"mac-limit-reached", "kind", "segment"},
	[HD_MAC_LIMIT_SWITCH] = {"mac-limit-reached", "kind", "switch"},
	[HD_MAC_LIMIT_TABLE] = {"mac-limit-reached", "kind", "table"},
	[HD_MAC_OWN] = {"mac-refused", "reason", "own-address"},
	[HD_MAC_FOREIGN] = {"mac-refused", "reason", "foreign-source"},
};

static bool makes_sense(const struct hd_mac_event *e)
{
	return hd_name_valid(e->switch_name, sizeof(e->switch_name)) &&
	       hd_name_valid(e->to, sizeof(e->to)) &&
	       hd_str_terminated(e->segment, sizeof(e->segment)) &&
	       hd_str_terminated(e->from, sizeof(e->from)) && e->kind < HD_MAC_EVENT_COUNT;
}

static struct lyd_node *take(struct nc_server *server, const void *body)
{
	const struct hd_mac_event *e = body;
	bool moved = e->kind == HD_MAC_MOVED;
	struct lyd_node *event;
	char text[HD_MAC_STR_MAX];
	struct hd_mac mac;

	if (!makes_sense(e)) {
		hd_log_limited(HD_LOG_WARNING, "heddle-dp told of an address in no words of ours");
		return NULL;
	}
	event = nc_event(server, "heddle-events", mac_kinds[e->kind].name);
	if (!event)
		return NULL;
	memcpy(mac.b, e->mac, sizeof(mac.b));
	if (!moved) {
		nc_leaf(event, NULL, mac_kinds[e->kind].leaf, mac_kinds[e->kind].value);
		nc_leaf(event, NULL, "port", e->to);
		if (e->from[0])
			nc_leaf(event, NULL, "owner", e->from);
	}
	nc_leaf(event, NULL, "mac", hd_mac_str(&mac, text));
	nc_leaf(event, NULL, "switch", e->switch_name);
	if (hd_vlan_id(e->vlan))
		nc_number(event, NULL, "vlan", e->vlan);
	if (e->segment[0])
		nc_leaf(event, NULL, "segment", e->segment);
	if (moved) {
		nc_leaf(event, NULL, "from", e->from);
		nc_leaf(event, NULL, "to", e->to);
	}
	if (e->left_out)
		nc_number(event, NULL, "left-out", e->left_out);
	return event;
}

NC_EVENT_REGISTER(mac_event) = {
	.event = NC_EVENT_OF(BK_DATA, MAC_EVENT), .take = take, .most = MOST};
