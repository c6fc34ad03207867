/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A switch for tests of punt: a worker that runs the real path, hosts and gateways, and the turns
 * of the punt thread, which the test calls. Time passes only in fixture_pass().
 *
 *	segment 1: hosts 0 and 1, gateway "lab-gw" (port 3)
 *	segment 2: host 2, gateway "dmz-gw" (port 4)
 */
#ifndef DATAPLANE_PUNT_PUNT_FIXTURE_H
#define DATAPLANE_PUNT_PUNT_FIXTURE_H

#include "dataplane/core/config.h"
#include "dataplane/core/worker.h"
#include "heddle/ipc/chan.h"

#define FIXTURE_HOSTS  3
#define FIXTURE_LAB_GW 3
#define FIXTURE_DMZ_GW 4
#define FIXTURE_PORTS  5
#define FIXTURE_POOL   8191

extern struct dp_worker fixture_worker;
extern struct dp_config *fixture_tree;

/* Frames that left the ports of hosts, and that a gateway's router took, since fixture_start(). */
extern unsigned int fixture_sent[FIXTURE_PORTS], fixture_routed[FIXTURE_PORTS];
extern uint8_t fixture_last[FIXTURE_PORTS][64]; /* the first bytes of the last frame */

/* For UNIT_MAIN_SETUP. */
int fixture_setup(void);

/* Resets counters and the forwarding database, and publishes a tree with both gateways. */
void fixture_start(void);

/* A commit; @has[i]: the tree has the i-th port, in its segment. */
void fixture_commit(const bool has[FIXTURE_PORTS]);

/* Makes a socket pair. The punt thread takes one end in its next turn; returns the other one. */
int fixture_connect(void);

/* Lets a frame come in by a host's port in the worker's next loop. */
void fixture_receive(uint16_t port, const uint8_t *frame, uint32_t len);

/* Runs one loop of the worker, and asserts that all packets are accounted for. */
void fixture_loop(void);

/* Runs one turn of the punt thread, without waiting. */
void fixture_turn(void);

/* Lets @ns nanoseconds pass. */
void fixture_pass(uint64_t ns);

/* The drops of a reason at a port. */
uint64_t fixture_drops(uint16_t port, const char *name);

/* The MAC of port @i, as a number. */
uint64_t fixture_mac(unsigned int i);

/* True if a gateway has the MAC. */
bool fixture_is_local(uint16_t port, const uint8_t mac[6]);

/*
 * Serves a channel of the test, with turns of the punt thread, until @done(@arg). False: that never
 * came.
 */
bool fixture_wait(struct hd_chan *chan, bool (*done)(void *arg), void *arg);

#endif
