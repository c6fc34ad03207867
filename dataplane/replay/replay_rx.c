/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Receives the packets of the captures, in the order of their times.
 *
 * Consecutive packets of one port go to the path together. So features and tables see packets in
 * the order of the captures, whatever the size of a batch is.
 */
#include <rte_memcpy.h>

#include "dataplane/core/capture_drops.h"
#include "dataplane/core/config.h"
#include "dataplane/core/deadline.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/path.h"
#include "dataplane/core/port.h"
#include "dataplane/core/rx.h"
#include "dataplane/replay/replay.h"

DP_DROP_REGISTER(drop_replay_buffers, "replay_no_buffers", DP_DROP_INGRESS,
		 "replay had no buffer for a packet of a capture; that is a bug, please report it");

#define BATCH_MAX 256

static unsigned int batch = 64;
static uint64_t until = UINT64_MAX;

void dp_replay_batch(unsigned int max, uint64_t until_ns)
{
	batch = RTE_MIN(max, (unsigned int)BATCH_MAX);
	until = until_ns;
}

/* The frame as the path wants it: a chain when it is larger than one buffer. NULL: no memory. */
static struct rte_mbuf *to_mbuf(struct dp_worker *w, const unsigned char *data, uint32_t len)
{
	struct rte_mbuf *head = NULL, *last = NULL;

	do {
		uint16_t part = RTE_MIN(len, (uint32_t)DP_FRAME_ROOM);
		struct rte_mbuf *m = rte_pktmbuf_alloc(w->pool);

		if (!m) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		rte_memcpy(rte_pktmbuf_append(m, part), data, part);
		data += part;
		len -= part;
		if (head) {
			last->next = m;
			head->nb_segs++;
			head->pkt_len += part;
		} else {
			head = m;
		}
		last = m;
	} while (len);
	return head;
}

/* Why a frame of a capture cannot come in; NULL: it can. */
static const struct dp_drop_reason *why_not(const struct dp_port *port,
					    const struct hd_capture_frame *frame)
{
	return atomic_load_explicit(&port->up, memory_order_relaxed)
		       ? dp_drop_of_capture(frame->state)
		       : dp_drop_port_disabled;
}

/* The frame as the path wants it, or NULL: it was counted, and dropped. */
static struct rte_mbuf *frame_in(struct dp_worker *w, uint16_t id,
				 const struct hd_capture_frame *frame, uint64_t time_ns)
{
	const struct dp_drop_reason *reason = why_not(w->config->ports[id]->port, frame);
	struct rte_mbuf *m = reason ? NULL : to_mbuf(w, frame->data, frame->len);

	if (likely(m)) {
		dp_meta(m)->flags = 0;
		dp_meta(m)->time_ns = time_ns;
		return m;
	}
	dp_port_rx_extra(w, w->config->ports[id]->port, 1, frame->len);
	dp_drop_count(w, id, reason ? reason : &drop_replay_buffers, 1);
	return NULL;
}

static void give(struct dp_worker *w, unsigned int input, struct rte_mbuf **m, uint16_t n)
{
	const struct dp_port_config *port = w->config->ports[dp_replay_input_port(input)];

	n = dp_rx_admit(w, port, m, n, true);
	if (n)
		dp_path->run(w, port, m, n);
}

void dp_replay_receive(struct dp_worker *w)
{
	unsigned int input, run_input = 0, taken = 0;
	const struct hd_capture_frame *frame;
	struct rte_mbuf *m[DP_BURST];
	uint64_t time_ns, end = UINT64_MAX; /* of what may be given together (deadline.h) */
	uint16_t run = 0;
	bool explain;

	while (taken < batch) {
		uint64_t limit = RTE_MIN(until, end);

		limit = RTE_MIN(limit, dp_deadline_next(w));
		frame = dp_replay_take(limit, &input, &time_ns);
		explain = frame && dp_replay_explains(dp_replay_progress()->packets);
		if (run && (!frame || run == DP_BURST || input != run_input || explain)) {
			give(w, run_input, m, run);
			run = 0;
		}
		if (!frame && end == UINT64_MAX)
			break;
		end = frame ? dp_deadline_grain(time_ns) : UINT64_MAX;
		if (!frame)
			continue;
		run_input = input;
		taken++;
		if (unlikely(explain))
			dp_replay_explain(w, time_ns);
		m[run] = frame_in(w, dp_replay_input_port(input), frame, time_ns);
		run += m[run] != NULL;
		if (unlikely(explain)) {
			if (run)
				give(w, run_input, m, run);
			run = 0;
			dp_replay_explained(w);
		}
	}
	if (run)
		give(w, run_input, m, run);
}
