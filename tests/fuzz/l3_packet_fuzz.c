/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as an IP packet before the router's cores. A sanitizer sees reads and writes beyond
 * it. A packet that passes still does so one hop later, as an echo reply, and quoted in an error,
 * about which no error is made. Input: bytes behind the readable part, then the packet.
 */
#include <string.h>

#include "dataplane/l3/icmp.h"
#include "dataplane/l3/nd.h"
#include "tests/fuzz/fuzz.h"

static enum l3_ip_check check(const uint8_t *p, uint32_t readable, uint32_t len, struct l3_ip *h)
{
	return p[0] >> 4 == 4 ? l3_ip4_check(p, readable, len, h)
			      : l3_ip6_check(p, readable, len, h);
}

static void error(const uint8_t *p, uint32_t readable, const struct l3_ip *h)
{
	static const uint8_t ours[16] = {10, 1, 1, 1, [15] = 1};
	uint32_t quote = l3_icmp_quote(h), head = l3_icmp_head(h), len;
	struct l3_ip e;
	uint8_t *out;

	if (quote > readable)
		return;
	out = malloc(head + quote);
	if (!out)
		return;
	memcpy(out + head, p, quote);
	len = l3_icmp_write(out, h, L3_ICMP_TOO_BIG, 1400, ours, quote);
	FUZZ_ASSERT(len == head + quote);
	FUZZ_ASSERT(check(out, len, len, &e) == L3_IP_OK && e.length == len);
	FUZZ_ASSERT(!l3_icmp_may_tell(out, len, &e, false));
	free(out);
}

static void walk(uint8_t *p, uint32_t readable, uint32_t len)
{
	struct l3_ip h, again;
	struct l3_nd nd;

	if (check(p, readable, len, &h) != L3_IP_OK)
		return;
	FUZZ_ASSERT(h.length <= len && h.upper <= readable);
	if (h.family == 6)
		l3_nd_parse(p, readable, h.length, &nd);
	if (l3_icmp_may_tell(p, readable, &h, false))
		error(p, readable, &h);
	if (l3_icmp_is_echo(p, readable, &h) && !h.group && !h.unspecified) {
		l3_icmp_echo_reply(p, &h);
		FUZZ_ASSERT(check(p, readable, len, &again) == L3_IP_OK);
		FUZZ_ASSERT(!l3_icmp_is_echo(p, readable, &again));
	}
	if (h.ttl > 1) {
		if (h.family == 4)
			l3_ip4_hop(p);
		else
			l3_ip6_hop(p);
		FUZZ_ASSERT(check(p, readable, len, &again) == L3_IP_OK);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t readable = (uint32_t)size - 1;
	uint8_t *copy;

	if (size < 2)
		return 0;
	copy = malloc(readable);
	if (!copy)
		return 0;
	memcpy(copy, data + 1, readable);
	walk(copy, readable, readable + data[0]);
	free(copy);
	return 0;
}
