/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
/* Frames between a packet socket and mbufs, several in a system call. */
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

static bool rx_tag(struct msghdr *msg, struct hd_af_packet_tag *tag)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	struct tpacket_auxdata aux;

	if (unlikely(c == NULL || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA ||
		     c->cmsg_len < CMSG_LEN(sizeof(aux))))
		return false;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	return hd_af_packet_tag_get(&aux, tag);
}

/* One frame of a receive call. NULL: it was not for us, or was counted and dropped. */
static struct rte_mbuf *rx_frame(struct hd_worker *w, struct hd_port *port, struct hd_vnet_buf *buf,
				 struct mmsghdr *mm)
{
	const struct rx_info *info = mm->msg_hdr.msg_name;
	uint32_t len = mm->msg_len - HD_VNET_HLEN_PACKET;
	struct hd_af_packet_tag tag;
	struct rte_mbuf *m;

	/* what this machine sends by the interface is not what it receives */
	if (unlikely(mm->msg_len < HD_VNET_HLEN_PACKET ||
		     info->from.sll_pkttype == PACKET_OUTGOING))
		return NULL;
	m = hd_vnet_buf_chain(w, port, buf, len, mm->msg_hdr.msg_flags & MSG_TRUNC);
	if (unlikely(m == NULL))
		return NULL;
	if (rx_tag(&mm->msg_hdr, &tag))
		hd_af_packet_tag_put((uint8_t *)rte_pktmbuf_prepend(m, HD_VLAN_HLEN), &tag,
				     &buf->hdr);
	return hd_vnet_rx_meta(w, port, m, &buf->hdr);
}

/* No buffer is free: takes one frame from the kernel and lets it go. False when there is none. */
static bool rx_discard(struct hd_worker *w, struct hd_port *port, int fd)
{
	uint8_t scratch[HD_VNET_HLEN_PACKET + HD_ETH_HLEN];
	ssize_t len = recv(fd, scratch, sizeof(scratch), MSG_DONTWAIT | MSG_TRUNC);

	if (len < (ssize_t)HD_VNET_HLEN_PACKET)
		return false;
	hd_vnet_rx_lost(w, port, (uint32_t)len - HD_VNET_HLEN_PACKET);
	return true;
}

/* Receives at most @n frames, HD_AF_PACKET_RX at the most. Returns the messages, or -errno. */
static int rx_call(struct hd_worker *w, struct hd_af_packet *ap, struct mmsghdr *msg,
		   struct rx_info *info, unsigned int n)
{
	unsigned int k;
	int ret;

	for (k = 0; k < n; k++) {
		struct hd_vnet_buf *buf = &ap->buf[k];

		if (unlikely(hd_vnet_buf_fill(w, buf) != 0))
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

uint16_t hd_af_packet_rx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n)
{
	struct hd_af_packet *ap = hd_port_priv(port);
	struct mmsghdr msg[HD_AF_PACKET_RX];
	struct rx_info info[HD_AF_PACKET_RX];
	uint32_t bytes = 0;
	uint16_t got = 0;

	for (uint16_t seen = 0; seen < n && bytes < HD_VNET_BURST_BYTES;) {
		unsigned int want = RTE_MIN(n - seen, HD_AF_PACKET_RX);
		int ret = rx_call(w, ap, msg, info, want);

		if (unlikely(ret == -ENOBUFS && rx_discard(w, port, ap->fd))) {
			seen++;
			continue;
		}
		if (unlikely(ret == -EINVAL)) {
			/* the kernel took it from the socket and cannot say what it is */
			hd_vnet_rx_unknown(w, port, 0);
			seen++;
			continue;
		}
		if (ret <= 0)
			break;
		for (int i = 0; i < ret; i++) {
			bytes += msg[i].msg_len;
			m[got] = rx_frame(w, port, &ap->buf[i], &msg[i]);
			got += m[got] != NULL;
		}
		seen += ret;
		if ((unsigned int)ret < want)
			break;
	}
	return got;
}

/* A transmit call under construction. */
struct tx_batch {
	struct mmsghdr msg[HD_BURST];
	struct virtio_net_hdr_mrg_rxbuf hdr[HD_BURST];
	struct iovec iov[4 * HD_BURST + HD_VNET_TX_SEGS];
};

/* Puts as many of @n packets in @b as fit. Returns how many; 0: the first has too many segments. */
static unsigned int tx_fill(struct tx_batch *b, struct rte_mbuf **m, unsigned int n)
{
	unsigned int used = 0;
	unsigned int i;

	for (i = 0; i < n && i < HD_BURST; i++) {
		int n_iov;

		if (used + 1 + HD_VNET_TX_SEGS > RTE_DIM(b->iov))
			break;
		n_iov = hd_vnet_tx_iov(m[i], &b->hdr[i], HD_VNET_HLEN_PACKET, &b->iov[used]);
		if (unlikely(n_iov < 0))
			break;
		b->msg[i].msg_hdr = (struct msghdr){.msg_iov = &b->iov[used], .msg_iovlen = n_iov};
		used += n_iov;
	}
	return i;
}

uint16_t hd_af_packet_tx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n)
{
	const struct hd_af_packet *ap = hd_port_priv(port);
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
		} else if (k > 0 && hd_vnet_tx_no_room(errno)) {
			break;
		} else {
			hd_vnet_tx_refused(w, port, m[done++]);
		}
	}
	return done;
}
