/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "heddle/net/ether.h"
#include "dataplane/guard/anti_spoof/anti_spoof_int.h"

#define TAGS_MAX    2
#define ETYPE_RARP  0x8035
#define ARP_LEN     28
#define ARP_REQUEST 1
#define PROTO_IGMP  2
#define PORT_BOOTPS 67

static const uint8_t zero[16];

bool dp_spoof_mac_allowed(const struct hd_anti_spoof_object *conf, const uint8_t mac[6])
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

bool dp_spoof_ip_allowed(const struct hd_anti_spoof_object *conf, int family, const uint8_t *addr)
{
	for (uint32_t i = 0; i < conf->n_ips; i++)
		if (conf->ips[i].family == family && prefix_has(&conf->ips[i], addr))
			return true;
	return false;
}

/* ARP and RARP have the same form. */
static bool arp_ok(const struct hd_anti_spoof_object *conf, const struct dp_guard_frame *frame,
		   uint32_t off, bool rarp)
{
	static const uint8_t ethernet_ipv4[] = {0, 1, 8, 0, 6, 4};
	const uint8_t *arp = frame->p + off;

	if (off + ARP_LEN > frame->readable || memcmp(arp, ethernet_ipv4, sizeof(ethernet_ipv4)))
		return false;
	if (!dp_spoof_mac_allowed(conf, arp + 8))
		return false;
	if (dp_spoof_ip_allowed(conf, 4, arp + 14))
		return true;
	if (memcmp(arp + 14, zero, 4) != 0)
		return false;
	/* Who does not know its address yet, or a probe: that for another's keeps it from having it. */
	return rarp ||
	       (dp_guard_be16(arp + 6) == ARP_REQUEST && dp_spoof_ip_allowed(conf, 4, arp + 24));
}

/* 0.0.0.0 asks a DHCP server for an address, or reports groups before it has one. */
static bool unspecified_ok(const struct dp_guard_frame *frame, uint32_t off, uint32_t hlen)
{
	const uint8_t *ip = frame->p + off;

	if (ip[9] == PROTO_IGMP)
		return true;
	return ip[9] == DP_PROTO_UDP && !(dp_guard_be16(ip + 6) & 0x1fff) &&
	       off + hlen + 8 <= frame->readable && dp_guard_be16(ip + hlen + 2) == PORT_BOOTPS;
}

static bool ipv4_ok(const struct hd_anti_spoof_object *conf, const struct dp_guard_frame *frame,
		    uint32_t off)
{
	const uint8_t *ip = frame->p + off;
	uint32_t hlen, total;

	if (off + DP_IPV4_LEN > frame->readable)
		return false;
	hlen = (ip[0] & 15) * 4;
	total = dp_guard_be16(ip + 2);
	if (ip[0] >> 4 != 4 || hlen < DP_IPV4_LEN || total < hlen || off + total > frame->len)
		return false;
	if (dp_spoof_ip_allowed(conf, 4, ip + 12))
		return true;
	return !memcmp(ip + 12, zero, 4) && unspecified_ok(frame, off, hlen);
}

enum dp_spoof dp_anti_spoof_check(const struct hd_anti_spoof_object *conf,
				  const struct dp_guard_frame *frame)
{
	uint32_t off = 0;
	bool ok = true;

	if (!dp_spoof_mac_allowed(conf, frame->p + HD_ETH_ALEN))
		return DP_SPOOF_MAC;
	if (!conf->n_ips)
		return DP_SPOOF_NONE;
	switch (dp_guard_payload(frame, TAGS_MAX, &off)) {
	case -1: ok = false; break;
	case HD_ETYPE_IPV4: ok = ipv4_ok(conf, frame, off); break;
	case HD_ETYPE_IPV6: ok = dp_spoof_ipv6_ok(conf, frame, off); break;
	case HD_ETYPE_ARP: ok = arp_ok(conf, frame, off, false); break;
	case ETYPE_RARP: ok = arp_ok(conf, frame, off, true); break;
	}
	return ok ? DP_SPOOF_NONE : DP_SPOOF_IP;
}
