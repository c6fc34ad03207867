/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind `af-packet`: an interface that exists, by a packet socket that heddled opens. What
 * the interface receives is ours, and what we send leaves by it; super-frames and partial checksums
 * cross by the socket's virtio-net header, tags by its auxiliary data.
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

struct hd_af_packet {
	int fd; /* -1: closed */
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

/* Worker. See struct hd_port_ops. */
uint16_t hd_af_packet_rx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n);
uint16_t hd_af_packet_tx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			       struct rte_mbuf **m, uint16_t n);

/* Checks a struct hd_af_packet_object of which every byte may be hostile. Pure. */
int hd_af_packet_validate(const void *params, struct hd_err *err);

#endif
