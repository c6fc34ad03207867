/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets between a guest's rings and mbufs.
 *
 * The library says what it knows of a guest's offload header in the mbuf's flags, and makes the
 * header for the guest from them. Both ways a plain packet costs one look at its flags.
 */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_user.h"

#include <string.h>
#include <sys/uio.h>

#include <rte_mbuf.h>
#include <rte_net.h>
#include <rte_vhost.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/port/port_drops.h"

#define LIB_BURST 32 /* packets that one call of the library moves at the most */
#define RING_MAX  32768

/*
 * A burst of super-frames has about this many bytes: 64 of them would be 4 MB, and each byte would
 * leave the processor's cache between the copy in and the copy out.
 */
#define BURST_BYTES (256 * 1024)
#define BURST_MIN   4

#define RX_OFFLOAD (RTE_MBUF_F_RX_L4_CKSUM_MASK | RTE_MBUF_F_RX_LRO)
#define TX_OFFLOAD                                                               \
	(RTE_MBUF_F_TX_L4_MASK | RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_UDP_SEG | \
	 RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6 |      \
	 RTE_MBUF_F_TX_OUTER_IPV4 | RTE_MBUF_F_TX_OUTER_IPV6)

/* What outer lengths can add to the place where the library looks for headers. */
#define OUTER_L2  127
#define OUTER_L3  511
#define OUTER_MAX (OUTER_L2 + OUTER_L3)

#define TCP_CSUM_OFFSET 16
#define UDP_CSUM_OFFSET 6

/* The guest's header again, from the library's flags. */
static void rebuild_header(const struct rte_mbuf *m, struct virtio_net_hdr *hdr)
{
	struct rte_net_hdr_lens lens = {0};
	uint32_t ptype = rte_net_get_ptype(m, &lens, RTE_PTYPE_ALL_MASK);
	bool tcp = (ptype & RTE_PTYPE_L4_MASK) == RTE_PTYPE_L4_TCP;

	memset(hdr, 0, sizeof(*hdr));
	hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	hdr->csum_start = (uint16_t)(lens.l2_len + lens.l3_len);
	hdr->csum_offset = tcp ? TCP_CSUM_OFFSET : UDP_CSUM_OFFSET;
	if (!(m->ol_flags & RTE_MBUF_F_RX_LRO))
		return;
	hdr->hdr_len = (uint16_t)(hdr->csum_start + lens.l4_len);
	hdr->gso_size = m->tso_segsz;
	if (!tcp)
		hdr->gso_type = VIRTIO_NET_HDR_GSO_UDP; /* not offered: refused */
	else if (RTE_ETH_IS_IPV4_HDR(ptype))
		hdr->gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	else
		hdr->gso_type = VIRTIO_NET_HDR_GSO_TCPV6;
}

static bool rx_usable(struct rte_mbuf *m, struct hd_drop_reason **reason)
{
	struct virtio_net_hdr hdr;

	if (m->pkt_len < HD_ETH_HLEN) {
		*reason = hd_drop_rx_truncated;
		return false;
	}
	if (!(m->ol_flags & RX_OFFLOAD))
		return true;
	rebuild_header(m, &hdr);
	m->ol_flags &= ~RX_OFFLOAD;
	*reason = hd_drop_bad_offload;
	return hd_offload_rx(m, &hdr) == 0;
}

/* Some of the packets are not plain: fills their meta, drops what lies. */
static uint16_t rx_sort(struct hd_worker *w, struct hd_port *port, struct rte_mbuf **m, uint16_t n)
{
	uint16_t good = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct hd_drop_reason *reason;

		if (rx_usable(m[i], &reason)) {
			m[good++] = m[i];
			continue;
		}
		hd_port_rx_extra(w, port, 1, m[i]->pkt_len);
		hd_drop(w, port->id, reason, m[i]);
	}
	return good;
}

/* A ring came into use: its kicks are of no use while we poll. */
static void quieten(struct vhost_port *v, int vid, uint16_t q, uint16_t queues)
{
	uint16_t rings = atomic_load_explicit(&v->rings, memory_order_relaxed);

	atomic_fetch_and(&v->disarm, ~(1u << q));
	for (uint16_t ring = q; ring < rings; ring += queues)
		rte_vhost_enable_guest_notification(vid, 2 * ring + 1, 0);
}

/*
 * What the guest gave us while the port was disabled does not come in; at most as much as its largest
 * ring holds, so that one who goes on at full speed is heard.
 */
static uint16_t throw_away(struct hd_worker *w, struct hd_port *port, uint16_t q,
			   struct rte_mbuf **m)
{
	struct vhost_port *v = hd_port_priv(port);
	int vid = atomic_load_explicit(&v->vid, memory_order_relaxed);
	uint16_t rings = atomic_load_explicit(&v->rings, memory_order_relaxed), most = 0;

	for (uint16_t ring = q; ring < rings; ring += port->queues) {
		uint16_t n = rte_vhost_dequeue_burst(vid, 2 * ring + 1, w->pool, m, LIB_BURST);

		for (uint16_t i = 0; i < n; i++) {
			hd_port_rx_extra(w, port, 1, m[i]->pkt_len);
			hd_drop(w, port->id, hd_drop_port_disabled, m[i]);
		}
		most = RTE_MAX(most, n);
	}
	v->stale[q] += most;
	if (most < LIB_BURST || v->stale[q] >= RING_MAX)
		atomic_fetch_and(&v->disarm, ~VHOST_STALE(q));
	return 0;
}

/* Queue @q serves rings q, q + queues, ...: a guest may use more than the port has queues. */
static uint16_t next_ring(struct vhost_port *v, const struct hd_port *port, uint16_t q)
{
	uint16_t rings = atomic_load_explicit(&v->rings, memory_order_relaxed);
	uint16_t ring = q;

	if (likely(rings <= port->queues))
		return q;
	ring = v->turn[q] + port->queues;
	if (ring >= rings)
		ring = q;
	v->turn[q] = ring;
	return ring;
}

/* How many packets of the size of these are to be a burst. */
static uint16_t burst_fit(struct rte_mbuf **m, uint16_t n)
{
	uint32_t bytes = 0, fit;

	for (uint16_t i = 0; i < n; i++)
		bytes += m[i]->pkt_len;
	fit = (uint32_t)((uint64_t)BURST_BYTES * n / RTE_MAX(bytes, 1u));
	fit = RTE_MIN(fit, (uint32_t)HD_BURST);
	return (uint16_t)RTE_MAX(fit, (uint32_t)BURST_MIN);
}

uint16_t vhost_user_rx(struct hd_worker *w, struct hd_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n)
{
	struct vhost_port *v = hd_port_priv(port);
	int vid = atomic_load_explicit(&v->vid, memory_order_relaxed);
	uint16_t ring = next_ring(v, port, q);
	uint16_t less = v->less[q];
	uint64_t flags = 0;
	bool runt = false;
	uint16_t got;

	if (unlikely(atomic_load_explicit(&v->disarm, memory_order_relaxed) &
		     (1u << q | VHOST_STALE(q)))) {
		quieten(v, vid, q, port->queues);
		if (atomic_load_explicit(&v->disarm, memory_order_relaxed) & VHOST_STALE(q))
			return throw_away(w, port, q, m);
	}
	if (unlikely(less))
		n = RTE_MIN(n, HD_BURST - less);
	got = rte_vhost_dequeue_burst(vid, 2 * ring + 1, w->pool, m, n < LIB_BURST ? n : LIB_BURST);
	if (got == LIB_BURST && n > LIB_BURST)
		got += rte_vhost_dequeue_burst(vid, 2 * ring + 1, w->pool, m + LIB_BURST,
					       n - LIB_BURST);
	if (unlikely(got && !atomic_load_explicit(&v->heard, memory_order_relaxed)))
		atomic_store_explicit(&v->heard, true, memory_order_relaxed);
	for (uint16_t i = 0; i < got; i++) {
		hd_meta(m[i])->flags = 0;
		flags |= m[i]->ol_flags;
		runt |= m[i]->pkt_len < HD_ETH_HLEN;
	}
	if (likely(!(flags & RX_OFFLOAD) && !runt && !less))
		return got;
	if (got)
		v->less[q] = HD_BURST - burst_fit(m, got);
	return rx_sort(w, port, m, got);
}

/*
 * The library computes the sum of the pseudo-header of a partial checksum anew and writes it into
 * the packet. For a plain TCP or UDP packet that is what is there already. For a super-frame it
 * leaves the length out, which virtio wants in, and behind extension headers it takes the wrong
 * protocol; so there it must find no header to write to. It looks whether the first segment is as
 * long as all headers, outer ones included: with the headers in a segment of their own, and an
 * outer header claimed, it is not, and the packet stays as it is.
 */
static struct rte_mbuf *headers_apart(struct hd_worker *w, struct rte_mbuf *m, uint32_t len)
{
	struct rte_mbuf *head, *rest = m;

	head = rte_pktmbuf_alloc(w->pool);
	if (unlikely(!head))
		return NULL;
	if (rte_mbuf_refcnt_read(m) != 1) {
		rest = rte_pktmbuf_clone(m, w->pool);
		if (unlikely(!rest)) {
			rte_pktmbuf_free(head);
			return NULL;
		}
	}
	memcpy(rte_pktmbuf_append(head, (uint16_t)len), rte_pktmbuf_mtod(m, const void *), len);
	*hd_meta(head) = *hd_meta(m);
	rte_pktmbuf_adj(rest, (uint16_t)len);
	head->next = rest;
	head->nb_segs = rest->nb_segs + 1;
	head->pkt_len = len + rest->pkt_len;
	if (rest != m)
		rte_pktmbuf_free(m);
	return head;
}

/* Says in the mbuf's flags what the meta says. NULL: no mbuf to do it with. */
static struct rte_mbuf *tx_offload(struct hd_worker *w, struct rte_mbuf *m)
{
	const struct hd_meta *meta = hd_meta(m);
	uint32_t len = (uint32_t)meta->l2_len + meta->l3_len + meta->l4_len;
	const uint8_t *type = rte_pktmbuf_mtod_offset(m, const uint8_t *, meta->l2_len - 2);
	bool ipv4 = type[0] == HD_ETYPE_IPV4 >> 8 && type[1] == (HD_ETYPE_IPV4 & 0xff);
	uint64_t flags = ipv4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6;
	bool untouched = (meta->flags & HD_META_TSO) ||
			 (!ipv4 && meta->l3_len != sizeof(struct rte_ipv6_hdr));

	if (meta->flags & HD_META_TSO)
		flags |= RTE_MBUF_F_TX_TCP_SEG;
	else if (meta->csum_offset == TCP_CSUM_OFFSET)
		flags |= RTE_MBUF_F_TX_TCP_CKSUM;
	else
		flags |= RTE_MBUF_F_TX_UDP_CKSUM;
	if (untouched) {
		if (m->data_len >= len + OUTER_MAX)
			m = headers_apart(w, m, len);
		if (unlikely(!m))
			return NULL;
		meta = hd_meta(m);
		flags |= RTE_MBUF_F_TX_OUTER_IPV4;
	}
	m->ol_flags |= flags;
	m->tx_offload = 0;
	m->l2_len = meta->l2_len;
	m->l3_len = meta->l3_len;
	m->l4_len = meta->l4_len;
	m->tso_segsz = meta->gso_size;
	if (untouched) {
		m->outer_l2_len = OUTER_L2;
		m->outer_l3_len = OUTER_L3;
	}
	return m;
}

/* Returns how many packets, from the first on, are ready. */
static uint16_t tx_prepare(struct hd_worker *w, struct rte_mbuf **m, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *ready;

		/* left by another port that has the packet as well, or copied with it */
		m[i]->ol_flags &= ~TX_OFFLOAD;
		if (!hd_meta(m[i])->flags)
			continue;
		ready = tx_offload(w, m[i]);
		if (unlikely(!ready))
			return i;
		m[i] = ready;
	}
	return n;
}

uint16_t vhost_user_tx(struct hd_worker *w, struct hd_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n)
{
	struct vhost_port *v = hd_port_priv(port);
	int vid = atomic_load_explicit(&v->vid, memory_order_relaxed);
	uint16_t sent = 0, ready = n;
	uint64_t flags = 0;

	for (uint16_t i = 0; i < n; i++)
		flags |= (m[i]->ol_flags & TX_OFFLOAD) | hd_meta(m[i])->flags;
	if (unlikely(flags))
		ready = tx_prepare(w, m, n);
	while (sent < ready) {
		uint16_t want = RTE_MIN(ready - sent, LIB_BURST);
		uint16_t took = rte_vhost_enqueue_burst(vid, 2 * q, m + sent, want);

		sent += took;
		if (took < want)
			break;
	}
	rte_pktmbuf_free_bulk(m, sent);
	return sent;
}

/*
 * Takes what the guest signalled so far. Its descriptor need not be what it should be: never waits.
 *
 * A guest that signals, and whose rings are empty as we see them, has mapped its memory privately
 * (QEMU passes the descriptor of memory-backend-file without share=on as well). One signal a ring
 * is QEMU's own: its descriptors begin with one. A guest that is alive has given buffers to receive
 * into.
 */
static void drain(struct vhost_port *v, int vid, uint16_t q, int fd)
{
	uint64_t count = 0;
	struct iovec iov = {&count, sizeof(count)};
	uint32_t kicks;

	if (preadv2(fd, &iov, 1, -1, RWF_NOWAIT) != sizeof(count) ||
	    atomic_load_explicit(&v->heard, memory_order_relaxed))
		return;
	kicks = atomic_fetch_add(&v->kicks, (uint32_t)count) + (uint32_t)count;
	if (kicks > atomic_load_explicit(&v->rings, memory_order_relaxed) &&
	    rte_vhost_avail_entries(vid, 2 * q) == 0)
		atomic_store(&v->deaf, true);
}

int vhost_user_event_fd(struct hd_port *port, uint16_t q, bool arm)
{
	struct vhost_port *v = hd_port_priv(port);
	int vid = atomic_load_explicit(&v->vid, memory_order_relaxed);
	int fd;

	/* Several rings behind one queue have several descriptors: such a port is polled. */
	if (atomic_load_explicit(&v->rings, memory_order_relaxed) > port->queues)
		return -1;
	fd = atomic_load_explicit(&v->kick[q], memory_order_relaxed);
	if (fd < 0)
		return -1;
	if (arm)
		drain(v, vid, q, fd);
	if (rte_vhost_enable_guest_notification(vid, 2 * q + 1, arm) != 0)
		return -1;
	if (!arm)
		drain(v, vid, q, fd);
	return fd;
}
