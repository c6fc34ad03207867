/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures begin and end. Control thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_common.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/capture/capture.h"
#include "dataplane/capture/capture_memory.h"
#include "dataplane/core/api.h"
#include "dataplane/core/section.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/tick.h"

#define LOOK_NS (50 * HD_NS_PER_MS) /* between two looks for readers that went */

static struct hd_capture *captures;      /* that run */
static struct hd_capture *ended;         /* that workers may still hold */
static struct dp_capture_set *published; /* NULL: no captures */
static struct dp_capture_set *replaced;
static uint64_t last_id, last_generation;

static void note(const struct hd_capture *c, bool end, const char *text)
{
	struct hd_capture_note n = {.end = end};

	hd_str_copy(n.text, sizeof(n.text), text);
	/* A reader that does not read loses it, as it does frames. */
	if (send(c->sock, &n, sizeof(n), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
}

static void fill(struct dp_capture_set *set, const struct hd_capture *c, unsigned int slot)
{
	static const uint32_t what[DP_CAPTURE_POINTS] = {HD_CAPTURE_IN, HD_CAPTURE_OUT,
							 HD_CAPTURE_DROPS};

	for (unsigned int p = 0; p < DP_CAPTURE_POINTS; p++) {
		if (!(c->what & what[p]))
			continue;
		for (uint32_t id = 0; !c->n_ports && id < HD_PORTS_MAX; id++)
			set->want[p][id] |= (uint8_t)(1 << slot);
		for (uint32_t i = 0; i < c->n_ports; i++) {
			const struct dp_port *port = dp_port_by_name(c->port[i]);

			if (port)
				set->want[p][port->id] |= (uint8_t)(1 << slot);
		}
	}
}

/* Workers get a set of what runs now; without memory for one, none. */
static void publish(void)
{
	struct dp_capture_set *set = captures ? calloc(1, sizeof(*set)) : NULL, *old = published;
	unsigned int slot = 0;

	if (captures && !set)
		hd_log(HD_LOG_ERR, "out of memory: captures get no frames");
	if (set) {
		set->hooks = dp_capture_hooks;
		set->generation = ++last_generation;
	}
	for (struct hd_capture *c = captures; set && c; c = c->next) {
		set->capture[slot] = c;
		fill(set, c, slot++);
	}
	published = set;
	atomic_store_explicit(&dp_capture_published, set ? &set->hooks : NULL,
			      memory_order_release);
	if (!old)
		return;
	old->token = dp_rcu_start();
	old->next = replaced;
	replaced = old;
}

static void capture_free(struct hd_capture *c)
{
	if (c->sock >= 0)
		close(c->sock);
	capture_memory_free(c);
	free(c->port);
	free(c->there);
	free(c);
}

/* Of what workers are out of. */
static void sweep(void)
{
	for (struct dp_capture_set **at = &replaced; *at;) {
		struct dp_capture_set *set = *at;

		if (dp_rcu_over(set->token)) {
			*at = set->next;
			free(set);
		} else {
			at = &set->next;
		}
	}
	for (struct hd_capture **at = &ended; *at;) {
		struct hd_capture *c = *at;

		if (dp_rcu_over(c->token)) {
			*at = c->next;
			capture_free(c);
		} else {
			at = &c->next;
		}
	}
}

/* @text: why, for the reader. */
static void end(struct hd_capture *c, const char *text)
{
	struct hd_capture_started told = {.id = c->id};
	struct hd_capture **at = &captures;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	publish();
	note(c, true, text);
	close(c->sock);
	c->sock = -1;
	c->token = dp_rcu_start();
	c->next = ended;
	ended = c;
	if (dp_api_chan())
		hd_chan_event(dp_api_chan(), CAPTURE_ENDED, &told);
}

static bool is_broken(const struct hd_capture *c)
{
	for (uint32_t i = 0; i < c->n_workers; i++)
		if (atomic_load_explicit(&c->writer[i].broken, memory_order_relaxed))
			return true;
	return false;
}

/* The reader sends nothing: what there is to read is its end, or of somebody else's protocol. */
static void look(struct hd_capture *c)
{
	char byte;

	if (recv(c->sock, &byte, 1, MSG_DONTWAIT) >= 0 || errno != EAGAIN)
		end(c, "the reader has ended it");
	else if (is_broken(c))
		end(c, "the reader has read more than was written");
}

static void tick(uint64_t now_ns)
{
	struct hd_capture *next;

	(void)now_ns;
	for (struct hd_capture *c = captures; c; c = next) {
		next = c->next;
		look(c);
	}
	sweep();
}

/* Which of the ports are there; says which went. False: none is. */
static bool find_ports(struct hd_capture *c)
{
	bool any = !c->n_ports;
	char text[HD_CAPTURE_TEXT];

	for (uint32_t i = 0; i < c->n_ports; i++) {
		bool there = dp_port_by_name(c->port[i]) != NULL;

		if (c->there[i] && !there) {
			snprintf(text, sizeof(text), "port %s was removed", c->port[i]);
			note(c, false, text);
		}
		c->there[i] = there;
		any |= there;
	}
	return any;
}

/* Ids of ports are given to others only after this. */
static void commit(struct dp_config *tree, const struct dp_config *old,
		   const struct hd_store *store)
{
	struct hd_capture *next;

	(void)tree;
	(void)old;
	(void)store;
	for (struct hd_capture *c = captures; c; c = next) {
		next = c->next;
		if (!find_ports(c))
			end(c, "none of its ports is left");
	}
	if (captures)
		publish();
}

static struct dp_section section = {.name = "captures", .after = "ports", .commit = commit};

RTE_INIT(captures_section_register)
{
	dp_section_register(&section);
}

static struct dp_tick ticker = {.period_ns = LOOK_NS, .fn = tick};

/* From the first capture on. -ENOMEM. */
static int begin(void)
{
	static bool begun;

	if (dp_capture_workers_init(dp_workers_count()) < 0)
		return -ENOMEM;
	if (begun)
		return 0;
	begun = true;
	dp_tick_register(&ticker);
	return 0;
}

static int take_ports(struct hd_capture *c, const struct hd_capture_start *start,
		      struct hd_err *err)
{
	c->n_ports = start->n_ports;
	c->port = calloc(start->n_ports + 1, sizeof(*c->port));
	c->there = calloc(start->n_ports + 1, sizeof(*c->there));
	if (!c->port || !c->there)
		return hd_err_set(err, ENOMEM, "out of memory");
	for (uint32_t i = 0; i < start->n_ports; i++) {
		memcpy(c->port[i], start->port[i], sizeof(c->port[i]));
		if (!dp_port_by_name(c->port[i]))
			return hd_err_set(err, ENOENT, "there is no port \"%s\"", c->port[i]);
	}
	find_ports(c);
	return 0;
}

static int make(struct hd_capture *c, const struct hd_capture_start *start, int *reader,
		struct hd_err *err)
{
	unsigned int n = 0;
	int rc;

	for (const struct hd_capture *other = captures; other; other = other->next)
		n++;
	if (n == HD_CAPTURES_MAX)
		return hd_err_set(err, EBUSY, "%d captures run already: end one of them first",
				  HD_CAPTURES_MAX);
	if (begin() < 0)
		return hd_err_set(err, ENOMEM, "out of memory");
	c->what = start->what;
	c->snap = start->snap;
	c->n_insns = start->n_insns;
	memcpy(c->insn, start->insn, start->n_insns * sizeof(c->insn[0]));
	rc = take_ports(c, start, err);
	return rc ? rc : capture_memory_new(c, dp_workers_count(), reader, err);
}

static void on_start(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_capture_start *start = msg->body;
	struct hd_capture_started reply = {.id = ++last_id};
	struct hd_capture *c = calloc(1, sizeof(*c));
	struct hd_err err = {.code = ENOMEM, .text = "out of memory"};
	int reader = -1, rc = c ? dp_capture_check(start, &err) : -ENOMEM;

	(void)arg;
	if (c)
		c->sock = -1;
	if (rc == 0)
		rc = make(c, start, &reader, &err);
	if (rc < 0) {
		hd_chan_reply_error(chan, msg->hdr, -rc, "%s", err.text);
		if (c)
			capture_free(c);
		return;
	}
	c->id = reply.id;
	c->next = captures;
	captures = c;
	publish();
	hd_chan_reply(chan, msg->hdr, &reply, sizeof(reply), &reader, 1);
	close(reader);
}

static void on_stop(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_capture_stop *stop = msg->body;
	char text[HD_CAPTURE_TEXT];

	(void)arg;
	memcpy(text, stop->text, sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (struct hd_capture *c = captures; c; c = c->next)
		if (c->id == stop->id) {
			end(c, text);
			break;
		}
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

/* Nobody is there any more who says that they may go on. */
static void on_detached(void)
{
	while (captures)
		end(captures, "heddle-mgmt is gone, and with it the session");
}

static const struct hd_handler capture_table[] = {
	HD_HANDLER(CAPTURE_START, on_start),
	HD_HANDLER(CAPTURE_STOP, on_stop),
};

RTE_INIT(capture_register)
{
	static struct dp_api api = {capture_table, RTE_DIM(capture_table), on_detached, NULL};

	dp_api_register(&api);
}
