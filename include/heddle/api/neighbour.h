/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours of gateways: the MAC of each IP address on a gateway's segment (ARP, RFC 826;
 * neighbour discovery, RFC 4861).
 */
#ifndef HEDDLE_API_NEIGHBOUR_H
#define HEDDLE_API_NEIGHBOUR_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

/* RFC 4861 7.3.2, for both families. */
enum hd_neighbour_state {
	HD_NEIGHBOUR_INCOMPLETE, /* the gateway asked for the address; no answer came yet */
	HD_NEIGHBOUR_REACHABLE,
	HD_NEIGHBOUR_STALE,  /* not heard from for a while; its MAC is still used */
	HD_NEIGHBOUR_DELAY,  /* its MAC was used while stale; it will be probed soon */
	HD_NEIGHBOUR_PROBE,  /* the gateway asks it, by unicast to its MAC */
	HD_NEIGHBOUR_FAILED, /* no answer came; packets to it are refused for a while */
	HD_NEIGHBOUR_STATE_COUNT,
};

/* Selects the neighbours that match everything that is set. */
struct hd_neighbour_filter {
	char gateway[HD_NAME_MAX]; /* empty: any */
	uint8_t addr[16];          /* if family is not 0 */
	uint8_t family;            /* 4 or 6; 0: any address */
	uint8_t zero[7];
};

struct hd_neighbour_list {
	struct hd_neighbour_filter filter;
	uint64_t cursor; /* 0: from the start; else the one of the last reply */
	uint32_t limit;  /* entries at most: 1..10000 */
	uint32_t zero;
};
struct hd_neighbour_entry {
	char gateway[HD_NAME_MAX];
	uint8_t addr[16];
	uint8_t mac[6]; /* zero: not known */
	uint8_t family; /* 4 or 6 */
	uint8_t state;  /* enum hd_neighbour_state */
	uint32_t age_s; /* seconds since it was last heard from, or, without a MAC, was asked for */
	uint32_t held;  /* packets that wait for its MAC */
};
struct hd_neighbour_list_end {
	uint64_t cursor;  /* for the next request, to go on from here; 0: there are no more */
	uint64_t entries; /* in the whole table */
	uint64_t capacity;
};
/* Lists neighbours in no particular order. One that is learned during the list may be missing. */
HD_REQ_STREAM(NEIGHBOUR_LIST, HD_MSG_ID(HD_MODULE_NEIGHBOUR, 1), struct hd_neighbour_list,
	      struct hd_neighbour_entry, struct hd_neighbour_list_end);

/* Removes the learned neighbours that the filter selects. */
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
