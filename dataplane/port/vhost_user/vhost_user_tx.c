/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets to a guest. */
#include "dataplane/port/vhost_user/vhost_user.h"

#include <stddef.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_mbuf.h>
#include <rte_memcpy.h>

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

/* The header of a packet that is complete: @heads buffers, and zeros. In two stores. */
static void put_plain_header(uint8_t *at, uint16_t heads)
{
	uint64_t zeros = 0;
	uint32_t rest = rte_cpu_to_le_32((uint32_t)heads << 16);

	_Static_assert(sizeof(zeros) + sizeof(rest) == sizeof(struct virtio_net_hdr_mrg_rxbuf) &&
			       offsetof(struct virtio_net_hdr_mrg_rxbuf, num_buffers) == 10,
		       "all of it");
	memcpy(at, &zeros, sizeof(zeros));
	memcpy(at + sizeof(zeros), &rest, sizeof(rest));
}

/* Long ones are for libc, which knows the processor. */
static uint8_t *put_one(uint8_t *at, const struct rte_mbuf *m)
{
	if (m->data_len > SHORT)
		memcpy(at, rte_pktmbuf_mtod(m, const void *), m->data_len);
	else
		rte_memcpy(at, rte_pktmbuf_mtod(m, const void *), m->data_len);
	return at + m->data_len;
}

/* Writes a packet to where there is room for it, behind a header of @hlen bytes. */
static inline void write_packet(const struct vhost_batch *b, const struct vhost_packet *p,
				struct rte_mbuf *m, uint16_t hlen)
{
	struct virtio_net_hdr_mrg_rxbuf hdr = {.num_buffers = p->heads};
	const struct vhost_piece *piece = &b->piece[p->first];
	struct place to = {piece, 0};

	if (likely(p->pieces == 1 && hlen == sizeof(hdr) && !hd_meta(m)->flags)) {
		uint8_t *at = piece->at;

		put_plain_header(at, p->heads);
		for (at += sizeof(hdr); m; m = m->next)
			at = put_one(at, m);
		return;
	}
	if (hd_meta(m)->flags)
		hd_offload_tx_header(m, &hdr.hdr);
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

uint16_t vhost_user_tx(struct hd_worker *w, struct hd_port *port, uint16_t q, struct rte_mbuf **m,
		       uint16_t n)
{
	struct vhost_port *v = hd_port_priv(port);
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
		rte_pktmbuf_free_bulk(m + sent, took);
		sent += took;
		if (unlikely(too_long))
			hd_vnet_tx_refused(w, port, m[sent++]);
		else if (took < want)
			break;
	}
	if (sent)
		vhost_user_signal(r, w->index);
	return sent;
}
