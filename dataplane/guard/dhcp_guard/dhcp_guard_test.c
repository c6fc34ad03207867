/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "dataplane/guard/dhcp_guard/dhcp_guard.h"
#include "tests/unit/unit.h"

#define MACS "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01"
#define TAG  "\x81\x00\x00\x0a"
#define STAG "\x88\xa8\x60\x0a"
#define SNAP "\x00\x40\xaa\xaa\x03\x00\x00\x00"
#define ADDR "\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xfe\x00\x00\x01"

#define IPV4X(ihl, len, frag, proto, body)                                                        \
	"\x08\x00" ihl "\x00" len "\x00\x01" frag "\x40" proto "\x00\x00\x0a\x00\x00\x05\x0a\x00" \
	"\x00\x01" body
#define IPV4(body)            IPV4X("\x45", "\x00\x1c", "\x00\x00", "\x11", body)
#define IPV6(len, next, body) "\x86\xdd\x60\x00\x00\x00" len next "\xff" ADDR ADDR body
#define UDP6(body)            IPV6("\x00\x08", "\x11", body)
#define HOP(next)             next "\x00\x05\x02\x00\x00\x00\x00"
#define FRAG(next, off)       next "\x00" off "\x00\x00\x00\x01"

#define UDP(from, to) from to "\x00\x08\x00\x00"
#define P53           "\x00\x35"
#define P67           "\x00\x43"
#define P68           "\x00\x44"
#define P546          "\x02\x22"
#define P547          "\x02\x23"
#define HIGH          "\x80\x01"

static const struct {
	const char *what;
	bool match;
	const char *bytes;
	size_t len;
} cases[] = {
#define CASE(what_, match_, bytes_)                                 \
	{                                                           \
		what_, match_, MACS bytes_, sizeof(MACS bytes_) - 1 \
	}
	CASE("server", true, IPV4(UDP(P67, P68))),
	CASE("server to a relay", true, IPV4(UDP(P67, P67))),
	CASE("server from any port", true, IPV4(UDP(HIGH, P68))),
	CASE("client", false, IPV4(UDP(P68, P67))),
	CASE("DNS", false, IPV4(UDP(HIGH, P53))),
	CASE("DHCPv6 ports in IPv4", false, IPV4(UDP(P547, P546))),
	CASE("TCP", false, IPV4X("\x45", "\x00\x1c", "\x00\x00", "\x06", UDP(P67, P68))),
	CASE("options", true,
	     IPV4X("\x46", "\x00\x20", "\x00\x00", "\x11", "\x94\x04\x00\x00" UDP(P67, P68))),
	CASE("options, client", false,
	     IPV4X("\x46", "\x00\x20", "\x00\x00", "\x11", "\x94\x04\x00\x00" UDP(P68, P67))),
	CASE("tag", true, TAG IPV4(UDP(P67, P68))),
	CASE("three tags", true, STAG TAG TAG IPV4(UDP(P67, P68))),
	CASE("SNAP", true, SNAP IPV4(UDP(P67, P68))),
	CASE("first fragment", true, IPV4X("\x45", "\x00\x1c", "\x20\x00", "\x11", UDP(P67, P68))),
	CASE("first fragment, client", false,
	     IPV4X("\x45", "\x00\x1c", "\x20\x00", "\x11", UDP(P68, P67))),
	CASE("later fragment", false, IPV4X("\x45", "\x00\x1c", "\x20\x01", "\x11", UDP(P67, P68))),
	CASE("cut before the ports", true, IPV4X("\x45", "\x00\x1c", "\x00\x00", "\x11", "\x00")),
	CASE("cut in the header", true, "\x08\x00\x45\x00\x00\x1c\x00\x01"),
	CASE("ARP", false, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01"),
	CASE("LLC", false, "\x00\x03\xfe\xfe\x03"),

	CASE("DHCPv6 server", true, UDP6(UDP(P547, P546))),
	CASE("DHCPv6 server from any port", true, UDP6(UDP(HIGH, P546))),
	CASE("DHCPv6 server to a relay", true, UDP6(UDP(P547, P547))),
	CASE("DHCPv6 client", false, UDP6(UDP(P546, P547))),
	CASE("DHCP ports in IPv6", false, UDP6(UDP(P67, P68))),
	CASE("DNS, IPv6", false, UDP6(UDP(HIGH, P53))),
	CASE("TCP, IPv6", false, IPV6("\x00\x08", "\x06", UDP(P547, P546))),
	CASE("two tags, IPv6", true, STAG TAG UDP6(UDP(P547, P546))),
	CASE("hop-by-hop", true, IPV6("\x00\x10", "\x00", HOP("\x11") UDP(P547, P546))),
	CASE("hop-by-hop, client", false, IPV6("\x00\x10", "\x00", HOP("\x11") UDP(P546, P547))),
	CASE("first fragment, IPv6", true,
	     IPV6("\x00\x10", "\x2c", FRAG("\x11", "\x00\x01") UDP(P547, P546))),
	CASE("first fragment without ports", true,
	     IPV6("\x00\x08", "\x2c", FRAG("\x11", "\x00\x01"))),
	CASE("first fragment that ends in options", true,
	     IPV6("\x00\x10", "\x2c", FRAG("\x3c", "\x00\x01") "\x11\x09\x01\x04\0\0\0\0")),
	CASE("later fragment, IPv6", false,
	     IPV6("\x00\x10", "\x2c", FRAG("\x11", "\x00\x08") UDP(P547, P546))),
	CASE("a number of nobody", true, IPV6("\x00\x08", "\xc8", UDP(P547, P546))),
	CASE("ICMPv6", false, IPV6("\x00\x08", "\x3a", UDP(P547, P546))),
};

static void test_table(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* of exactly this size, so that a sanitizer sees a read beyond it */
		uint8_t *copy = malloc(cases[i].len);
		struct dp_guard_frame frame = {copy, cases[i].len, cases[i].len};

		memcpy(copy, cases[i].bytes, cases[i].len);
		CU_ASSERT_FALSE(cases[i].match && dp_dhcp_guard_harmless(copy, cases[i].len));
		if (dp_dhcp_guard_match(&frame) != cases[i].match) {
			printf("\n%s: ", cases[i].what);
			CU_FAIL("wrong verdict");
		}
		/* A server is seen, or cannot be told from one, however much can be read. */
		for (frame.readable = 15; cases[i].match && frame.readable < frame.len;
		     frame.readable++)
			if (copy[12] == 0x08 || copy[12] == 0x86)
				CU_ASSERT_TRUE(dp_dhcp_guard_match(&frame));
		free(copy);
	}
	CU_PASS("all rows");
}

/* The short way says nothing else than the long one, and is the one that ordinary packets go. */
static void test_harmless(void)
{
#define ZEROS20 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	static const uint8_t first[] = {0x44, 0x45, 0x46, 0x60, 0x75};
	static const uint8_t dns4[] = MACS IPV4(UDP(HIGH, P53)) ZEROS20;
	static const uint8_t dns6[] = MACS UDP6(UDP(P53, HIGH));
	static const uint16_t ports[] = {53, 67, 68, 546, 547, 0x4343};
	unsigned int harmless = 0;

	CU_ASSERT_TRUE(dp_dhcp_guard_harmless(dns4, sizeof(dns4) - 1));
	CU_ASSERT_TRUE(dp_dhcp_guard_harmless(dns6, sizeof(dns6) - 1));
	CU_ASSERT_FALSE(dp_dhcp_guard_harmless(dns6, 57));
	srand(1);
	for (unsigned int i = 0; i < 100000; i++) {
		bool v6 = i & 1;
		uint8_t f[80] = {0}, *ip = f + 14, *udp = ip + (v6 ? 40 : 20);
		struct dp_guard_frame frame = {f, 14 + (uint32_t)rand() % 67, sizeof(f)};

		memcpy(f + 12, v6 ? "\x86\xdd" : "\x08\x00", 2);
		ip[0] = first[rand() % 5];
		ip[5] = rand() % 30;
		ip[v6 ? 6 : 9] = rand() % 8 ? 17 : 58;
		if (!v6 && rand() % 4 == 0)
			ip[7] = 1;
		for (int p = 0; p < 2; p++) {
			uint16_t port = ports[rand() % 6];

			udp[2 * p] = port >> 8;
			udp[2 * p + 1] = port & 0xff;
		}
		if (!dp_dhcp_guard_harmless(f, frame.readable))
			continue;
		harmless++;
		CU_ASSERT_FALSE_FATAL(dp_dhcp_guard_match(&frame));
	}
	CU_ASSERT_TRUE(harmless > 1000);
}

UNIT_MAIN("dhcp_guard", {"table", test_table}, {"harmless", test_harmless});
