/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l3/ip.h"

#include "dataplane/core/offload_core.h"

#define IP4_MORE   0x2000
#define IP4_DF     0x4000
#define IP4_OFFSET 0x1fff

#define IP4_OPT_END  0
#define IP4_OPT_NOP  1
#define IP4_OPT_LSRR 131
#define IP4_OPT_SSRR 137

/* IANA "IPv6 Extension Header Types", as far as something may follow that we look for. */
#define EXT_HOP      0
#define EXT_ROUTING  43
#define EXT_FRAGMENT 44
#define EXT_DEST     60

/* True if the options are whole, and no source route is among them. */
static bool options_pass(const uint8_t *opt, uint32_t len)
{
	uint32_t at = 0;

	while (at < len && opt[at] != IP4_OPT_END) {
		if (opt[at] == IP4_OPT_NOP) {
			at++;
			continue;
		}
		if (at + 2 > len || opt[at + 1] < 2 || at + opt[at + 1] > len)
			return false;
		if (opt[at] == IP4_OPT_LSRR || opt[at] == IP4_OPT_SSRR)
			return false;
		at += opt[at + 1];
	}
	return true;
}

/* Multicast, or 255.255.255.255. */
static bool is_group4(const uint8_t *p)
{
	return p[0] >> 4 == 0xe || l3_be32(p) == UINT32_MAX;
}

enum l3_ip_check l3_ip4_check(const uint8_t *ip, uint32_t readable, uint32_t len, struct l3_ip *out)
{
	struct dp_csum sum = {0};
	uint32_t header, total;
	uint16_t cut;

	if (readable > len)
		readable = len;
	if (readable < L3_IP4_LEN || ip[0] >> 4 != 4)
		return L3_IP_BAD;
	header = (ip[0] & 15) * 4u;
	total = l3_be16(ip + 2);
	if (header < L3_IP4_LEN || header > readable || total < header || total > len)
		return L3_IP_BAD;
	dp_csum_add(&sum, ip, header);
	if (dp_csum_fold(sum.sum) != 0xffff)
		return L3_IP_BAD;
	cut = l3_be16(ip + 6);
	*out = (struct l3_ip){
		.length = total,
		.upper = (uint16_t)header,
		.family = 4,
		.proto = ip[9],
		.ttl = ip[8],
		.fragment = cut & (IP4_MORE | IP4_OFFSET),
		.later = cut & IP4_OFFSET,
		.dont_cut = cut & IP4_DF,
		.group = is_group4(ip + 16),
	};
	if (!l3_ip4_unicast(ip + 12) || (!out->group && !l3_ip4_unicast(ip + 16)))
		return L3_IP_MARTIAN;
	return options_pass(ip + L3_IP4_LEN, header - L3_IP4_LEN) ? L3_IP_OK : L3_IP_ROUTED;
}

/* Walks the extension headers, as far as they are readable. */
static void walk(const uint8_t *ip, uint32_t readable, struct l3_ip *out)
{
	uint32_t at = L3_IP6_LEN;

	while (at + 8 <= readable && !out->later) {
		const uint8_t *ext = ip + at;
		uint32_t size = 8 + ext[1] * 8u;

		if (out->proto == EXT_FRAGMENT) {
			size = 8;
			out->fragment = l3_be16(ext + 2) & 0xfff9;
			out->later = l3_be16(ext + 2) & 0xfff8;
		} else if (out->proto != EXT_HOP && out->proto != EXT_ROUTING &&
			   out->proto != EXT_DEST) {
			break;
		}
		if (at + size > readable)
			break;
		out->proto = ext[0];
		at += size;
	}
	out->upper = (uint16_t)at;
}

enum l3_ip_check l3_ip6_check(const uint8_t *ip, uint32_t readable, uint32_t len, struct l3_ip *out)
{
	uint32_t total;

	if (readable > len)
		readable = len;
	if (readable < L3_IP6_LEN || ip[0] >> 4 != 6)
		return L3_IP_BAD;
	total = L3_IP6_LEN + l3_be16(ip + 4);
	if (total > len)
		return L3_IP_BAD;
	*out = (struct l3_ip){
		.length = total,
		.family = 6,
		.proto = ip[6],
		.ttl = ip[7],
		.group = ip[24] == 0xff,
		.link_local = l3_ip6_link_local(ip + 8) || l3_ip6_link_local(ip + 24),
		.unspecified = !l3_ip6_unicast(ip + 8) && ip[8] == 0 && ip[23] == 0,
	};
	walk(ip, readable < total ? readable : total, out);
	if (!l3_ip6_unicast(ip + 8) && !out->unspecified)
		return L3_IP_MARTIAN;
	return out->group || l3_ip6_unicast(ip + 24) ? L3_IP_OK : L3_IP_MARTIAN;
}

void l3_csum_replace(uint8_t *field, uint16_t old, uint16_t new)
{
	uint32_t sum;
	uint16_t csum;

	memcpy(&csum, field, sizeof(csum));
	/* RFC 1624, equation 3 */
	sum = (uint32_t)(uint16_t)~csum + (uint16_t)~old + new;
	sum = (sum & 0xffff) + (sum >> 16);
	csum = (uint16_t) ~(sum + (sum >> 16));
	memcpy(field, &csum, sizeof(csum));
}

void l3_ip4_ttl(uint8_t *ip, uint8_t ttl)
{
	uint16_t old, new;

	memcpy(&old, ip + 8, sizeof(old));
	ip[8] = ttl;
	memcpy(&new, ip + 8, sizeof(new));
	l3_csum_replace(ip + 10, old, new);
}

void l3_ip4_hop(uint8_t *ip)
{
	l3_ip4_ttl(ip, (uint8_t)(ip[8] - 1));
}

void l3_ip4_write(uint8_t *ip, const uint8_t *src, const uint8_t *dst, uint8_t proto,
		  uint32_t payload, uint8_t ttl)
{
	struct dp_csum sum = {0};
	uint16_t csum;

	memset(ip, 0, L3_IP4_LEN);
	ip[0] = 0x45;
	l3_put16(ip + 2, (uint16_t)(L3_IP4_LEN + payload));
	l3_put16(ip + 6, IP4_DF);
	ip[8] = ttl;
	ip[9] = proto;
	memcpy(ip + 12, src, 4);
	memcpy(ip + 16, dst, 4);
	dp_csum_add(&sum, ip, L3_IP4_LEN);
	csum = (uint16_t)~dp_csum_fold(sum.sum);
	memcpy(ip + 10, &csum, sizeof(csum));
}

void l3_ip6_write(uint8_t *ip, const uint8_t *src, const uint8_t *dst, uint8_t proto,
		  uint32_t payload, uint8_t ttl)
{
	memset(ip, 0, 8);
	ip[0] = 0x60;
	l3_put16(ip + 4, (uint16_t)payload);
	ip[6] = proto;
	ip[7] = ttl;
	memcpy(ip + 8, src, 16);
	memcpy(ip + 24, dst, 16);
}

uint64_t l3_ip6_pseudo(const uint8_t *src, const uint8_t *dst, uint8_t proto, uint32_t len)
{
	uint8_t tail[8] = {[7] = proto};
	struct dp_csum sum = {0};

	l3_put32(tail, len);
	dp_csum_add(&sum, src, 16);
	dp_csum_add(&sum, dst, 16);
	dp_csum_add(&sum, tail, sizeof(tail));
	return sum.sum;
}
