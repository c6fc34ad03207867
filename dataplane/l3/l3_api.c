/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Management's requests for neighbours and routes. Control thread.
 */
#include <errno.h>
#include <string.h>

#include "heddle/api/neighbour.h"
#include "heddle/api/route.h"
#include "dataplane/core/api.h"
#include "dataplane/l3/owner.h"

#define LIST_LIMIT_MAX 10000

static const char *name_of(uint16_t gateway)
{
	const struct dp_config *tree = dp_config_running();

	return l3_gateway(tree, gateway) ? tree->ports[gateway]->name : NULL;
}

/* False, and answered, if the filter is none. */
static bool filter_ok(struct hd_chan *chan, const struct hd_msg *msg,
		      const struct hd_neighbour_filter *f)
{
	if (!hd_str_terminated(f->gateway, sizeof(f->gateway)))
		hd_chan_reply_error(chan, msg->hdr, EINVAL, "a name in the filter does not end");
	else if (f->family != 0 && f->family != 4 && f->family != 6)
		hd_chan_reply_error(chan, msg->hdr, EINVAL, "family %u is not 0, 4 or 6",
				    f->family);
	else
		return true;
	return false;
}

static bool limit_ok(struct hd_chan *chan, const struct hd_msg *msg, uint32_t limit)
{
	if (limit && limit <= LIST_LIMIT_MAX)
		return true;
	hd_chan_reply_error(chan, msg->hdr, EINVAL, "limit %u is not in 1..%d", limit,
			    LIST_LIMIT_MAX);
	return false;
}

static bool matches(const struct l3_neigh_view *v, const struct hd_neighbour_filter *f)
{
	const struct l3_gateway *g = l3_gateway(dp_config_running(), v->key.gateway);

	if (!g || g->epoch != v->key.epoch)
		return false;
	if (f->gateway[0] && strcmp(f->gateway, name_of(g->id)) != 0)
		return false;
	return !f->family || (f->family == v->key.family &&
			      !memcmp(f->addr, v->key.addr.b, f->family == 4 ? 4 : 16));
}

static struct hd_neighbour_entry entry(const struct l3_neigh_view *v, uint64_t now_ns)
{
	struct hd_neighbour_entry e = {
		.family = v->key.family,
		.state = v->state,
		.held = v->held,
		.age_s =
			now_ns > v->since_ns ? (uint32_t)((now_ns - v->since_ns) / HD_NS_PER_S) : 0,
	};

	hd_str_copy(e.gateway, sizeof(e.gateway), name_of(v->key.gateway));
	memcpy(e.addr, v->key.addr.b, sizeof(e.addr));
	memcpy(e.mac, v->mac.b, sizeof(e.mac));
	return e;
}

/* Where a list goes on: the table, and the entry in it. */
static uint64_t cursor(unsigned int table, uint32_t index)
{
	return (uint64_t)table << 32 | index;
}

static void on_neighbour_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_neighbour_list *req = msg->body;
	struct hd_neighbour_list_end end = {0};
	uint32_t sent = 0, index = (uint32_t)req->cursor;
	uint64_t table = req->cursor >> 32;

	(void)arg;
	if (!filter_ok(chan, msg, &req->filter) || !limit_ok(chan, msg, req->limit))
		return;
	for (; table < l3_owners_count() && sent < req->limit; table++, index = 0) {
		const struct l3_neigh_table *t = l3_owner((unsigned int)table)->neighbours;
		struct l3_neigh_view v;

		for (; index < l3_neigh_end(t) && sent < req->limit; index++) {
			struct hd_neighbour_entry e;

			if (!l3_neigh_view(t, index, &v) || !matches(&v, &req->filter))
				continue;
			e = entry(&v, hd_now_ns());
			hd_chan_reply_item(chan, msg->hdr, &e, sizeof(e));
			sent++;
		}
		if (index < l3_neigh_end(t))
			break;
	}
	if (table < l3_owners_count())
		end.cursor = cursor((unsigned int)table, index);
	for (unsigned int i = 0; i < l3_owners_count(); i++) {
		end.entries += l3_neigh_count(l3_owner(i)->neighbours);
		end.capacity += L3_NEIGH_MAX;
	}
	hd_chan_reply(chan, msg->hdr, &end, sizeof(end), NULL, 0);
}

static void on_neighbour_clear(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_neighbour_clear *req = msg->body;
	struct hd_neighbour_cleared rep = {0};

	(void)arg;
	if (!filter_ok(chan, msg, &req->filter))
		return;
	for (unsigned int i = 0; i < l3_owners_count(); i++) {
		struct l3_neigh_table *t = l3_owner(i)->neighbours;
		struct l3_neigh_view v;

		for (uint32_t at = 0; at < l3_neigh_end(t); at++)
			if (l3_neigh_view(t, at, &v) && matches(&v, &req->filter)) {
				l3_neigh_forget(t, at, &v);
				rep.entries++;
			}
	}
	hd_chan_reply(chan, msg->hdr, &rep, sizeof(rep), NULL, 0);
}

static bool is_listed(const struct l3_tree *t, const struct l3_listed *l,
		      const struct hd_route_list *req)
{
	return (!req->family || req->family == l->prefix.family) &&
	       (!req->vrf[0] || !strcmp(req->vrf, t->vrf[l->vrf].name));
}

static void on_route_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct l3_tree *t = l3_tree(dp_config_running());
	const struct hd_route_list *req = msg->body;
	struct hd_route_list_end end = {.entries = t ? t->n_listed : 0};
	uint64_t at = req->cursor;
	uint32_t sent = 0;

	(void)arg;
	if (!hd_str_terminated(req->vrf, sizeof(req->vrf))) {
		hd_chan_reply_error(chan, msg->hdr, EINVAL, "the name of the VRF does not end");
		return;
	}
	if (!limit_ok(chan, msg, req->limit))
		return;
	for (; at < end.entries && sent < req->limit; at++) {
		const struct l3_listed *l = &t->listed[at];
		struct hd_route_entry e = {.prefix = l->prefix, .kind = l->kind};

		if (!is_listed(t, l, req))
			continue;
		hd_str_copy(e.vrf, sizeof(e.vrf), t->vrf[l->vrf].name);
		hd_str_copy(e.gateway, sizeof(e.gateway), name_of(l->gateway));
		hd_chan_reply_item(chan, msg->hdr, &e, sizeof(e));
		sent++;
	}
	end.cursor = at < end.entries ? at : 0;
	hd_chan_reply(chan, msg->hdr, &end, sizeof(end), NULL, 0);
}

static const struct hd_handler l3_table[] = {
	HD_HANDLER(NEIGHBOUR_LIST, on_neighbour_list),
	HD_HANDLER(NEIGHBOUR_CLEAR, on_neighbour_clear),
	HD_HANDLER(ROUTE_LIST, on_route_list),
};
DP_API_REGISTER(l3_table);
