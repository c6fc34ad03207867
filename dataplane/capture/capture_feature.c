/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker does with the frames that the path shows it while somebody captures.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_mbuf.h>

#include "dataplane/capture/capture.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/offload.h"

#define OUT_MAX (DP_BURST + DP_SEGMENTS_MAX) /* frames that leave by one call */

/* Of one worker. */
struct state {
	/* What is about to leave: it has records that are not published. */
	uint16_t n_out;
	uint8_t out_mask; /* captures that have them */
	struct rte_mbuf *out[OUT_MAX];
	struct hd_capture_record *record[HD_CAPTURES_MAX][OUT_MAX]; /* NULL: filtered, or lost */
	uint8_t flat[HD_CAPTURE_SNAP_MAX];                          /* a chain in one piece */
};

static struct state *states[DP_WORKERS_MAX];

int dp_capture_workers_init(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (!states[i])
			states[i] = calloc(1, sizeof(*states[i]));
		if (!states[i])
			return -ENOMEM;
	}
	return 0;
}

/* A frame, or a part of it, as captures see it. */
struct view {
	const uint8_t *bytes;
	uint32_t n;   /* that can be read */
	uint32_t len; /* of the frame */
};

static struct view view_of(struct dp_worker *w, struct rte_mbuf *m)
{
	uint32_t n = RTE_MIN(m->pkt_len, (uint32_t)HD_CAPTURE_SNAP_MAX);

	if (likely(m->nb_segs == 1))
		return (struct view){rte_pktmbuf_mtod(m, const uint8_t *), n, m->pkt_len};
	return (struct view){rte_pktmbuf_read(m, 0, n, states[w->index]->flat), n, m->pkt_len};
}

static inline const struct dp_capture_set *set_of(const struct dp_worker *w)
{
	return (const struct dp_capture_set *)w->capture;
}

/* Puts the name of the port into the ring, if it is not there. False: no room. */
static bool name(struct dp_worker *w, struct dp_capture_writer *out, uint16_t id)
{
	struct hd_capture_record *r;

	if (unlikely(out->generation != set_of(w)->generation)) {
		memset(out->named, 0, sizeof(out->named));
		out->generation = set_of(w)->generation;
	}
	if (likely(out->named[id / 8] >> id % 8 & 1))
		return true;
	r = dp_capture_reserve(out, HD_NAME_MAX, w->now_ns);
	if (!r)
		return false;
	r->kind = HD_CAPTURE_R_NAME;
	r->port = id;
	hd_str_copy((char *)(r + 1), HD_NAME_MAX, w->config->ports[id]->name);
	out->named[id / 8] |= (uint8_t)(1 << id % 8);
	return true;
}

static struct hd_capture_record *put(struct dp_worker *w, struct hd_capture *c,
				     enum hd_capture_kind kind, uint16_t id, const struct view *v)
{
	struct dp_capture_writer *out = &c->writer[w->index];
	uint32_t kept = RTE_MIN(v->n, c->snap);
	struct hd_capture_record *r;

	if (c->n_insns && (!v->bytes || !bpf_filter(c->insn, v->bytes, v->len, v->n)))
		return NULL;
	if (!name(w, out, id))
		return NULL;
	r = dp_capture_reserve(out, kept, w->now_ns);
	if (!r)
		return NULL;
	r->kind = (uint8_t)kind;
	r->port = id;
	r->len = v->len;
	if (kept)
		memcpy(r + 1, v->bytes, kept);
	return r;
}

/* The captures of @mask, one after the other. */
#define FOREACH_CAPTURE(c, mask)                                                              \
	for (uint32_t left_ = (mask), c; left_ && (c = (uint32_t)__builtin_ctz(left_), true); \
	     left_ &= left_ - 1)

static void publish(struct dp_worker *w, uint8_t mask)
{
	FOREACH_CAPTURE(c, mask)
	dp_capture_publish(&set_of(w)->capture[c]->writer[w->index]);
}

static void on_in(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		  uint16_t n)
{
	const struct dp_capture_set *set = set_of(w);
	uint8_t mask = set->want[DP_CAPTURE_AT_IN][port->id];

	for (uint16_t i = 0; mask && i < n; i++) {
		struct view v = view_of(w, m[i]);

		FOREACH_CAPTURE(c, mask)
		put(w, set->capture[c], HD_CAPTURE_R_IN, port->id, &v);
	}
	publish(w, mask);
}

static void on_out(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		   uint16_t n)
{
	const struct dp_capture_set *set = set_of(w);
	struct state *s = states[w->index];

	s->out_mask = set->want[DP_CAPTURE_AT_OUT][port->id];
	s->n_out = s->out_mask ? n : 0;
	for (uint16_t i = 0; i < s->n_out; i++) {
		struct view v = view_of(w, m[i]);

		s->out[i] = m[i];
		FOREACH_CAPTURE(c, s->out_mask)
		s->record[c][i] = put(w, set->capture[c], HD_CAPTURE_R_OUT, port->id, &v);
	}
}

static void on_sent(struct dp_worker *w)
{
	struct state *s = states[w->index];

	if (s->n_out)
		publish(w, s->out_mask);
	s->n_out = 0;
}

/* Where the frame is among what is about to leave; -1: it is not. */
static int find_out(const struct state *s, const struct rte_mbuf *m)
{
	for (uint16_t i = 0; i < s->n_out; i++)
		if (s->out[i] == m)
			return i;
	return -1;
}

/* It did not leave: its records say that it was dropped, to who wants to know that. */
static void turn_back(const struct state *s, int at, uint8_t mask, uint8_t reason)
{
	FOREACH_CAPTURE(c, s->out_mask)
	{
		struct hd_capture_record *r = s->record[c][at];

		if (!r)
			continue;
		r->kind = mask >> c & 1 ? HD_CAPTURE_R_DROP : HD_CAPTURE_R_PAD;
		r->reason = reason;
	}
}

static void on_drop(struct dp_worker *w, uint16_t id, const struct dp_drop_reason *reason,
		    struct rte_mbuf **m, unsigned int n)
{
	const struct dp_capture_set *set = set_of(w);
	const struct state *s = states[w->index];
	uint8_t mask = set->want[DP_CAPTURE_AT_DROP][id];

	if (id >= w->config->n_ports || !w->config->ports[id])
		return; /* the port is gone */
	for (unsigned int i = 0; i < n && (mask || s->n_out); i++) {
		struct view v = m ? view_of(w, m[i]) : (struct view){0};
		int at = m ? find_out(s, m[i]) : -1;
		uint8_t fresh = at < 0 ? mask : mask & (uint8_t)~s->out_mask;

		if (at >= 0)
			turn_back(s, at, mask, (uint8_t)reason->index);
		FOREACH_CAPTURE(c, fresh)
		{
			struct hd_capture_record *r =
				put(w, set->capture[c], HD_CAPTURE_R_DROP, id, &v);

			if (r)
				r->reason = (uint8_t)reason->index;
		}
	}
	/* What is about to leave is not published before it is known whether it did. */
	publish(w, s->n_out ? mask & (uint8_t)~s->out_mask : mask);
}

const struct dp_capture_hooks dp_capture_hooks = {
	.in = on_in, .out = on_out, .sent = on_sent, .drop = on_drop};
