/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>

#include "heddle/base/log.h"
#include "heddle/ipc/chan.h"
#include "dataplane/punt/inject.h"
#include "dataplane/punt/lease.h"
#include "dataplane/punt/policer.h"
#include "dataplane/punt/queue.h"
#include "dataplane/punt/rules.h"
#include "dataplane/punt/shown.h"
#include "dataplane/punt/totals.h"

#define DRAIN_BUDGET 256u /* frames of one turn */
#define DRAIN_SHARE  8u   /* of a class before the next class has its turn */

static struct hd_chan *chan; /* NULL: heddle-cp is not there */
static const struct dp_config *tree;
static uint64_t generation; /* of the tree */
static uint64_t now_ns;
static struct lease_table leases;
static punt_bucket class_bucket[HD_PUNT_CLASSES_MAX];
static uint32_t class_next;

struct punt_totals punt_totals;

static void answer(const struct hd_msg *msg, int rc, const struct hd_err *err)
{
	if (rc < 0)
		hd_chan_reply_error(chan, msg->hdr, -rc, "%s", err->text);
	else
		hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void on_class_set(struct hd_chan *from, const struct hd_msg *msg, void *arg)
{
	struct hd_err err = {0};

	answer(msg, punt_rules_class(msg->body, &err), &err);
}

static void on_rule_set(struct hd_chan *from, const struct hd_msg *msg, void *arg)
{
	struct hd_err err = {0};

	answer(msg, punt_rules_set(msg->body, &err), &err);
}

static void on_rule_remove(struct hd_chan *from, const struct hd_msg *msg, void *arg)
{
	const struct hd_punt_rule_key *req = msg->body;
	struct hd_err err = {0};
	int rc = 0;

	if (hd_name_valid(req->key, sizeof(req->key)))
		punt_rules_remove(req->key);
	else
		rc = hd_err_set(&err, EINVAL, "a punt rule has no valid key");
	answer(msg, rc, &err);
}

static void on_inject(struct hd_chan *from, const struct hd_msg *msg, void *arg)
{
	struct hd_err err = {0};
	int rc = punt_inject(msg->body, now_ns, &err);

	punt_totals_add(rc < 0 ? &punt_totals.inject_refused : &punt_totals.injected, 1);
	answer(msg, rc, &err);
}

static void on_lease_set(struct hd_chan *from, const struct hd_msg *msg, void *arg)
{
	struct hd_err err = {0};

	answer(msg, lease_set(&leases, msg->body, now_ns, &err), &err);
}

static void on_lease_end(struct hd_chan *from, const struct hd_msg *msg, void *arg)
{
	const struct hd_lease_end *req = msg->body;
	struct hd_err err = {0};
	int rc = 0;

	if (!hd_name_valid(req->key, sizeof(req->key)))
		rc = hd_err_set(&err, EINVAL, "a lease has no valid key");
	else if (req->send > 1)
		rc = hd_err_set(&err, EINVAL, "lease %s: send is %u, 0 and 1 are possible",
				req->key, req->send);
	else
		lease_end(&leases, req->key, req->send, now_ns);
	answer(msg, rc, &err);
}

static void on_lease_list(struct hd_chan *from, const struct hd_msg *msg, void *arg)
{
	for (uint32_t i = 0; i < leases.end; i++) {
		const struct lease *l = &leases.lease[i];
		struct hd_lease_state s = {0};

		if (l->state != LEASE_LIVE)
			continue;
		memcpy(s.key, l->config.key, sizeof(s.key));
		memcpy(s.gateway, l->config.gateway, sizeof(s.gateway));
		memcpy(s.addr, l->config.addr, sizeof(s.addr));
		memcpy(s.mac, l->config.mac, sizeof(s.mac));
		s.family = l->config.family;
		s.left_ms = l->until_ns > now_ns ? (l->until_ns - now_ns) / HD_NS_PER_MS : 0;
		hd_chan_reply_item(chan, msg->hdr, &s, sizeof(s));
	}
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static const struct hd_handler handlers[] = {
	HD_HANDLER(PUNT_CLASS_SET, on_class_set),     HD_HANDLER(PUNT_RULE_SET, on_rule_set),
	HD_HANDLER(PUNT_RULE_REMOVE, on_rule_remove), HD_HANDLER(INJECT, on_inject),
	HD_HANDLER(LEASE_SET, on_lease_set),          HD_HANDLER(LEASE_END, on_lease_end),
	HD_HANDLER(LEASE_LIST, on_lease_list),
};

static void on_over(const struct lease *lease, enum hd_lease_why why)
{
	struct hd_lease_over over = {.why = why};

	memcpy(over.key, lease->config.key, sizeof(over.key));
	hd_log_limited(HD_LOG_NOTICE, "gateway %s: %s %s", lease->config.gateway, lease->config.key,
		       why == HD_LEASE_EXPIRED
			       ? "was not renewed by heddle-cp: its address is withdrawn"
			       : "ended with the gateway or its segment");
	if (chan && hd_chan_ready(chan))
		hd_chan_event(chan, LEASE_OVER, &over);
}

static void on_changed(const struct lease *lease)
{
	struct punt_shown_lease shown = {.until_ns = lease->until_ns};
	struct hd_punt_lease_state *s = &shown.state;
	uint32_t at = (uint32_t)(lease - leases.lease);

	memcpy(s->key, lease->config.key, sizeof(s->key));
	memcpy(s->gateway, lease->config.gateway, sizeof(s->gateway));
	memcpy(s->addr, lease->config.addr, sizeof(s->addr));
	memcpy(s->mac, lease->config.mac, sizeof(s->mac));
	s->family = lease->config.family;
	s->resigning = lease->state == LEASE_RESIGNS;
	s->resign = lease->config.len > 0;
	punt_show_lease(at, lease->state == LEASE_FREE ? NULL : &shown);
}

/* Rules are of who set them; leases stay for their time. */
static void on_closed(struct hd_chan *closed, void *arg)
{
	punt_rules_clear();
	hd_chan_free(closed);
	chan = NULL;
}

void punt_link_close(void)
{
	if (chan)
		on_closed(chan, NULL);
}

void punt_link_open(int fd)
{
	struct hd_chan_config config = {
		.self = HD_PLANE_DATA, .generation = generation, .closed = on_closed};

	punt_link_close();
	leases.ops = &punt_lease_ops;
	punt_lease_ops.over = on_over;
	punt_lease_ops.changed = on_changed;
	chan = hd_chan_new(fd, &config);
	if (!chan) {
		hd_log(HD_LOG_ERR, "no channel to heddle-cp: out of memory");
		close(fd);
		return;
	}
	hd_chan_handlers(chan, handlers, RTE_DIM(handlers), NULL);
}

int punt_link_fd(short *events)
{
	if (!chan)
		return -1;
	*events = hd_chan_events(chan);
	return hd_chan_fd(chan);
}

void punt_link_process(void)
{
	if (chan)
		hd_chan_process(chan);
}

bool punt_link_takes(void)
{
	return chan && hd_chan_ready(chan) && !(hd_chan_events(chan) & POLLOUT);
}

void punt_link_turn(const struct dp_config *now, uint64_t time_ns)
{
	/* Another tree may lie where one lay that is freed. */
	bool changed = now != tree || now->generation != generation;

	tree = now;
	generation = now->generation;
	now_ns = time_ns;
	punt_inject_tree(now);
	if (changed)
		lease_refresh(&leases);
}

uint64_t punt_link_leases(void)
{
	uint64_t next = lease_tick(&leases, now_ns);

	punt_totals_set(&punt_totals.leases, leases.n);
	punt_totals_set(&punt_totals.leases_expired, leases.expired);
	punt_totals_set(&punt_totals.resigned, leases.resigned);
	return next;
}

static const struct dp_port_config *port_at(uint16_t id)
{
	return id < tree->n_ports ? tree->ports[id] : NULL;
}

/* Sends one frame, or does not. */
static void send_frame(uint32_t class, const struct punt_frame *f)
{
	static struct hd_punt_packet p;
	const struct hd_punt_class *config = punt_rules_class_of(class);
	const struct dp_port_config *gateway = port_at(f->gateway), *port = port_at(f->port);

	if (!config || !gateway || gateway->port->generation != f->generation) {
		punt_count(DP_WORKERS_MAX, class, PUNT_UNUSABLE);
		return;
	}
	/* As much at once as waits here at the most: the burst of one port is not to be all. */
	if (!punt_police(&class_bucket[class], now_ns, config->rate, PUNT_QUEUE)) {
		punt_count(DP_WORKERS_MAX, class, PUNT_POLICED);
		return;
	}
	memset(&p, 0, sizeof(p));
	hd_str_copy(p.gateway, sizeof(p.gateway), gateway->name);
	hd_str_copy(p.port, sizeof(p.port), port ? port->name : "");
	p.time_ns = f->time_ns;
	p.class_id = class;
	p.flags = f->flags;
	p.len = f->len;
	memcpy(p.frame, f->bytes, f->len);
	if (hd_chan_event(chan, PUNT_PACKET, &p) == 0)
		punt_count(DP_WORKERS_MAX, class, PUNT_SENT);
}

/* Frames of one class, as far as its share and the budget go. Returns how many. */
static unsigned int drain_class(uint32_t class, unsigned int most)
{
	struct punt_frame *f;
	unsigned int n = 0;

	/* Without heddle-cp nobody waits for what is still there. */
	while (n < most && (!chan || punt_link_takes()) && (f = punt_queue_get(class))) {
		if (chan)
			send_frame(class, f);
		else
			punt_count(DP_WORKERS_MAX, class, PUNT_UNUSABLE);
		punt_queue_done(class, f);
		n++;
	}
	return n;
}

bool punt_link_drain(void)
{
	unsigned int budget = DRAIN_BUDGET, idle = 0;

	while (budget && idle < HD_PUNT_CLASSES_MAX) {
		unsigned int n = drain_class(class_next, RTE_MIN(budget, DRAIN_SHARE));

		class_next = (class_next + 1) % HD_PUNT_CLASSES_MAX;
		budget -= n;
		idle = n ? 0 : idle + 1;
	}
	return !budget;
}
