/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l3/icmp.h"

#include "dataplane/core/offload_core.h"
#include "dataplane/l3/limits.h"

#define ICMP_LEN 8u

#define ICMP4_ECHO_REPLY    0
#define ICMP4_UNREACHABLE   3
#define ICMP4_QUENCH        4
#define ICMP4_REDIRECT      5
#define ICMP4_ECHO          8
#define ICMP4_TIME_EXCEEDED 11
#define ICMP4_PARAMETER     12

#define ICMP6_UNREACHABLE   1
#define ICMP6_TOO_BIG       2
#define ICMP6_TIME_EXCEEDED 3
#define ICMP6_INFORMATION   128 /* types below are of errors */
#define ICMP6_ECHO          128
#define ICMP6_ECHO_REPLY    129
#define ICMP6_REDIRECT      137

static bool is_icmp(const struct l3_ip *h)
{
	return h->proto == (h->family == 4 ? L3_PROTO_ICMP : L3_PROTO_ICMP6);
}

bool l3_icmp_is_echo(const uint8_t *ip, uint32_t readable, const struct l3_ip *h)
{
	const uint8_t *icmp = ip + h->upper;

	if (!is_icmp(h) || h->fragment || h->upper + ICMP_LEN > readable ||
	    h->upper + ICMP_LEN > h->length)
		return false;
	if (h->family == 6 && h->upper != L3_IP6_LEN)
		return false;
	return icmp[0] == (h->family == 4 ? ICMP4_ECHO : ICMP6_ECHO) && icmp[1] == 0;
}

static void swap(uint8_t *a, uint8_t *b, uint32_t n)
{
	uint8_t t[16];

	memcpy(t, a, n);
	memcpy(a, b, n);
	memcpy(b, t, n);
}

void l3_icmp_echo_reply(uint8_t *ip, const struct l3_ip *h)
{
	uint8_t *icmp = ip + h->upper;
	uint16_t old, new;

	memcpy(&old, icmp, sizeof(old));
	icmp[0] = h->family == 4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY;
	memcpy(&new, icmp, sizeof(new));
	l3_csum_replace(icmp + 2, old, new);
	if (h->family == 4) {
		swap(ip + 12, ip + 16, 4);
		l3_ip4_ttl(ip, L3_TTL);
	} else {
		swap(ip + 8, ip + 24, 16);
		ip[7] = L3_TTL;
	}
}

/* An ICMP error, or a message that is treated as one; or it cannot be seen whether it is. */
static bool is_error(const uint8_t *ip, uint32_t readable, const struct l3_ip *h)
{
	uint8_t type;

	if (!is_icmp(h))
		return false;
	if (h->upper + 1u > readable || h->upper + 1u > h->length)
		return true;
	type = ip[h->upper];
	if (h->family == 6)
		return type < ICMP6_INFORMATION || type == ICMP6_REDIRECT;
	return type == ICMP4_UNREACHABLE || type == ICMP4_QUENCH || type == ICMP4_REDIRECT ||
	       type == ICMP4_TIME_EXCEEDED || type == ICMP4_PARAMETER;
}

bool l3_icmp_may_tell(const uint8_t *ip, uint32_t readable, const struct l3_ip *h, bool group_frame)
{
	return !group_frame && !h->group && !h->later && !h->unspecified &&
	       !is_error(ip, readable, h);
}

uint32_t l3_icmp_quote(const struct l3_ip *h)
{
	uint32_t most =
		h->family == 4 ? L3_ICMP4_MAX - L3_ICMP4_HEAD : L3_ICMP6_MAX - L3_ICMP6_HEAD;

	return h->length < most ? h->length : most;
}

uint32_t l3_icmp_write(uint8_t *ip, const struct l3_ip *h, enum l3_icmp_error error, uint32_t mtu,
		       const uint8_t *src, uint32_t quote)
{
	static const uint8_t type[2][L3_ICMP_ERROR_COUNT][2] = {
		{{ICMP4_TIME_EXCEEDED, 0},
		 {ICMP4_UNREACHABLE, 0},
		 {ICMP4_UNREACHABLE, 1},
		 {ICMP4_UNREACHABLE, 4}},
		{{ICMP6_TIME_EXCEEDED, 0},
		 {ICMP6_UNREACHABLE, 0},
		 {ICMP6_UNREACHABLE, 3},
		 {ICMP6_TOO_BIG, 0}},
	};
	uint32_t head = l3_icmp_head(h), len = ICMP_LEN + quote;
	uint8_t *icmp = ip + head - ICMP_LEN;
	const uint8_t *about = ip + head;
	struct dp_csum sum = {0};
	uint16_t csum;

	memset(icmp, 0, ICMP_LEN);
	memcpy(icmp, type[h->family == 6][error], 2);
	if (error == L3_ICMP_TOO_BIG)
		l3_put32(icmp + 4, h->family == 4 && mtu > UINT16_MAX ? UINT16_MAX : mtu);
	if (h->family == 4) {
		l3_ip4_write(ip, src, about + 12, L3_PROTO_ICMP, len, L3_TTL);
	} else {
		l3_ip6_write(ip, src, about + 8, L3_PROTO_ICMP6, len, L3_TTL);
		sum.sum = l3_ip6_pseudo(src, about + 8, L3_PROTO_ICMP6, len);
	}
	dp_csum_add(&sum, icmp, len);
	csum = (uint16_t)~dp_csum_fold(sum.sum);
	memcpy(icmp + 2, &csum, sizeof(csum));
	return head + quote;
}
