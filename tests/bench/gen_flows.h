/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the benchmark's generator sends: frames of a fixed size, of many flows between the addresses
 * behind two ports. UDP, and TCP with segmentation offload when they are super-frames. Pure: makes and recognises bytes, nothing else.
 */
#ifndef TESTS_BENCH_GEN_FLOWS_H
#define TESTS_BENCH_GEN_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GEN_HDR       52 /* bytes of a frame that differ between flows (and some that do not) */
#define GEN_FRAME_MIN 60 /* without FCS */
#define GEN_FRAME_MAX 9014
#define GEN_SUPER     65222 /* a super-frame: TCP over IPv4, to be cut into pieces of GEN_MSS */
#define GEN_MSS       1448
#define GEN_MACS_MAX  65536

/* The head of a frame behind a plain virtio-net header: one cache line, copied as a whole. */
struct gen_head {
	uint8_t vnet[12]; /* struct virtio_net_hdr_v1 */
	uint8_t frame[GEN_HDR];
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct gen_head) == 64, "one cache line");

/* Address @index behind port @port (0 or 1): 02:48:44:<port>:hh:ll. */
void gen_mac(unsigned int port, unsigned int index, uint8_t mac[6]);

/*
 * Fills @heads with @flows flows that enter at @port: between @macs addresses a port, each flow of
 * its own pair of ports; @size is the frame's without FCS.
 */
void gen_flows(struct gen_head *heads, unsigned int flows, unsigned int macs, unsigned int port,
	       unsigned int size);

#define GEN_GATEWAY \
	0xfffe /* its address behind port 0 is 10.0.255.254; behind port 1, 10.1.255.254 */

/*
 * An ARP request for the gateway from address @index of @port, or with @reply what answers one of the
 * gateway: a switch learns the MAC, a gateway where its IP address is. GEN_FRAME_MIN bytes.
 */
void gen_announce(struct gen_head *head, unsigned int port, unsigned int index, bool reply);

/* True if a received frame is one for an address behind @port, as gen_flows() makes them. */
static inline bool gen_is_ours(const uint8_t *frame, unsigned int port)
{
	return frame[0] == 0x02 && frame[1] == 0x48 && frame[2] == 0x44 && frame[3] == port &&
	       frame[9] == (port ^ 1);
}

#endif
