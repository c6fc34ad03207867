/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "heddle/net/ether.h"
#include "dataplane/guard/anti_spoof/anti_spoof_int.h"

#define TAGS_MAX       2
#define LLC_LENGTH_MAX 1500
#define ETYPE_RARP     0x8035
#define IPV4_MIN       20
#define ARP_LEN        28
#define ARP_REQUEST    1
#define PROTO_IGMP     2
#define PROTO_UDP      17
#define PORT_BOOTPS    67

static const uint8_t zero[16];

bool hd_spoof_mac_allowed(const struct hd_anti_spoof_object *conf, const uint8_t mac[6])
{
	for (uint32_t i = 0; i < conf->n_macs; i++)
		if (!memcmp(conf->macs[i], mac, HD_ETH_ALEN))
			return true;
	return false;
}

static bool prefix_has(const struct hd_ip_prefix *prefix, const uint8_t *addr)
{
	unsigned int bytes = prefix->length / 8, bits = prefix->length % 8;

	if (memcmp(prefix->addr, addr, bytes))
		return false;
	return !bits || !((prefix->addr[bytes] ^ addr[bytes]) & (0xff00u >> bits) & 0xff);
}

bool hd_spoof_ip_allowed(const struct hd_anti_spoof_object *conf, int family, const uint8_t *addr)
{
	for (uint32_t i = 0; i < conf->n_ips; i++)
		if (conf->ips[i].family == family && prefix_has(&conf->ips[i], addr))
			return true;
	return false;
}

/* ARP and RARP have the same form. */
static bool arp_ok(const struct hd_anti_spoof_object *conf, const struct hd_spoof_frame *frame,
		   uint32_t off, bool rarp)
{
	static const uint8_t ethernet_ipv4[] = {0, 1, 8, 0, 6, 4};
	const uint8_t *arp = frame->p + off;

	if (off + ARP_LEN > frame->readable || memcmp(arp, ethernet_ipv4, sizeof(ethernet_ipv4)))
		return false;
	if (!hd_spoof_mac_allowed(conf, arp + 8))
		return false;
	if (hd_spoof_ip_allowed(conf, 4, arp + 14))
		return true;
	/* a probe, or who does not know its address yet */
	return !memcmp(arp + 14, zero, 4) && (rarp || spoof_be16(arp + 6) == ARP_REQUEST);
}

/* 0.0.0.0 asks a DHCP server for an address, or reports groups before it has one. */
static bool unspecified_ok(const struct hd_spoof_frame *frame, uint32_t off, uint32_t hlen)
{
	const uint8_t *ip = frame->p + off;

	if (ip[9] == PROTO_IGMP)
		return true;
	return ip[9] == PROTO_UDP && !(spoof_be16(ip + 6) & 0x1fff) &&
	       off + hlen + 8 <= frame->readable && spoof_be16(ip + hlen + 2) == PORT_BOOTPS;
}

static bool ipv4_ok(const struct hd_anti_spoof_object *conf, const struct hd_spoof_frame *frame,
		    uint32_t off)
{
	const uint8_t *ip = frame->p + off;
	uint32_t hlen, total;

	if (off + IPV4_MIN > frame->readable)
		return false;
	hlen = (ip[0] & 15) * 4;
	total = spoof_be16(ip + 2);
	if (ip[0] >> 4 != 4 || hlen < IPV4_MIN || total < hlen || off + total > frame->len)
		return false;
	if (hd_spoof_ip_allowed(conf, 4, ip + 12))
		return true;
	return !memcmp(ip + 12, zero, 4) && unspecified_ok(frame, off, hlen);
}

/*
 * Finds what the frame carries: its EtherType, and in *@off where that starts. Returns 0 for what
 * has none, -1 when it cannot be told.
 */
static int payload_type(const struct hd_spoof_frame *frame, uint32_t *off)
{
	static const uint8_t snap[] = {0xaa, 0xaa, 0x03, 0, 0, 0};
	uint32_t at = HD_ETH_HLEN - 2;
	uint16_t type;

	for (int tags = 0;; tags++, at += HD_VLAN_HLEN) {
		if (at + 2 > frame->readable)
			return -1;
		type = spoof_be16(frame->p + at);
		if (type != HD_TPID_C && type != HD_TPID_S)
			break;
		if (tags == TAGS_MAX)
			return -1;
	}
	*off = at + 2;
	if (type > LLC_LENGTH_MAX)
		return type;
	if (*off + 8 > frame->readable || memcmp(frame->p + *off, snap, sizeof(snap)))
		return 0;
	*off += 8;
	return spoof_be16(frame->p + *off - 2);
}

enum hd_spoof hd_anti_spoof_check(const struct hd_anti_spoof_object *conf,
				  const struct hd_spoof_frame *frame)
{
	uint32_t off = 0;
	bool ok = true;

	if (!hd_spoof_mac_allowed(conf, frame->p + HD_ETH_ALEN))
		return HD_SPOOF_MAC;
	if (!conf->n_ips)
		return HD_SPOOF_NONE;
	switch (payload_type(frame, &off)) {
	case -1: ok = false; break;
	case HD_ETYPE_IPV4: ok = ipv4_ok(conf, frame, off); break;
	case HD_ETYPE_IPV6: ok = hd_spoof_ipv6_ok(conf, frame, off); break;
	case HD_ETYPE_ARP: ok = arp_ok(conf, frame, off, false); break;
	case ETYPE_RARP: ok = arp_ok(conf, frame, off, true); break;
	}
	return ok ? HD_SPOOF_NONE : HD_SPOOF_IP;
}
