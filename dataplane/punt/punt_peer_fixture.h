/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A heddle-cp of the test: the other end of the punt thread's channel.
 */
#ifndef DATAPLANE_PUNT_PUNT_PEER_FIXTURE_H
#define DATAPLANE_PUNT_PUNT_PEER_FIXTURE_H

#include "heddle/api/punt.h"
#include "heddle/base/clock.h"
#include "heddle/ipc/chan.h"
#include "dataplane/punt/punt_fixture.h"

#define MS   HD_NS_PER_MS
#define VRRP 0 /* classes */
#define DHCP 1

extern struct hd_chan *peer;

/* What came since peer_connect(): frames by class and by the number of their host, ends of leases. */
extern unsigned int peer_packets[HD_PUNT_CLASSES_MAX], peer_by[FIXTURE_PORTS], peer_overs;
extern struct hd_punt_packet peer_last;
extern struct hd_lease_over peer_over;
extern const uint8_t peer_vrrp[60], peer_dhcp[60];

/* The last answer; items of a LEASE_LIST. */
struct peer_reply {
	bool done;
	int status;
	char text[256];
};
extern struct peer_reply peer_reply;
extern unsigned int peer_leases;
extern struct hd_lease_state peer_lease;

void peer_on_reply(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		   void *arg);

/* Waits for the answer to what was sent (@sent is 0). Returns its status. */
int peer_await(int sent);

#define PEER_CALL(NAME, body)     \
	(peer_reply.done = false, \
	 peer_await(hd_chan_request(peer, NAME, body, peer_on_reply, &peer_reply)))

/* Another heddle-cp takes the place of the one before. */
void peer_connect(void);

/* Rules for what peer_vrrp and peer_dhcp are. */
struct hd_punt_rule peer_rule_vrrp(const char *key, const char *gateway);
struct hd_punt_rule peer_rule_dhcp(const char *key, const char *gateway);

/* fixture_start(), and a heddle-cp with both classes and with both rules at lab-gw. */
void peer_start(uint32_t rate, uint32_t port_rate, uint32_t burst);

/* Takes what came to heddle-cp after some turns. */
void peer_collect(void);

#endif
