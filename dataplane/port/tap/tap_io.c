/* SPDX-License-Identifier: BSD-3-Clause */
/* Moves frames between a TAP's queue and mbufs. A TAP allows only one frame in a system call. */
#include "dataplane/port/tap/tap.h"

#include <errno.h>
#include <unistd.h>

#include "dataplane/port/vnet.h"

/* No buffer is free: takes one frame from the kernel and lets it go. False when there is none. */
static bool tap_discard(struct dp_worker *w, struct dp_port *port, int fd)
{
	uint8_t scratch[DP_VNET_HLEN_TAP + HD_ETH_HLEN];
	ssize_t len = read(fd, scratch, sizeof(scratch));

	if (len < 0)
		return false;
	dp_vnet_rx_lost(w, port, RTE_MAX(len, (ssize_t)DP_VNET_HLEN_TAP) - DP_VNET_HLEN_TAP);
	return true;
}

uint16_t dp_tap_rx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
			 uint16_t n)
{
	const struct dp_tap *tap = dp_port_priv(port);
	int fd = tap->fd[q];
	uint32_t bytes = 0;
	uint16_t got = 0;
	struct dp_vnet_buf buf;

	dp_vnet_buf_init(&buf, DP_VNET_HLEN_TAP);
	for (uint16_t i = 0; i < n && bytes < DP_VNET_BURST_BYTES; i++) {
		ssize_t len;
		uint32_t frame;

		if (unlikely(dp_vnet_buf_fill(w, &buf) != 0)) {
			if (!tap_discard(w, port, fd))
				break;
			continue;
		}
		len = readv(fd, buf.iov, (int)buf.n_iov);
		if (len < (ssize_t)DP_VNET_HLEN_TAP)
			break;
		frame = (uint32_t)len - DP_VNET_HLEN_TAP;
		/* a read that fills the buffer to the last byte may have been cut */
		m[got] = dp_vnet_buf_take(w, port, &buf, frame, frame == buf.room);
		got += m[got] != NULL;
		bytes += frame;
	}
	dp_vnet_buf_drain(&buf);
	return got;
}

uint16_t dp_tap_tx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
			 uint16_t n)
{
	const struct dp_tap *tap = dp_port_priv(port);
	struct iovec iov[1 + DP_VNET_TX_SEGS];
	struct virtio_net_hdr_mrg_rxbuf hdr;
	int fd = tap->fd[q];

	for (uint16_t i = 0; i < n; i++) {
		int n_iov = dp_vnet_tx_iov(m[i], &hdr, DP_VNET_HLEN_TAP, iov);
		ssize_t ret = -1;

		if (likely(n_iov > 0))
			do
				ret = writev(fd, iov, n_iov);
			while (unlikely(ret < 0 && errno == EINTR));
		if (likely(ret >= 0))
			rte_pktmbuf_free(m[i]);
		else if (n_iov > 0 && dp_vnet_tx_no_room(errno))
			return i;
		else
			dp_vnet_tx_refused(w, port, m[i]);
	}
	return n;
}
