/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of names, paths and the opener's arguments; the wait before a restart. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/backoff_core.h"
#include "supervisor/acl.h"
#include "supervisor/names_core.h"
#include "supervisor/opener_check_core.h"
#include "supervisor/safe_dir.h"
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
	/* What a port did does not count, as long as that can be true. */
	for (size_t i = 0; i < BACKOFF_BLAMED_MAX; i++)
		CU_ASSERT_EQUAL(backoff_blamed(&b, 100, 1000 + i * 100), BACKOFF_FIRST_MS);
	CU_ASSERT_EQUAL(backoff_blamed(&b, 100, 5000), 200);
	CU_ASSERT_EQUAL(backoff_blamed(&b, 100, 6000), 400);
	CU_ASSERT_EQUAL(backoff_blamed(&b, 100, 1000 + BACKOFF_BLAMED_MS), BACKOFF_FIRST_MS);
	CU_ASSERT_EQUAL(backoff_wait(&b, 0), 800);
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
	/* only a VM's TAP has an owner */
	REFUSED(strcpy(t.owner, "root"));
	REFUSED(strcpy(t.group, "root"));
	REFUSED(t.queues = 0);
	REFUSED(t.queues = 9);
	REFUSED(t.mtu = 67);
	REFUSED(t.mtu = 65522);
	REFUSED(t.mac[0] = 1);
	REFUSED(t.vm = 2);
	REFUSED((t.vm = 1, t.queues = 17));
	REFUSED((t.vm = 1, memset(t.owner, 'a', sizeof(t.owner))));
	REFUSED((t.vm = 1, strcpy(t.group, "a b")));
#undef REFUSED
	t = tap;
	t.vm = 1;
	t.queues = 16;
	strcpy(t.owner, "root");
	strcpy(t.group, "12");
	CU_ASSERT_EQUAL(opener_check_tap(&t, &err), 0);
}

/* A TAP is ours when a heddled of this very run directory marked it. */
static void test_marks(void)
{
	char mark[256], dir[256], port[64];
	bool vm;

	tap_mark("/run/heddle", false, "web1", mark, sizeof(mark));
	CU_ASSERT_STRING_EQUAL(mark, "heddle tap web1 in /run/heddle");
	CU_ASSERT_TRUE(tap_mark_ours("/run/heddle", mark, &vm));
	CU_ASSERT_FALSE(vm);
	CU_ASSERT_FALSE(tap_mark_ours("/run/heddle2", mark, &vm));
	CU_ASSERT_FALSE(tap_mark_ours("/run/heddl", mark, &vm));
	CU_ASSERT_FALSE(tap_mark_ours("/run/heddle", "", &vm));
	CU_ASSERT_FALSE(tap_mark_ours("/run/heddle", "heddle tap ", &vm));
	CU_ASSERT_FALSE(tap_mark_ours("/run/heddle", "the uplink", &vm));
	CU_ASSERT_FALSE(tap_mark_ours("/run/heddle", "heddle lap web1 in /run/heddle", &vm));
	/* a directory may have any name, and the longest mark of all fits */
	memset(dir, 'd', sizeof(dir) - 1);
	dir[0] = '/';
	dir[sizeof(dir) - 1] = '\0';
	memset(port, 'p', sizeof(port) - 1);
	port[sizeof(port) - 1] = '\0';
	tap_mark(dir, true, port, mark, sizeof(mark));
	CU_ASSERT_TRUE(strlen(mark) < 255);
	CU_ASSERT_TRUE(tap_mark_ours(dir, mark, &vm));
	CU_ASSERT_TRUE(vm);
	dir[250] = 'e';
	CU_ASSERT_FALSE(tap_mark_ours(dir, mark, &vm));
	tap_mark("/tmp/a in b", true, "in", mark, sizeof(mark));
	CU_ASSERT_TRUE(tap_mark_ours("/tmp/a in b", mark, &vm));
	CU_ASSERT_FALSE(tap_mark_ours("b", mark, &vm));
	tap_mark_port(mark, port, sizeof(port));
	CU_ASSERT_STRING_EQUAL(port, "in");
	tap_mark_port("heddle tap web1 in /run/heddle", port, sizeof(port));
	CU_ASSERT_STRING_EQUAL(port, "web1");
	tap_mark_port("the uplink", port, sizeof(port));
	CU_ASSERT_STRING_EQUAL(port, "");
}

static void test_others(void)
{
	struct hd_open_packet packet = {.port = "p1", .netdev = "eth0"};
	struct hd_open_vhost vhost = {.port = "web1", .socket = "web1.sock"};
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
	CU_ASSERT_EQUAL(opener_check_vhost(&vhost, &err), 0);
	vhost.mode = 01777;
	CU_ASSERT_EQUAL(opener_check_vhost(&vhost, &err), -EINVAL);
	vhost.mode = 0777;
	vhost.server = 2;
	CU_ASSERT_EQUAL(opener_check_vhost(&vhost, &err), -EINVAL);
	vhost.server = 1;
	CU_ASSERT_EQUAL(opener_check_vhost(&vhost, &err), 0);
	strcpy(vhost.socket, "../x");
	CU_ASSERT_EQUAL(opener_check_vhost(&vhost, &err), -EINVAL);
	strcpy(vhost.socket, "a/x");
	CU_ASSERT_EQUAL(opener_check_vhost(&vhost, &err), -EINVAL);
	strcpy(vhost.socket, "x");
	strcpy(vhost.port, "..");
	CU_ASSERT_EQUAL(opener_check_vhost(&vhost, &err), -EINVAL);
}

/* Tag and permissions of an entry, as 0xTTP. */
static unsigned int entry(const struct acl *acl, unsigned int i)
{
	return (unsigned int)acl->entries[i].tag << 4 | acl->entries[i].perm;
}

static void test_acl(void)
{
	unsigned char bytes[ACL_BYTES_MAX];
	struct acl acl, again;
	size_t size;

	acl_from_mode(&acl, 0755);
	CU_ASSERT_EQUAL(acl_grant(&acl, 900, 6), 0);
	/* user::rwx user:900:rw- group::r-x mask::rwx other::r-x */
	CU_ASSERT_EQUAL_FATAL(acl.n, 5);
	CU_ASSERT_EQUAL(entry(&acl, 0), 0x017);
	CU_ASSERT_EQUAL(entry(&acl, 1), 0x026);
	CU_ASSERT_EQUAL(acl.entries[1].id, 900);
	CU_ASSERT_EQUAL(entry(&acl, 2), 0x045);
	CU_ASSERT_EQUAL(entry(&acl, 3), 0x107);
	CU_ASSERT_EQUAL(entry(&acl, 4), 0x205);
	size = acl_pack(&acl, bytes);
	CU_ASSERT_EQUAL(size, 44);
	CU_ASSERT_EQUAL(acl_unpack(&again, bytes, size), 44);
	CU_ASSERT_EQUAL(memcmp(again.entries, acl.entries, 5 * sizeof(acl.entries[0])), 0);
	/* what a mask took away is not given back by a wider one */
	acl.entries[3].perm = 0;
	CU_ASSERT_EQUAL(acl_grant(&acl, 7, 4), 0);
	CU_ASSERT_EQUAL(entry(&acl, 1), 0x024);
	CU_ASSERT_EQUAL(acl.entries[1].id, 7);
	CU_ASSERT_EQUAL(entry(&acl, 2), 0x020);
	CU_ASSERT_EQUAL(entry(&acl, 3), 0x040);
	CU_ASSERT_EQUAL(entry(&acl, 4), 0x104);
	/* from elsewhere: any bytes */
	CU_ASSERT_EQUAL(acl_unpack(&again, bytes, 3), -EINVAL);
	CU_ASSERT_EQUAL(acl_unpack(&again, bytes, 11), -EINVAL);
	bytes[0] = 1;
	CU_ASSERT_EQUAL(acl_unpack(&again, bytes, size), -EINVAL);
	while (acl_grant(&acl, acl.n + 1000, 6) == 0)
		continue;
	CU_ASSERT_EQUAL(acl.n, ACL_ENTRIES_MAX);
}

static uint64_t users_in(const char *map)
{
	char path[] = "/tmp/heddle-uid_map.XXXXXX";
	int fd = mkstemp(path);
	uint64_t n;

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(dprintf(fd, "%s", map), (int)strlen(map));
	close(fd);
	n = users_known(path);
	unlink(path);
	return n;
}

static void test_users(void)
{
	CU_ASSERT_EQUAL(users_in("         0          0 4294967295\n"), USERS_ALL);
	CU_ASSERT_EQUAL(users_in("         0       1000          1\n"), 1);
	/* a container without root */
	CU_ASSERT_EQUAL(users_in("0 1000 1\n1 100000 65536\n"), 65537);
	CU_ASSERT_EQUAL(users_in(""), 0);
	CU_ASSERT_EQUAL(users_known("/nonexistent"), USERS_ALL);
}

UNIT_MAIN("supervisor-checks", {"paths", test_paths}, {"names", test_names},
	  {"backoff", test_backoff}, {"tap", test_tap}, {"marks", test_marks},
	  {"others", test_others}, {"acl", test_acl}, {"users", test_users});
