/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flooding: a frame for all members of its domain. It costs as many sends as there are members, so a
 * loop's budget may end in the midst of it; then the frame waits, with how far its flooding is
 * (dataplane/core/hold.h).
 */
#ifndef DATAPLANE_L2_L2_FLOOD_H
#define DATAPLANE_L2_L2_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/net/ether.h"
#include "dataplane/core/config.h"

struct dp_drop_reason;
struct rte_mbuf;

/* The port that frames came from, and what is kept from one of them to the next. */
struct l2_from {
	const struct dp_port_config *port;
	uint16_t id; /* the port's */
	struct hd_stats_port *stats;
	uint32_t now; /* units */
	uint64_t time_ns;
	int32_t sends;   /* that the flooding of one frame may cost in this turn */
	uint32_t domain; /* of the last frame, */
	uint32_t match;  /* dp_fdb_match() of it */
	uint32_t ageing; /* units */
};

/* How far the flooding of a frame is. */
struct l2_flood {
	uint16_t next;   /* members below this port id are done, */
	uint16_t target; /* but for this one: it gets the frame itself if there are no more */
	int32_t sends;   /* that it may still cost */
};

/* True if the group address @mac passes @port. Any thread. */
bool l2_group_passes(const struct dp_port_config *port, const struct hd_mac *mac);

/* For frames whose group address does not (reason "reserved_address"). */
extern struct dp_drop_reason *const l2_drop_reserved;

/* To all members of the domain, or as far as the sends go: then the frame waits. Worker. */
void l2_flood(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m);

/*
 * To all members of the domain that are up, but not back to where it came from, nor by a port that
 * its address does not pass. False: the sends are spent, and there are more members. Worker.
 */
bool l2_flood_on(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m, struct l2_flood *fl);

/* The frame waits; @fl tells how far its flooding is, if it was begun. Worker. */
void l2_wait(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m, const struct l2_flood *fl);

#endif
