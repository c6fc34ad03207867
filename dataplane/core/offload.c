/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/core/offload_core.h"
#include "dataplane/core/offload_tso.h"

/* A position in a chain; it only moves forward. */
struct cursor {
	const struct rte_mbuf *m;
	uint32_t off; /* in @m */
};

static struct cursor cursor_at(const struct rte_mbuf *m, uint32_t off)
{
	while (m && off >= m->data_len) {
		off -= m->data_len;
		m = m->next;
	}
	return (struct cursor){m, off};
}

/* Returns how many bytes can be read at the cursor in one piece, at most @max; 0 at the end. */
static uint32_t cursor_piece(struct cursor *c, uint32_t max, const uint8_t **p)
{
	uint32_t n;

	while (c->m && c->off == c->m->data_len) {
		c->m = c->m->next;
		c->off = 0;
	}
	if (!c->m)
		return 0;
	n = RTE_MIN(max, c->m->data_len - c->off);
	*p = rte_pktmbuf_mtod_offset(c->m, const uint8_t *, c->off);
	c->off += n;
	return n;
}

/* Adds bytes @start..@end-1 of the packet to @sum. */
static void sum_chain(struct dp_csum *sum, const struct rte_mbuf *m, uint32_t start, uint32_t end)
{
	struct cursor c = cursor_at(m, start);
	const uint8_t *p;
	uint32_t n;

	while (start < end && (n = cursor_piece(&c, end - start, &p))) {
		dp_csum_add(sum, p, n);
		start += n;
	}
}

/* Writes a checksum field, which may lie across two segments. */
static void put_field(struct rte_mbuf *m, uint32_t off, uint16_t value)
{
	const uint8_t *bytes = (const uint8_t *)&value;
	struct cursor c = cursor_at(m, off);

	for (unsigned int i = 0; i < 2; i++) {
		const uint8_t *p;

		if (!cursor_piece(&c, 1, &p))
			return;
		*(uint8_t *)(uintptr_t)p = bytes[i];
	}
}

/* The field at @start + @offset holds a partial sum: completes it. */
static void complete(struct rte_mbuf *m, uint32_t start, uint32_t end, uint32_t offset,
		     bool never_zero)
{
	struct dp_csum sum = {0};
	uint16_t csum;

	sum_chain(&sum, m, start, end);
	csum = (uint16_t)~dp_csum_fold(sum.sum);
	/* in UDP a field of 0 says that there is no checksum */
	if (!csum && never_zero)
		csum = UINT16_MAX;
	put_field(m, start + offset, csum);
}

static int rx_offload(struct rte_mbuf *m, const struct virtio_net_hdr *hdr, struct dp_meta *meta)
{
	uint32_t head_len = RTE_MIN(m->pkt_len, (uint32_t)DP_OFFLOAD_HEADERS_MAX);
	uint8_t copy[DP_OFFLOAD_HEADERS_MAX];
	const uint8_t *head = rte_pktmbuf_read(m, 0, head_len, copy);
	struct dp_offload_plan plan;
	int ret;

	if (!head)
		return -EINVAL;
	ret = dp_offload_check(hdr, head, head_len, m->pkt_len, &plan);
	if (ret)
		return ret;
	if (plan.seed)
		put_field(m, dp_l4_offset(&plan.l4) + plan.csum_offset,
			  dp_csum_fold(dp_csum_pseudo(head, &plan.l4)));
	if (plan.complete)
		complete(m, plan.csum_start, plan.csum_end, plan.csum_offset,
			 plan.l4.proto != DP_IPPROTO_TCP);
	if (!plan.csum)
		return 0;
	meta->flags = DP_META_CSUM;
	if (plan.tso)
		meta->flags |= plan.l4.family == 4 ? DP_META_TSO4 : DP_META_TSO6;
	meta->l2_len = plan.l4.l2_len;
	meta->l3_len = plan.l4.l3_len;
	meta->l4_len = plan.l4.l4_len;
	meta->csum_offset = plan.csum_offset;
	meta->gso_size = plan.tso ? plan.gso_size : 0;
	return 0;
}

int dp_offload_rx(struct rte_mbuf *m, const struct virtio_net_hdr *hdr)
{
	struct dp_meta *meta = dp_meta(m);

	meta->flags = 0;
	if (likely(!(hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) &&
		   hdr->gso_type == VIRTIO_NET_HDR_GSO_NONE))
		return hdr->hdr_len > m->pkt_len ? -EINVAL : 0;
	return rx_offload(m, hdr, meta);
}

void dp_offload_tx_header(struct rte_mbuf *m, struct virtio_net_hdr *hdr)
{
	const struct dp_meta *meta = dp_meta(m);

	memset(hdr, 0, sizeof(*hdr));
	if (!(meta->flags & DP_META_CSUM))
		return;
	hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	hdr->csum_start = meta->l2_len + meta->l3_len;
	hdr->csum_offset = meta->csum_offset;
	if (!(meta->flags & DP_META_TSO))
		return;
	/*
	 * VIRTIO_NET_HDR_GSO_ECN is never set: not every peer has agreed to it, and the receiver
	 * finds CWR in the TCP header all the same.
	 */
	hdr->gso_type =
		meta->flags & DP_META_TSO4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;
	hdr->gso_size = meta->gso_size;
	hdr->hdr_len = hdr->csum_start + meta->l4_len;
}

/* Returns where the IP packet of @m ends. What follows is padding, and may be anything. */
static uint32_t ip_end(const struct rte_mbuf *m, const struct dp_meta *meta)
{
	uint8_t copy[6];
	const uint8_t *ip = rte_pktmbuf_read(m, meta->l2_len, sizeof(copy), copy);
	uint32_t end;

	if (!ip)
		return m->pkt_len;
	if (ip[0] >> 4 == 4)
		end = meta->l2_len + ((uint32_t)ip[2] << 8 | ip[3]);
	else
		end = meta->l2_len + 40u + ((uint32_t)ip[4] << 8 | ip[5]);
	return RTE_MIN(end, m->pkt_len);
}

void dp_offload_csum(struct rte_mbuf *m)
{
	struct dp_meta *meta = dp_meta(m);
	uint32_t start = (uint32_t)meta->l2_len + meta->l3_len;

	if (meta->flags & DP_META_CSUM)
		complete(m, start, ip_end(m, meta), meta->csum_offset,
			 meta->csum_offset == DP_UDP_CSUM_OFFSET);
	meta->flags &= (uint8_t)~DP_META_CSUM;
}

/* Appends @len bytes from @from to @m, chaining more mbufs where its room ends. */
static int append(struct rte_mempool *pool, struct rte_mbuf *m, struct cursor *from, uint32_t len,
		  struct dp_csum *sum)
{
	struct rte_mbuf *last = m;

	while (len) {
		uint32_t room = rte_pktmbuf_tailroom(last), n;
		const uint8_t *p;

		if (!room) {
			if (m->nb_segs == RTE_MBUF_MAX_NB_SEGS)
				return -ENOMEM;
			last->next = rte_pktmbuf_alloc(pool);
			if (!last->next)
				return -ENOMEM;
			last = last->next;
			m->nb_segs++;
			continue;
		}
		n = cursor_piece(from, RTE_MIN(len, room), &p);
		if (!n)
			return -EINVAL;
		if (sum)
			dp_csum_add(sum, p, n);
		memcpy(rte_pktmbuf_mtod_offset(last, uint8_t *, last->data_len), p, n);
		last->data_len = (uint16_t)(last->data_len + n);
		m->pkt_len += n;
		len -= n;
	}
	return 0;
}

/* Fills the fresh mbuf @m with segment @i. */
static int make_segment(struct rte_mempool *pool, const struct dp_tso *t, uint32_t i,
			struct cursor *from, bool partial, struct rte_mbuf *m)
{
	uint8_t *hdr = rte_pktmbuf_mtod(m, uint8_t *);
	struct dp_csum sum = {0};
	int ret;

	m->data_len = (uint16_t)t->hdr_len;
	m->pkt_len = t->hdr_len;
	ret = append(pool, m, from, dp_tso_payload(t, i), partial ? NULL : &sum);
	if (ret)
		return ret;
	dp_tso_header(t, i, partial ? NULL : &sum, hdr);
	return 0;
}

int dp_offload_segment(struct rte_mempool *pool, struct rte_mbuf *m, bool partial,
		       struct rte_mbuf **out, unsigned int max)
{
	uint32_t head_len = RTE_MIN(m->pkt_len, (uint32_t)DP_OFFLOAD_HEADERS_MAX);
	uint8_t copy[DP_OFFLOAD_HEADERS_MAX];
	const uint8_t *head = rte_pktmbuf_read(m, 0, head_len, copy);
	const struct dp_meta *meta = dp_meta(m);
	struct dp_l4_layout l4;
	struct cursor from;
	struct dp_tso t;
	int ret = 0;

	if (!head || !meta->gso_size || dp_l4_walk(head, head_len, m->pkt_len, &l4) ||
	    l4.proto != DP_IPPROTO_TCP)
		return -EINVAL;
	dp_tso_init(&t, head, &l4, meta->gso_size);
	if (t.segments > max)
		return -ENOSPC;
	if (t.hdr_len + RTE_PKTMBUF_HEADROOM > rte_pktmbuf_data_room_size(pool))
		return -EINVAL;
	/* a port takes a partial checksum only where the path could reach it */
	partial = partial && t.hdr_len <= DP_OFFLOAD_DIRECT;
	if (rte_pktmbuf_alloc_bulk(pool, out, t.segments))
		return -ENOMEM;
	from = cursor_at(m, t.hdr_len);
	for (uint32_t i = 0; i < t.segments && !ret; i++) {
		struct dp_meta *copy_meta = dp_meta(out[i]);

		*copy_meta = *meta;
		copy_meta->flags = partial ? DP_META_CSUM : 0;
		copy_meta->gso_size = 0;
		ret = make_segment(pool, &t, i, &from, partial, out[i]);
	}
	if (ret) {
		rte_pktmbuf_free_bulk(out, t.segments);
		return ret;
	}
	return (int)t.segments;
}
