/* SPDX-License-Identifier: BSD-3-Clause */
/* Capture files: they are opened only below their directory, and each has one writer. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/capture.h"
#include "tests/unit/unit.h"

static char dir[] = "/tmp/hd-capture-test.XXXXXX";

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void dir_remove(void)
{
	static const char *const names[] = {"out.pcap", "sub/in.pcap", "sub",
					    "evil",     "evil-dir",    "fifo"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove(path_of(names[i]));
	rmdir(dir);
}

static int setup(void)
{
	if (!mkdtemp(dir))
		return -1;
	atexit(dir_remove);
	return mkdir(path_of("sub"), 0700);
}

static void check_refused(const char *name, bool write, int error, const char *word)
{
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(capture_open(dir, name, write, &err), -error);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
}

static void test_beneath(void)
{
	int fd;

	fd = capture_open(dir, "sub/in.pcap", true, NULL);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, "x", 1), 1);
	close(fd);
	fd = capture_open(dir, "sub/in.pcap", false, NULL);
	CU_ASSERT_TRUE(fd >= 0);
	close(fd);
	check_refused("missing.pcap", false, ENOENT, "missing.pcap: No such file");
	check_refused("no/such/dir.pcap", true, ENOENT, "no/such/dir.pcap");
	/* links, that might lead out of the root */
	CU_ASSERT_EQUAL(symlink("/etc/hostname", path_of("evil")), 0);
	check_refused("evil", false, ELOOP, "symbolic links");
	check_refused("evil", true, ELOOP, "symbolic links");
	CU_ASSERT_EQUAL(symlink("/etc", path_of("evil-dir")), 0);
	check_refused("evil-dir/hostname", false, ENOTDIR, "evil-dir/hostname");
	CU_ASSERT_EQUAL(mkfifo(path_of("fifo"), 0600), 0);
	check_refused("fifo", false, ENOTSUP, "regular");
	check_refused("sub", false, ENOTSUP, "regular");
}

static void test_one_writer(void)
{
	int fd = capture_open(dir, "out.pcap", true, NULL), copy = dup(fd);
	struct stat st;

	CU_ASSERT_TRUE_FATAL(fd >= 0 && copy >= 0);
	CU_ASSERT_EQUAL(write(fd, "abc", 3), 3);
	close(fd); /* as heddled does when it has handed it over */
	check_refused("out.pcap", true, EBUSY, "in use");
	check_refused("out.pcap", false, EBUSY, "in use");
	CU_ASSERT_EQUAL(fstat(copy, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 3);
	close(copy);
	fd = capture_open(dir, "out.pcap", true, NULL);
	CU_ASSERT_EQUAL(fstat(fd, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 0);
	close(fd);
}

UNIT_MAIN_SETUP("capture", setup, {"beneath", test_beneath}, {"one writer", test_one_writer});
