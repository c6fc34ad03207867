/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The forwarding database: reading and clearing it.
 */
#ifndef HEDDLE_API_FDB_H
#define HEDDLE_API_FDB_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

enum hd_fdb_flags {
	HD_FDB_STATIC = 1 << 0,
	HD_FDB_LOCAL = 1 << 1, /* an address of ours */
};

struct hd_fdb_filter {
	char switch_name[HD_NAME_MAX]; /* empty: any */
	char port[HD_NAME_MAX];        /* empty: any */
	uint8_t mac[6];                /* all zero: any */
	uint16_t vlan;                 /* 0: any */
};

struct hd_fdb_list {
	struct hd_fdb_filter filter;
	uint64_t cursor; /* 0: from the start, else as the last reply said */
	uint32_t limit;  /* entries at the most, 1..10000 */
	uint32_t zero;
};
struct hd_fdb_entry {
	char switch_name[HD_NAME_MAX];
	char segment[HD_NAME_MAX]; /* empty: an unnamed VLAN */
	char port[HD_NAME_MAX];
	uint8_t mac[6];
	uint16_t vlan;
	uint32_t age_s; /* since it was last seen; 0 for static ones */
	uint32_t flags; /* enum hd_fdb_flags */
};
struct hd_fdb_list_end {
	uint64_t cursor;  /* where the next list goes on; 0: that was all */
	uint64_t entries; /* in the whole table */
	uint64_t capacity;
};
/* Entries come in no particular order; one that is learned meanwhile may or may not be among them. */
HD_REQ_STREAM(FDB_LIST, HD_MSG_ID(HD_MODULE_FDB, 1), struct hd_fdb_list, struct hd_fdb_entry,
	      struct hd_fdb_list_end);

/* Forgets what was learned, as far as the filter goes. Static entries stay. */
struct hd_fdb_clear {
	struct hd_fdb_filter filter;
};
struct hd_fdb_cleared {
	uint64_t entries;
};
HD_REQ(FDB_CLEAR, HD_MSG_ID(HD_MODULE_FDB, 2), struct hd_fdb_clear, struct hd_fdb_cleared);

/* dp -> mgmt: something about an address that a person may want to know of; not each single one. */
enum hd_mac_event_kind {
	HD_MAC_MOVED,
	HD_MAC_LIMIT_PORT, /* a new address was refused, since there are so many already */
	HD_MAC_LIMIT_SEGMENT,
	HD_MAC_LIMIT_SWITCH,
	HD_MAC_OWN,     /* a frame was dropped: its source is an address of the switch itself, */
	HD_MAC_FOREIGN, /* ... or belongs to another port */
	HD_MAC_LIMIT_TABLE, /* not learned, and not dropped: the port has its share of the table */
	HD_MAC_EVENT_COUNT,
};
struct hd_mac_event {
	char switch_name[HD_NAME_MAX];
	char segment[HD_NAME_MAX]; /* empty: an unnamed VLAN */
	char from[HD_NAME_MAX]; /* HD_MAC_MOVED: the port where it was; OWN, FOREIGN: whose it is */
	char to[HD_NAME_MAX];   /* the port where it was seen */
	uint64_t left_out;      /* others of the sort since the last one that was told of */
	uint8_t mac[6];
	uint16_t vlan;
	uint32_t kind; /* enum hd_mac_event_kind */
	uint32_t zero;
};
HD_EVENT(MAC_EVENT, HD_MSG_ID(HD_MODULE_FDB, 3), struct hd_mac_event);

#endif
