/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind `af-packet`: an interface that exists, by a packet socket that heddled opens. What
 * the interface receives is ours, and what we send leaves by it; super-frames and partial checksums
 * cross by the socket's virtio-net header, tags by its auxiliary data.
 * The port kind `vm-tap` is the same on a TAP that heddled makes, and a VM opens by its name.
 */
#ifndef DATAPLANE_PORT_AF_PACKET_AF_PACKET_H
#define DATAPLANE_PORT_AF_PACKET_AF_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/if_packet.h>
#include <linux/virtio_net.h>

#include "heddle/api/kinds.h"
#include "heddle/net/ether.h"
#include "dataplane/core/port.h"
#include "dataplane/port/af_packet/uso.h"
#include "dataplane/port/vnet.h"

#define HD_AF_PACKET_RX 8 /* frames of one receive call; more gained nothing */

/* What the socket is on. The strings live as long as the port. */
struct hd_af_packet_device {
	const char *netdev, *netns;
	uint32_t caps; /* HD_CAP_* */
	bool for_vm;   /* a TAP that a VM opens: its carrier is the VM */
};

struct hd_af_packet {
	struct hd_af_packet_device device;
	int fd;
	int sock;
	bool is_up; /* what the core was told */
	uint32_t ifindex;
	uint32_t polls;
	int mtu;               /* of the interface, as people were told */
	uint64_t kernel_drops; /* frames that the kernel had no room for in the socket ... */
	uint64_t told_drops;   /* ... and as people were told */

	/* Of the worker that polls the port. What one frame became, and did not fit in a burst: */
	struct rte_mbuf *pending[HD_AF_PACKET_RX * HD_USO_SEGMENTS_MAX];
	uint16_t pending_first, pending_end;

	/* Segments wait here for the next call. */
	struct hd_vnet_buf buf[HD_AF_PACKET_RX];
};

/* A tag as it lies in a frame: network order. */
struct hd_af_packet_tag {
	uint16_t tpid;
	uint16_t tci;
};

/*
 * The tag that the kernel took off the frame, from its auxiliary data. False: there was none. Pure.
 */
bool hd_af_packet_tag_get(const struct tpacket_auxdata *aux, struct hd_af_packet_tag *tag);

/*
 * Puts @tag behind the addresses of the frame that begins 4 bytes after @start, so that it begins at
 * @start, and corrects the offsets of @hdr. Needs HD_ETH_HLEN bytes of frame. Pure.
 */
void hd_af_packet_tag_put(uint8_t *start, const struct hd_af_packet_tag *tag,
			  struct virtio_net_hdr *hdr);

/*
 * What the kinds on packet sockets share. Control thread; see struct hd_port_ops. The port's private
 * part begins with a struct hd_af_packet.
 *
 * hd_af_packet_take() is the second half of open(): the two descriptors that heddled opened, the
 * packet socket and a socket in its namespace, become the port's, or are closed.
 */
int hd_af_packet_take(struct hd_port *port, const struct hd_af_packet_device *device,
		      const int fds[2], uint32_t ifindex, enum hd_port_reason *reason,
		      struct hd_err *err);
void hd_af_packet_close(struct hd_port *port);
int hd_af_packet_poll(struct hd_port *port);
void hd_af_packet_detail(const struct hd_port *port, char *text, size_t size);

/* Worker. See struct hd_port_ops. */
int hd_af_packet_event_fd(struct hd_port *port, uint16_t q, bool arm);
uint16_t hd_af_packet_rx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n);
uint16_t hd_af_packet_tx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n);

/* Check an object of which every byte may be hostile. Pure. */
int hd_af_packet_validate(const void *params, struct hd_err *err);
int hd_vm_tap_validate(const void *params, struct hd_err *err);

#endif
