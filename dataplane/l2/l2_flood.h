/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flooding sends a frame to all members of its domain. It costs as many sends as there are members,
 * so the loop's budget may end before all have the frame. Then the frame is held, with the state of
 * its flooding (dataplane/core/hold.h).
 */
#ifndef DATAPLANE_L2_L2_FLOOD_H
#define DATAPLANE_L2_L2_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/net/ether.h"
#include "dataplane/core/config.h"

struct dp_drop_reason;
struct rte_mbuf;

/* The port that frames came from, and values that are kept from one frame to the next. */
struct l2_from {
	const struct dp_port_config *port;
	uint16_t id; /* id of the port */
	struct hd_stats_port *stats;
	uint32_t now; /* units */
	uint64_t time_ns;
	int32_t sends;   /* sends that the flooding of one frame may cost in this turn */
	uint32_t domain; /* domain of the last frame, */
	uint32_t match;  /* its dp_fdb_match(), */
	uint32_t ageing; /* units */
};

/* The state of a frame's flooding. */
struct l2_flood {
	uint16_t next;   /* members below this port id have got it, */
	uint16_t target; /* except this one, which gets the frame itself if no more follow */
	int32_t sends;   /* sends that are left */
};

/* True if frames to the group address @mac may leave by @port. Any thread. */
bool l2_group_passes(const struct dp_port_config *port, const struct hd_mac *mac);

/*
 * The drop reason for frames to a group address that l2_group_passes() refuses
 * ("reserved_address").
 */
extern struct dp_drop_reason *const l2_drop_reserved;

/* Floods a frame to the members of its domain; holds it when no sends are left. Worker. */
void l2_flood(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m);

/*
 * Floods a frame, from the state @fl on, to the members of its domain that are up, except the port
 * that it came in by and ports that refuse its address. False: no sends are left, but members are.
 * Worker.
 */
bool l2_flood_on(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m, struct l2_flood *fl);

/* Holds the frame. @fl is the state of its flooding, if that has begun. Worker. */
void l2_wait(struct dp_worker *w, struct l2_from *f, struct rte_mbuf *m, const struct l2_flood *fl);

#endif
