/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "mgmt/cli/capture/decode.h"
#include "tests/unit/unit.h"

/* Turns hex digits (blanks between them are fine) into bytes. */
static size_t unhex(const char *hex, uint8_t *bytes)
{
	size_t n = 0;
	unsigned int byte;

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		sscanf(hex, "%2x", &byte);
		bytes[n++] = (uint8_t)byte;
		hex += 2;
	}
	return n;
}

#define MACS "ffffffffffff 020000000001 "
#define ARP  "0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002"
#define IP_TCP                                          \
	"45000030 00010000 40060000 0a000001 0a000002 " \
	"1f900050 00000001 00000002 5012ffff 12340000 6162636465666768"

static const struct {
	const char *hex, *line;
} lines[] = {
	{MACS "0806 " ARP, "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff ARP who has 10.0.0.2, tell "
			   "10.0.0.1 (42 bytes)"},
	{MACS "8100 600a 0806 " ARP, "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff vlan 10 pcp 3 ARP who "
				     "has 10.0.0.2, tell 10.0.0.1 (46 bytes)"},
	{MACS "88a8 112c 8100 0064 0800 " IP_TCP,
	 "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff s-vlan 300 dei vlan 100 IPv4 10.0.0.1 > 10.0.0.2 "
	 "TCP 8080 > 80 [SA] seq 1 ack 2 win 65535, 8 bytes (70 bytes)"},
	{MACS "0026 424203 0000",
	 "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff LLC, spanning tree (19 bytes)"},
	{MACS "86dd 60000000 0010 3a ff fe800000000000000000000000000001 "
	      "ff020000000000000000000000000001 8000 1234 0001 0002 6162636465666768",
	 "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff IPv6 fe80::1 > ff02::1 ICMPv6 echo request id 1 "
	 "seq 2 (70 bytes)"},
	{MACS "88cc 01", "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff type 0x88cc (15 bytes)"},
	{MACS "8100 000a",
	 "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff vlan 10 (ends within its tags) (16 bytes)"},
	{"ffff", "2 bytes: too short for an Ethernet header"},
	{MACS "0800 4500", "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff type 0x0800 (16 bytes)"},
};

static void test_lines(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		uint8_t frame[256];
		size_t n = unhex(lines[i].hex, frame);
		struct cli_layers l;
		char text[CLI_DECODE_LINE_MAX];

		cli_decode(&l, frame, n, n);
		cli_decode_line(&l, text);
		if (strcmp(text, lines[i].line) != 0)
			printf("%s\nexpected\n%s\n", text, lines[i].line);
		CU_ASSERT_STRING_EQUAL(text, lines[i].line);
	}
}

static void test_fields(void)
{
	static const struct {
		const char *hex;
		size_t offset;
		const char *name;
	} cases[] = {
		{MACS "0806 " ARP, 0, "destination MAC"},
		{MACS "0806 " ARP, 11, "source MAC"},
		{MACS "0806 " ARP, 13, "EtherType"},
		{MACS "0806 " ARP, 28, "ARP sender address"},
		{MACS "0806 " ARP "000000", 43, "padding"},
		{MACS "8100 000a 0806 " ARP, 12, "tag's TPID"},
		{MACS "8100 000a 0806 " ARP, 15, "tag's VLAN id"},
		{MACS "88a8 000a 8100 0001 0806 " ARP, 14, "outer tag's PCP, DEI and VLAN id"},
		{MACS "88a8 000a 8100 0001 0806 " ARP, 19, "inner tag's VLAN id"},
		{MACS "0800 " IP_TCP, 22, "IPv4 TTL"},
		{MACS "0800 " IP_TCP, 24, "IPv4 header checksum"},
		{MACS "0800 " IP_TCP, 38, "TCP sequence number"},
		{MACS "0800 " IP_TCP, 47, "TCP flags"},
		{MACS "0800 " IP_TCP, 56, "TCP payload, byte 2"},
		{MACS "0800 " IP_TCP "0000", 63, "padding"},
		{MACS "88cc 0102", 15, "frame payload"},
		{MACS "0026 424203 0000", 13, "length"},
		{MACS "0026 424203 0000", 15, "LLC SSAP"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t frame[256];
		size_t n = unhex(cases[i].hex, frame);
		struct cli_layers l;
		char name[CLI_DECODE_NAME_MAX];

		cli_decode(&l, frame, n, n);
		CU_ASSERT_STRING_EQUAL(cli_decode_field(&l, cases[i].offset, name), cases[i].name);
		if (strcmp(name, cases[i].name) != 0)
			printf("%s, expected %s\n", name, cases[i].name);
	}
}

/* Whatever is cut off, and whatever the lengths say: no byte beyond the frame is read. */
static void test_truncated(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		uint8_t frame[256];
		size_t n = unhex(lines[i].hex, frame);

		for (size_t cut = 0; cut <= n; cut++) {
			uint8_t *exact =
				malloc(cut ? cut : 1); /* so that valgrind sees a read beyond */
			struct cli_layers l;
			char text[CLI_DECODE_LINE_MAX], name[CLI_DECODE_NAME_MAX];

			memcpy(exact, frame, cut);
			cli_decode(&l, exact, cut, n);
			cli_decode_line(&l, text);
			for (size_t at = 0; at < cut + 4; at++)
				cli_decode_field(&l, at, name);
			CU_ASSERT(l.end <= cut && l.l4_payload <= cut);
			free(exact);
		}
	}
}

UNIT_MAIN("cli decode", {"lines", test_lines}, {"fields", test_fields},
	  {"truncated frames", test_truncated});
