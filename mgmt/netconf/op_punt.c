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

#define XMLNS " xmlns=\"urn:heddle:yang:heddle-gateway\""

struct punt {
	struct nc_query *query;
	char class[HD_PUNT_CLASSES_MAX][HD_NAME_MAX]; /* the names of classes, by id */
};

static const struct hd_nothing nothing;

/* heddle-dp has said the last word, or the channel is gone. */
static void finish(struct punt *p, int status)
{
	nc_query_done(p->query, status);
	free(p);
}

/* True if the caller waits for the answer and may read the gateway, whose rows these are. */
static bool reads(const struct punt *p, const char *gateway, size_t size)
{
	char path[NC_PATH_MAX];

	if (!p->query->call || !hd_name_valid(gateway, size))
		return false;
	snprintf(path, sizeof(path), NC_PORT_PATH, gateway);
	return nc_query_reads(p->query, path);
}

static void number(struct evbuffer *body, const char *name, uint64_t value)
{
	evbuffer_add_printf(body, "<%s>%llu</%s>", name, (unsigned long long)value, name);
}

static void total(struct evbuffer *body, const char *name, uint64_t value)
{
	evbuffer_add_printf(body, "<%s" XMLNS ">%llu</%s>", name, (unsigned long long)value, name);
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

static void on_lease(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	const struct hd_punt_lease_state *l = msg->body;
	struct punt *p = arg;

	if (final)
		finish(p, status);
	else if (reads(p, l->gateway, sizeof(l->gateway)) &&
		 hd_str_terminated(l->key, sizeof(l->key)) &&
		 hd_str_terminated(l->segment, sizeof(l->segment)))
		lease(p->query->body, l);
}

static void rule(struct evbuffer *body, const struct punt *p, const struct hd_punt_rule *r)
{
	evbuffer_add_printf(body, "<rule" XMLNS ">");
	nc_query_leaf(body, "name", r->key);
	if (r->class_id < HD_PUNT_CLASSES_MAX && p->class[r->class_id][0])
		nc_query_leaf(body, "class", p->class[r->class_id]);
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

static void on_rule(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		    void *arg)
{
	const struct hd_punt_rule *r = msg->body;
	struct punt *p = arg;

	if (!final) {
		if (reads(p, r->gateway, sizeof(r->gateway)) &&
		    hd_str_terminated(r->key, sizeof(r->key)))
			rule(p->query->body, p, r);
		return;
	}
	if (status == 0 && p->query->call)
		status = hd_chan_request_stream(chan, PUNT_LEASE_LIST, &nothing, on_lease, p);
	if (status < 0 || !p->query->call)
		finish(p, status);
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

static void on_class(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		     void *arg)
{
	const struct hd_punt_class_state *c = msg->body;
	const struct hd_punt_totals *t = msg->body;
	struct punt *p = arg;

	if (!final) {
		if (c->config.id >= HD_PUNT_CLASSES_MAX ||
		    !hd_str_terminated(c->config.name, sizeof(c->config.name)))
			return;
		hd_str_copy(p->class[c->config.id], HD_NAME_MAX, c -> config.name);
		class(p->query->body, c);
		return;
	}
	if (status == 0) {
		total(p->query->body, "injected", t->injected);
		total(p->query->body, "inject-refused", t->inject_refused);
		total(p->query->body, "leases-expired", t->leases_expired);
		total(p->query->body, "resign-packets", t->resigned);
	}
	if (status == 0 && p->query->call)
		status = hd_chan_request_stream(chan, PUNT_RULE_LIST, &nothing, on_rule, p);
	if (status < 0 || !p->query->call)
		finish(p, status);
}

static void get_punt(struct nc_call *call)
{
	struct hd_chan *chan;
	struct nc_query *q = nc_query_new(call, &chan);
	struct punt *p;

	if (!q)
		return;
	p = ds_alloc(sizeof(*p));
	p->query = q;
	if (hd_chan_request_stream(chan, PUNT_CLASS_LIST, &nothing, on_class, p) < 0)
		finish(p, -EPIPE);
}

NC_REGISTER(get_punt_op) = {"heddle-gateway", "get-punt", get_punt};
