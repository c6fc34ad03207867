/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ethernet and VLAN tags on the wire (IEEE 802.3, 802.1Q, 802.1ad).
 */
#ifndef HEDDLE_NET_ETHER_H
#define HEDDLE_NET_ETHER_H

#include <stdbool.h>
#include <stdint.h>

#define HD_ETH_ALEN   6
#define HD_ETH_HLEN   14 /* two addresses and a type */
#define HD_ETH_MIN    60 /* shortest frame without its FCS */
#define HD_VLAN_HLEN  4
#define HD_VLAN_MIN   1
#define HD_VLAN_MAX   4094
#define HD_VLAN_COUNT 4096
#define HD_VID_MASK   0x0fff
#define HD_TCI_DEI    0x1000
#define HD_PCP_SHIFT  13

#define HD_TPID_C 0x8100 /* customer tag, 802.1Q */
#define HD_TPID_S 0x88a8 /* service tag, 802.1ad */

#define HD_ETYPE_IPV4 0x0800
#define HD_ETYPE_ARP  0x0806
#define HD_ETYPE_IPV6 0x86dd

struct hd_mac {
	uint8_t b[HD_ETH_ALEN];
};

struct hd_eth_hdr {
	struct hd_mac dst;
	struct hd_mac src;
	uint16_t type; /* network order: an EtherType, a TPID, or a length up to 1500 */
} __attribute__((packed));

struct hd_vlan_hdr {
	uint16_t tci;  /* network order: PCP (3 bits), DEI, VID (12) */
	uint16_t type; /* network order: what follows */
} __attribute__((packed));

_Static_assert(sizeof(struct hd_eth_hdr) == HD_ETH_HLEN, "Ethernet header");
_Static_assert(sizeof(struct hd_vlan_hdr) == HD_VLAN_HLEN, "VLAN tag");

/* True for a multicast or the broadcast address (I/G bit). */
static inline bool hd_mac_is_group(const struct hd_mac *mac)
{
	return mac->b[0] & 1;
}

static inline bool hd_mac_is_zero(const struct hd_mac *mac)
{
	return !(mac->b[0] | mac->b[1] | mac->b[2] | mac->b[3] | mac->b[4] | mac->b[5]);
}

static inline bool hd_mac_is_broadcast(const struct hd_mac *mac)
{
	return (mac->b[0] & mac->b[1] & mac->b[2] & mac->b[3] & mac->b[4] & mac->b[5]) == 0xff;
}

/* 01-80-C2-00-00-0X: addresses that a bridge must not forward (IEEE 802.1Q table 8-1). */
static inline bool hd_mac_is_reserved(const struct hd_mac *mac)
{
	return mac->b[0] == 0x01 && mac->b[1] == 0x80 && mac->b[2] == 0xc2 && !mac->b[3] &&
	       !mac->b[4] && mac->b[5] < 0x10;
}

/* The 16-bit field at @offset of a frame, host order. */
static inline uint16_t hd_frame_u16(const uint8_t *frame, unsigned int offset)
{
	return (uint16_t)(frame[offset] << 8 | frame[offset + 1]);
}

/* True for the TPID of either tag protocol, host order. */
static inline bool hd_vlan_is_tpid(uint16_t type)
{
	return type == HD_TPID_C || type == HD_TPID_S;
}

#define HD_MAC_STR_MAX 18

/* Writes "02:00:00:00:00:01" and returns @str. */
const char *hd_mac_str(const struct hd_mac *mac, char str[HD_MAC_STR_MAX]);

/* Parses 02:00:00:00:00:01, 02-00-00-00-00-01 or 0200.0000.0001. Returns 0 or -EINVAL. */
int hd_mac_parse(const char *str, struct hd_mac *mac);

/*
 * Numbers of VLANs. A VLAN with an id has its id. A VLAN without one has an internal number, which
 * the switch chooses above all ids: no tag carries it, neither in frames that come in nor in frames
 * that leave.
 */
#define HD_VLAN_INTERNAL_MIN HD_VLAN_COUNT
#define HD_VLAN_NUMBERS      (2 * HD_VLAN_COUNT) /* ids and internal numbers */

/* The id that the VLAN's tags carry; 0: it has none. */
static inline uint16_t hd_vlan_id(uint16_t vlan)
{
	return vlan < HD_VLAN_INTERNAL_MIN ? vlan : 0;
}

/* True for an id that a tag can carry, and for an internal number. */
static inline bool hd_vlan_valid(uint16_t vlan)
{
	return (vlan >= HD_VLAN_MIN && vlan <= HD_VLAN_MAX) ||
	       (vlan >= HD_VLAN_INTERNAL_MIN && vlan < HD_VLAN_NUMBERS);
}

/* A set of VLAN ids, one bit each: 512 bytes. It cannot hold internal numbers. */
struct hd_vlan_set {
	uint64_t w[HD_VLAN_COUNT / 64];
};

static inline bool hd_vlan_set_has(const struct hd_vlan_set *set, uint16_t vid)
{
	return vid < HD_VLAN_COUNT && set->w[vid >> 6] >> (vid & 63) & 1;
}

static inline void hd_vlan_set_add(struct hd_vlan_set *set, uint16_t vid)
{
	if (vid < HD_VLAN_COUNT)
		set->w[vid >> 6] |= 1ull << (vid & 63);
}

#endif
