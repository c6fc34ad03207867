/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "dataplane/guard/ra_guard/ra_guard.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define MACS "\x33\x33\x00\x00\x00\x01\x02\x00\x00\x00\x00\x01"
#define TAG  "\x81\x00\x00\x0a"
#define STAG "\x88\xa8\x60\x0a"
#define SNAP "\x00\x40\xaa\xaa\x03\x00\x00\x00"
#define ADDR "\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xfe\x00\x00\x01"

/* @len: two bytes of the header's payload length */
#define IPV6(len, next, body) "\x86\xdd\x60\x00\x00\x00" len next "\xff" ADDR ADDR body
#define ICMP(type)            type "\x00\x00\x00\x00\x00\x00\x00"
#define RA                    ICMP("\x86")
#define NS                    ICMP("\x87")
#define HOP(next)             next "\x00\x05\x02\x00\x00\x00\x00"
#define DEST16(next)          next "\x01\x01\x0c\0\0\0\0\0\0\0\0\0\0\0\0"
#define FRAG(next, off)       next "\x00" off "\x00\x00\x00\x01"
#define I6                    "\x3a"

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
	CASE("advertisement", true, IPV6("\x00\x08", I6, RA)),
	CASE("redirect", true, IPV6("\x00\x08", I6, ICMP("\x89"))),
	CASE("solicitation of a router", false, IPV6("\x00\x08", I6, ICMP("\x85"))),
	CASE("solicitation of a neighbour", false, IPV6("\x00\x08", I6, NS)),
	CASE("advertisement of a neighbour", false, IPV6("\x00\x08", I6, ICMP("\x88"))),
	CASE("echo", false, IPV6("\x00\x08", I6, ICMP("\x80"))),
	CASE("tag", true, TAG IPV6("\x00\x08", I6, RA)),
	CASE("priority tag", true, "\x81\x00\xe0\x00" IPV6("\x00\x08", I6, RA)),
	CASE("two tags", true, STAG TAG IPV6("\x00\x08", I6, RA)),
	CASE("four tags", true, STAG TAG TAG TAG IPV6("\x00\x08", I6, RA)),
	CASE("SNAP", true, SNAP IPV6("\x00\x08", I6, RA)),
	CASE("tag and SNAP", true, TAG SNAP IPV6("\x00\x08", I6, RA)),
	CASE("solicitation, four tags", false, STAG TAG TAG TAG IPV6("\x00\x08", I6, NS)),

	CASE("hop-by-hop", true, IPV6("\x00\x10", "\x00", HOP(I6) RA)),
	CASE("hop-by-hop, solicitation", false, IPV6("\x00\x10", "\x00", HOP(I6) NS)),
	CASE("destination options", true, IPV6("\x00\x18", "\x3c", DEST16(I6) RA)),
	CASE("routing", true, IPV6("\x00\x10", "\x2b", HOP(I6) RA)),
	CASE("AH", true, IPV6("\x00\x14", "\x33", I6 "\x01\x00\x00\0\0\0\1\0\0\0\1" RA)),
	CASE("mobility", true, IPV6("\x00\x10", "\x87", HOP(I6) RA)),
	CASE("several", true, IPV6("\x00\x28", "\x00", HOP("\x3c") DEST16("\x2b") HOP(I6) RA)),
	CASE("TCP behind options", false,
	     IPV6("\x00\x10", "\x00", HOP("\x06") "\0\x50\0\x51\0\0\0\0")),
	CASE("ESP", false, IPV6("\x00\x08", "\x32", "\0\0\0\1\0\0\0\1")),
	CASE("nothing behind options", false, IPV6("\x00\x08", "\x00", HOP("\x3b"))),
	CASE("a number of nobody", true, IPV6("\x00\x08", "\xc8", RA)),
	CASE("an experiment", true, IPV6("\x00\x10", "\xfd", HOP(I6) RA)),

	CASE("atomic fragment", true, IPV6("\x00\x10", "\x2c", FRAG(I6, "\x00\x00") RA)),
	CASE("first fragment", true, IPV6("\x00\x10", "\x2c", FRAG(I6, "\x00\x01") RA)),
	CASE("first fragment, solicitation", false,
	     IPV6("\x00\x10", "\x2c", FRAG(I6, "\x00\x01") NS)),
	CASE("first fragment without the message", true,
	     IPV6("\x00\x08", "\x2c", FRAG(I6, "\x00\x01"))),
	CASE("first fragment that ends in options", true,
	     IPV6("\x00\x10", "\x2c", FRAG("\x3c", "\x00\x01") I6 "\x09\x01\x04\0\0\0\0")),
	CASE("first fragment of UDP", false,
	     IPV6("\x00\x10", "\x2c", FRAG("\x11", "\x00\x01") "\0\x35\0\x35\0\x08\0\0")),
	CASE("later fragment", false, IPV6("\x00\x10", "\x2c", FRAG(I6, "\x00\x08") RA)),
	CASE("later fragment of options", false,
	     IPV6("\x00\x10", "\x2c", FRAG("\x3c", "\x00\x08") I6 "\x09\x01\x04\0\0\0\0")),

	CASE("packet that ends before the message", true, IPV6("\x00\x00", I6, RA)),
	CASE("packet longer than the frame", true, IPV6("\x00\x09", I6, NS)),
	CASE("padding behind the packet", false,
	     IPV6("\x00\x08", I6, NS) "\x86\x00\x00\x00\x00\x00\x00\x00"),
	CASE("no IPv6 header", true, "\x86\xdd\x60\x00\x00\x00"),
	CASE("version 4", true, "\x86\xdd\x45\x00\x00\x00\x00\x08\x3a\xff" ADDR ADDR RA),
	CASE("IPv4", false, "\x08\x00\x45\x00\x00\x14\0\0\0\0\x40\x3a\0\0\x0a\0\0\1\x0a\0\0\2"),
	CASE("ARP", false, "\x08\x06\x00\x01\x86\xdd\x86\x86"),
	CASE("LLC", false, "\x00\x03\xfe\xfe\x03"),
	CASE("cut in the second tag", false, STAG "\x81\x00"),
};

/* A copy of exactly this size, so that a sanitizer sees a read beyond it. */
static bool match(const void *bytes, size_t readable, size_t len)
{
	uint8_t *copy = malloc(readable);
	struct dp_guard_frame frame = {copy, (uint32_t)readable, (uint32_t)len};
	bool verdict;

	memcpy(copy, bytes, readable);
	verdict = dp_ra_guard_match(&frame);
	free(copy);
	return verdict;
}

static void test_table(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (match(cases[i].bytes, cases[i].len, cases[i].len) == cases[i].match)
			continue;
		printf("\n%s: ", cases[i].what);
		CU_FAIL("wrong verdict");
	}
	CU_PASS("all rows");
}

/* Writes a random chain of extension headers to @p, the last of which leads to ICMPv6. */
static size_t write_chain(uint8_t *p, uint8_t *first)
{
	static const uint8_t types[] = {0, 43, 44, 51, 60, 135, 139, 140};
	uint8_t *next = first;
	size_t at = 0;

	for (unsigned int n = dice(6); n > 0; n--) {
		uint8_t type = types[dice(sizeof(types))], units = dice(4);

		*next = type;
		next = &p[at];
		memset(&p[at], 0, 64);
		if (type == 51)
			p[at + 1] = units + 1;
		else if (type != 44)
			p[at + 1] = units;
		at += type == 44 ? 8 : type == 51 ? (units + 3u) * 4 : (units + 1u) * 8;
	}
	*next = 58;
	return at;
}

/* Whatever the chain: an advertisement is seen, and so is that it is none; cut anywhere it is refused. */
static void test_chains(void)
{
	for (int round = 0; round < 2000; round++) {
		uint8_t f[600] = MACS "\x86\xdd\x60", first;
		size_t chain = write_chain(f + 54, &first), len = 54 + chain + 8;
		uint8_t *icmp = f + 54 + chain;

		memset(icmp, 0, 8);
		f[18] = (chain + 8) >> 8;
		f[19] = (chain + 8) & 255;
		f[20] = first;
		icmp[0] = 134;
		CU_ASSERT_TRUE_FATAL(match(f, len, len));
		for (size_t cut = 15; cut < len; cut += 1 + dice(7))
			CU_ASSERT_TRUE_FATAL(match(f, cut, len));
		icmp[0] = 135;
		CU_ASSERT_FALSE_FATAL(match(f, len, len));
	}
}

UNIT_MAIN("ra_guard", {"table", test_table}, {"random chains", test_chains});
