/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
/* Moves frames between a packet socket and mbufs, several in one system call. */
#include "dataplane/port/af_packet/af_packet.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* What the kernel writes about each frame of a receive call. */
struct rx_info {
	struct sockaddr_ll from;
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
};

static bool rx_tag(struct msghdr *msg, struct dp_af_packet_tag *tag)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	struct tpacket_auxdata aux;

	if (unlikely(c == NULL || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA ||
		     c->cmsg_len < CMSG_LEN(sizeof(aux))))
		return false;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	return dp_af_packet_tag_get(&aux, tag);
}

/* Where the packets of a burst go: to the caller's array, and what is too much waits. */
struct rx_out {
	struct dp_worker *w;
	struct dp_port *port;
	struct dp_af_packet *ap;
	struct rte_mbuf **m;
	uint16_t n, got;
};

static void rx_put(struct rx_out *o, struct rte_mbuf *m)
{
	if (likely(o->got < o->n && o->ap->pending_end == 0))
		o->m[o->got++] = m;
	else
		o->ap->pending[o->ap->pending_end++] = m;
}

/* Gives the caller what waits, as far as there is room. True if nothing waits any more. */
static bool rx_pending(struct rx_out *o)
{
	struct dp_af_packet *ap = o->ap;

	while (ap->pending_first < ap->pending_end && o->got < o->n)
		o->m[o->got++] = ap->pending[ap->pending_first++];
	if (ap->pending_first < ap->pending_end)
		return false;
	ap->pending_first = 0;
	ap->pending_end = 0;
	return true;
}

/* Datagrams that came as one frame become what they are on a wire. */
static void rx_datagrams(struct rx_out *o, struct rte_mbuf *m, const struct virtio_net_hdr *hdr)
{
	struct rte_mbuf *out[DP_USO_SEGMENTS_MAX];
	uint32_t len = m->pkt_len;
	int n = dp_uso_cut(o->w->pool, m, hdr, out);

	if (n == -ENOMEM)
		dp_vnet_rx_lost(o->w, o->port, len);
	else if (n < 0)
		dp_vnet_rx_unknown(o->w, o->port, len);
	for (int i = 0; i < n; i++)
		rx_put(o, out[i]);
}

/* One frame of a receive call. */
static void rx_frame(struct rx_out *o, struct dp_vnet_buf *buf, struct mmsghdr *mm)
{
	const struct rx_info *info = mm->msg_hdr.msg_name;
	uint32_t len = mm->msg_len - DP_VNET_HLEN_PACKET;
	struct dp_af_packet_tag tag;
	struct rte_mbuf *m;

	/* what this machine sends by the interface is not what it receives */
	if (unlikely(mm->msg_len < DP_VNET_HLEN_PACKET ||
		     info->from.sll_pkttype == PACKET_OUTGOING))
		return;
	m = dp_vnet_buf_chain(o->w, o->port, buf, len, mm->msg_hdr.msg_flags & MSG_TRUNC);
	if (unlikely(m == NULL))
		return;
	if (rx_tag(&mm->msg_hdr, &tag))
		dp_af_packet_tag_put((uint8_t *)rte_pktmbuf_prepend(m, HD_VLAN_HLEN), &tag,
				     &buf->hdr);
	if (unlikely(buf->hdr.gso_type == VIRTIO_NET_HDR_GSO_UDP_L4)) {
		rx_datagrams(o, m, &buf->hdr);
		return;
	}
	m = dp_vnet_rx_meta(o->w, o->port, m, &buf->hdr);
	if (likely(m != NULL))
		rx_put(o, m);
}

/* No buffer is free: takes one frame from the kernel and lets it go. False when there is none. */
static bool rx_discard(struct dp_worker *w, struct dp_port *port, int fd)
{
	uint8_t scratch[DP_VNET_HLEN_PACKET + HD_ETH_HLEN];
	ssize_t len = recv(fd, scratch, sizeof(scratch), MSG_DONTWAIT | MSG_TRUNC);

	if (len < (ssize_t)DP_VNET_HLEN_PACKET)
		return false;
	dp_vnet_rx_lost(w, port, (uint32_t)len - DP_VNET_HLEN_PACKET);
	return true;
}

/* Receives at most @n frames, DP_AF_PACKET_RX at the most. Returns the messages, or -errno. */
static int rx_call(struct dp_worker *w, struct dp_af_packet *ap, struct mmsghdr *msg,
		   struct rx_info *info, unsigned int n)
{
	unsigned int k;
	int ret;

	for (k = 0; k < n; k++) {
		struct dp_vnet_buf *buf = &ap->buf[k];

		if (unlikely(dp_vnet_buf_fill(w, buf) != 0))
			break;
		msg[k].msg_hdr = (struct msghdr){
			.msg_name = &info[k].from,
			.msg_namelen = sizeof(info[k].from),
			.msg_iov = buf->iov,
			.msg_iovlen = buf->n_iov,
			.msg_control = &info[k].control,
			.msg_controllen = sizeof(info[k].control),
		};
	}
	if (unlikely(k == 0))
		return -ENOBUFS;
	ret = recvmmsg(ap->fd, msg, k, MSG_DONTWAIT | MSG_TRUNC, NULL);
	return ret < 0 ? -errno : ret;
}

uint16_t dp_af_packet_rx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n)
{
	struct dp_af_packet *ap = dp_port_priv(port);
	struct mmsghdr msg[DP_AF_PACKET_RX];
	struct rx_info info[DP_AF_PACKET_RX];
	struct rx_out o = {.w = w, .port = port, .ap = ap, .m = m, .n = n};
	uint32_t bytes = 0;

	for (uint16_t seen = 0;
	     rx_pending(&o) && seen < n && o.got < n && bytes < DP_VNET_BURST_BYTES;) {
		unsigned int want = RTE_MIN(n - o.got, DP_AF_PACKET_RX);
		int ret = rx_call(w, ap, msg, info, want);

		if (unlikely(ret == -ENOBUFS && rx_discard(w, port, ap->fd))) {
			seen++;
			continue;
		}
		if (unlikely(ret == -EINVAL)) {
			/* the kernel took it from the socket and cannot say what it is */
			dp_vnet_rx_unknown(w, port, 0);
			seen++;
			continue;
		}
		if (ret <= 0)
			break;
		for (int i = 0; i < ret; i++) {
			bytes += msg[i].msg_len;
			rx_frame(&o, &ap->buf[i], &msg[i]);
		}
		seen += ret;
		if ((unsigned int)ret < want) {
			rx_pending(&o);
			break;
		}
	}
	return o.got;
}

/* A transmit call under construction. */
struct tx_batch {
	struct mmsghdr msg[DP_BURST];
	struct virtio_net_hdr_mrg_rxbuf hdr[DP_BURST];
	struct iovec iov[4 * DP_BURST + DP_VNET_TX_SEGS];
};

/* Puts as many of @n packets in @b as fit. Returns how many; 0: the first has too many segments. */
static unsigned int tx_fill(struct tx_batch *b, struct rte_mbuf **m, unsigned int n)
{
	unsigned int used = 0;
	unsigned int i;

	for (i = 0; i < n && i < DP_BURST; i++) {
		int n_iov;

		if (used + 1 + DP_VNET_TX_SEGS > RTE_DIM(b->iov))
			break;
		n_iov = dp_vnet_tx_iov(m[i], &b->hdr[i], DP_VNET_HLEN_PACKET, &b->iov[used]);
		if (unlikely(n_iov < 0))
			break;
		b->msg[i].msg_hdr = (struct msghdr){.msg_iov = &b->iov[used], .msg_iovlen = n_iov};
		used += n_iov;
	}
	return i;
}

uint16_t dp_af_packet_tx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n)
{
	const struct dp_af_packet *ap = dp_port_priv(port);
	struct tx_batch b;
	uint16_t done = 0;

	while (done < n) {
		unsigned int k = tx_fill(&b, m + done, n - done);
		int ret = -1;

		if (likely(k > 0))
			ret = sendmmsg(ap->fd, b.msg, k, MSG_DONTWAIT);
		if (likely(ret > 0)) {
			rte_pktmbuf_free_bulk(m + done, ret);
			done += ret;
		} else if (k > 0 && errno == EINTR) {
			continue;
		} else if (k > 0 && dp_vnet_tx_no_room(errno)) {
			break;
		} else {
			dp_vnet_tx_refused(w, port, m[done++]);
		}
	}
	return done;
}
