/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l3/nd.h"

#include "dataplane/core/offload_core.h"
#include "dataplane/l3/ip.h"

#define ND_LEN    24 /* of both messages without options */
#define ND_WITH   32 /* and with a link-layer address */
#define HOP_LIMIT 255

#define OPT_SOURCE_MAC 1
#define OPT_TARGET_MAC 2

#define FLAG_ROUTER    0x80
#define FLAG_SOLICITED 0x40
#define FLAG_OVERRIDE  0x20

static const struct l3_addr nobody; /* :: */
static const struct l3_addr all_nodes = {{0xff, 2, [15] = 1}};

/* ff02::1:ffXX:XXXX (RFC 4291 2.7.1) */
static bool is_solicited_node(const uint8_t *dst)
{
	static const uint8_t prefix[13] = {0xff, 2, [11] = 1, [12] = 0xff};

	return memcmp(dst, prefix, sizeof(prefix)) == 0;
}

/* Looks for the option with the MAC. False: an option has no length, or goes beyond the message. */
static bool read_options(const uint8_t *opt, uint32_t len, struct l3_nd *out)
{
	uint8_t want = out->type == L3_ND_SOLICIT ? OPT_SOURCE_MAC : OPT_TARGET_MAC;

	for (uint32_t at = 0, size; at < len; at += size) {
		if (at + 8 > len)
			return false;
		size = opt[at + 1] * 8u;
		if (!size || at + size > len)
			return false;
		if (opt[at] != want || size != 8 || out->has_mac)
			continue;
		out->has_mac = true;
		memcpy(&out->mac, opt + at + 2, HD_ETH_ALEN);
		if (hd_mac_is_group(&out->mac) || hd_mac_is_zero(&out->mac))
			return false;
	}
	return true;
}

static bool csum_is_right(const uint8_t *ip, uint32_t length)
{
	uint32_t len = length - L3_IP6_LEN;
	struct dp_csum sum = {.sum = l3_ip6_pseudo(ip + 8, ip + 24, L3_PROTO_ICMP6, len)};

	dp_csum_add(&sum, ip + L3_IP6_LEN, len);
	return dp_csum_fold(sum.sum) == 0xffff;
}

static bool solicit_is_valid(const uint8_t *ip, const struct l3_nd *nd)
{
	return !nd->from_nobody || (is_solicited_node(ip + 24) && !nd->has_mac);
}

static bool advert_is_valid(const uint8_t *ip, const struct l3_nd *nd)
{
	return !nd->from_nobody && !(ip[24] == 0xff && nd->solicited);
}

bool l3_nd_parse(const uint8_t *ip, uint32_t readable, uint32_t length, struct l3_nd *out)
{
	const uint8_t *icmp = ip + L3_IP6_LEN;

	if (length > readable || length < L3_IP6_LEN + ND_LEN || ip[6] != L3_PROTO_ICMP6)
		return false;
	if (icmp[0] != L3_ND_SOLICIT && icmp[0] != L3_ND_ADVERTISE)
		return false;
	if (ip[7] != HOP_LIMIT || icmp[1] != 0 || !csum_is_right(ip, length))
		return false;
	*out = (struct l3_nd){
		.type = icmp[0],
		.src = l3_addr(6, ip + 8),
		.target = l3_addr(6, icmp + 8),
	};
	out->from_nobody = l3_addr_same(&out->src, &nobody);
	if ((!l3_ip6_unicast(out->src.b) && !out->from_nobody) || !l3_ip6_unicast(out->target.b) ||
	    !read_options(icmp + ND_LEN, length - L3_IP6_LEN - ND_LEN, out))
		return false;
	if (out->type == L3_ND_SOLICIT)
		return solicit_is_valid(ip, out);
	out->solicited = icmp[4] & FLAG_SOLICITED;
	out->override = icmp[4] & FLAG_OVERRIDE;
	return advert_is_valid(ip, out);
}

/* The MAC of a multicast address (RFC 2464 7). */
static struct hd_mac group_mac(const uint8_t *ip)
{
	return (struct hd_mac){{0x33, 0x33, ip[12], ip[13], ip[14], ip[15]}};
}

/* Writes all of a message but its type's own: @type, @flags, @target and the option with @mac. */
static void write_frame(uint8_t *frame, const struct hd_mac *mac, const struct hd_mac *to,
			const struct l3_addr *src, const struct l3_addr *dst, uint8_t type,
			uint8_t flags, const struct l3_addr *target)
{
	struct hd_eth_hdr *eth = (struct hd_eth_hdr *)frame;
	uint8_t *ip = frame + HD_ETH_HLEN, *icmp = ip + L3_IP6_LEN;
	struct dp_csum sum = {0};
	uint16_t csum;

	memset(frame, 0, L3_ND_FRAME);
	eth->dst = to ? *to : group_mac(dst->b);
	eth->src = *mac;
	l3_put16(frame + 12, HD_ETYPE_IPV6);
	l3_ip6_write(ip, src->b, dst->b, L3_PROTO_ICMP6, ND_WITH, HOP_LIMIT);
	icmp[0] = type;
	icmp[4] = flags;
	memcpy(icmp + 8, target->b, 16);
	icmp[ND_LEN] = type == L3_ND_SOLICIT ? OPT_SOURCE_MAC : OPT_TARGET_MAC;
	icmp[ND_LEN + 1] = 1;
	memcpy(icmp + ND_LEN + 2, mac, HD_ETH_ALEN);
	sum.sum = l3_ip6_pseudo(src->b, dst->b, L3_PROTO_ICMP6, ND_WITH);
	dp_csum_add(&sum, icmp, ND_WITH);
	csum = (uint16_t)~dp_csum_fold(sum.sum);
	memcpy(icmp + 2, &csum, sizeof(csum));
}

void l3_nd_solicit(uint8_t *frame, const struct hd_mac *mac, const struct l3_addr *ip,
		   const struct l3_addr *target, const struct hd_mac *to)
{
	struct l3_addr group = {{0xff, 2, [11] = 1, [12] = 0xff}};

	memcpy(group.b + 13, target->b + 13, 3);
	write_frame(frame, mac, to, ip, to ? target : &group, L3_ND_SOLICIT, 0, target);
}

void l3_nd_answer(uint8_t *frame, const struct hd_mac *mac, const struct l3_nd *solicit,
		  const struct hd_mac *to)
{
	if (solicit->from_nobody)
		l3_nd_announce(frame, mac, &solicit->target);
	else
		write_frame(frame, mac, to, &solicit->target, &solicit->src, L3_ND_ADVERTISE,
			    FLAG_ROUTER | FLAG_SOLICITED | FLAG_OVERRIDE, &solicit->target);
}

void l3_nd_announce(uint8_t *frame, const struct hd_mac *mac, const struct l3_addr *ip)
{
	write_frame(frame, mac, NULL, ip, &all_nodes, L3_ND_ADVERTISE, FLAG_ROUTER | FLAG_OVERRIDE,
		    ip);
}
