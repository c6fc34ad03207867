/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind `af-packet`: an existing interface, through a packet socket that heddled opens. The
 * port receives the frames that the interface receives, and its frames leave by the interface.
 * Super-frames and partial checksums cross with the socket's virtio-net header, tags with its
 * auxiliary data. The port kind `vm-tap` does the same on a TAP that heddled makes and a VM opens
 * by its name.
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

#define DP_AF_PACKET_RX 8 /* frames of one receive call; more made it no faster */

/* The device of the socket. The strings live as long as the port. */
struct dp_af_packet_device {
	const char *netdev, *netns;
	uint32_t caps; /* DP_CAP_* */
	bool for_vm;   /* a TAP that a VM opens: its carrier is the VM */
};

struct dp_af_packet {
	struct dp_af_packet_device device;
	int fd;
	int sock;
	bool is_up; /* as the core was told last */
	uint32_t ifindex;
	uint32_t polls;
	int mtu;               /* of the interface, as the log said last */
	uint64_t kernel_drops; /* frames for which the kernel had no room in the socket */
	uint64_t told_drops;   /* the part of kernel_drops that the log has reported */

	/*
	 * The rest is the worker's that polls the port. Pieces of a frame that did not fit in a
	 * burst:
	 */
	struct rte_mbuf *pending[DP_AF_PACKET_RX * DP_USO_SEGMENTS_MAX];
	uint16_t pending_first, pending_end;

	/* Segments wait here for the next call. */
	struct dp_vnet_buf buf[DP_AF_PACKET_RX];
};

/* A VLAN tag as in a frame: network order. */
struct dp_af_packet_tag {
	uint16_t tpid;
	uint16_t tci;
};

/*
 * Reads, from a frame's auxiliary data, the tag that the kernel removed. False: it had none. Pure.
 */
bool dp_af_packet_tag_get(const struct tpacket_auxdata *aux, struct dp_af_packet_tag *tag);

/*
 * Inserts @tag behind the two addresses of a frame. The frame begins 4 bytes after @start, has at
 * least HD_ETH_HLEN bytes, and begins at @start afterwards. Corrects the offsets of @hdr. Pure.
 */
void dp_af_packet_tag_put(uint8_t *start, const struct dp_af_packet_tag *tag,
			  struct virtio_net_hdr *hdr);

/*
 * Shared by the kinds on packet sockets. Control thread; see struct dp_port_ops. The port's private
 * part begins with a struct dp_af_packet.
 *
 * dp_af_packet_take() is the second half of open(). It takes the two descriptors that heddled
 * opened, the packet socket and a socket in its namespace; on failure it closes them.
 */
int dp_af_packet_take(struct dp_port *port, const struct dp_af_packet_device *device,
		      const int fds[2], uint32_t ifindex, enum hd_port_reason *reason,
		      struct hd_err *err);
void dp_af_packet_close(struct dp_port *port);
int dp_af_packet_poll(struct dp_port *port);
void dp_af_packet_detail(const struct dp_port *port, char *text, size_t size);

/* Worker. See struct dp_port_ops. */
int dp_af_packet_event_fd(struct dp_port *port, uint16_t q, bool arm);
uint16_t dp_af_packet_rx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n);
uint16_t dp_af_packet_tx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n);

/* Check a configuration object; every byte may be hostile. 0, or -EINVAL with @err. Pure. */
int dp_af_packet_validate(const void *params, struct hd_err *err);
int dp_vm_tap_validate(const void *params, struct hd_err *err);

#endif
