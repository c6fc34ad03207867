/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What TAP and packet sockets share: frames that cross between the kernel and mbufs with a
 * virtio-net header in front, in one system call each, super-frames whole.
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

#define HD_VNET_SEGS 3 /* 2 KB + 2 * 32 KB: above the longest frame that Linux makes */

/* A TAP's header has 12 bytes, a packet socket's 10: the shorter one is the start of the longer. */
#define HD_VNET_HLEN_TAP    sizeof(struct virtio_net_hdr_mrg_rxbuf)
#define HD_VNET_HLEN_PACKET sizeof(struct virtio_net_hdr)

/* The largest frame that is read: 64 KB of IP and a header with two tags. */
#define HD_VNET_FRAME_MAX 65557

/*
 * A burst ends early when it has this many bytes: 64 super-frames would be 4 MB, and each byte
 * would leave the processor's cache between the copy in and the copy out.
 */
#define HD_VNET_BURST_BYTES (256 * 1024)

/* Segments of a packet that is sent; a longer chain is refused. */
#define HD_VNET_TX_SEGS 126

struct hd_vnet_buf {
	union {
		struct virtio_net_hdr hdr;
		struct virtio_net_hdr_mrg_rxbuf mrg;
	};
	unsigned int n_iov; /* 1 + segments that are there */
	uint32_t room;      /* bytes of a frame */
	struct iovec iov[1 + HD_VNET_SEGS];
	struct rte_mbuf *seg[HD_VNET_SEGS];
};

/* Makes @buf empty, for headers of @hlen bytes. Any thread. */
void hd_vnet_buf_init(struct hd_vnet_buf *buf, size_t hlen);

/*
 * Gives @buf the segments that it lacks. 0, or -ENOMEM when there is no small mbuf. Without big
 * ones the buffer is shorter, and ->room says so. Worker.
 */
int hd_vnet_buf_fill(struct hd_worker *w, struct hd_vnet_buf *buf);

/* Frees what is in @buf. Worker, or the control thread when no worker can use @buf. */
void hd_vnet_buf_drain(struct hd_vnet_buf *buf);

/*
 * @len bytes of a frame, the header not counted, were read into @buf. Takes the mbufs that they
 * fill out of @buf and returns the chain, whose meta is set from the header. NULL: the frame was
 * too short, too long for the buffer or its header lied; it was counted as received and dropped,
 * and its mbufs are in @buf again. Worker.
 */
struct rte_mbuf *hd_vnet_buf_take(struct hd_worker *w, struct hd_port *port,
				  struct hd_vnet_buf *buf, uint32_t len, bool truncated);

/*
 * The two halves of it, for who has to change the frame in between: the chain without meta (or
 * NULL, counted), and its meta from @hdr (or NULL, counted and freed).
 */
struct rte_mbuf *hd_vnet_buf_chain(struct hd_worker *w, struct hd_port *port,
				   struct hd_vnet_buf *buf, uint32_t len, bool truncated);
struct rte_mbuf *hd_vnet_rx_meta(struct hd_worker *w, struct hd_port *port, struct rte_mbuf *m,
				 const struct virtio_net_hdr *hdr);

/*
 * A frame of @len bytes came while there was no small mbuf, and is lost: counts it as received and
 * dropped. Worker.
 */
void hd_vnet_rx_lost(struct hd_worker *w, struct hd_port *port, uint32_t len);

/* The same for a frame that the kernel has no virtio-net header for (an offload that we lack). */
void hd_vnet_rx_unknown(struct hd_worker *w, struct hd_port *port, uint32_t len);

/*
 * Puts the packet's header in @hdr (@hlen bytes; those beyond struct virtio_net_hdr are zeroed) and
 * the two in @iov, which has room for 1 + HD_VNET_TX_SEGS. Returns the entries, or -EMSGSIZE when
 * the chain has more segments. Worker.
 */
int hd_vnet_tx_iov(struct rte_mbuf *m, struct virtio_net_hdr_mrg_rxbuf *hdr, size_t hlen,
		   struct iovec *iov);

/*
 * The kernel refused this packet, and would again: counts it and frees it. It is of those that
 * tx_burst() has sent as far as its caller can see, so that the others are not held up by it; what
 * the caller will add to the sent ones is taken back here, and the equation of the port holds.
 */
void hd_vnet_tx_refused(struct hd_worker *w, struct hd_port *port, struct rte_mbuf *m);

/* True if @error (positive) of a write says "not now" or "not any more", and not "not this one". */
bool hd_vnet_tx_no_room(int error);

/* HD_CAP_* that go with enum hd_offload_config. */
uint32_t hd_vnet_caps(uint8_t offloads);

/* -EINVAL with @err: unknown bits, or TSO without checksums. Pure. */
int hd_vnet_offloads_check(uint8_t offloads, struct hd_err *err);

/*
 * True for a name that the kernel takes for an interface and that means the same to a shell and to
 * a person: 1..15 printable characters but '/', ':', '%' and blanks; not "." or "..". Never reads
 * beyond HD_NETDEV_MAX bytes. Pure.
 */
bool hd_vnet_netdev_valid(const char name[HD_NETDEV_MAX]);

/* Empty, or a name below the namespace root. -EINVAL with @err. Pure. */
int hd_vnet_netns_check(const char netns[HD_NAME_MAX], struct hd_err *err);

/* Both of the above, for an object that names an interface. 0, or -EINVAL with @err. Pure. */
int hd_vnet_place_check(const char netdev[HD_NETDEV_MAX], const char netns[HD_NAME_MAX],
			struct hd_err *err);

/*
 * MAC address, pairs of queues and MTU of a TAP that is to be made. 0, or -EINVAL with @err. Pure.
 */
int hd_vnet_tap_check(const uint8_t mac[6], uint16_t queues, uint16_t queues_max, uint16_t mtu,
		      struct hd_err *err);

/*
 * Empty, or what can be the name of a user or a group; @what is the leaf's name. Never reads beyond
 * 32 bytes. 0, or -EINVAL with @err. Pure.
 */
int hd_vnet_account_check(const char name[32], const char *what, struct hd_err *err);

/* Why a port is down, from what the opener returned (negative). */
enum hd_port_reason hd_vnet_open_reason(int error);

/* A network interface as the kernel has it now. */
struct hd_vnet_link {
	uint32_t ifindex;
	uint32_t flags; /* IFF_* */
};

/*
 * Asks by @sock, a socket in the interface's namespace. 0, or -ENODEV and the like. Control thread.
 */
int hd_vnet_link_read(int sock, const char *netdev, struct hd_vnet_link *link);

/* Calls of poll() between two looks at what seldom changes, MTU and MAC: about a second. */
#define HD_VNET_MTU_POLLS 20

/* Its MTU, or -errno. */
int hd_vnet_link_mtu(int sock, const char *netdev);

/* Its MAC address into @mac. 0 or -errno. */
int hd_vnet_link_mac(int sock, const char *netdev, uint8_t mac[6]);

/* What the link carries, Mbit/s; 0: not known. */
uint32_t hd_vnet_link_speed(int sock, const char *netdev);

/* "csum tso4 tso6" or "no offloads" for people. Returns @text. */
const char *hd_vnet_caps_str(uint32_t caps, char *text, size_t size);

#endif
