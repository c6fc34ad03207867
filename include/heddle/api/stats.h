/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters in shared memory ("counters" of OPEN_SHM). The workers of heddle-dp write them, and all
 * others map them read-only; `show` never asks a worker.
 *
 *	struct hd_stats_header
 *	char reason[HD_DROP_REASONS_MAX][HD_DROP_NAME_MAX]	names of drop reasons, by index
 *	struct hd_stats_port_slot slot[max_ports]		whose counters these are
 *	for each worker:
 *		struct hd_stats_worker
 *		struct hd_stats_port port[max_ports]
 *
 * Each counter has 64 bits, is aligned and has one writer, its worker. It never goes back while its
 * slot's generation does not change. The value of a port's counter is the sum over all workers. A
 * reader that wants a consistent set reads again until two readings are equal.
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
	uint32_t generation; /* odd while the slot gets another port; then its counters are 0 */
	uint32_t in_use;
	char name[HD_NAME_MAX];
};

/*
 * Counters of a port, on one worker. Summed over the workers, at a quiet moment, when no frame of
 * the port is held:
 *	rx_packets = admitted + drops at ingress
 *	offered = tx_packets + drops at egress
 */
struct hd_stats_port {
	uint64_t rx_packets, rx_bytes; /* frames as they came, FCS not counted */
	uint64_t rx_multicast, rx_broadcast;
	uint64_t admitted; /* passed the port's guards and VLAN rules */
	uint64_t offered;  /* frames for this port to send; a segmented one counts as its pieces */
	uint64_t tx_packets, tx_bytes;
	uint64_t tx_multicast, tx_broadcast;
	uint64_t segmented; /* frames that were segmented for this port; pieces count as copies */
	uint64_t
		learn_refused; /* frames that passed, but the port's share had no room for the source */
	uint64_t drops
		[HD_DROP_REASONS_MAX]; /* by reason; each reason is one of ingress or of egress */
};

/*
 * Counters of a worker. The control thread writes stalls and stands_*. Summed over all workers, at
 * a quiet moment:
 *	rx + injected + generated + copies = tx + consumed + drops + held
 *
 * When heddle-dp is killed, the packets that it is processing are lost. The next heddle-dp counts
 * them as drops: at their port, or, for a packet that was between two ports, in the worker's drops
 * alone.
 */
struct hd_stats_worker {
	uint64_t rx, injected, generated, copies;
	uint64_t tx, consumed, drops, held;
	uint64_t loops, busy_loops; /* loops, and loops that found packets */
	uint64_t sleeps, wakeups;
	uint64_t learned, moved, aged, learn_skipped; /* forwarding database */
	uint64_t flooded;
	uint64_t learn_refused;   /* the part of learn_skipped that the ports count, too */
	uint64_t displaced;       /* entries removed to make room for a port with fewer entries */
	uint64_t stalls;          /* how often it stood still for at least 200 ms */
	uint64_t stands_since_ns; /* it stands still since then, CLOCK_MONOTONIC; 0: it does not */
	uint64_t stands_port;     /* id plus 1 of the port in which it stands still; 0: in none */
	uint64_t spare[10];
};

/*
 * Returns the bytes of the whole memory for @workers and @max_ports, and fills the offsets of
 * @header, which may be NULL. Pure.
 */
uint64_t hd_stats_layout(struct hd_stats_header *header, uint32_t workers, uint32_t max_ports);

/* A drop reason. docs/drops.md has a longer text. */
struct hd_drop_info {
	char name[HD_DROP_NAME_MAX];
	char text[160]; /* one sentence for people: what happened and what would mend it */
	uint16_t
		ingress; /* 1: counted at the port that received the frame; 0: at the one to send it */
	uint16_t error; /* 1: the frame is faulty, or could not be sent */
	uint32_t index;
};
HD_REQ_STREAM(DROP_LIST, HD_MSG_ID(HD_MODULE_STATS, 1), struct hd_nothing, struct hd_drop_info,
	      struct hd_nothing);

#endif
