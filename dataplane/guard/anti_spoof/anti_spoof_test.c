/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "dataplane/guard/anti_spoof/anti_spoof.h"
#include "tests/unit/unit.h"

/*
 * Allowed: 02:00:00:00:00:01 and :02; 10.0.0.5/32, 192.168.4.0/22; 2001:db8::5/128, 2001:db8:1::/61.
 */
static struct hd_anti_spoof_object conf = {
	.n_macs = 2,
	.n_ips = 4,
	.macs = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}},
	.ips =
		{
			{.family = 4, .length = 32, .addr = {10, 0, 0, 5}},
			{.family = 4, .length = 22, .addr = {192, 168, 4, 0}},
			{.family = 6, .length = 128, .addr = {0x20, 0x01, 0x0d, 0xb8, [15] = 5}},
			{.family = 6, .length = 61, .addr = {0x20, 0x01, 0x0d, 0xb8, 0, 1}},
		},
};

#define A     "\x02\x00\x00\x00\x00\x01" /* allowed */
#define B     "\x02\x00\x00\x00\x00\x02" /* allowed */
#define X     "\x02\x00\x00\x00\x00\x99" /* not */
#define BCAST "\xff\xff\xff\xff\xff\xff"

#define TAG  "\x81\x00\x20\x0a"
#define STAG "\x88\xa8\x00\x0b"

#define IP5   "\x0a\x00\x00\x05" /* allowed */
#define IP6   "\x0a\x00\x00\x06" /* not */
#define IPNET "\xc0\xa8\x07\xff" /* allowed: the last of the /22 */
#define IPOUT "\xc0\xa8\x08\x00" /* not: one beyond */
#define IP0   "\x00\x00\x00\x00"

#define ARP(op, sha, spa) \
	"\x08\x06\x00\x01\x08\x00\x06\x04\x00" op sha spa "\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x01"
/* from 0.0.0.0, and who has @tpa? */
#define PROBE(op, sha, tpa)                                                              \
	"\x08\x06\x00\x01\x08\x00\x06\x04\x00" op sha "\x00\x00\x00\x00\x00\x00\x00\x00" \
	"\x00\x00" tpa
#define RARP(op, sha, spa) \
	"\x80\x35\x00\x01\x08\x00\x06\x04\x00" op sha spa "\x00\x00\x00\x00\x00\x00\x0a\x00\x00\x01"

/* a packet of 28 bytes: header and 8 bytes of what follows; without its type */
#define IPV4_RAW(proto, frag, src, ports)                                                    \
	"\x45\x00\x00\x1c\x00\x01" frag "\x40" proto "\x00\x00" src "\x0a\x00\x00\x01" ports \
	"\x00\x08\x00\x00"
#define IPV4(proto, src, ports) "\x08\x00" IPV4_RAW(proto, "\x00\x00", src, ports)
#define UDP                     "\x11"
#define TCP                     "\x06"
#define DHCP                    "\x00\x44\x00\x43"
#define DNS                     "\x80\x00\x00\x35"

#define G5     "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05" /* allowed */
#define G6     "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06" /* not */
#define GNET   "\x20\x01\x0d\xb8\x00\x01\x00\x07\x12\x34\x00\x00\x00\x00\x00\x06" /* allowed */
#define GOUT   "\x20\x01\x0d\xb8\x00\x01\x00\x08\x12\x34\x00\x00\x00\x00\x00\x06" /* not */
#define LLA    "\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xfe\x00\x00\x01" /* of A */
#define LLX    "\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xfe\x00\x00\x99" /* of X */
#define LLR    "\xfe\x80\x00\x00\x00\x00\x00\x00\x12\x34\x56\x78\x9a\xbc\xde\xf0" /* random */
#define UNSPEC "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
#define ALL    "\xff\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"

#define IPV6(len, next, src, body) "\x86\xdd\x60\x00\x00\x00\x00" len next "\xff" src ALL body
#define HOP(next)                  next "\x00\x05\x02\x00\x00\x00\x00"
#define FRAG(next, off)            next "\x00" off "\x00\x00\x00\x01"
#define ICMP(type)                 type "\x00\x00\x00\x00\x00\x00\x00"
#define NS(target)                 ICMP("\x87") target
#define NA(target)                 ICMP("\x88") target
#define SLLA(mac)                  "\x01\x01" mac
#define TLLA(mac)                  "\x02\x01" mac
#define I6                         "\x3a"

static const struct {
	const char *what;
	enum dp_spoof verdict;
	const char *bytes;
	size_t len;
} cases[] = {
#define CASE(what_, verdict_, bytes_)                                  \
	{                                                              \
		what_, DP_SPOOF_##verdict_, bytes_, sizeof(bytes_) - 1 \
	}
#define OK_(what_, rest_)  CASE(what_, NONE, BCAST A rest_)
#define BAD_(what_, rest_) CASE(what_, IP, BCAST A rest_)
	CASE("another's MAC", MAC, BCAST X ARP("\x01", A, IP5)),
	CASE("another's MAC behind a tag", MAC, BCAST X TAG IPV4(UDP, IP5, DNS)),
	CASE("second MAC", NONE, BCAST B IPV4(UDP, IP5, DNS)),
	OK_("other EtherType", "\x88\xcc\x02\x07"),
	OK_("LLC", "\x00\x03\xfe\xfe\x03"),

	OK_("ARP request", ARP("\x01", A, IP5)),
	OK_("ARP reply", ARP("\x02", A, IP5)),
	OK_("ARP of the other MAC", ARP("\x02", B, IP5)),
	OK_("ARP from the net", ARP("\x01", A, IPNET)),
	OK_("ARP probe", PROBE("\x01", A, IP5)),
	OK_("ARP probe in the net", PROBE("\x01", B, IPNET)),
	BAD_("ARP probe for another's address", PROBE("\x01", A, IP6)),
	BAD_("ARP probe for another's address, tag", TAG PROBE("\x01", A, IPOUT)),
	BAD_("ARP probe for 0.0.0.0", PROBE("\x01", A, IP0)),
	BAD_("ARP probe that is a reply", PROBE("\x02", A, IP5)),
	BAD_("ARP announcement of another's address",
	     "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" A IP6 "\0\0\0\0\0\0" IP6),
	OK_("ARP announcement",
	    "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" A IP5 "\0\0\0\0\0\0" IP5),
	OK_("ARP, tag", TAG ARP("\x01", A, IP5)),
	OK_("ARP, two tags", STAG TAG ARP("\x01", A, IP5)),
	BAD_("ARP, sender IP", ARP("\x01", A, IP6)),
	BAD_("ARP, sender IP beyond the net", ARP("\x01", A, IPOUT)),
	BAD_("ARP, sender MAC", ARP("\x02", X, IP5)),
	BAD_("ARP reply from 0.0.0.0", ARP("\x02", A, IP0)),
	BAD_("ARP, tag", TAG ARP("\x01", A, IP6)),
	BAD_("ARP, two tags", STAG TAG ARP("\x01", A, IP6)),
	BAD_("three tags", STAG TAG TAG ARP("\x01", A, IP5)),
	BAD_("ARP, cut", "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" A "\x0a\x00\x00"),
	BAD_("ARP, other hardware",
	     "\x08\x06\x00\x06\x08\x00\x06\x04\x00\x01" A IP5 "\x00\x00\x00\x00\x00\x00" IP5),
	OK_("RARP announcement", RARP("\x03", A, IP0)),
	BAD_("RARP, sender", RARP("\x04", A, IP6)),

	OK_("IPv4", IPV4(UDP, IP5, DNS)),
	OK_("IPv4, tag", TAG IPV4(TCP, IP5, DNS)),
	OK_("IPv4, two tags", STAG TAG IPV4(TCP, IPNET, DNS)),
	OK_("DHCP", IPV4(UDP, IP0, DHCP)),
	OK_("IGMP from 0.0.0.0", IPV4("\x02", IP0, "\x16\x00\x00\x00")),
	BAD_("IPv4 source", IPV4(UDP, IP6, DNS)),
	BAD_("IPv4 source, tag", TAG IPV4(UDP, IP6, DNS)),
	BAD_("IPv4 source, two tags", STAG TAG IPV4(UDP, IP6, DNS)),
	BAD_("IPv4 source, SNAP", "\x00\x24\xaa\xaa\x03\x00\x00\x00" IPV4(UDP, IP6, DNS)),
	OK_("IPv4, SNAP", "\x00\x24\xaa\xaa\x03\x00\x00\x00" IPV4(UDP, IP5, DNS)),
	BAD_("0.0.0.0, not DHCP", IPV4(UDP, IP0, DNS)),
	BAD_("0.0.0.0, TCP to port 67", IPV4(TCP, IP0, DHCP)),
	BAD_("0.0.0.0, a later fragment", "\x08\x00" IPV4_RAW(UDP, "\x00\x20", IP0, DHCP)),
	BAD_("IPv4, cut",
	     "\x08\x00\x45\x00\x00\x13\x00\x01\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x05\x0a"),
	BAD_("IPv4, header length 4",
	     "\x08\x00\x44\x00\x00\x14\x00\x01\x00\x00\x40\x11\x00\x00" IP5 "\x0a\x00\x00\x01"),
	BAD_("IPv4, version 6",
	     "\x08\x00\x65\x00\x00\x14\x00\x01\x00\x00\x40\x11\x00\x00" IP5 "\x0a\x00\x00\x01"),
	BAD_("IPv4, longer than the frame",
	     "\x08\x00\x45\x00\x00\x15\x00\x01\x00\x00\x40\x11\x00\x00" IP5 "\x0a\x00\x00\x01"),
	BAD_("IPv4, total below the header",
	     "\x08\x00\x45\x00\x00\x13\x00\x01\x00\x00\x40\x11\x00\x00" IP5 "\x0a\x00\x00\x01"),

	OK_("IPv6", IPV6("\x00", "\x3b", G5, "")),
	OK_("IPv6, from the net", IPV6("\x00", "\x3b", GNET, "")),
	OK_("IPv6, link-local of the MAC", IPV6("\x00", "\x3b", LLA, "")),
	OK_("IPv6, two tags", STAG TAG IPV6("\x00", "\x3b", G5, "")),
	BAD_("IPv6 source", IPV6("\x00", "\x3b", G6, "")),
	BAD_("IPv6 source beyond the net", IPV6("\x00", "\x3b", GOUT, "")),
	BAD_("IPv6 source, tag", TAG IPV6("\x00", "\x3b", G6, "")),
	BAD_("IPv6, link-local of another", IPV6("\x00", "\x3b", LLX, "")),
	BAD_("IPv6, random link-local", IPV6("\x00", "\x3b", LLR, "")),
	BAD_("IPv6 from ::", IPV6("\x08", "\x11", UNSPEC, DHCP "\x00\x08\x00\x00")),
	BAD_("IPv6, longer than the frame", IPV6("\x09", "\x11", G5, DHCP "\x00\x08\x00\x00")),
	BAD_("IPv6, version 4", "\x86\xdd\x40\x00\x00\x00\x00\x00\x3b\xff" G5 ALL),
	BAD_("IPv6, extension header cut", IPV6("\x04", "\x00", G5, "\x3a\x00\x05\x02")),
	BAD_("IPv6, extension header too long",
	     IPV6("\x08", "\x00", G5, "\x3a\x09\x05\x02\0\0\0\0")),

	OK_("DAD", IPV6("\x18", I6, UNSPEC, NS(G5))),
	OK_("DAD of the link-local", IPV6("\x18", I6, UNSPEC, NS(LLA))),
	BAD_("DAD of another's address", IPV6("\x18", I6, UNSPEC, NS(G6))),
	BAD_("DAD with an option", IPV6("\x20", I6, UNSPEC, NS(G5) SLLA(A))),
	OK_("MLD report from ::", IPV6("\x10", "\x00", UNSPEC, HOP(I6) ICMP("\x8f"))),
	OK_("RS from ::", IPV6("\x08", I6, UNSPEC, ICMP("\x85"))),
	BAD_("RA from ::", IPV6("\x10", I6, UNSPEC, ICMP("\x86") "\0\0\0\0\0\0\0\0")),
	BAD_("echo from ::", IPV6("\x08", I6, UNSPEC, ICMP("\x80"))),
	OK_("echo", IPV6("\x08", I6, G5, ICMP("\x80"))),
	OK_("NS", IPV6("\x20", I6, G5, NS(G6) SLLA(A))),
	OK_("NS from link-local, no option", IPV6("\x18", I6, LLA, NS(G6))),
	BAD_("NS, link-layer option", IPV6("\x20", I6, G5, NS(G6) SLLA(X))),
	BAD_("NS, second option", IPV6("\x28", I6, G5, NS(G6) SLLA(A) SLLA(X))),
	BAD_("NS, hop-by-hop", IPV6("\x28", "\x00", G5, HOP(I6) NS(G6) SLLA(X))),
	OK_("NS, hop-by-hop", IPV6("\x28", "\x00", G5, HOP(I6) NS(G6) SLLA(A))),
	BAD_("NS, option of length 0", IPV6("\x20", I6, G5, NS(G6) "\x0e\x00\0\0\0\0\0\0")),
	BAD_("NS, option too long", IPV6("\x20", I6, G5, NS(G6) "\x0e\x02\0\0\0\0\0\0")),
	BAD_("NS, cut", IPV6("\x17", I6, G5, ICMP("\x87") "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")),
	OK_("NA", IPV6("\x20", I6, G5, NA(G5) TLLA(A))),
	OK_("NA of the link-local", IPV6("\x20", I6, LLA, NA(LLA) TLLA(A))),
	BAD_("NA of another's address", IPV6("\x20", I6, G5, NA(G6) TLLA(A))),
	BAD_("NA, link-layer option", IPV6("\x20", I6, G5, NA(G5) TLLA(X))),
	BAD_("NA, two tags", STAG TAG IPV6("\x20", I6, G5, NA(G5) TLLA(X))),
	OK_("RS", IPV6("\x10", I6, G5, ICMP("\x85") SLLA(A))),
	BAD_("RS, link-layer option", IPV6("\x10", I6, G5, ICMP("\x85") SLLA(X))),
	OK_("a fragment", IPV6("\x10", "\x2c", G5, FRAG(I6, "\x00\x08") "\x87\0\0\0\0\0\0\0")),
	BAD_("a fragment of ND", IPV6("\x28", "\x2c", G5, FRAG(I6, "\x00\x01") NS(G6) SLLA(A))),
	BAD_("a first fragment that hides ICMPv6", IPV6("\x08", "\x2c", G5, FRAG(I6, "\x00\x01"))),
};

static enum dp_spoof check(const struct hd_anti_spoof_object *c, const char *bytes, size_t len)
{
	/* of exactly this size, so that a sanitizer sees a read beyond it */
	uint8_t *copy = malloc(len);
	struct dp_guard_frame frame = {copy, (uint32_t)len, (uint32_t)len};
	enum dp_spoof verdict;

	memcpy(copy, bytes, len);
	verdict = dp_anti_spoof_check(c, &frame);
	free(copy);
	return verdict;
}

static void test_table(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum dp_spoof got = check(&conf, cases[i].bytes, cases[i].len);

		if (got != cases[i].verdict) {
			printf("\n%s: %d, expected %d", cases[i].what, got, cases[i].verdict);
			CU_FAIL("wrong verdict");
		}
	}
	CU_PASS("all rows");
}

/* Any prefix of any frame is judged without reading beyond it, and a cut ARP or IP never passes. */
static void test_cut(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t len = 14; len < cases[i].len; len++)
			check(&conf, cases[i].bytes, len);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(cases[i].what, "NS") && strcmp(cases[i].what, "IPv4, two tags") &&
		    strcmp(cases[i].what, "ARP, tag"))
			continue;
		if (cases[i].verdict != DP_SPOOF_NONE)
			continue;
		for (size_t len = 14; len < cases[i].len && len < 14 + 8 + 28; len++)
			CU_ASSERT_EQUAL(check(&conf, cases[i].bytes, len), DP_SPOOF_IP);
	}
}

/* Without IP prefixes only the source MAC counts. */
static void test_mac_only(void)
{
	struct hd_anti_spoof_object only = conf;

	only.n_ips = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(check(&only, cases[i].bytes, cases[i].len),
				cases[i].verdict == DP_SPOOF_MAC ? DP_SPOOF_MAC : DP_SPOOF_NONE);
}

/* Padding after the packet is nobody's business. */
static void test_padding(void)
{
	char frame[60] = BCAST A IPV4(UDP, IP5, DNS);

	CU_ASSERT_EQUAL(check(&conf, frame, sizeof(frame)), DP_SPOOF_NONE);
}

static void test_validate(void)
{
	struct hd_anti_spoof_object o = conf;
	struct hd_err err;

	CU_ASSERT_EQUAL(dp_anti_spoof_validate(&o, &err), 0);
#define REFUSED(change, word)                                               \
	do {                                                                \
		o = conf;                                                   \
		change;                                                     \
		CU_ASSERT_EQUAL(dp_anti_spoof_validate(&o, &err), -EINVAL); \
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));             \
	} while (0)
	REFUSED(o.n_macs = 0, "0 MAC");
	REFUSED(o.n_macs = 17, "1..16");
	REFUSED(o.n_macs = 3, "MAC 3");
	REFUSED(o.n_ips = UINT32_MAX, "up to 16");
	REFUSED(o.n_ips = 5, "IP 5: family 0");
	REFUSED(o.macs[1][0] |= 1, "03:00:00:00:00:02");
	REFUSED(o.ips[0].family = 5, "family 5");
	REFUSED(o.ips[0].length = 33, "33 is above 32");
	REFUSED(o.ips[2].length = 129, "129 is above 128");
}

UNIT_MAIN("anti_spoof", {"table", test_table}, {"cut frames", test_cut},
	  {"MAC only", test_mac_only}, {"padding", test_padding}, {"validate", test_validate});
