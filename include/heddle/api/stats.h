/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters in shared memory ("counters" of OPEN_SHM): written by the workers of heddle-dp, mapped
 * read-only by everybody else. `show` never asks a worker.
 *
 *	struct hd_stats_header
 *	char reason[HD_DROP_REASONS_MAX][HD_DROP_NAME_MAX]	names of drop reasons, by index
 *	struct hd_stats_port_slot slot[max_ports]		whose counters these are
 *	for each worker:
 *		struct hd_stats_worker
 *		struct hd_stats_port port[max_ports]
 *
 * Each counter has one writer (its worker), is 64 bit, aligned and never goes back while its slot's
 * generation stays; the truth is the sum over the workers. A reader that wants a consistent set
 * reads twice until nothing moved.
 */
#ifndef HEDDLE_API_STATS_H
#define HEDDLE_API_STATS_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

#define HD_STATS_NAME       "counters"
#define HD_STATS_MAGIC      0x6864737461747331ull /* "hdstats1" */
#define HD_STATS_VERSION    3
#define HD_DROP_REASONS_MAX 128
#define HD_DROP_NAME_MAX    32

struct hd_stats_header {
	uint64_t magic;
	uint32_t version;
	uint32_t workers;
	uint32_t max_ports;
	uint32_t reasons; /* names that are set */
	uint64_t slot_offset, worker_offset, worker_stride,
		port_offset; /* bytes; the last within a worker */
	uint64_t generation; /* of the configuration in force */
	uint64_t started_ns; /* CLOCK_MONOTONIC of the process that writes */
};

struct hd_stats_port_slot {
	uint32_t
		generation; /* odd while the slot changes hands; the counters start at 0 after that */
	uint32_t in_use;
	char name[HD_NAME_MAX];
};

/*
 * Of a port, on one worker. For every port, at a quiet moment (at which no frame of it is held):
 *	rx_packets = admitted + drops at ingress
 *	offered = tx_packets + drops at egress
 */
struct hd_stats_port {
	uint64_t rx_packets, rx_bytes; /* frames as they came, FCS not counted */
	uint64_t rx_multicast, rx_broadcast;
	uint64_t admitted; /* passed the port's guards and VLAN rules */
	uint64_t offered;  /* wanted to leave here; a frame that is cut counts as its pieces */
	uint64_t tx_packets, tx_bytes;
	uint64_t tx_multicast, tx_broadcast;
	uint64_t segmented; /* frames that were cut into several for this port: adds tx copies */
	uint64_t
		learn_refused; /* frames whose source the port's share had no room for; they passed */
	uint64_t drops
		[HD_DROP_REASONS_MAX]; /* by reason; an ingress or an egress one by its nature */
};

/*
 * Of a worker; the three about standing have the control thread as writer. Over all workers, at a quiet moment:
 *	rx + injected + generated + copies = tx + consumed + drops + held
 *
 * A heddle-dp that ends otherwise than by order takes the packets that it has in hand along. The next
 * one counts them as drops: at their port, or in a worker's drops alone when they were between two.
 */
struct hd_stats_worker {
	uint64_t rx, injected, generated, copies;
	uint64_t tx, consumed, drops, held;
	uint64_t loops, busy_loops; /* polls, and those that found packets */
	uint64_t sleeps, wakeups;
	uint64_t learned, moved, aged, learn_skipped; /* forwarding database */
	uint64_t flooded;
	uint64_t learn_refused;   /* of learn_skipped: as of a port */
	uint64_t displaced;       /* entries that were forgotten for one of a port with fewer */
	uint64_t stalls;          /* times that it stood for 200 ms and more */
	uint64_t stands_since_ns; /* CLOCK_MONOTONIC; 0: it does not stand now */
	uint64_t stands_port;     /* the port that it stands inside, plus 1; 0: inside none */
	uint64_t spare[10];
};

/* Bytes of the whole memory for @workers and @max_ports; fills offsets of @header if not NULL. */
uint64_t hd_stats_layout(struct hd_stats_header *header, uint32_t workers, uint32_t max_ports);

/* What a reason index stands for; a long text is in the documentation of drops. */
struct hd_drop_info {
	char name[HD_DROP_NAME_MAX];
	char text[160];   /* one sentence for people: what happened, what would mend it */
	uint16_t ingress; /* 1: counted at the port it came in, 0: at the port it was to leave by */
	uint16_t error;   /* 1: something is wrong with the frame, or with sending it */
	uint32_t index;
};
HD_REQ_STREAM(DROP_LIST, HD_MSG_ID(HD_MODULE_STATS, 1), struct hd_nothing, struct hd_drop_info,
	      struct hd_nothing);

#endif
