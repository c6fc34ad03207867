/* SPDX-License-Identifier: BSD-3-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "ctrlplane/hostif/hostif_core.h"
#include "tests/unit/unit.h"

static struct hd_ip_prefix address(const char *text, unsigned int length)
{
	struct hd_ip_prefix a = {.length = (uint8_t)length};

	a.family = strchr(text, ':') ? 6 : 4;
	if (inet_pton(a.family == 4 ? AF_INET : AF_INET6, text, a.addr) != 1)
		abort();
	return a;
}

static struct hd_hostif_object object(const char *netdev, const char *text, unsigned int length)
{
	struct hd_hostif_object o = {.n_addresses = 1};

	strcpy(o.head.key, netdev);
	o.addresses[0] = address(text, length);
	return o;
}

static void test_good_addresses(void)
{
	static const struct {
		const char *text;
		unsigned int length;
	} good[] = {
		{"192.168.56.1", 24}, {"10.0.0.0", 31},    {"10.0.0.1", 31}, {"10.255.255.255", 32},
		{"172.16.0.1", 1},    {"169.254.1.1", 16}, {"fe80::1", 64},  {"2001:db8::", 64},
		{"2001:db8::1", 128}, {"fd00::1", 1},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct hd_hostif_object o = object("hd-lab", good[i].text, good[i].length);
		struct hd_err err = {0};

		CU_ASSERT_EQUAL(hostif_validate(&o, &err), 0);
		CU_ASSERT_EQUAL(err.code, 0);
	}
}

static void test_bad_addresses(void)
{
	static const struct {
		const char *text;
		unsigned int length;
		const char *said;
	} bad[] = {
		{"224.0.0.1", 24, "multicast"},
		{"239.255.255.255", 32, "multicast"},
		{"0.0.0.0", 24, "not an address that"},
		{"255.255.255.255", 32, "not an address that"},
		{"127.0.0.1", 8, "loopback"},
		{"10.0.0.0", 24, "the subnet itself"},
		{"10.0.0.255", 24, "broadcast"},
		{"10.0.0.3", 30, "broadcast"},
		{"10.0.0.1", 0, "1 to 32"},
		{"10.0.0.1", 33, "1 to 32"},
		{"fe80::1", 0, "1 to 128"},
		{"fe80::1", 129, "1 to 128"},
		{"ff02::1", 64, "multicast"},
		{"::", 64, "unspecified"},
		{"::1", 128, "loopback"},
		{"::ffff:10.0.0.1", 96, "write it as IPv4"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct hd_hostif_object o = object("hd-lab", bad[i].text, bad[i].length);
		struct hd_err err = {0};

		CU_ASSERT_EQUAL(hostif_validate(&o, &err), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].said));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].text));
	}
}

static void test_bad_objects(void)
{
	struct hd_hostif_object o = object("hd-lab", "10.0.0.1", 24);
	struct hd_err err;

	o.addresses[0].family = 5;
	CU_ASSERT_EQUAL(hostif_validate(&o, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "family 5"));

	o = object("hd-lab", "10.0.0.1", 24);
	o.addresses[0].addr[15] = 1;
	CU_ASSERT_EQUAL(hostif_validate(&o, &err), -EINVAL);

	o = object("hd-lab", "10.0.0.1", 24);
	o.n_addresses = HD_HOSTIF_ADDRESSES_MAX + 1;
	CU_ASSERT_EQUAL(hostif_validate(&o, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "more than 16"));

	o = object("hd-lab", "10.0.0.1", 24);
	o.n_addresses = 2;
	o.addresses[1] = address("10.0.0.1", 16);
	CU_ASSERT_EQUAL(hostif_validate(&o, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "twice"));

	o.n_addresses = 0;
	CU_ASSERT_EQUAL(hostif_validate(&o, &err), 0);
}

static void test_netdev_names(void)
{
	static const char *const bad[] = {"sixteen-letters-", "a/b", "a b", "a:b", ".", "..", "a\n",
					  "caf\xc3\xa9"};
	struct hd_hostif_object o = object("fifteen-letters", "10.0.0.1", 24);
	struct hd_err err;

	CU_ASSERT_EQUAL(hostif_validate(&o, &err), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		o = object(bad[i], "10.0.0.1", 24);
		CU_ASSERT_EQUAL(hostif_validate(&o, &err), -EINVAL);
	}
}

static void test_diff(void)
{
	const struct hd_ip_prefix wanted[] = {
		address("10.0.0.1", 24),
		address("10.0.1.1", 24),
		address("fd00::1", 64),
		address("10.0.2.1", 24),
	};
	struct hostif_present present[] = {
		{.address = address("10.0.0.1", 24), .ours = true},  /* as wanted */
		{.address = address("10.0.1.1", 16), .ours = true},  /* another prefix */
		{.address = address("10.9.9.9", 24), .ours = false}, /* somebody else's */
		{.address = address("fd00::2", 64), .ours = true},   /* of an earlier time */
		{.address = address("10.0.2.1", 24),
		 .ours = false}, /* wanted; others put it there */
	};

	CU_ASSERT_EQUAL(hostif_diff(wanted, 4, present, 5), 1u << 1 | 1u << 2);
	CU_ASSERT_FALSE(present[0].remove);
	CU_ASSERT_TRUE(present[1].remove);
	CU_ASSERT_FALSE(present[2].remove);
	CU_ASSERT_TRUE(present[3].remove);
	CU_ASSERT_FALSE(present[4].remove);

	/* nothing is wanted any more: only ours go */
	CU_ASSERT_EQUAL(hostif_diff(NULL, 0, present, 5), 0);
	CU_ASSERT_TRUE(present[0].remove);
	CU_ASSERT_FALSE(present[2].remove);
	CU_ASSERT_FALSE(present[4].remove);

	CU_ASSERT_EQUAL(hostif_diff(wanted, 4, NULL, 0), 0xf);
}

static void test_words(void)
{
	struct hd_ip_prefix a = address("2001:db8::1", 64);
	char str[HD_IP_PREFIX_STR_MAX];
	struct hd_err err;

	CU_ASSERT_STRING_EQUAL(hd_ip_prefix_str(&a, str), "2001:db8::1/64");
	hostif_refusal(&err, EPERM, &a, "hd-lab");
	CU_ASSERT_EQUAL(err.code, EPERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "sudo ip address add 2001:db8::1/64 dev hd-lab"));
	hostif_refusal(&err, EACCES, &a, "hd-lab");
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "net.ipv6.conf.hd-lab.disable_ipv6=0"));
}

UNIT_MAIN("hostif_core", {"good addresses", test_good_addresses},
	  {"bad addresses", test_bad_addresses}, {"bad objects", test_bad_objects},
	  {"names of interfaces", test_netdev_names}, {"diff", test_diff},
	  {"words for refusals", test_words});
