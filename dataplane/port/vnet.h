/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shared by TAPs and packet sockets: moves frames between the kernel and mbufs, with a virtio-net
 * header in front. A super-frame crosses whole, in one piece.
 *
 * A receive buffer is an I/O vector of the header, one small mbuf and a few big segments. A small
 * frame takes the small mbuf alone, and the big segments wait in the buffer for the next frame.
 */
#ifndef DATAPLANE_PORT_VNET_H
#define DATAPLANE_PORT_VNET_H

#include <stdint.h>
#include <sys/uio.h>

#include <linux/virtio_net.h>
#include <rte_mbuf.h>

#include "heddle/api/kinds.h"
#include "heddle/net/ether.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/port.h"
#include "dataplane/core/worker.h"

#define DP_VNET_SEGS 3 /* 2 KB + 2 * 32 KB: above the longest frame that Linux makes */

/* A TAP's header has 12 bytes, a packet socket's 10: the shorter one is the start of the longer. */
#define DP_VNET_HLEN_TAP    sizeof(struct virtio_net_hdr_mrg_rxbuf)
#define DP_VNET_HLEN_PACKET sizeof(struct virtio_net_hdr)

/* The largest frame that is read: 64 KB of IP and a header with two tags. */
#define DP_VNET_FRAME_MAX 65557

/*
 * A burst ends early when it has this many bytes. 64 super-frames have 4 MB: their bytes would
 * leave the processor's cache between the copy from the kernel and the copy to it.
 */
#define DP_VNET_BURST_BYTES (256 * 1024)

/* A packet with more segments is not sent. */
#define DP_VNET_TX_SEGS 126

struct dp_vnet_buf {
	union {
		struct virtio_net_hdr hdr;
		struct virtio_net_hdr_mrg_rxbuf mrg;
	};
	unsigned int n_iov; /* 1 + segments that it has */
	uint32_t room;      /* the longest frame that it takes, bytes */
	struct iovec iov[1 + DP_VNET_SEGS];
	struct rte_mbuf *seg[DP_VNET_SEGS];
};

/* Makes @buf empty, for headers of @hlen bytes. Any thread. */
void dp_vnet_buf_init(struct dp_vnet_buf *buf, size_t hlen);

/*
 * Gives @buf the segments that it lacks. 0, or -ENOMEM: there is no small mbuf. Without big mbufs,
 * ->room is smaller. Worker.
 */
int dp_vnet_buf_fill(struct dp_worker *w, struct dp_vnet_buf *buf);

/* Frees the mbufs of @buf. Worker, or the control thread when no worker can use @buf. */
void dp_vnet_buf_drain(struct dp_vnet_buf *buf);

/*
 * @len bytes of a frame, not counting the header, were read into @buf. Takes the mbufs that they
 * fill out of @buf, sets their metadata from the header, and returns the chain, which the caller
 * owns. NULL: the frame was too short or too long for the buffer, or its header was wrong; it is
 * counted as received and dropped, and its mbufs are in @buf again. Worker.
 */
struct rte_mbuf *dp_vnet_buf_take(struct dp_worker *w, struct dp_port *port,
				  struct dp_vnet_buf *buf, uint32_t len, bool truncated);

/*
 * The two halves of dp_vnet_buf_take(), for a caller that changes the frame in between. The first
 * returns the chain without metadata; NULL: counted as received and dropped. The second sets the
 * metadata from @hdr; NULL: counted as dropped, and @m is freed.
 */
struct rte_mbuf *dp_vnet_buf_chain(struct dp_worker *w, struct dp_port *port,
				   struct dp_vnet_buf *buf, uint32_t len, bool truncated);
struct rte_mbuf *dp_vnet_rx_meta(struct dp_worker *w, struct dp_port *port, struct rte_mbuf *m,
				 const struct virtio_net_hdr *hdr);

/*
 * Counts a frame of @len bytes as received and dropped: it was lost, since there was no small mbuf.
 * Worker.
 */
void dp_vnet_rx_lost(struct dp_worker *w, struct dp_port *port, uint32_t len);

/* The same for a frame for which the kernel has no virtio-net header: it uses another offload. */
void dp_vnet_rx_unknown(struct dp_worker *w, struct dp_port *port, uint32_t len);

/*
 * Writes the virtio-net header of packet @m to @hdr (@hlen bytes; those behind struct
 * virtio_net_hdr are 0), and fills @iov, which has room for 1 + DP_VNET_TX_SEGS, with the header
 * and the packet. Returns the entries of @iov, or -EMSGSIZE: the chain has more segments. Worker.
 */
int dp_vnet_tx_iov(struct rte_mbuf *m, struct virtio_net_hdr_mrg_rxbuf *hdr, size_t hlen,
		   struct iovec *iov);

/*
 * The kernel refused packet @m and would refuse it again: counts it as dropped and frees it.
 * tx_burst() returns it among the packets that were sent, so that it does not hold up the others.
 * So this takes back what the caller will count for it as sent, and the equation of the port holds.
 * Worker.
 */
void dp_vnet_tx_refused(struct dp_worker *w, struct dp_port *port, struct rte_mbuf *m);

/*
 * True if the errno @error (positive) of a write is not about this packet: the socket has no room
 * now, or cannot send any more.
 */
bool dp_vnet_tx_no_room(int error);

/* The DP_CAP_* bits of @offloads (enum hd_offload_config). Pure. */
uint32_t dp_vnet_caps(uint8_t offloads);

/* Checks @offloads. 0, or -EINVAL with @err: unknown bits, or TSO without checksums. Pure. */
int dp_vnet_offloads_check(uint8_t offloads, struct hd_err *err);

/*
 * True if the kernel accepts @name for an interface, and a shell and a person read it the same way:
 * 1..15 printable characters other than '/', ':', '%' and blanks; not "." or "..". Never reads
 * beyond HD_NETDEV_MAX bytes. Pure.
 */
bool dp_vnet_netdev_valid(const char name[HD_NETDEV_MAX]);

/*
 * Checks that @netns is empty, or a name below the namespace root. 0, or -EINVAL with @err. Pure.
 */
int dp_vnet_netns_check(const char netns[HD_NAME_MAX], struct hd_err *err);

/* Does both checks above, for an object that names an interface. 0, or -EINVAL with @err. Pure. */
int dp_vnet_place_check(const char netdev[HD_NETDEV_MAX], const char netns[HD_NAME_MAX],
			struct hd_err *err);

/*
 * Checks MAC address, pairs of queues and MTU of a TAP that is to be made. 0, or -EINVAL with @err.
 * Pure.
 */
int dp_vnet_tap_check(const uint8_t mac[6], uint16_t queues, uint16_t queues_max, uint16_t mtu,
		      struct hd_err *err);

/*
 * Checks that @name is empty, or can be the name of a user or a group. @what is the leaf's name,
 * for @err. Never reads beyond 32 bytes. 0, or -EINVAL with @err. Pure.
 */
int dp_vnet_account_check(const char name[32], const char *what, struct hd_err *err);

/* The reason why a port is down, for the -errno that the opener returned. Pure. */
enum hd_port_reason dp_vnet_open_reason(int error);

/* A network interface as the kernel has it now. */
struct dp_vnet_link {
	uint32_t ifindex;
	uint32_t flags; /* IFF_* */
};

/*
 * Reads the interface @netdev through @sock, a socket in its namespace. 0, or -errno, like -ENODEV.
 * Control thread.
 */
int dp_vnet_link_read(int sock, const char *netdev, struct dp_vnet_link *link);

/* MTU and MAC seldom change, so a port reads them at each 20th poll(): about once a second. */
#define DP_VNET_MTU_POLLS 20

/* Returns its MTU, or -errno. */
int dp_vnet_link_mtu(int sock, const char *netdev);

/* Reads its MAC address. 0 or -errno. */
int dp_vnet_link_mac(int sock, const char *netdev, uint8_t mac[6]);

/* Returns the speed of its link, Mbit/s; 0: unknown. */
uint32_t dp_vnet_link_speed(int sock, const char *netdev);

/* Writes "csum tso4 tso6", or "no offloads", for people. Returns @text. */
const char *dp_vnet_caps_str(uint32_t caps, char *text, size_t size);

#endif
