/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/vnet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/port/port_drops.h"

void hd_vnet_tx_refused(struct hd_worker *w, struct hd_port *port, struct rte_mbuf *m)
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
	hd_drop(w, port->id, hd_drop_tx_refused, m);
}

int hd_vnet_tx_iov(struct rte_mbuf *m, struct virtio_net_hdr_mrg_rxbuf *hdr, size_t hlen,
		   struct iovec *iov)
{
	int n = 0;

	if (unlikely(m->nb_segs > HD_VNET_TX_SEGS))
		return -EMSGSIZE;
	memset(hdr, 0, sizeof(*hdr));
	if (hd_meta(m)->flags)
		hd_offload_tx_header(m, &hdr->hdr);
	iov[n++] = (struct iovec){hdr, hlen};
	for (; m != NULL; m = m->next)
		iov[n++] = (struct iovec){rte_pktmbuf_mtod(m, void *), m->data_len};
	return n;
}

bool hd_vnet_tx_no_room(int error)
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

uint32_t hd_vnet_caps(uint8_t offloads)
{
	uint32_t caps = 0;

	if (offloads & HD_OFFLOAD_CSUM)
		caps |= HD_CAP_CSUM;
	if (offloads & HD_OFFLOAD_TSO)
		caps |= HD_CAP_TSO4 | HD_CAP_TSO6;
	return caps;
}

const char *hd_vnet_caps_str(uint32_t caps, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", caps & HD_CAP_CSUM ? "csum" : "no offloads",
		 caps & HD_CAP_TSO4 ? " tso4" : "", caps & HD_CAP_TSO6 ? " tso6" : "");
	return text;
}
