/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A heddle-cp for tests: the other end of the punt thread's channel.
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

/*
 * Since peer_connect(): frames that came, by class and by the port of their host; leases that
 * ended.
 */
extern unsigned int peer_packets[HD_PUNT_CLASSES_MAX], peer_by[FIXTURE_PORTS], peer_overs;
extern struct hd_punt_packet peer_last;
extern struct hd_lease_over peer_over;
extern const uint8_t peer_vrrp[60], peer_dhcp[60];

/* The last reply; the items of the last LEASE_LIST. */
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

/*
 * Waits for the reply to a request; @sent is the result of sending it, and must be 0. Returns its
 * status.
 */
int peer_await(int sent);

#define PEER_CALL(NAME, body)     \
	(peer_reply.done = false, \
	 peer_await(hd_chan_request(peer, NAME, body, peer_on_reply, &peer_reply)))

/* Connects a new heddle-cp, in place of the one before. */
void peer_connect(void);

/* Make the rules that match peer_vrrp and peer_dhcp. */
struct hd_punt_rule peer_rule_vrrp(const char *key, const char *gateway);
struct hd_punt_rule peer_rule_dhcp(const char *key, const char *gateway);

/* Calls fixture_start(), and connects a heddle-cp with both classes and both rules at lab-gw. */
void peer_start(uint32_t rate, uint32_t port_rate, uint32_t burst);

/* Runs some turns, and reads the messages to heddle-cp. */
void peer_collect(void);

#endif
