/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * get-neighbours, clear-neighbours and get-routes (heddle-gateway): asked of heddle-dp, answered when
 * it answers.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "heddle/api/gateway.h"
#include "heddle/api/neighbour.h"
#include "heddle/api/route.h"
#include "heddle/net/ether.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/datastore/types.h"
#include "mgmt/netconf/query.h"

#define NS "urn:heddle:yang:heddle-gateway"

static const char *value_of(const struct bd_port *gateway, bool vrf)
{
	const char *value = vrf ? ds_value(gateway->params, NULL, "vrf") : gateway->name;

	return value ? value : HD_VRF_DEFAULT;
}

/*
 * Adds that @name is no gateway, or no VRF: one exists while a gateway is in it. What may not be read is
 * not there, in words as well.
 */
static void find(const struct nc_call *call, const char *name, bool vrf, struct ds_errors *errs)
{
	struct ds_similar similar;
	struct bd_model model;
	bool found = false;
	char hint[160];

	ds_similar_init(&similar, name);
	bd_model_init(&model, call->server->ctx, st_operational(call->server->st));
	for (size_t i = 0; i < model.n_ports && !found; i++) {
		const struct bd_port *port = &model.ports[i];

		if (port->role != BD_ROLE_GATEWAY ||
		    !nc_reads_named(call, NC_PORT_PATH, port->name, ""))
			continue;
		found = !strcmp(value_of(port, vrf), name);
		ds_similar_offer(&similar, value_of(port, vrf));
	}
	if (!found)
		ds_errors_add(errs, DS_DATA_MISSING, NULL, "there is no %s \"%s\"%s",
			      vrf ? "VRF" : "gateway", name,
			      ds_similar_hint(&similar, hint, sizeof(hint)));
	bd_model_free(&model);
}

static void read_filter(const struct nc_call *call, struct hd_neighbour_filter *filter,
			struct ds_errors *errs)
{
	const char *gateway = ds_value(call->op, NULL, "gateway");
	const char *address = ds_value(call->op, NULL, "address");
	uint8_t length;

	memset(filter, 0, sizeof(*filter));
	if (gateway)
		find(call, gateway, false, errs);
	hd_str_copy(filter->gateway, sizeof(filter->gateway), gateway ? gateway : "");
	if (address && ds_errors_none(errs) &&
	    (strchr(address, '/') ||
	     !ds_prefix_parse(address, false, filter->addr, &filter->family, &length)))
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "%s is no IPv4 or IPv6 address, like 10.0.0.5 or fd00::5", address);
}

static void neighbour(struct evbuffer *body, const struct hd_neighbour_entry *e)
{
	char address[INET6_ADDRSTRLEN], text[HD_MAC_STR_MAX];
	struct hd_mac mac;

	inet_ntop(e->family == 4 ? AF_INET : AF_INET6, e->addr, address, sizeof(address));
	memcpy(mac.b, e->mac, sizeof(mac.b));
	evbuffer_add_printf(body, "<entry xmlns=\"" NS "\">");
	nc_query_leaf(body, "gateway", e->gateway);
	nc_query_leaf(body, "address", address);
	if (!hd_mac_is_zero(&mac))
		nc_query_leaf(body, "mac", hd_mac_str(&mac, text));
	nc_query_leaf(body, "state", hd_neighbour_state_name(e->state));
	evbuffer_add_printf(body, "<age>%u</age><held>%u</held></entry>", e->age_s, e->held);
}

static void on_neighbour(const void *item, void *arg)
{
	const struct hd_neighbour_entry *e = item;
	struct nc_query *q = arg;

	if (hd_str_terminated(e->gateway, sizeof(e->gateway)) && nc_query_reads_port(q, e->gateway))
		neighbour(q->body, e);
}

static void on_neighbours_end(int status, const void *last, void *arg)
{
	const struct hd_neighbour_list_end *end = last;
	struct nc_query *q = arg;

	if (!nc_query_right(q, status))
		return;
	nc_query_number(q->body, NS, "cursor", end->cursor);
	nc_query_number(q->body, NS, "entries", end->entries);
	nc_query_number(q->body, NS, "capacity", end->capacity);
}

static void on_cleared(int status, const void *last, void *arg)
{
	const struct hd_neighbour_cleared *cleared = last;
	struct nc_query *q = arg;

	if (nc_query_right(q, status))
		nc_query_number(q->body, NS, "entries", cleared->entries);
}

static void route(struct evbuffer *body, const struct hd_route_entry *e)
{
	char prefix[HD_IP_PREFIX_STR_MAX];

	evbuffer_add_printf(body, "<entry xmlns=\"" NS "\">");
	nc_query_leaf(body, "vrf", e->vrf);
	nc_query_leaf(body, "prefix", hd_ip_prefix_str(&e->prefix, prefix));
	nc_query_leaf(body, "kind", hd_route_kind_name(e->kind));
	nc_query_leaf(body, "gateway", e->gateway);
	evbuffer_add_printf(body, "</entry>");
}

static void on_route(const void *item, void *arg)
{
	const struct hd_route_entry *e = item;
	struct nc_query *q = arg;

	if (hd_str_terminated(e->gateway, sizeof(e->gateway)) &&
	    hd_str_terminated(e->vrf, sizeof(e->vrf)) && nc_query_reads_port(q, e->gateway))
		route(q->body, e);
}

static void on_routes_end(int status, const void *last, void *arg)
{
	const struct hd_route_list_end *end = last;
	struct nc_query *q = arg;

	if (!nc_query_right(q, status))
		return;
	nc_query_number(q->body, NS, "cursor", end->cursor);
	nc_query_number(q->body, NS, "entries", end->entries);
}

static void get_neighbours(struct nc_call *call)
{
	struct hd_neighbour_list request;
	struct ds_errors errs = {.n = 0};
	struct nc_query *q;

	memset(&request, 0, sizeof(request));
	request.limit = ds_number(call->op, NULL, "limit", 1000);
	request.cursor = ds_number(call->op, NULL, "cursor", 0);
	read_filter(call, &request.filter, &errs);
	q = nc_query_new(call, &errs);
	if (!q)
		return;
	nc_query_stream(q, NEIGHBOUR_LIST, &request, on_neighbour, on_neighbours_end);
	nc_query_wait(q);
}

static void clear_neighbours(struct nc_call *call)
{
	struct hd_neighbour_clear request;
	struct ds_errors errs = {.n = 0};
	struct nc_query *q;

	memset(&request, 0, sizeof(request));
	read_filter(call, &request.filter, &errs);
	q = nc_query_new(call, &errs);
	if (!q)
		return;
	nc_query_for(q, NEIGHBOUR_CLEAR, &request, on_cleared);
	nc_query_wait(q);
}

static void get_routes(struct nc_call *call)
{
	const char *vrf = ds_value(call->op, NULL, "vrf");
	const char *family = ds_value(call->op, NULL, "family");
	struct hd_route_list request;
	struct ds_errors errs = {.n = 0};
	struct nc_query *q;

	if (vrf)
		find(call, vrf, true, &errs);
	memset(&request, 0, sizeof(request));
	hd_str_copy(request.vrf, sizeof(request.vrf), vrf ? vrf : "");
	request.family = !family ? 0 : !strcmp(family, "ipv4") ? 4 : 6;
	request.limit = ds_number(call->op, NULL, "limit", 1000);
	request.cursor = ds_number(call->op, NULL, "cursor", 0);
	q = nc_query_new(call, &errs);
	if (!q)
		return;
	nc_query_stream(q, ROUTE_LIST, &request, on_route, on_routes_end);
	nc_query_wait(q);
}

NC_REGISTER(get_neighbours_op) = {"heddle-gateway", "get-neighbours", get_neighbours};

NC_REGISTER(clear_neighbours_op) = {"heddle-gateway", "clear-neighbours", clear_neighbours};

NC_REGISTER(get_routes_op) = {"heddle-gateway", "get-routes", get_routes};
