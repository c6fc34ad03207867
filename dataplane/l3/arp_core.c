/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l3/arp.h"

#include "dataplane/l3/addr.h"

static const struct hd_mac everybody = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/* Ethernet, IPv4, and the lengths of their addresses. */
static const uint8_t kind[6] = {0, 1, 0x08, 0x00, HD_ETH_ALEN, 4};

static bool is_zero(const uint8_t ip[4])
{
	return l3_be32(ip) == 0;
}

bool l3_arp_parse(const uint8_t *p, uint32_t len, struct l3_arp *out)
{
	if (len < L3_ARP_LEN || memcmp(p, kind, sizeof(kind)) != 0)
		return false;
	out->op = l3_be16(p + 6);
	memcpy(&out->sender, p + 8, HD_ETH_ALEN);
	memcpy(out->sender_ip, p + 14, 4);
	memcpy(&out->target, p + 18, HD_ETH_ALEN);
	memcpy(out->target_ip, p + 24, 4);
	if (out->op != L3_ARP_REQUEST && out->op != L3_ARP_REPLY)
		return false;
	if (hd_mac_is_group(&out->sender) || hd_mac_is_zero(&out->sender))
		return false;
	return l3_ip4_unicast(out->sender_ip) ||
	       (out->op == L3_ARP_REQUEST && is_zero(out->sender_ip));
}

enum l3_arp_kind l3_arp_kind(const struct l3_arp *arp, bool sender_ours, bool target_ours,
			     const struct hd_mac *mac)
{
	if (sender_ours)
		return L3_ARP_CONFLICT;
	if (!target_ours)
		return L3_ARP_OTHER;
	if (arp->op == L3_ARP_REQUEST)
		return is_zero(arp->sender_ip) ? L3_ARP_PROBE : L3_ARP_ASKS;
	return memcmp(&arp->target, mac, HD_ETH_ALEN) == 0 ? L3_ARP_ANSWERS : L3_ARP_OTHER;
}

static void write_frame(uint8_t *frame, const struct hd_mac *to, const struct l3_arp *arp)
{
	struct hd_eth_hdr *eth = (struct hd_eth_hdr *)frame;
	uint8_t *p = frame + HD_ETH_HLEN;

	memset(frame, 0, L3_ARP_FRAME);
	eth->dst = *to;
	eth->src = arp->sender;
	l3_put16(frame + 12, HD_ETYPE_ARP);
	memcpy(p, kind, sizeof(kind));
	l3_put16(p + 6, arp->op);
	memcpy(p + 8, &arp->sender, HD_ETH_ALEN);
	memcpy(p + 14, arp->sender_ip, 4);
	memcpy(p + 18, &arp->target, HD_ETH_ALEN);
	memcpy(p + 24, arp->target_ip, 4);
}

void l3_arp_request(uint8_t *frame, const struct hd_mac *mac, const uint8_t ip[4],
		    const uint8_t target[4], const struct hd_mac *to)
{
	struct l3_arp arp = {.op = L3_ARP_REQUEST, .sender = *mac};

	memcpy(arp.sender_ip, ip, 4);
	memcpy(arp.target_ip, target, 4);
	if (to)
		arp.target = *to;
	write_frame(frame, to ? to : &everybody, &arp);
}

void l3_arp_reply(uint8_t *frame, const struct hd_mac *mac, const struct l3_arp *request)
{
	struct l3_arp arp = {.op = L3_ARP_REPLY, .sender = *mac, .target = request->sender};

	memcpy(arp.sender_ip, request->target_ip, 4);
	memcpy(arp.target_ip, request->sender_ip, 4);
	write_frame(frame, &request->sender, &arp);
}

void l3_arp_announce(uint8_t *frame, const struct hd_mac *mac, const uint8_t ip[4])
{
	l3_arp_request(frame, mac, ip, ip, NULL);
}
