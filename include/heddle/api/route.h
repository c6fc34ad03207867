/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routes that are in force, by VRF.
 */
#ifndef HEDDLE_API_ROUTE_H
#define HEDDLE_API_ROUTE_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"
#include "heddle/net/ip.h"

enum hd_route_kind {
	HD_ROUTE_CONNECTED, /* the subnet of a gateway's address */
	HD_ROUTE_LOCAL,     /* a gateway's own address */
	HD_ROUTE_KIND_COUNT,
};

struct hd_route_list {
	char vrf[HD_NAME_MAX]; /* empty: all */
	uint64_t cursor;       /* 0: from the start; else the one of the last reply */
	uint32_t limit;        /* entries at most: 1..10000 */
	uint8_t family;        /* 4, 6, or 0: both */
	uint8_t zero[3];
};
struct hd_route_entry {
	char vrf[HD_NAME_MAX];
	char gateway[HD_NAME_MAX];  /* by which packets leave, or whose own address it is */
	struct hd_ip_prefix prefix; /* its host part is 0 */
	uint32_t kind;              /* enum hd_route_kind */
	uint32_t zero;
};
struct hd_route_list_end {
	uint64_t cursor;  /* for the next request, to go on from here; 0: there are no more */
	uint64_t entries; /* of all VRFs */
};
/*
 * Lists routes in the order of VRF, family, prefix and length. After a commit between two requests,
 * routes may be missing or come twice.
 */
HD_REQ_STREAM(ROUTE_LIST, HD_MSG_ID(HD_MODULE_ROUTE, 1), struct hd_route_list,
	      struct hd_route_entry, struct hd_route_list_end);

/* "connected", "local": as the YANG model spells them. "unknown" beyond the last. */
const char *hd_route_kind_name(unsigned int kind);

#endif
