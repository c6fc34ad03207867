/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/af_packet/uso.h"

#include <errno.h>
#include <string.h>

#include "dataplane/core/offload.h"

#define PIECE 2048 /* bytes that are copied at once where they lie in two segments */

/* Appends @len bytes of @from, from @off on, to @m, with more mbufs where its room ends. */
static int append(struct rte_mempool *pool, struct rte_mbuf *m, const struct rte_mbuf *from,
		  uint32_t off, uint32_t len)
{
	struct rte_mbuf *last = m;
	uint8_t copy[PIECE];

	while (len > 0) {
		uint32_t part = RTE_MIN(len, (uint32_t)rte_pktmbuf_tailroom(last));
		const void *bytes;

		if (part == 0) {
			last->next = rte_pktmbuf_alloc(pool);
			if (last->next == NULL)
				return -ENOMEM;
			last = last->next;
			m->nb_segs++;
			continue;
		}
		part = RTE_MIN(part, (uint32_t)PIECE);
		bytes = rte_pktmbuf_read(from, off, part, copy);
		if (bytes == NULL)
			return -EINVAL;
		memcpy(rte_pktmbuf_mtod_offset(last, uint8_t *, last->data_len), bytes, part);
		last->data_len = (uint16_t)(last->data_len + part);
		m->pkt_len += part;
		off += part;
		len -= part;
	}
	return 0;
}

static int cut(struct rte_mempool *pool, const struct rte_mbuf *m, const struct dp_uso *u,
	       struct rte_mbuf **out)
{
	const struct virtio_net_hdr partial = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
					       .csum_start = (uint16_t)u->l4_off,
					       .csum_offset = DP_UDP_CSUM_OFFSET};
	int ret = rte_pktmbuf_alloc_bulk(pool, out, u->segments) == 0 ? 0 : -ENOMEM;

	if (ret != 0)
		return ret;
	for (uint32_t i = 0; i < u->segments && ret == 0; i++) {
		dp_uso_header(u, i, (uint8_t *)rte_pktmbuf_append(out[i], (uint16_t)u->hdr_len));
		ret = append(pool, out[i], m, u->hdr_len + i * u->gso_size, dp_uso_payload(u, i));
		if (ret == 0)
			ret = dp_offload_rx(out[i], &partial);
	}
	if (ret != 0)
		rte_pktmbuf_free_bulk(out, u->segments);
	return ret;
}

int dp_uso_cut(struct rte_mempool *pool, struct rte_mbuf *m, const struct virtio_net_hdr *hdr,
	       struct rte_mbuf **out)
{
	uint32_t head_len = RTE_MIN(m->pkt_len, (uint32_t)DP_OFFLOAD_HEADERS_MAX);
	uint8_t copy[DP_OFFLOAD_HEADERS_MAX];
	const uint8_t *head = rte_pktmbuf_read(m, 0, head_len, copy);
	struct dp_uso u;
	int ret = -EINVAL;

	if (head != NULL)
		ret = dp_uso_init(&u, hdr, head, head_len, m->pkt_len);
	if (ret == 0)
		ret = cut(pool, m, &u, out);
	rte_pktmbuf_free(m);
	return ret == 0 ? (int)u.segments : ret;
}
