/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/vnet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/port/port_drops.h"

void dp_vnet_tx_refused(struct dp_worker *w, struct dp_port *port, struct rte_mbuf *m)
{
	struct hd_stats_port *stats = &w->port_stats[port->id];
	const struct hd_mac *dst = rte_pktmbuf_mtod(m, const struct hd_mac *);

	stats->tx_packets--;
	stats->tx_bytes -= m->pkt_len;
	if (hd_mac_is_broadcast(dst))
		stats->tx_broadcast--;
	else if (hd_mac_is_group(dst))
		stats->tx_multicast--;
	w->stats->tx--;
	dp_drop(w, port->id, dp_drop_tx_refused, m);
}

int dp_vnet_tx_iov(struct rte_mbuf *m, struct virtio_net_hdr_mrg_rxbuf *hdr, size_t hlen,
		   struct iovec *iov)
{
	int n = 0;

	if (unlikely(m->nb_segs > DP_VNET_TX_SEGS))
		return -EMSGSIZE;
	memset(hdr, 0, sizeof(*hdr));
	if (dp_meta(m)->flags)
		dp_offload_tx_header(m, &hdr->hdr);
	iov[n++] = (struct iovec){hdr, hlen};
	for (; m != NULL; m = m->next)
		iov[n++] = (struct iovec){rte_pktmbuf_mtod(m, void *), m->data_len};
	return n;
}

bool dp_vnet_tx_no_room(int error)
{
	switch (error) {
	case EAGAIN:  /* socket's send buffer is full */
	case ENOBUFS: /* queue of the device is full */
	case EIO:     /* TAP that is down in the kernel */
	case EBADFD:  /* TAP whose device was deleted */
	case ENETDOWN:
	case ENXIO: /* packet socket, the same two */ return true;
	default: return false;
	}
}

uint32_t dp_vnet_caps(uint8_t offloads)
{
	uint32_t caps = 0;

	if (offloads & HD_OFFLOAD_CSUM)
		caps |= DP_CAP_CSUM;
	if (offloads & HD_OFFLOAD_TSO)
		caps |= DP_CAP_TSO4 | DP_CAP_TSO6;
	return caps;
}

const char *dp_vnet_caps_str(uint32_t caps, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", caps & DP_CAP_CSUM ? "csum" : "no offloads",
		 caps & DP_CAP_TSO4 ? " tso4" : "", caps & DP_CAP_TSO6 ? " tso6" : "");
	return text;
}
