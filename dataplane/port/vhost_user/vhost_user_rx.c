/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets from a guest.
 *
 * The bytes that decide about a packet are copied out of the guest's memory: all of a small packet,
 * the first bytes of others. The rest stays in the guest's memory, where mbufs borrow it, and is
 * copied once, to its destination. The next call of receive returns the buffers to the ring, when
 * the loop that received them is over. A worker that keeps a packet for longer copies it
 * (dp_mbuf_own()).
 */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_user.h"

#include <string.h>
#include <sys/uio.h>

#include <rte_mbuf.h>
#include <rte_memcpy.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/port/port_drops.h"
#include "dataplane/port/vhost_user/vhost_signal.h"

#define RING_MAX 32768

#define COPY_ALL  512 /* bytes up to which copying is cheaper than lending */
#define COPY_HEAD 256 /* of longer ones: as the contract of meta.h wants it */
#define LEND_MAX  64  /* pieces of a packet that are lent; one in more pieces is copied */

/*
 * A burst of super-frames has about this many bytes: 64 of them would be 4 MB, and each byte would
 * leave the processor's cache between the copy in and the copy out.
 */
#define BURST_BYTES (256 * 1024)
#define BURST_MIN   4

static struct vhost_vring *ring_of(const struct vhost_port *v, unsigned int index)
{
	struct vhost_vring *r = atomic_load_explicit(&v->vring[index], memory_order_acquire);

	return r && atomic_load_explicit(&r->live, memory_order_acquire) ? r : NULL;
}

void vhost_user_signal(struct vhost_vring *r, unsigned int worker)
{
	if (atomic_load_explicit(&r->has_call, memory_order_relaxed) &&
	    vhost_ring_wants_signal(&r->ring))
		vhost_signal(worker, r->call);
}

static void give_back(struct vhost_port *v, struct vhost_vring *r, unsigned int packets)
{
	const struct vhost_log *log = atomic_load_explicit(&v->log, memory_order_acquire);

	vhost_ring_return(&r->ring, &r->batch, packets);
	if (unlikely(log))
		vhost_log_ring(log, atomic_load_explicit(&v->mem, memory_order_acquire), &r->ring);
}

void vhost_user_ask_signal(struct vhost_port *v, struct vhost_vring *r, bool on)
{
	const struct vhost_log *log;

	vhost_ring_ask_signal(&r->ring, on);
	log = atomic_load_explicit(&v->log, memory_order_acquire);
	if (unlikely(log))
		vhost_log_ring(log, atomic_load_explicit(&v->mem, memory_order_acquire), &r->ring);
}

bool vhost_user_settle(struct vhost_port *v, struct vhost_vring *r)
{
	if (!r->lent)
		return true;
	if (unlikely(atomic_load_explicit(&r->loans, memory_order_acquire)))
		return false;
	give_back(v, r, r->lent);
	r->lent = 0;
	return true;
}

/* Copies the next @len bytes of a packet, from piece @at, @skip bytes into it, on. */
static void copy_out(const struct vhost_piece *at, uint32_t skip, void *to, uint32_t len)
{
	uint8_t *p = to;

	for (; len > 0; at++) {
		uint32_t here = at->len - skip < len ? at->len - skip : len;

		memcpy(p, at->at + skip, here);
		p += here;
		len -= here;
		skip = 0;
	}
}

/* An mbuf from the pool, as rte_pktmbuf_reset() makes it as far as anybody here looks. */
static inline void begin(struct rte_mbuf *m, uint32_t len)
{
	m->data_off = RTE_PKTMBUF_HEADROOM;
	m->ol_flags = 0;
	m->pkt_len = len;
	m->data_len = (uint16_t)len;
}

static void loans_add(struct vhost_vring *r, uint32_t n)
{
	uint32_t now = atomic_load_explicit(&r->loans, memory_order_relaxed) + n;

	atomic_store_explicit(&r->loans, now, memory_order_release);
}

/* No mbuf has memory of the packet any more. */
static void on_freed(void *addr, void *opaque)
{
	RTE_SET_USED(addr);
	loans_add(opaque, -1u);
}

/* @m gets @len bytes of the guest's memory at @at. */
static void lend(struct rte_mbuf_ext_shared_info *lender, struct rte_mbuf *m, uint8_t *at,
		 uint32_t len)
{
	m->ol_flags = RTE_MBUF_F_EXTERNAL;
	m->shinfo = lender;
	m->buf_addr = at;
	m->buf_iova = 0;
	m->buf_len = (uint16_t)len;
	m->data_off = 0;
	m->data_len = (uint16_t)len;
}

/*
 * What is behind the first bytes of a packet goes into mbufs of @pool. False: there is none left.
 */
static bool add_copy(struct rte_mempool *pool, struct rte_mbuf *m, const struct vhost_piece *at,
		     uint32_t skip, uint32_t len)
{
	while (len > 0) {
		struct rte_mbuf *more = rte_pktmbuf_alloc(pool);
		uint32_t here;

		if (!more)
			return false;
		here = RTE_MIN(len, (uint32_t)rte_pktmbuf_tailroom(more));
		for (uint32_t left = here; left > 0;) {
			uint32_t n = RTE_MIN(left, at->len - skip);

			memcpy(rte_pktmbuf_append(more, (uint16_t)n), at->at + skip, n);
			left -= n;
			skip += n;
			if (skip == at->len) {
				at++;
				skip = 0;
			}
		}
		if (rte_pktmbuf_chain(m, more) != 0) {
			rte_pktmbuf_free(more);
			return false;
		}
		len -= here;
	}
	return true;
}

/*
 * The rest of a packet is lent. False: no mbufs. What DPDK wants to know of who lent it is of this
 * packet alone: where one mbuf has all of it, as a rule, nothing is counted with a locked
 * instruction. It stays where it is until the ring is read again, when nobody has the packet any
 * more.
 */
static bool add_lent(struct dp_worker *w, struct vhost_vring *r, unsigned int packet,
		     struct rte_mbuf *m, const struct vhost_piece *at, uint32_t skip, uint32_t len)
{
	struct rte_mbuf_ext_shared_info *lender = &r->lender[packet];
	struct rte_mbuf *more[LEND_MAX], *tail = m;
	unsigned int n = 0, i = 0;

	/* A piece may be longer than an mbuf can say. */
	for (uint32_t left = len, off = skip, k = 0; left > 0; k++) {
		uint32_t here = RTE_MIN(left, at[k].len - off);

		n += (here + UINT16_MAX - 1) / UINT16_MAX;
		left -= here;
		off = 0;
	}
	if (unlikely(n > LEND_MAX))
		return add_copy(w->big_pool, m, at, skip, len);
	if (unlikely(rte_mempool_get_bulk(w->pool, (void **)more, n) != 0))
		return false;
	lender->free_cb = on_freed;
	lender->fcb_opaque = r;
	rte_mbuf_ext_refcnt_set(lender, (uint16_t)n);
	loans_add(r, 1);
	m->pkt_len += len;
	m->nb_segs += (uint16_t)n;
	while (len > 0) {
		uint32_t here = RTE_MIN(len, at->len - skip);

		here = RTE_MIN(here, (uint32_t)UINT16_MAX);
		lend(lender, more[i], at->at + skip, here);
		tail->next = more[i];
		tail = more[i++];
		len -= here;
		skip += here;
		if (skip == at->len) {
			at++;
			skip = 0;
		}
	}
	r->lent = 1;
	return true;
}

/* Longer than what is copied whole, or in pieces: the first bytes are copied, the rest is lent. */
static bool take_long(struct dp_worker *w, const struct vhost_port *v, struct vhost_vring *r,
		      unsigned int packet, struct rte_mbuf *m)
{
	const struct vhost_packet *p = &r->batch.packet[packet];
	const struct vhost_piece *at = &r->batch.piece[p->first];
	uint32_t skip = v->hlen, len = p->len - v->hlen;
	uint32_t head = len <= COPY_ALL ? len : COPY_HEAD;

	while (skip >= at->len && len > 0) /* the header may have a piece of its own */
		skip -= at++->len;
	copy_out(at, skip, rte_pktmbuf_append(m, (uint16_t)head), head);
	if (head == len)
		return true;
	for (skip += head; skip >= at->len;)
		skip -= at++->len;
	return add_lent(w, r, packet, m, at, skip, len - head);
}

/* A packet becomes @m. False: dropped for @reason; @m is still the caller's. */
static inline bool take(struct dp_worker *w, const struct vhost_port *v, struct vhost_vring *r,
			unsigned int packet, struct rte_mbuf *m, struct dp_drop_reason **reason)
{
	const struct vhost_packet *p = &r->batch.packet[packet];
	const struct vhost_piece *at = &r->batch.piece[p->first];
	uint32_t len = p->len - v->hlen;
	struct virtio_net_hdr hdr;

	dp_meta(m)->flags = 0;
	if (unlikely(p->len < (uint32_t)v->hlen + HD_ETH_HLEN)) {
		begin(m, 0);
		*reason = dp_drop_rx_truncated;
		return false;
	}
	if (likely(p->pieces == 1 && len <= COPY_ALL)) {
		memcpy(&hdr, at->at, sizeof(hdr));
		begin(m, len);
		rte_memcpy(rte_pktmbuf_mtod(m, void *), at->at + v->hlen, len);
	} else {
		begin(m, 0);
		copy_out(at, 0, &hdr, sizeof(hdr));
		*reason = dp_drop_no_buffers;
		if (unlikely(!take_long(w, v, r, packet, m)))
			return false;
	}
	if (likely(!(hdr.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) && !hdr.gso_type) || !v->offload)
		return true;
	*reason = dp_drop_bad_offload;
	return dp_offload_rx(m, &hdr) == 0;
}

/* The packets of a batch become the mbufs @m, which are there. Returns how many are good. */
static uint16_t take_all(struct dp_worker *w, struct dp_port *port, struct vhost_vring *r,
			 struct rte_mbuf **m)
{
	const struct vhost_port *v = dp_port_priv(port);
	struct vhost_batch *b = &r->batch;
	uint16_t good = 0;

	for (unsigned int i = 0; i < b->packets; i++) {
		struct dp_drop_reason *reason;

		if (likely(take(w, v, r, i, m[i], &reason))) {
			m[good++] = m[i];
			continue;
		}
		dp_port_rx_extra(w, port, 1, m[i]->pkt_len);
		dp_drop(w, port->id, reason, m[i]);
	}
	return good;
}

/* How many packets of the size of these are to be a burst. */
static uint16_t burst_fit(const struct vhost_batch *b)
{
	uint64_t bytes = 1, fit;

	for (unsigned int i = 0; i < b->packets; i++)
		bytes += b->packet[i].len;
	fit = (uint64_t)BURST_BYTES * b->packets / bytes;
	fit = RTE_MIN(fit, (uint64_t)DP_BURST);
	return (uint16_t)RTE_MAX(fit, (uint64_t)BURST_MIN);
}

static uint16_t receive(struct dp_worker *w, struct dp_port *port, struct vhost_vring *r,
			struct rte_mbuf **m, uint16_t n)
{
	struct vhost_port *v = dp_port_priv(port);
	uint16_t good;

	r->ring.mem = atomic_load_explicit(&v->mem, memory_order_acquire);
	if (!vhost_ring_read(&r->ring, &r->batch, n))
		return 0;
	if (unlikely(rte_mempool_get_bulk(w->pool, (void **)m, r->batch.packets) != 0)) {
		vhost_ring_return(&r->ring, &r->batch, 0); /* they wait in the ring */
		return 0;
	}
	if (unlikely(!atomic_load_explicit(&v->heard, memory_order_relaxed)))
		atomic_store_explicit(&v->heard, true, memory_order_relaxed);
	good = take_all(w, port, r, m);
	if (unlikely(r->less) || r->lent)
		r->less = DP_BURST - burst_fit(&r->batch);
	if (r->lent) {
		r->lent = r->batch.packets;
	} else {
		give_back(v, r, r->batch.packets);
		vhost_user_signal(r, w->index);
	}
	return good;
}

/*
 * What the guest gave us while the port was disabled does not come in; at most as much as its
 * largest ring holds, so that one who goes on at full speed is heard.
 */
static void throw_away(struct dp_worker *w, struct dp_port *port, struct vhost_vring *r,
		       struct rte_mbuf **m)
{
	uint16_t n = receive(w, port, r, m, DP_BURST);

	for (uint16_t i = 0; i < n; i++)
		dp_port_rx_extra(w, port, 1, m[i]->pkt_len);
	dp_drop_bulk(w, port->id, dp_drop_port_disabled, m, n);
	r->thrown += n;
	r->stale = n == DP_BURST && r->thrown < RING_MAX;
}

/* Guests ask for a network that knows where they are after they moved (RARP, RFC 903). */
static uint16_t announce(struct dp_worker *w, struct vhost_port *v, struct rte_mbuf **m)
{
	static const uint8_t rarp[] = {0x80, 0x35, 0, 1, 8, 0, 6, 4, 0, 3}; /* a request, reverse */
	struct rte_mbuf *frame = rte_pktmbuf_alloc(w->pool);
	uint64_t mac;
	uint8_t *p;

	if (!frame)
		return 0;
	mac = atomic_exchange(&v->rarp, 0);
	frame->data_len = HD_ETH_MIN;
	frame->pkt_len = HD_ETH_MIN;
	p = rte_pktmbuf_mtod(frame, uint8_t *);
	memset(p, 0, HD_ETH_MIN);
	memset(p, 0xff, HD_ETH_ALEN);
	memcpy(p + HD_ETH_ALEN, &mac, HD_ETH_ALEN);
	memcpy(p + 2 * HD_ETH_ALEN, rarp, sizeof(rarp));
	memcpy(p + HD_ETH_HLEN + 8, &mac, HD_ETH_ALEN);
	memcpy(p + HD_ETH_HLEN + 18, &mac, HD_ETH_ALEN);
	dp_meta(frame)->flags = 0;
	m[0] = frame;
	return 1;
}

/* Queue @q serves rings q, q + queues, ...: a guest may use more than the port has queues. */
static uint16_t next_ring(struct vhost_port *v, const struct dp_port *port, uint16_t q)
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

uint16_t vhost_user_rx(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n)
{
	struct vhost_port *v = dp_port_priv(port);
	struct vhost_vring *r = ring_of(v, 2u * next_ring(v, port, q) + 1);

	if (!r)
		return 0;
	if (r->lent) {
		if (unlikely(!vhost_user_settle(v, r)))
			return 0;
		vhost_user_signal(r, w->index);
	}
	if (unlikely(r->fresh)) {
		vhost_user_ask_signal(v, r, false);
		r->fresh = false;
	}
	if (unlikely(r->stale)) {
		throw_away(w, port, r, m);
		return 0;
	}
	if (unlikely(atomic_load_explicit(&v->rarp, memory_order_relaxed)) && q == 0)
		return announce(w, v, m);
	return receive(w, port, r, m, RTE_MIN(n, DP_BURST - r->less));
}

/*
 * Takes what the guest signalled so far; never waits.
 *
 * A guest that signals, and whose rings are empty as we see them, has mapped its memory privately
 * (QEMU passes the descriptor of memory-backend-file without share=on as well). One signal a ring
 * is QEMU's own: its descriptors begin with one. A guest that is alive has given buffers to receive
 * into.
 */
static void drain(struct vhost_port *v, const struct vhost_vring *r, uint16_t q)
{
	const struct vhost_vring *to = atomic_load_explicit(&v->vring[2 * q], memory_order_acquire);
	uint64_t count = 0;
	struct iovec iov = {&count, sizeof(count)};
	uint32_t kicks;

	if (preadv2(r->kick, &iov, 1, -1, RWF_NOWAIT) != sizeof(count) ||
	    atomic_load_explicit(&v->heard, memory_order_relaxed))
		return;
	kicks = atomic_fetch_add(&v->kicks, (uint32_t)count) + (uint32_t)count;
	if (kicks > atomic_load_explicit(&v->rings, memory_order_relaxed) && to &&
	    atomic_load_explicit(&to->live, memory_order_acquire) && !to->ring.packed &&
	    VHOST_ONCE(to->ring.avail->idx) == 0)
		atomic_store(&v->deaf, true);
}

int vhost_user_event_fd(struct dp_port *port, uint16_t q, bool arm)
{
	struct vhost_port *v = dp_port_priv(port);
	struct vhost_vring *r = ring_of(v, 2u * q + 1);

	/*
	 * Several rings behind one queue have several descriptors: such a port is polled. So is one
	 * that has something to give back, or to throw away, without a signal.
	 */
	if (!r || atomic_load_explicit(&v->rings, memory_order_relaxed) > port->queues ||
	    !atomic_load_explicit(&r->has_kick, memory_order_relaxed) || r->lent || r->stale)
		return -1;
	if (arm)
		drain(v, r, q);
	vhost_user_ask_signal(v, r, arm);
	if (!arm)
		drain(v, r, q);
	return r->kick;
}
