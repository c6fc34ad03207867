/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding database: listing and clearing it, and events about addresses.
 */
#ifndef HEDDLE_API_FDB_H
#define HEDDLE_API_FDB_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

enum hd_fdb_flags {
	HD_FDB_STATIC = 1 << 0,
	HD_FDB_LOCAL = 1 << 1, /* an address of the switch itself: of a gateway, for example */
};

/* Selects the entries that match everything that is set. */
struct hd_fdb_filter {
	char switch_name[HD_NAME_MAX]; /* empty: any */
	char port[HD_NAME_MAX];        /* empty: any */
	uint8_t mac[6];                /* all zero: any */
	uint16_t vlan;                 /* 0: any */
};

struct hd_fdb_list {
	struct hd_fdb_filter filter;
	uint64_t cursor; /* 0: from the start; else the one of the last reply */
	uint32_t limit;  /* entries at most: 1..10000 */
	uint32_t zero;
};
struct hd_fdb_entry {
	char switch_name[HD_NAME_MAX];
	char segment[HD_NAME_MAX]; /* empty: an unnamed VLAN */
	char port[HD_NAME_MAX];
	uint8_t mac[6];
	uint16_t vlan;
	uint32_t age_s; /* seconds since the address was last seen; 0 for static entries */
	uint32_t flags; /* enum hd_fdb_flags */
};
struct hd_fdb_list_end {
	uint64_t cursor;  /* for the next request, to go on from here; 0: there are no more */
	uint64_t entries; /* in the whole table */
	uint64_t capacity;
};
/* Lists entries in no particular order. One that is learned during the list may be missing. */
HD_REQ_STREAM(FDB_LIST, HD_MSG_ID(HD_MODULE_FDB, 1), struct hd_fdb_list, struct hd_fdb_entry,
	      struct hd_fdb_list_end);

/* Removes the learned entries that the filter selects. Static entries stay. */
struct hd_fdb_clear {
	struct hd_fdb_filter filter;
};
struct hd_fdb_cleared {
	uint64_t entries;
};
HD_REQ(FDB_CLEAR, HD_MSG_ID(HD_MODULE_FDB, 2), struct hd_fdb_clear, struct hd_fdb_cleared);

/* dp -> mgmt: an event about an address, for people. Rate-limited: not each event is sent. */
enum hd_mac_event_kind {
	HD_MAC_MOVED,
	HD_MAC_LIMIT_PORT,    /* a frame was dropped: the port has as many addresses as it may */
	HD_MAC_LIMIT_SEGMENT, /* the same of the segment */
	HD_MAC_LIMIT_SWITCH,  /* the same of the switch */
	HD_MAC_OWN,         /* a frame was dropped: its source is an address of the switch itself */
	HD_MAC_FOREIGN,     /* a frame was dropped: its source belongs to another port */
	HD_MAC_LIMIT_TABLE, /* not learned, but forwarded: the port used its share of the table */
	HD_MAC_EVENT_COUNT,
};
struct hd_mac_event {
	char switch_name[HD_NAME_MAX];
	char segment[HD_NAME_MAX]; /* empty: an unnamed VLAN */
	char from[HD_NAME_MAX];    /* MOVED: the port where it was; OWN, FOREIGN: its owner */
	char to[HD_NAME_MAX];      /* the port where it was seen */
	uint64_t left_out;         /* events of this kind that were not sent since the last one */
	uint8_t mac[6];
	uint16_t vlan;
	uint32_t kind; /* enum hd_mac_event_kind */
	uint32_t zero;
};
HD_EVENT(MAC_EVENT, HD_MSG_ID(HD_MODULE_FDB, 3), struct hd_mac_event);

#endif
