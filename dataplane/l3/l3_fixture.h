/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A router for tests: the real path, two segments with hosts, and a gateway in each.
 *
 *	domain 1: hosts 0, 1	gateway 4: 10.0.1.1/24, 2001:db8:1::1/64, fe80::1/64
 *	domain 2: hosts 2, 3	gateway 5: 10.0.2.1/24, 2001:db8:2::1/64
 *
 * Host n has the address 10.0.d.10n, 2001:db8:d::10n in its domain d.
 */
#ifndef DATAPLANE_L3_L3_FIXTURE_H
#define DATAPLANE_L3_L3_FIXTURE_H

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/l3/owner.h"
#include "dataplane/l3/packet.h"

#define GW_A    4
#define GW_B    5
#define PORTS   6
#define HOSTS   4
#define WORKERS 3

/* Frames that a host got, in order. */
struct seen {
	uint32_t len;
	uint8_t flags; /* of its meta */
	uint8_t bytes[1600];
};
#define SEEN_MAX 600

extern struct seen seen[HOSTS][SEEN_MAX];
extern unsigned int n_seen[HOSTS];
extern struct dp_worker workers[WORKERS];
extern struct dp_port_config configs[PORTS];
extern struct rte_mempool *frame_pool;
extern uint64_t now_ns; /* time of the next frames */

int l3_setup(void);

/* Resets all state, for a test with @of_workers workers: neighbours, counters, received frames. */
void l3_start(unsigned int of_workers);

/* These build the gateways again from their objects, and remove them. */
void l3_gateways(void);
void l3_no_gateways(void);
extern struct hd_gateway_object objects[2];

/* The addresses of a host or gateway. */
struct hd_mac mac_of(unsigned int port);
void ip4_of(unsigned int port, uint8_t out[4]);
void ip6_of(unsigned int port, uint8_t out[16]);

/*
 * These write a frame with an IP packet from a host to an address; @upper is the packet's payload.
 * The frame is for the MAC of the host's gateway. They return the frame's length in bytes.
 */
uint32_t packet4(uint8_t *frame, unsigned int from, const uint8_t *dst, uint8_t proto,
		 const void *upper, uint32_t len);
uint32_t packet6(uint8_t *frame, unsigned int from, const uint8_t *dst, uint8_t proto,
		 const void *upper, uint32_t len);

/*
 * Writes an echo request from a host to an address of @family. Returns the frame's length in bytes.
 */
uint32_t echo(uint8_t *frame, unsigned int family, unsigned int from, const uint8_t *dst);

/*
 * These send frames of a host, and let time pass; all that is then due or handed over is done
 * before they return.
 */
void send_frame(unsigned int host, const uint8_t *frame, uint32_t len);
void send_mbuf(unsigned int host, struct rte_mbuf *m);
void send_burst(unsigned int host, struct rte_mbuf **m, uint16_t n);
void pass(uint64_t ns);

/* The host asks for its gateway's address, so that the gateway learns the host. */
void introduce(unsigned int host);

/* Checks all equations of heddle/api/stats.h; @held packets wait. */
void check_books(unsigned int held);

uint64_t drops_of(unsigned int port, const char *name);

/* Returns the last frame that a host got; NULL: none. */
const struct seen *last(unsigned int host);

/* Returns how many frames with EtherType @type a host got. */
unsigned int count_type(unsigned int host, uint16_t type);

#endif
