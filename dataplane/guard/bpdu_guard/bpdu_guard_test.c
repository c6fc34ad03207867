/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "dataplane/guard/bpdu_guard/bpdu_guard.h"
#include "tests/unit/unit.h"

#define SRC  "\x02\x00\x00\x00\x00\x01"
#define LLC  "\x00\x26\x42\x42\x03\x00\x00"
#define TAG  "\x81\x00\x00\x0a"
#define STAG "\x88\xa8\x60\x0a"

static const struct {
	const char *what;
	const char *bytes;
	size_t len;
	bool match;
} cases[] = {
#define CASE(what_, match_, bytes_)                       \
	{                                                 \
		what_, bytes_, sizeof(bytes_) - 1, match_ \
	}
	CASE("STP", true, "\x01\x80\xc2\x00\x00\x00" SRC LLC),
	CASE("STP, tagged", true, "\x01\x80\xc2\x00\x00\x00" SRC TAG LLC),
	CASE("bridge group, any content", true, "\x01\x80\xc2\x00\x00\x00" SRC "\x08\x00"),
	CASE("provider STP", true, "\x01\x80\xc2\x00\x00\x08" SRC LLC),
	CASE("PVST+", true, "\x01\x00\x0c\xcc\xcc\xcd" SRC TAG "\x00\x32\xaa\xaa\x03\x00\x00\x0c"),
	CASE("STP to all", true, "\xff\xff\xff\xff\xff\xff" SRC LLC),
	CASE("STP to a group, tag", true, "\x01\x00\x5e\x00\x00\x01" SRC TAG LLC),
	CASE("STP to a group, two tags", true, "\x01\x00\x5e\x00\x00\x01" SRC STAG TAG LLC),
	CASE("STP behind three tags", false, "\x01\x00\x5e\x00\x00\x01" SRC STAG TAG TAG LLC),
	CASE("STP to a unicast address", false, "\x02\x00\x00\x00\x00\x02" SRC LLC),
	CASE("LLDP", false, "\x01\x80\xc2\x00\x00\x0e" SRC "\x88\xcc\x02\x07"),
	CASE("CDP", false, "\x01\x00\x0c\xcc\xcc\xcc" SRC "\x00\x32\xaa\xaa\x03\x00"),
	CASE("ARP", false, "\xff\xff\xff\xff\xff\xff" SRC "\x08\x06\x42\x42\x03"),
	CASE("other LLC", false, "\xff\xff\xff\xff\xff\xff" SRC "\x00\x26\x42\x42\x13"),
	CASE("IPv6 multicast", false, "\x33\x33\x00\x00\x00\x01" SRC "\x86\xdd\x60\x00\x00\x00"),
	CASE("cut in the LLC header", false, "\xff\xff\xff\xff\xff\xff" SRC "\x00\x26\x42\x42"),
	CASE("cut in the tag", false, "\xff\xff\xff\xff\xff\xff" SRC "\x81\x00\x00"),
	CASE("runt", false, "\x01\x80\xc2\x00\x00\x00" SRC),
	CASE("nothing", false, ""),
};

static void test_match(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* a copy of exactly this size, so that a sanitizer sees a read beyond it */
		uint8_t *copy = malloc(cases[i].len + !cases[i].len);

		memcpy(copy, cases[i].bytes, cases[i].len);
		if (dp_bpdu_guard_match(copy, cases[i].len) != cases[i].match) {
			printf("%s: ", cases[i].what);
			CU_FAIL("wrong verdict");
		}
		free(copy);
	}
	CU_PASS("all cases");
}

UNIT_MAIN("bpdu_guard", {"match", test_match});
