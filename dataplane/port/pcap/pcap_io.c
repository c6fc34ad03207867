/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames between capture files and mbufs. */
#include "dataplane/port/pcap/pcap_port.h"

#include <errno.h>
#include <sys/timerfd.h>

#include "heddle/base/clock.h"
#include "heddle/net/ether.h"
#include "dataplane/core/meta.h"
#include "dataplane/port/port_drops.h"

/* Both sides are opened with nanoseconds in the field that is named after microseconds. */
static uint64_t stamp_ns(const struct pcap_pkthdr *hdr)
{
	return (uint64_t)hdr->ts.tv_sec * HD_NS_PER_S + (uint64_t)hdr->ts.tv_usec;
}

static void read_next(struct hd_pcap *p)
{
	struct pcap_pkthdr *hdr;
	int ret = pcap_next_ex(p->in, &hdr, &p->bytes);

	p->hdr = ret == 1 ? hdr : NULL;
	if (ret == 1)
		return;
	p->eof = true;
	if (ret != PCAP_ERROR_BREAK)
		atomic_store(&p->read_error, 1);
	atomic_store(&p->read_end, true);
}

void hd_pcap_start(struct hd_pcap *p, uint64_t now_ns)
{
	read_next(p);
	p->start_ns = now_ns;
	p->first_ts = p->hdr != NULL ? stamp_ns(p->hdr) : 0;
}

/* When the next frame comes in. One that is stamped before the first one comes at once. */
static uint64_t due_ns(const struct hd_pcap *p)
{
	uint64_t ts = stamp_ns(p->hdr);

	return ts > p->first_ts ? p->start_ns + (ts - p->first_ts) : p->start_ns;
}

/* The frame as a chain, first a small mbuf and then big ones. NULL: there are not enough. */
static struct rte_mbuf *frame_copy(struct hd_worker *w, const uint8_t *bytes, uint32_t len)
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

uint16_t hd_pcap_rx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	struct hd_pcap *p = hd_port_priv(port);
	uint64_t now = w->now_ns;
	uint16_t got = 0;

	for (uint16_t i = 0; i < n && p->hdr != NULL && due_ns(p) <= now; i++) {
		uint32_t len = p->hdr->len;
		bool whole = p->hdr->caplen == len && len >= HD_ETH_HLEN && len <= HD_PCAP_SNAPLEN;

		m[got] = whole ? frame_copy(w, p->bytes, len) : NULL;
		if (likely(m[got] != NULL)) {
			hd_meta(m[got])->flags = 0;
			got++;
		} else {
			hd_port_rx_extra(w, port, 1, len);
			hd_drop_count(w, port->id,
				      whole ? hd_drop_no_buffers : hd_drop_rx_truncated, 1);
		}
		atomic_store_explicit(&p->read_count, p->read_count + 1, memory_order_relaxed);
		read_next(p);
	}
	return got;
}

int hd_pcap_event_fd(struct hd_port *port, uint16_t q, bool arm)
{
	struct hd_pcap *p = hd_port_priv(port);
	struct itimerspec at = {0};

	if (p->timer < 0)
		return -1;
	if (arm && p->hdr != NULL) {
		uint64_t due = RTE_MAX(due_ns(p), 1ull);

		at.it_value.tv_sec = (time_t)(due / HD_NS_PER_S);
		at.it_value.tv_nsec = (long)(due % HD_NS_PER_S);
	}
	/* setting it also forgets that it had expired; all zero: it never does */
	timerfd_settime(p->timer, TFD_TIMER_ABSTIME, &at, NULL);
	return p->timer;
}

uint16_t hd_pcap_tx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	struct hd_pcap *p = hd_port_priv(port);
	uint64_t now = (uint64_t)((int64_t)w->now_ns + p->real_offset);
	struct pcap_pkthdr hdr = {
		.ts = {(time_t)(now / HD_NS_PER_S), (suseconds_t)(now % HD_NS_PER_S)}};

	for (uint16_t i = 0; i < n && p->out != NULL; i++) {
		const void *bytes;

		hdr.len = m[i]->pkt_len;
		hdr.caplen = RTE_MIN(hdr.len, (uint32_t)HD_PCAP_SNAPLEN);
		bytes = rte_pktmbuf_read(m[i], 0, hdr.caplen, p->scratch);
		pcap_dump((u_char *)p->out, &hdr, bytes);
		if (unlikely(ferror(pcap_dump_file(p->out)))) {
			atomic_store(&p->write_error, errno != 0 ? errno : EIO);
			return i;
		}
	}
	atomic_store_explicit(&p->written, p->written + n, memory_order_relaxed);
	rte_pktmbuf_free_bulk(m, n);
	return n;
}
