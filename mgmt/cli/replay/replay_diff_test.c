/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "mgmt/cli/term/mem.h"
#include "mgmt/cli/replay/replay_diff.h"
#include "tests/unit/unit.h"

/* A packet of a made-up capture: an ARP request in VLAN @vlan (0: untagged). */
struct made {
	unsigned int vlan, us, len; /* len 0: 60 */
};

static FILE *make(const struct made *packets, unsigned int n, int linktype)
{
	static const uint8_t arp[] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0,  0, 0, 0,
				      1,    10,   0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2};
	pcap_t *dead = pcap_open_dead(linktype, 262144);
	FILE *file = tmpfile();
	pcap_dumper_t *dump = pcap_dump_fopen(dead, fdopen(dup(fileno(file)), "wb"));

	for (unsigned int i = 0; i < n; i++) {
		uint8_t frame[2000] = {255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1};
		struct pcap_pkthdr hdr = {.ts = {.tv_sec = 1, .tv_usec = packets[i].us}};
		size_t at = 12;

		if (packets[i].vlan) {
			frame[at] = 0x81;
			frame[at + 2] = (uint8_t)(packets[i].vlan >> 8);
			frame[at + 3] = (uint8_t)packets[i].vlan;
			at += 4;
		}
		memcpy(frame + at, arp, sizeof(arp));
		hdr.caplen = hdr.len = packets[i].len ? packets[i].len : 60;
		pcap_dump((u_char *)dump, &hdr, frame);
	}
	pcap_dump_close(dump);
	pcap_close(dead);
	rewind(file);
	return file;
}

static void compare(const struct made *want, unsigned int n_want, const struct made *got,
		    unsigned int n_got, bool ignore_time, struct cli_diff *diff)
{
	struct hd_capture *a, *b;
	struct hd_err err;

	CU_ASSERT_EQUAL_FATAL(
		hd_capture_open(&a, make(want, n_want, DLT_EN10MB), "want", NULL, &err), 0);
	CU_ASSERT_EQUAL_FATAL(hd_capture_open(&b, make(got, n_got, DLT_EN10MB), "got", NULL, &err),
			      0);
	cli_diff_captures(a, b, ignore_time, diff);
	hd_capture_close(a);
	hd_capture_close(b);
}

static const struct made base[] = {{10, 0, 0}, {11, 1, 0}, {12, 2, 0}, {13, 3, 0}};

static void test_equal(void)
{
	struct cli_diff d;

	compare(base, 4, base, 4, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_EQUAL);
	CU_ASSERT_EQUAL(d.want.packets, 4);
	CU_ASSERT_EQUAL(d.got.packets, 4);
	compare(base, 0, base, 0, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_EQUAL);
}

static void test_bytes(void)
{
	static const struct made got[] = {{10, 0, 0}, {11, 1, 0}, {20, 2, 0}, {13, 3, 0}};
	struct cli_diff d;
	char *text;
	size_t size;
	FILE *out;

	compare(base, 4, got, 4, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_BYTES);
	CU_ASSERT_EQUAL(d.want.number, 3);
	CU_ASSERT_EQUAL(d.got.number, 3);
	CU_ASSERT_EQUAL(d.offset, 15);
	CU_ASSERT_STRING_EQUAL(d.field, "tag's VLAN id");
	out = open_memstream(&text, &size);
	cli_diff_print(&d, "web1", out, false);
	fclose(out);
	CU_ASSERT_STRING_EQUAL(
		text,
		"port web1: packet 3 differs at byte 15, tag's VLAN id\n"
		"  - expected: packet 3 at 1.000002000\n"
		"      02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff vlan 12 ARP who has 10.0.0.2, tell "
		"10.0.0.1 (60 bytes)\n"
		"  + came:     packet 3 at 1.000002000\n"
		"      02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff vlan 20 ARP who has 10.0.0.2, tell "
		"10.0.0.1 (60 bytes)\n"
		"  - 0000  ff ff ff ff ff ff 02 00 00 00 00 01 81 00 00[0c]\n"
		"  + 0000  ff ff ff ff ff ff 02 00 00 00 00 01 81 00 00[14]\n"
		"  4 packets expected, 4 came\n");
	free(text);
}

static void test_missing(void)
{
	static const struct made got[] = {{10, 0, 0}, {13, 3, 0}};
	struct cli_diff d;

	compare(base, 4, got, 2, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_MISSING);
	CU_ASSERT_EQUAL(d.want.number, 2);
	CU_ASSERT_EQUAL(d.got.number, 0);
	CU_ASSERT_EQUAL(d.run, 2);
	compare(base, 4, base, 1, false, &d); /* at the end */
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_MISSING);
	CU_ASSERT_EQUAL(d.want.number, 2);
	CU_ASSERT_EQUAL(d.run, 3);
}

static void test_extra(void)
{
	static const struct made got[] = {
		{10, 0, 0}, {99, 0, 0}, {11, 1, 0}, {12, 2, 0}, {13, 3, 0}};
	struct cli_diff d;

	compare(base, 4, got, 5, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_EXTRA);
	CU_ASSERT_EQUAL(d.got.number, 2);
	CU_ASSERT_EQUAL(d.run, 1);
	compare(base, 0, base, 4, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_EXTRA);
	CU_ASSERT_EQUAL(d.got.number, 1);
	CU_ASSERT_EQUAL(d.run, 4);
}

/* A run that is longer than what is kept is still counted right. */
static void test_long_run(void)
{
	struct made many[300];
	struct cli_diff d;

	for (unsigned int i = 0; i < 300; i++)
		many[i] = (struct made){i + 1, i, 0};
	compare(many, 300, many, 100, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_MISSING);
	CU_ASSERT_EQUAL(d.want.number, 101);
	CU_ASSERT_EQUAL(d.run, 200);
}

static void test_length_and_time(void)
{
	static const struct made longer[] = {{10, 0, 0}, {11, 1, 64}, {12, 2, 0}, {13, 3, 0}};
	static const struct made later[] = {{10, 0, 0}, {11, 1, 0}, {12, 9, 0}, {13, 3, 0}};
	struct cli_diff d;

	compare(base, 4, longer, 4, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_LENGTH);
	CU_ASSERT_EQUAL(d.offset, 60);
	CU_ASSERT_STRING_EQUAL(d.field, "padding");
	compare(base, 4, later, 4, false, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_TIME);
	CU_ASSERT_EQUAL(d.got.number, 3);
	compare(base, 4, later, 4, true, &d);
	CU_ASSERT_EQUAL(d.kind, CLI_DIFF_EQUAL);
}

static void test_linktype(void)
{
	struct hd_capture *c;
	struct hd_err err;
	FILE *file = tmpfile();

	CU_ASSERT_EQUAL(hd_capture_open(&c, make(base, 1, DLT_LINUX_SLL), "any.pcap", NULL, &err),
			-22);
	CU_ASSERT_PTR_NULL(c);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "any.pcap"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "LINUX_SLL"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "tcpdump -i eth1 -w"));
	fputs("this is no capture", file);
	rewind(file);
	CU_ASSERT_EQUAL(hd_capture_open(&c, file, "x", NULL, &err), -22);
	CU_ASSERT_EQUAL(cli_diff_open(&c, "/nonexistent/x.pcap", NULL, &err), -2);
}

UNIT_MAIN("cli replay diff", {"equal", test_equal}, {"other bytes", test_bytes},
	  {"missing", test_missing}, {"extra", test_extra}, {"long runs", test_long_run},
	  {"length and time", test_length_and_time}, {"link types", test_linktype});
