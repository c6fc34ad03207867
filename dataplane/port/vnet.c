/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/vnet.h"

#include <errno.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/port/port_drops.h"

void dp_vnet_buf_init(struct dp_vnet_buf *buf, size_t hlen)
{
	buf->iov[0] = (struct iovec){&buf->mrg, hlen};
	buf->n_iov = 1;
	buf->room = 0;
	for (unsigned int i = 0; i < DP_VNET_SEGS; i++)
		buf->seg[i] = NULL;
}

int dp_vnet_buf_fill(struct dp_worker *w, struct dp_vnet_buf *buf)
{
	unsigned int i;

	buf->room = 0;
	buf->n_iov = 1;
	for (i = 0; i < DP_VNET_SEGS; i++) {
		struct rte_mbuf *m = buf->seg[i];

		if (m == NULL) {
			m = rte_pktmbuf_alloc(i == 0 ? w->pool : w->big_pool);
			if (m == NULL)
				break;
			buf->seg[i] = m;
			buf->iov[1 + i] = (struct iovec){rte_pktmbuf_mtod(m, void *),
							 rte_pktmbuf_tailroom(m)};
		}
		buf->room += buf->iov[1 + i].iov_len;
		buf->n_iov++;
	}
	return i == 0 ? -ENOMEM : 0;
}

void dp_vnet_buf_drain(struct dp_vnet_buf *buf)
{
	for (unsigned int i = 0; i < DP_VNET_SEGS; i++) {
		rte_pktmbuf_free(buf->seg[i]);
		buf->seg[i] = NULL;
	}
	buf->n_iov = 1;
	buf->room = 0;
}

void dp_vnet_rx_lost(struct dp_worker *w, struct dp_port *port, uint32_t len)
{
	dp_port_rx_extra(w, port, 1, len);
	dp_drop_count(w, port->id, dp_drop_no_buffers, 1);
}

void dp_vnet_rx_unknown(struct dp_worker *w, struct dp_port *port, uint32_t len)
{
	dp_port_rx_extra(w, port, 1, len);
	dp_drop_count(w, port->id, dp_drop_bad_offload, 1);
}

/* Makes a chain of the first @len bytes in @buf and takes it out. @len is 1..room. */
static struct rte_mbuf *buf_chain(struct dp_vnet_buf *buf, uint32_t len)
{
	struct rte_mbuf *head = buf->seg[0];
	struct rte_mbuf *last = head;
	uint32_t left = len;

	for (unsigned int i = 0; i < DP_VNET_SEGS && left > 0; i++) {
		struct rte_mbuf *m = buf->seg[i];
		uint32_t part = RTE_MIN(left, (uint32_t)buf->iov[1 + i].iov_len);

		m->data_len = part;
		left -= part;
		if (i > 0) {
			last->next = m;
			last = m;
			head->nb_segs++;
		}
		buf->seg[i] = NULL;
	}
	head->pkt_len = len;
	return head;
}

struct rte_mbuf *dp_vnet_buf_chain(struct dp_worker *w, struct dp_port *port,
				   struct dp_vnet_buf *buf, uint32_t len, bool truncated)
{
	/* cut because there was no big segment, and not because nothing is that long */
	bool scarce = truncated && buf->n_iov < 1 + DP_VNET_SEGS;

	if (likely(!truncated && len >= HD_ETH_HLEN && len <= buf->room))
		return buf_chain(buf, len);
	dp_port_rx_extra(w, port, 1, len);
	dp_drop_count(w, port->id, scarce ? dp_drop_no_buffers : dp_drop_rx_truncated, 1);
	return NULL;
}

struct rte_mbuf *dp_vnet_rx_meta(struct dp_worker *w, struct dp_port *port, struct rte_mbuf *m,
				 const struct virtio_net_hdr *hdr)
{
	if (likely(!(hdr->flags | hdr->gso_type))) {
		dp_meta(m)->flags = 0;
		return m;
	}
	if (likely(dp_offload_rx(m, hdr) == 0))
		return m;
	dp_port_rx_extra(w, port, 1, m->pkt_len);
	dp_drop(w, port->id, dp_drop_bad_offload, m);
	return NULL;
}

struct rte_mbuf *dp_vnet_buf_take(struct dp_worker *w, struct dp_port *port,
				  struct dp_vnet_buf *buf, uint32_t len, bool truncated)
{
	struct rte_mbuf *m = dp_vnet_buf_chain(w, port, buf, len, truncated);

	return likely(m != NULL) ? dp_vnet_rx_meta(w, port, m, &buf->hdr) : NULL;
}
