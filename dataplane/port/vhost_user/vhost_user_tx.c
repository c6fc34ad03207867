/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets to a guest. */
#include "dataplane/port/vhost_user/vhost_user.h"

#include <stddef.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_mbuf.h>

#include "dataplane/core/mbuf.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/port/port_drops.h"
#include "dataplane/port/vnet.h"

#define SHORT 256 /* bytes that are copied by code of our own */

/* Where the next bytes of a packet go. */
struct place {
	const struct vhost_piece *piece;
	uint32_t at; /* in it */
};

static void put(struct place *to, const void *from, uint32_t len)
{
	const uint8_t *p = from;

	while (len > 0) {
		uint32_t room = to->piece->len - to->at, n = RTE_MIN(room, len);

		memcpy(to->piece->at + to->at, p, n);
		p += n;
		len -= n;
		to->at += n;
		if (to->at == to->piece->len) {
			to->piece++;
			to->at = 0;
		}
	}
}

/* Copies @len bytes. Long ones are for libc, which knows the processor. */
static inline void put_bytes(uint8_t *at, const uint8_t *from, uint32_t len)
{
	if (len > SHORT) {
		memcpy(at, from, len);
		return;
	}
	for (; len >= 16; len -= 16, at += 16, from += 16)
		memcpy(at, from, 16);
	if (len & 8) {
		memcpy(at, from, 8);
		at += 8;
		from += 8;
	}
	if (len & 4) {
		memcpy(at, from, 4);
		at += 4;
		from += 4;
	}
	if (len & 2) {
		memcpy(at, from, 2);
		at += 2;
		from += 2;
	}
	if (len & 1)
		*at = *from;
}

/*
 * A packet that is complete, into one piece: a header of zeros and @heads buffers, and the frame. The
 * header goes with the frame's first bytes, so that the stores behind it are aligned where the guest's
 * buffer is: one that crosses a line of the cache takes twice as long.
 */
static inline void put_plain(uint8_t *at, const struct rte_mbuf *m, uint16_t heads)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	uint64_t zeros = 0;
	uint32_t rest[2] = {rte_cpu_to_le_32((uint32_t)heads << 16)};

	_Static_assert(sizeof(zeros) + sizeof(rest[0]) == sizeof(struct virtio_net_hdr_mrg_rxbuf) &&
			       offsetof(struct virtio_net_hdr_mrg_rxbuf, num_buffers) == 10,
		       "all of it");
	memcpy(&rest[1], frame, sizeof(rest[1]));
	memcpy(at, &zeros, sizeof(zeros));
	memcpy(at + sizeof(zeros), rest, sizeof(rest));
	at += sizeof(zeros) + sizeof(rest);
	put_bytes(at, frame + sizeof(rest[1]), m->data_len - (uint32_t)sizeof(rest[1]));
	at += m->data_len - sizeof(rest[1]);
	while (unlikely(m->next)) {
		m = m->next;
		put_bytes(at, rte_pktmbuf_mtod(m, const uint8_t *), m->data_len);
		at += m->data_len;
	}
}

/* Writes a packet to where there is room for it, behind a header of @hlen bytes. */
static inline void write_packet(const struct vhost_batch *b, const struct vhost_packet *p,
				struct rte_mbuf *m, uint16_t hlen)
{
	struct virtio_net_hdr_mrg_rxbuf hdr = {.num_buffers = p->heads};
	const struct vhost_piece *piece = &b->piece[p->first];
	struct place to = {piece, 0};

	if (likely(p->pieces == 1 && hlen == sizeof(hdr) && !dp_meta(m)->flags)) {
		put_plain(piece->at, m, p->heads);
		return;
	}
	if (dp_meta(m)->flags)
		dp_offload_tx_header(m, &hdr.hdr);
	put(&to, &hdr, hlen);
	for (; m; m = m->next)
		put(&to, rte_pktmbuf_mtod(m, const void *), m->data_len);
}

/* Sends what there is room for, at most VHOST_BATCH packets. *@too_long: there never is for the next. */
static uint16_t send_some(struct vhost_port *v, struct vhost_vring *r, struct rte_mbuf **m,
			  uint16_t n, bool *too_long)
{
	const struct vhost_log *log = atomic_load_explicit(&v->log, memory_order_acquire);
	struct vhost_batch *b = &r->batch;
	uint32_t len[VHOST_BATCH];
	uint16_t room;

	for (uint16_t i = 0; i < n; i++)
		len[i] = v->hlen + m[i]->pkt_len;
	room = (uint16_t)vhost_ring_room(&r->ring, b, len, n, v->merge, too_long);
	for (uint16_t i = 0; i < room; i++)
		write_packet(b, &b->packet[i], m[i], v->hlen);
	if (unlikely(log))
		vhost_log_batch(log, r->ring.mem, b, room);
	vhost_ring_return(&r->ring, b, room);
	if (unlikely(log))
		vhost_log_ring(log, r->ring.mem, &r->ring);
	return room;
}

uint16_t vhost_user_tx(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n)
{
	struct vhost_port *v = dp_port_priv(port);
	struct vhost_vring *r = atomic_load_explicit(&v->vring[2 * q], memory_order_acquire);
	uint16_t sent = 0;

	if (!r || !atomic_load_explicit(&r->live, memory_order_acquire))
		return 0;
	r->ring.mem = atomic_load_explicit(&v->mem, memory_order_acquire);
	if (unlikely(r->fresh)) {
		vhost_user_ask_signal(v, r, false);
		r->fresh = false;
	}
	while (sent < n) {
		uint16_t want = RTE_MIN(n - sent, VHOST_BATCH), took;
		bool too_long;

		took = send_some(v, r, m + sent, want, &too_long);
		dp_mbuf_free_bulk(w, m + sent, took);
		sent += took;
		if (unlikely(too_long))
			dp_vnet_tx_refused(w, port, m[sent++]);
		else if (took < want)
			break;
	}
	if (sent)
		vhost_user_signal(r, w->index);
	return sent;
}
