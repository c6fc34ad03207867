/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files in memory: some are made byte by byte and read; others are written and read again.
 */
#include <errno.h>
#include <string.h>

#include "heddle/net/capture_file.h"
#include "tests/unit/unit.h"

#define NS_PER_S 1000000000ull

static uint8_t file[300000];
static size_t size;
static uint8_t pattern[100000];
static struct hd_err err;

static void put(const void *data, size_t len)
{
	memcpy(file + size, data, len);
	size += len;
}

static void put32(uint32_t v)
{
	put(&v, sizeof(v));
}

static void pcap_start(uint32_t magic, uint32_t snaplen, uint32_t link)
{
	const uint32_t header[] = {magic, 2 | 4 << 16, 0, 0, snaplen, link};

	size = 0;
	put(header, sizeof(header));
}

static void pcap_add(uint32_t sec, uint32_t frac, uint32_t len, uint32_t wire_len)
{
	put32(sec);
	put32(frac);
	put32(len);
	put32(wire_len);
	put(pattern, len);
}

/* A block of @type: its body lies at @from in the file already. */
static void block(uint32_t type, const void *body, uint32_t len)
{
	uint32_t total = 12 + ((len + 3) & ~3u);

	put32(type);
	put32(total);
	put(body, len);
	size += total - 12 - len;
	put32(total);
}

static void ng_section(void)
{
	const uint32_t body[] = {0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX};

	block(0x0a0d0d0a, body, sizeof(body));
}

/* @options: as they lie in the file, @len bytes. */
static void ng_interface(uint16_t link, uint32_t snaplen, const void *options, uint32_t len)
{
	uint8_t body[128];
	const uint16_t head[2] = {link, 0};

	memcpy(body, head, 4);
	memcpy(body + 4, &snaplen, 4);
	memcpy(body + 8, options, len);
	block(1, body, 8 + len);
}

static void ng_packet(uint32_t interface, uint64_t ticks, uint32_t len, uint32_t wire_len,
		      uint32_t flags)
{
	static uint8_t body[90000];
	const uint32_t head[5] = {interface, (uint32_t)(ticks >> 32), (uint32_t)ticks, len,
				  wire_len};
	const uint32_t option[2] = {2 | 4 << 16, flags};
	uint32_t pad = (len + 3) & ~3u;

	memcpy(body, head, sizeof(head));
	memcpy(body + 20, pattern, len);
	memset(body + 20 + len, 0, pad - len);
	memcpy(body + 20 + pad, option, sizeof(option));
	block(6, body, 20 + pad + (flags ? sizeof(option) : 0));
}

static struct hd_capture *open_it(const char *interface)
{
	struct hd_capture *c = NULL;
	FILE *f = fmemopen(file, size, "rb");

	memset(&err, 0, sizeof(err));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	if (hd_capture_open(&c, f, "x", interface, &err) < 0)
		CU_ASSERT_PTR_NULL(c);
	return c;
}

static void check_refused(const char *word)
{
	struct hd_capture *c = open_it(NULL);

	CU_ASSERT_PTR_NULL(c);
	if (!strstr(err.text, word))
		printf("\"%s\" lacks \"%s\"\n", err.text, word);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
}

/* The next frame has this state, these lengths and this time. */
static void check(struct hd_capture *c, enum hd_capture_state state, uint32_t len,
		  uint32_t wire_len, uint64_t time_ns)
{
	struct hd_capture_frame f;

	CU_ASSERT_EQUAL_FATAL(hd_capture_next(c, &f, &err), 1);
	CU_ASSERT_EQUAL(f.state, state);
	CU_ASSERT_EQUAL(f.len, len);
	CU_ASSERT_EQUAL(f.wire_len, wire_len);
	CU_ASSERT_EQUAL(f.time_ns, time_ns);
	if (f.data)
		CU_ASSERT_EQUAL(memcmp(f.data, pattern, f.len), 0);
	CU_ASSERT(f.data || state == HD_CAPTURE_TOO_LONG);
}

static void check_end(struct hd_capture *c)
{
	struct hd_capture_frame f;

	CU_ASSERT_EQUAL(hd_capture_next(c, &f, &err), 0);
	CU_ASSERT_EQUAL(hd_capture_position(c), size);
	hd_capture_close(c);
}

static void check_broken(struct hd_capture *c, const char *word)
{
	struct hd_capture_frame f;

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(hd_capture_next(c, &f, &err), -EINVAL);
	if (!strstr(err.text, word))
		printf("\"%s\" lacks \"%s\"\n", err.text, word);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
	hd_capture_close(c);
}

static void test_pcap(void)
{
	struct hd_capture *c;

	pcap_start(0xa1b2c3d4, 65535, 1);
	pcap_add(1, 2, 60, 60);
	pcap_add(0x80000000, 999999, 96, 1500);
	pcap_add(UINT32_MAX, 999999, 60, 60);
	c = open_it(NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	for (int round = 0; round < 2; round++) {
		check(c, HD_CAPTURE_WHOLE, 60, 60, 1000002000);
		check(c, HD_CAPTURE_CUT, 96, 1500, 0x80000000 * NS_PER_S + 999999000);
		check(c, HD_CAPTURE_WHOLE, 60, 60, UINT32_MAX * NS_PER_S + 999999000);
		if (round == 0)
			CU_ASSERT_EQUAL(hd_capture_rewind(c, &err), 0);
	}
	check_end(c);
	pcap_start(0xa1b23c4d, 65535, 1);
	pcap_add(UINT32_MAX, 999999999, 0, 0);
	c = open_it("0");
	check(c, HD_CAPTURE_WHOLE, 0, 0, UINT32_MAX * NS_PER_S + 999999999);
	check_end(c);
}

/* What the file's header says of the snapshot length does not make a whole frame cut. */
static void test_snaplen(void)
{
	struct hd_capture *c;

	pcap_start(0xa1b2c3d4, 64, 1);
	pcap_add(1, 0, 1500, 1500);
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, 1500, 1500, NS_PER_S);
	check_end(c);
}

static void test_long_frames(void)
{
	struct hd_capture *c;

	pcap_start(0xa1b2c3d4, 64, 1);
	pcap_add(1, 0, HD_CAPTURE_FRAME_MAX, HD_CAPTURE_FRAME_MAX);
	pcap_add(2, 0, HD_CAPTURE_FRAME_MAX + 1, HD_CAPTURE_FRAME_MAX + 1);
	pcap_add(3, 0, 99999, 99999);
	pcap_add(4, 0, 60, UINT32_MAX);
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, HD_CAPTURE_FRAME_MAX, HD_CAPTURE_FRAME_MAX, NS_PER_S);
	check(c, HD_CAPTURE_TOO_LONG, HD_CAPTURE_FRAME_MAX + 1, HD_CAPTURE_FRAME_MAX + 1,
	      2 * NS_PER_S);
	check(c, HD_CAPTURE_TOO_LONG, 99999, 99999, 3 * NS_PER_S);
	check(c, HD_CAPTURE_CUT, 60, UINT32_MAX, 4 * NS_PER_S);
	check_end(c);
	/* with a check sequence the limit is behind it */
	pcap_start(0xa1b2c3d4, 64, 1 | 1u << 26 | 2u << 28);
	pcap_add(1, 0, HD_CAPTURE_FRAME_MAX + 4, HD_CAPTURE_FRAME_MAX + 4);
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, HD_CAPTURE_FRAME_MAX, HD_CAPTURE_FRAME_MAX, NS_PER_S);
	check_end(c);
}

static void test_fcs(void)
{
	/* if_fcslen 4, if_tsresol 9 */
	static const uint16_t octets[] = {13, 1, 4, 0, 9, 1, 9, 0}, bits[] = {13, 1, 32, 0};
	struct hd_capture *c;

	pcap_start(0xa1b2c3d4, 65535, 1 | 1u << 26 | 2u << 28);
	pcap_add(1, 0, 64, 64);
	pcap_add(1, 0, 60, 64); /* the capture left the check sequence out */
	pcap_add(1, 0, 62, 64); /* or half of it */
	pcap_add(1, 0, 59, 64); /* and this is cut */
	pcap_add(1, 0, 3, 3);
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, 60, 60, NS_PER_S);
	check(c, HD_CAPTURE_WHOLE, 60, 60, NS_PER_S);
	check(c, HD_CAPTURE_WHOLE, 60, 60, NS_PER_S);
	check(c, HD_CAPTURE_CUT, 59, 60, NS_PER_S);
	check(c, HD_CAPTURE_WHOLE, 0, 0, NS_PER_S);
	check_end(c);
	/* a length without the bit that says that it is one */
	pcap_start(0xa1b2c3d4, 65535, 1 | 2u << 28);
	pcap_add(1, 0, 64, 64);
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, 64, 64, NS_PER_S);
	check_end(c);
	size = 0;
	ng_section();
	ng_interface(1, 0, octets, sizeof(octets));
	ng_interface(1, 0, bits, sizeof(bits));
	ng_interface(1, 0, "", 0);
	ng_packet(0, 7, 64, 64, 0);
	ng_packet(1, 7, 64, 64, 0);
	ng_packet(2, 7, 64, 64, 0);
	ng_packet(2, 7, 64, 64, 2 << 5); /* the frame's own flags */
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, 60, 60, 7);
	check(c, HD_CAPTURE_WHOLE, 60, 60, 7000);
	check(c, HD_CAPTURE_WHOLE, 64, 64, 7000);
	check(c, HD_CAPTURE_WHOLE, 62, 62, 7000);
	check_end(c);
}

static void test_interfaces(void)
{
	static const uint16_t eth0[] = {2, 4, 'e' | 't' << 8, 'h' | '0' << 8};
	static const uint16_t wlan[] = {2, 4, 'w' | 'l' << 8, 'a' | 'n' << 8};
	struct hd_capture_frame f;
	struct hd_capture *c;

	size = 0;
	ng_section();
	ng_interface(1, 64, eth0, sizeof(eth0));
	ng_interface(105, 128, wlan, sizeof(wlan));
	ng_packet(0, 1, 60, 60, 0);
	ng_packet(1, 2, 60, 60, 0);
	ng_section();
	ng_interface(1, 262144, eth0, sizeof(eth0));
	ng_packet(0, 3, 1500, 1500, 0);
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, 60, 60, 1000);
	check(c, HD_CAPTURE_LINK_TYPE, 60, 60, 2000);
	check(c, HD_CAPTURE_WHOLE, 1500, 1500, 3000);
	check_end(c);
	c = open_it("eth0");
	check(c, HD_CAPTURE_WHOLE, 60, 60, 1000);
	check(c, HD_CAPTURE_OTHER, 60, 60, 2000);
	check(c, HD_CAPTURE_WHOLE, 1500, 1500, 3000);
	check_end(c);
	c = open_it("2");
	check(c, HD_CAPTURE_OTHER, 60, 60, 1000);
	check(c, HD_CAPTURE_OTHER, 60, 60, 2000);
	check(c, HD_CAPTURE_WHOLE, 1500, 1500, 3000);
	check_end(c);
	/* not Ethernet, or not there: said at the end, when all interfaces are known */
	c = open_it("wlan");
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(hd_capture_next(c, &f, &err), 1);
	check_broken(c, "IEEE802_11");
	c = open_it("eth1");
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(hd_capture_next(c, &f, &err), 1);
	check_broken(c, "no interface \"eth1\"; it has: 0 eth0, 1 wlan, 2 eth0");
	/* an interface that nobody described */
	size = 0;
	ng_section();
	ng_interface(1, 0, "", 0);
	ng_section();
	ng_packet(0, 1, 60, 60, 0);
	check_broken(open_it(NULL), "not described");
}

/* Resolutions and offsets, up to the last nanosecond that 64 bits hold. */
static void test_times(void)
{
	static const struct {
		uint8_t tsresol;
		int64_t offset;
		uint64_t ticks, ns; /* 0: cannot be carried */
	} cases[] = {
		{9, 0, UINT64_MAX, UINT64_MAX},
		{9, 1, UINT64_MAX - NS_PER_S, UINT64_MAX},
		{9, 1, UINT64_MAX - NS_PER_S + 1, 0},
		{9, -1, NS_PER_S + 5, 5},
		{9, -1, NS_PER_S - 1, 0},
		{6, 0, UINT64_MAX / 1000, UINT64_MAX / 1000 * 1000},
		{6, 0, UINT64_MAX / 1000 + 1, 0},
		{6, 0, UINT64_MAX, 0},
		{0, 0, 18446744073, 18446744073 * NS_PER_S},
		{0, INT64_MIN, UINT64_MAX, 0},
		{0, INT64_MAX, UINT64_MAX, 0},
		{0, 0, 18446744074, 0},
		{12, 0, 1999, 1},
		{127, 1, UINT64_MAX, NS_PER_S},
		{0x80 | 10, 0, 1025, 1000976562},
		{0x80 | 32, 0, UINT64_MAX, 4294967295999999999},
		{0x80, 0, 3, 3 * NS_PER_S},
		{0xff, 2, UINT64_MAX, 2 * NS_PER_S},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint16_t options[6] = {9, 1, cases[i].tsresol, 0, 14, 8};
		struct hd_capture *c;
		uint8_t all[20];

		memcpy(all, options, 12);
		memcpy(all + 12, &cases[i].offset, 8);
		size = 0;
		ng_section();
		ng_interface(1, 0, all, sizeof(all));
		ng_packet(0, cases[i].ticks, 60, 60, 0);
		c = open_it(NULL);
		check(c, cases[i].ns ? HD_CAPTURE_WHOLE : HD_CAPTURE_TIME, 60, 60, cases[i].ns);
		check_end(c);
	}
}

/* The two older sorts of blocks, one that is not known, and the other byte order. */
static void test_other_blocks(void)
{
	const uint32_t old[] = {0, 0, 5000, 4, 4, 0}, simple[] = {4, 0}, cut[] = {100, 0};
	uint32_t swapped[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00010000, UINT32_MAX, UINT32_MAX, 28,
			      1,          20, 0x00010000, 0,          20,         6,          36,
			      0,          0,  9,          4,          4,          0,          36};
	struct hd_capture *c;

	memset(pattern, 0, 8);
	size = 0;
	ng_section();
	block(0x40000bad, pattern, 100);
	ng_interface(1, 4, "", 0);
	block(2, old, sizeof(old));
	block(3, simple, sizeof(simple));
	block(3, cut, sizeof(cut));
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, 4, 4, 5000000);
	check(c, HD_CAPTURE_WHOLE, 4, 4, 5000000); /* has no time of its own */
	check(c, HD_CAPTURE_CUT, 4, 100, 5000000);
	check_end(c);
	size = 0;
	for (size_t i = 0; i < sizeof(swapped) / sizeof(swapped[0]); i++)
		put32(__builtin_bswap32(swapped[i]));
	c = open_it(NULL);
	check(c, HD_CAPTURE_WHOLE, 4, 4, 9000);
	check_end(c);
	for (size_t i = 0; i < 8; i++)
		pattern[i] = (uint8_t)(i * 7 + 1);
}

static void test_broken(void)
{
	size_t whole;

	pcap_start(0xa1b2c3d4, 64, 1);
	pcap_add(1, 0, 60, 60);
	whole = size;
	for (size = 25; size < whole; size++)
		check_broken(open_it(NULL), "truncated after frame 0");
	size = 0;
	ng_section();
	ng_interface(1, 0, "", 0);
	ng_packet(0, 1, 60, 60, 0);
	whole = size;
	for (size = 29; size < whole; size++)
		if (size != 48)
			check_broken(open_it(NULL), "truncated after frame ");
	size = whole;
	file[size - 4] ^= 4; /* the length behind */
	check_broken(open_it(NULL), "lengths of a block differ");
	file[48 + 4] = 13;
	check_broken(open_it(NULL), "impossible length");
	file[48 + 4] = 32;
	check_broken(open_it(NULL), "longer than its block");
	file[48 + 4] = 28;
	check_broken(open_it(NULL), "shorter than what");
}

static void test_refused(void)
{
	static const struct {
		const char *bytes, *word;
	} others[] = {
		{"\x1f\x8b\x08 and so on", "compressed (gzip); unpack it first: gunzip"},
		{"\x28\xb5\x2f\xfd and so on", "compressed (zstd); unpack it first: unzstd"},
		{"BZh91AY", "compressed (bzip2)"},
		{"PK\x03\x04zip", "a zip archive"},
		{"a poem", "neither a pcap nor a pcapng file"},
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size = 0;
		put(others[i].bytes, strlen(others[i].bytes));
		check_refused(others[i].word);
	}
	pcap_start(0xa1b2c3d4, 64, 113);
	check_refused("LINUX_SLL (113)");
	file[4] = 3;
	check_refused("version 3.4");
	size = 20;
	check_refused("ends within the file header");
	pcap_start(0xa1b2c3d4, 64, 1);
	CU_ASSERT_PTR_NULL(open_it("eth0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "\"eth0\" cannot be chosen"));
}

/* What is written is read: with texts of every length, and times up to the last. */
static void test_write(void)
{
	static const char text[] = "why: mac_limit";
	char *out = NULL;
	size_t out_size;
	struct hd_capture *c;
	FILE *f;

	for (size_t n = 0; n < sizeof(text); n++) {
		f = open_memstream(&out, &out_size);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_EQUAL(hd_pcapng_begin(f, n & 1 ? NULL : text + n), 0);
		CU_ASSERT_EQUAL(hd_pcapng_interface(f, n & 2 ? NULL : text + n, 0), 0);
		CU_ASSERT_EQUAL(hd_pcapng_interface(f, "two", 0), 0);
		CU_ASSERT_EQUAL(
			hd_pcapng_frame(f, 1, UINT64_MAX - n, pattern, 60 + n, 100, 0, NULL), 0);
		CU_ASSERT_EQUAL(hd_pcapng_frame(f, 0, n, pattern, n, n, HD_PCAPNG_OUT, text + n),
				0);
		fclose(f);
		size = 0;
		put(out, out_size);
		free(out);
		c = open_it(NULL);
		check(c, HD_CAPTURE_CUT, 60 + n, 100, UINT64_MAX - n);
		check(c, HD_CAPTURE_WHOLE, n, n, n);
		check_end(c);
		c = open_it("two");
		check(c, HD_CAPTURE_CUT, 60 + n, 100, UINT64_MAX - n);
		check(c, HD_CAPTURE_OTHER, n, n, n);
		check_end(c);
	}
	f = open_memstream(&out, &out_size);
	CU_ASSERT_EQUAL(hd_pcap_begin(f), 0);
	CU_ASSERT_EQUAL(hd_pcap_frame(f, UINT32_MAX * NS_PER_S + 999999999, pattern, 60, 61), 0);
	fclose(f);
	size = 0;
	put(out, out_size);
	free(out);
	c = open_it(NULL);
	check(c, HD_CAPTURE_CUT, 60, 61, UINT32_MAX * NS_PER_S + 999999999);
	check_end(c);
	f = fopen("/dev/full", "w");
	setvbuf(f, NULL, _IONBF, 0);
	CU_ASSERT_EQUAL(hd_pcap_begin(f), -ENOSPC);
	fclose(f);
}

static int setup(void)
{
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i * 7 + 1);
	return 0;
}

UNIT_MAIN_SETUP("capture_file", setup, {"pcap", test_pcap}, {"snapshot length", test_snaplen},
		{"long frames", test_long_frames}, {"check sequences", test_fcs},
		{"interfaces", test_interfaces}, {"times", test_times},
		{"other blocks", test_other_blocks}, {"broken", test_broken},
		{"refused", test_refused}, {"write", test_write});
