/* SPDX-License-Identifier: BSD-3-Clause */
/* Moves frames between capture files and mbufs. */
#include "dataplane/port/pcap/pcap_port.h"

#include <errno.h>
#include <sys/timerfd.h>

#include "heddle/base/clock.h"
#include "heddle/net/ether.h"
#include "dataplane/core/capture_drops.h"
#include "dataplane/core/meta.h"
#include "dataplane/port/port_drops.h"

static void read_next(struct dp_pcap *p)
{
	int ret = hd_capture_next(p->in, &p->frame, NULL);

	p->more = ret == 1;
	if (p->more)
		return;
	if (ret < 0)
		atomic_store(&p->read_error, 1);
	atomic_store(&p->read_end, true);
}

void dp_pcap_start(struct dp_pcap *p, uint64_t now_ns)
{
	read_next(p);
	p->start_ns = now_ns;
	p->first_ts = p->more ? p->frame.time_ns : 0;
}

/* When the next frame comes in. One that is stamped before the first one comes at once. */
static uint64_t due_ns(const struct dp_pcap *p)
{
	uint64_t ts = p->frame.time_ns, after = ts > p->first_ts ? ts - p->first_ts : 0;

	return after < UINT64_MAX - p->start_ns ? p->start_ns + after : UINT64_MAX;
}

/* The frame as a chain, first a small mbuf and then big ones. NULL: there are not enough. */
static struct rte_mbuf *frame_copy(struct dp_worker *w, const uint8_t *bytes, uint32_t len)
{
	struct rte_mbuf *head = rte_pktmbuf_alloc(w->pool);
	struct rte_mbuf *last = head;

	if (head == NULL)
		return NULL;
	for (uint32_t at = 0;;) {
		uint32_t part = RTE_MIN(len - at, (uint32_t)rte_pktmbuf_tailroom(last));

		rte_memcpy(rte_pktmbuf_mtod(last, void *), bytes + at, part);
		last->data_len = part;
		at += part;
		if (at == len)
			break;
		last->next = rte_pktmbuf_alloc(w->big_pool);
		last = last->next;
		if (last == NULL) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		head->nb_segs++;
	}
	head->pkt_len = len;
	return head;
}

/* Why a frame cannot come in; NULL: it can. */
static const struct dp_drop_reason *why_not(const struct hd_capture_frame *frame)
{
	if (frame->state == HD_CAPTURE_CUT || frame->state == HD_CAPTURE_TOO_LONG ||
	    frame->len < HD_ETH_HLEN)
		return dp_drop_rx_truncated;
	return dp_drop_of_capture(frame->state);
}

uint16_t dp_pcap_rx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	struct dp_pcap *p = dp_port_priv(port);
	uint64_t now = w->now_ns;
	uint16_t got = 0;

	for (uint16_t i = 0; i < n && p->more && due_ns(p) <= now; i++) {
		const struct dp_drop_reason *reason = why_not(&p->frame);

		m[got] = reason == NULL ? frame_copy(w, p->frame.data, p->frame.len) : NULL;
		if (likely(m[got] != NULL)) {
			dp_meta(m[got])->flags = 0;
			got++;
		} else {
			dp_port_rx_extra(w, port, 1, p->frame.wire_len);
			dp_drop_count(w, port->id, reason != NULL ? reason : dp_drop_no_buffers, 1);
		}
		atomic_store_explicit(&p->read_count, p->read_count + 1, memory_order_relaxed);
		read_next(p);
	}
	return got;
}

int dp_pcap_event_fd(struct dp_port *port, uint16_t q, bool arm)
{
	struct dp_pcap *p = dp_port_priv(port);
	struct itimerspec at = {0};

	if (p->timer < 0)
		return -1;
	if (arm && p->more) {
		uint64_t due = RTE_MAX(due_ns(p), 1ull);

		at.it_value.tv_sec = (time_t)(due / HD_NS_PER_S);
		at.it_value.tv_nsec = (long)(due % HD_NS_PER_S);
	}
	/* setting it also forgets that it had expired; all zero: it never does */
	timerfd_settime(p->timer, TFD_TIMER_ABSTIME, &at, NULL);
	return p->timer;
}

uint16_t dp_pcap_tx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	struct dp_pcap *p = dp_port_priv(port);
	uint64_t now = (uint64_t)((int64_t)w->now_ns + p->real_offset);

	for (uint16_t i = 0; i < n && p->out != NULL; i++) {
		uint32_t len = RTE_MIN(m[i]->pkt_len, HD_CAPTURE_FRAME_MAX);
		const void *bytes = rte_pktmbuf_read(m[i], 0, len, p->scratch);
		int ret = hd_pcap_frame(p->out, now, bytes, len, m[i]->pkt_len);

		if (unlikely(ret != 0)) {
			atomic_store(&p->write_error, -ret);
			return i;
		}
	}
	atomic_store_explicit(&p->written, p->written + n, memory_order_relaxed);
	rte_pktmbuf_free_bulk(m, n);
	return n;
}
