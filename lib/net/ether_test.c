/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "tests/unit/unit.h"

static void test_mac_text(void)
{
	static const char *const wrong[] = {
		"",
		"02:00:00:00:00",
		"02:00:00:00:00:",
		"02:00:00:00:00:0",
		"02:00:00:00:00:01:",
		"02:00:00:00:00:011",
		"02:00:00:00:00:0g",
		"2:00:00:00:00:01",
		"020000000001",
		" 02:00:00:00:00:01",
		"02.00.00.00.00.01",
		"0200.0000.000",
		"0200.0000.00011",
		"0200:0000:0001",
		"02:00.0000.0001",
		"020000.00.0001",
		"0200.0000.000g",
	};
	struct hd_mac mac = {{0}};
	char text[HD_MAC_STR_MAX];

	CU_ASSERT_EQUAL(hd_mac_parse("02:aB:00:ff:10:01", &mac), 0);
	CU_ASSERT_STRING_EQUAL(hd_mac_str(&mac, text), "02:ab:00:ff:10:01");
	CU_ASSERT_EQUAL(hd_mac_parse("0a-0b-0c-0d-0e-0f", &mac), 0);
	CU_ASSERT_STRING_EQUAL(hd_mac_str(&mac, text), "0a:0b:0c:0d:0e:0f");
	CU_ASSERT_EQUAL(hd_mac_parse("0A0b.0c0D.0e0f", &mac), 0);
	CU_ASSERT_STRING_EQUAL(hd_mac_str(&mac, text), "0a:0b:0c:0d:0e:0f");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(hd_mac_parse(wrong[i], &mac), -EINVAL);
	/* A failed parse leaves what was there. */
	CU_ASSERT_STRING_EQUAL(hd_mac_str(&mac, text), "0a:0b:0c:0d:0e:0f");
}

static void test_mac_kinds(void)
{
	struct hd_mac broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
	struct hd_mac stp = {{0x01, 0x80, 0xc2, 0, 0, 0x0f}};
	struct hd_mac gmrp = {{0x01, 0x80, 0xc2, 0, 0, 0x20}};
	struct hd_mac zero = {{0}};

	CU_ASSERT_TRUE(hd_mac_is_broadcast(&broadcast) && hd_mac_is_group(&broadcast));
	CU_ASSERT_TRUE(hd_mac_is_reserved(&stp) && !hd_mac_is_reserved(&gmrp));
	CU_ASSERT_TRUE(hd_mac_is_zero(&zero) && !hd_mac_is_zero(&stp));
	CU_ASSERT_FALSE(hd_mac_is_broadcast(&stp));
}

static void test_vlan_set(void)
{
	struct hd_vlan_set set = {{0}};

	for (unsigned int vid = 0; vid < HD_VLAN_COUNT; vid += 63)
		hd_vlan_set_add(&set, (uint16_t)vid);
	for (unsigned int vid = 0; vid < HD_VLAN_COUNT; vid++)
		CU_ASSERT_EQUAL(hd_vlan_set_has(&set, (uint16_t)vid), vid % 63 == 0);
}

UNIT_MAIN("ether", {"mac-text", test_mac_text}, {"mac-kinds", test_mac_kinds},
	  {"vlan-set", test_vlan_set});
