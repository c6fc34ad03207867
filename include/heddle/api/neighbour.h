/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours of gateways: which MAC an IP address on a gateway's segment has (ARP, RFC 826; neighbour
 * discovery, RFC 4861).
 */
#ifndef HEDDLE_API_NEIGHBOUR_H
#define HEDDLE_API_NEIGHBOUR_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

/* RFC 4861 7.3.2, for both families. */
enum hd_neighbour_state {
	HD_NEIGHBOUR_INCOMPLETE, /* it was asked for, and did not answer yet */
	HD_NEIGHBOUR_REACHABLE,
	HD_NEIGHBOUR_STALE,  /* nothing was heard for a while; used until it is known to be wrong */
	HD_NEIGHBOUR_DELAY,  /* used while stale: soon it is probed */
	HD_NEIGHBOUR_PROBE,  /* it is being asked, by its own MAC */
	HD_NEIGHBOUR_FAILED, /* it did not answer; packets for it are refused for a while */
	HD_NEIGHBOUR_STATE_COUNT,
};

/* All that match all that is set. */
struct hd_neighbour_filter {
	char gateway[HD_NAME_MAX]; /* empty: any */
	uint8_t addr[16];          /* with family */
	uint8_t family;            /* 4 or 6; 0: any address */
	uint8_t zero[7];
};

struct hd_neighbour_list {
	struct hd_neighbour_filter filter;
	uint64_t cursor; /* 0: from the start, else as the last reply said */
	uint32_t limit;  /* entries at the most, 1..10000 */
	uint32_t zero;
};
struct hd_neighbour_entry {
	char gateway[HD_NAME_MAX];
	uint8_t addr[16];
	uint8_t mac[6]; /* zero: not known */
	uint8_t family; /* 4 or 6 */
	uint8_t state;  /* enum hd_neighbour_state */
	uint32_t age_s; /* since it was last heard from, or, not known, asked for */
	uint32_t held;  /* packets that wait for it */
};
struct hd_neighbour_list_end {
	uint64_t cursor;  /* where the next list goes on; 0: that was all */
	uint64_t entries; /* in the whole table */
	uint64_t capacity;
};
/* Entries come in no particular order; one that is learned meanwhile may or may not be among them. */
HD_REQ_STREAM(NEIGHBOUR_LIST, HD_MSG_ID(HD_MODULE_NEIGHBOUR, 1), struct hd_neighbour_list,
	      struct hd_neighbour_entry, struct hd_neighbour_list_end);

/* Forgets what was learned, as far as the filter goes. */
struct hd_neighbour_clear {
	struct hd_neighbour_filter filter;
};
struct hd_neighbour_cleared {
	uint64_t entries;
};
HD_REQ(NEIGHBOUR_CLEAR, HD_MSG_ID(HD_MODULE_NEIGHBOUR, 2), struct hd_neighbour_clear,
       struct hd_neighbour_cleared);

/* "incomplete", "reachable", ...: as the YANG model spells them. "unknown" beyond the last. */
const char *hd_neighbour_state_name(unsigned int state);

#endif
