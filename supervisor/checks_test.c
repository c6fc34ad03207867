/* SPDX-License-Identifier: BSD-3-Clause */
/* Names, paths, the wait before a restart, and the arguments of the opener. */
#include <errno.h>
#include <string.h>

#include "supervisor/backoff_core.h"
#include "supervisor/names_core.h"
#include "supervisor/opener_check_core.h"
#include "tests/unit/unit.h"

static void test_paths(void)
{
	static const char *const good[] = {"a", "a.sock", "a/b", "..a", "a..", "...", "a/.b", "-"};
	static const char *const bad[] = {"",     "/",      "/a",   "a/",  ".",   "..",  "../a",
					  "a/..", "a/../b", "a//b", "./a", "a/.", "a\nb"};
	char full[8];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(path_beneath(good[i], 16));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(path_beneath(bad[i], 16));
	memset(full, 'a', sizeof(full));
	CU_ASSERT_FALSE(path_beneath(full, sizeof(full)));
}

static void test_names(void)
{
	CU_ASSERT_TRUE(netdev_name_valid("eth0.10", 16));
	CU_ASSERT_TRUE(netdev_name_valid("123456789012345", 16));
	CU_ASSERT_FALSE(netdev_name_valid("1234567890123456", 16));
	CU_ASSERT_FALSE(netdev_name_valid("", 16));
	CU_ASSERT_FALSE(netdev_name_valid("..", 16));
	CU_ASSERT_FALSE(netdev_name_valid("tap%d", 16));
	CU_ASSERT_FALSE(netdev_name_valid("a/b", 16));
	CU_ASSERT_FALSE(netdev_name_valid("a b", 16));
	CU_ASSERT_FALSE(netdev_name_valid("a:1", 16));
	CU_ASSERT_TRUE(user_name_valid("heddle-vm", 32));
	CU_ASSERT_TRUE(user_name_valid("host$", 32));
	CU_ASSERT_FALSE(user_name_valid("-x", 32));
	CU_ASSERT_FALSE(user_name_valid("a:b", 32));
	CU_ASSERT_FALSE(user_name_valid("", 32));
	CU_ASSERT_TRUE(cpu_list_valid("0"));
	CU_ASSERT_TRUE(cpu_list_valid("0,2-3,1023"));
	CU_ASSERT_FALSE(cpu_list_valid("1024"));
	CU_ASSERT_FALSE(cpu_list_valid(""));
	CU_ASSERT_FALSE(cpu_list_valid("1-"));
	CU_ASSERT_FALSE(cpu_list_valid("-1"));
	CU_ASSERT_FALSE(cpu_list_valid("4294967296"));
	CU_ASSERT_EQUAL(name_distance("workers", "workers", 4), 0);
	CU_ASSERT_EQUAL(name_distance("wrker", "workers", 4), 2);
	CU_ASSERT_EQUAL(name_distance("memory", "cpus", 4), 4);
}

static void test_backoff(void)
{
	static const uint32_t expected[] = {50, 100, 200, 400, 800, 1600, 3200, 5000, 5000};
	struct backoff b = {0};

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		CU_ASSERT_EQUAL(backoff_wait(&b, BACKOFF_RESET_MS - 1), expected[i]);
	CU_ASSERT_EQUAL(backoff_wait(&b, BACKOFF_RESET_MS), 50);
	CU_ASSERT_EQUAL(backoff_wait(&b, 0), 100);
}

static const struct hd_open_tap tap = {
	.port = "p1", .netdev = "tap0", .netns = "fw", .queues = 1, .mtu = 1500};

static void test_tap(void)
{
	struct hd_err err;
	struct hd_open_tap t = tap;

	CU_ASSERT_EQUAL(opener_check_tap(&t, &err), 0);
	t.queues = 8;
	CU_ASSERT_EQUAL(opener_check_tap(&t, &err), 0);
	t.has_vhost_net = 1; /* 8 + 1 + 8 descriptors are one too many for a message */
	CU_ASSERT_EQUAL(opener_check_tap(&t, &err), -EINVAL);
	t.queues = 7;
	CU_ASSERT_EQUAL(opener_check_tap(&t, &err), 0);
	t = tap;
	t.netns[0] = '\0';
	CU_ASSERT_EQUAL(opener_check_tap(&t, &err), 0);

#define REFUSED(change)                                               \
	do {                                                          \
		t = tap;                                              \
		change;                                               \
		CU_ASSERT_EQUAL(opener_check_tap(&t, &err), -EINVAL); \
	} while (0)
	REFUSED(strcpy(t.netns, "../1/ns"));
	REFUSED(strcpy(t.netns, "a/b"));
	REFUSED(memset(t.netns, 'a', sizeof(t.netns)));
	REFUSED(memset(t.netdev, 'a', sizeof(t.netdev)));
	REFUSED(strcpy(t.netdev, "tap%d"));
	REFUSED(t.netdev[0] = '\0');
	REFUSED(t.port[0] = '\0');
	REFUSED(memset(t.port, 'a', sizeof(t.port)));
	REFUSED(memset(t.owner, 'a', sizeof(t.owner)));
	REFUSED(strcpy(t.group, "a b"));
	REFUSED(t.queues = 0);
	REFUSED(t.queues = 9);
	REFUSED(t.mtu = 67);
	REFUSED(t.mtu = 65522);
	REFUSED(t.mac[0] = 1);
	REFUSED(t.has_vhost_net = 2);
#undef REFUSED
}

static void test_others(void)
{
	struct hd_open_packet packet = {.port = "p1", .netdev = "eth0"};
	struct hd_socket_perm perm = {.socket = "web1.sock"};
	struct hd_open_shm shm = {.name = "counters"};
	struct hd_open_release release = {.port = "p1"};
	struct hd_err err;

	CU_ASSERT_EQUAL(opener_check_packet(&packet, &err), 0);
	strcpy(packet.netdev, "a/b");
	CU_ASSERT_EQUAL(opener_check_packet(&packet, &err), -EINVAL);
	CU_ASSERT_EQUAL(opener_check_release(&release, &err), 0);
	release.port[0] = '/';
	CU_ASSERT_EQUAL(opener_check_release(&release, &err), -EINVAL);
	CU_ASSERT_EQUAL(opener_check_shm(&shm, &err), 0);
	shm.size = OPENER_SHM_MAX + 1;
	CU_ASSERT_EQUAL(opener_check_shm(&shm, &err), -EINVAL);
	memset(&shm, 'a', sizeof(shm.name));
	shm.size = 1;
	CU_ASSERT_EQUAL(opener_check_shm(&shm, &err), -EINVAL);
	CU_ASSERT_EQUAL(opener_check_perm(&perm, &err), 0);
	perm.mode = 01777;
	CU_ASSERT_EQUAL(opener_check_perm(&perm, &err), -EINVAL);
	perm.mode = 0777;
	CU_ASSERT_EQUAL(opener_check_perm(&perm, &err), 0);
	strcpy(perm.socket, "../x");
	CU_ASSERT_EQUAL(opener_check_perm(&perm, &err), -EINVAL);
	strcpy(perm.socket, "/x");
	CU_ASSERT_EQUAL(opener_check_perm(&perm, &err), -EINVAL);
}

UNIT_MAIN("supervisor-checks", {"paths", test_paths}, {"names", test_names},
	  {"backoff", test_backoff}, {"tap", test_tap}, {"others", test_others});
