/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A switch for tests of punt: a worker that runs the real path, hosts and gateways, and the punt
 * thread's turns, called by the test. Time stands still but for punt_fixture_pass().
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

extern struct hd_worker fixture_worker;
extern struct hd_config *fixture_tree;

/* What left the ports of hosts, and what the router of a gateway took, since fixture_start(). */
extern unsigned int fixture_sent[FIXTURE_PORTS], fixture_routed[FIXTURE_PORTS];
extern uint8_t fixture_last[FIXTURE_PORTS][64]; /* the first bytes of the last frame */

/* For UNIT_MAIN_SETUP. */
int fixture_setup(void);

/* Counters and the forwarding database from nothing; the tree has both gateways. */
void fixture_start(void);

/* A commit: @has[i]: the i-th port is there, in the segment that it was in. */
void fixture_commit(const bool has[FIXTURE_PORTS]);

/* A connected pair: the punt thread has one end after its next turn, the other is returned. */
int fixture_connect(void);

/* A frame comes in by a host's port in the worker's next loop. */
void fixture_receive(uint16_t port, const uint8_t *frame, uint32_t len);

/* One loop of the worker. All books balance after it. */
void fixture_loop(void);

/* One turn of the punt thread, without waiting. */
void fixture_turn(void);

void fixture_pass(uint64_t ns);

/* Drops of a reason at a port. */
uint64_t fixture_drops(uint16_t port, const char *name);

/* The address of port @i, and a MAC as bytes. */
uint64_t fixture_mac(unsigned int i);

/* True if a gateway has the address. */
bool fixture_is_local(uint16_t port, const uint8_t mac[6]);

/* Serves a channel of the test until @done(@arg), with turns of the punt thread. False: it never came. */
bool fixture_wait(struct hd_chan *chan, bool (*done)(void *arg), void *arg);

#endif
