/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * get-punt (heddle-gateway): asks heddle-dp for the classes, the rules and the leases of punt, one
 * after the other, and answers when all have come.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/punt.h"
#include "heddle/net/ether.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/query.h"

#define NS    "urn:heddle:yang:heddle-gateway"
#define XMLNS " xmlns=\"" NS "\""

/* The names of classes, by id. */
struct names {
	char of[HD_PUNT_CLASSES_MAX][HD_NAME_MAX];
};

static const struct hd_nothing nothing;

/* True if the caller may read the gateway, whose rows these are. */
static bool reads(struct nc_query *q, const char *gateway, size_t size)
{
	return hd_name_valid(gateway, size) && nc_query_reads_port(q, gateway);
}

static void number(struct evbuffer *body, const char *name, uint64_t value)
{
	nc_query_number(body, NULL, name, value);
}

static void mac(struct evbuffer *body, const char *name, const uint8_t bytes[6])
{
	char text[HD_MAC_STR_MAX];
	struct hd_mac m;

	memcpy(m.b, bytes, sizeof(m.b));
	nc_query_leaf(body, name, hd_mac_str(&m, text));
}

static void lease(struct evbuffer *body, const struct hd_punt_lease_state *l)
{
	char address[INET6_ADDRSTRLEN];

	evbuffer_add_printf(body, "<lease" XMLNS ">");
	nc_query_leaf(body, "name", l->key);
	nc_query_leaf(body, "gateway", l->gateway);
	if (l->segment[0])
		nc_query_leaf(body, "segment", l->segment);
	mac(body, "mac", l->mac);
	if (l->family &&
	    inet_ntop(l->family == 4 ? AF_INET : AF_INET6, l->addr, address, sizeof(address)))
		nc_query_leaf(body, "address", address);
	nc_query_leaf(body, "state", l->resigning ? "resigning" : "live");
	number(body, "left", l->left_ms);
	nc_query_leaf(body, "resign-packet", l->resign ? "true" : "false");
	evbuffer_add_printf(body, "</lease>");
}

static void on_lease(const void *item, void *arg)
{
	const struct hd_punt_lease_state *l = item;
	struct nc_query *q = arg;

	if (reads(q, l->gateway, sizeof(l->gateway)) && hd_str_terminated(l->key, sizeof(l->key)) &&
	    hd_str_terminated(l->segment, sizeof(l->segment)))
		lease(q->body, l);
}

static void on_leases_end(int status, const void *last, void *arg)
{
	nc_query_right(arg, status);
}

static void rule(struct evbuffer *body, const struct names *names, const struct hd_punt_rule *r)
{
	evbuffer_add_printf(body, "<rule" XMLNS ">");
	nc_query_leaf(body, "name", r->key);
	if (r->class_id < HD_PUNT_CLASSES_MAX && names->of[r->class_id][0])
		nc_query_leaf(body, "class", names->of[r->class_id]);
	nc_query_leaf(body, "gateway", r->gateway);
	if (r->flags & HD_PUNT_DST)
		mac(body, "destination", r->dst);
	evbuffer_add_printf(body, "<ethertype>0x%04x</ethertype>", r->ethertype);
	if (r->flags & HD_PUNT_PROTOCOL)
		number(body, "protocol", r->protocol);
	if (r->flags & HD_PUNT_L4)
		number(body, "port-or-type", r->l4);
	nc_query_leaf(body, "copy", r->flags & HD_PUNT_COPY ? "true" : "false");
	evbuffer_add_printf(body, "</rule>");
}

static void on_rule(const void *item, void *arg)
{
	const struct hd_punt_rule *r = item;
	struct nc_query *q = arg;

	if (reads(q, r->gateway, sizeof(r->gateway)) && hd_str_terminated(r->key, sizeof(r->key)))
		rule(q->body, q->own, r);
}

static void on_rules_end(int status, const void *last, void *arg)
{
	struct nc_query *q = arg;

	if (nc_query_right(q, status))
		nc_query_stream(q, PUNT_LEASE_LIST, &nothing, on_lease, on_leases_end);
}

static void class(struct evbuffer *body, const struct hd_punt_class_state *c)
{
	evbuffer_add_printf(body, "<class" XMLNS ">");
	nc_query_leaf(body, "name", c->config.name);
	number(body, "rate", c->config.rate);
	number(body, "port-rate", c->config.port_rate);
	number(body, "burst", c->config.burst);
	number(body, "rules", c->rules);
	number(body, "matched", c->matched);
	number(body, "passed", c->sent);
	number(body, "policed", c->policed);
	number(body, "queue-full", c->full);
	number(body, "unusable", c->unusable);
	number(body, "waiting", c->waiting);
	evbuffer_add_printf(body, "</class>");
}

static void on_class(const void *item, void *arg)
{
	const struct hd_punt_class_state *c = item;
	struct nc_query *q = arg;
	struct names *names = q->own;

	if (c->config.id >= HD_PUNT_CLASSES_MAX ||
	    !hd_str_terminated(c->config.name, sizeof(c->config.name)))
		return;
	hd_str_copy(names->of[c->config.id], HD_NAME_MAX, c->config.name);
	class(q->body, c);
}

static void on_classes_end(int status, const void *last, void *arg)
{
	const struct hd_punt_totals *t = last;
	struct nc_query *q = arg;

	if (!nc_query_right(q, status))
		return;
	nc_query_number(q->body, NS, "injected", t->injected);
	nc_query_number(q->body, NS, "inject-refused", t->inject_refused);
	nc_query_number(q->body, NS, "leases-expired", t->leases_expired);
	nc_query_number(q->body, NS, "resign-packets", t->resigned);
	nc_query_stream(q, PUNT_RULE_LIST, &nothing, on_rule, on_rules_end);
}

static void get_punt(struct nc_call *call)
{
	struct nc_query *q = nc_query_new(call, NULL);

	q->own = ds_alloc(sizeof(struct names));
	nc_query_stream(q, PUNT_CLASS_LIST, &nothing, on_class, on_classes_end);
	nc_query_wait(q);
}

NC_REGISTER(get_punt_op) = {"heddle-gateway", "get-punt", get_punt};
