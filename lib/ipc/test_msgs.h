/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages that only the tests of the channel know. */
#ifndef LIB_IPC_TEST_MSGS_H
#define LIB_IPC_TEST_MSGS_H

#include <dirent.h>
#include <stdint.h>

#include "heddle/ipc/chan.h"

#define TEST_MODULE 0x7f01

struct test_number {
	uint64_t value;
};
struct test_big {
	uint64_t value;
	char rest[HD_MSG_MAX - sizeof(struct hd_msg_hdr) - 8];
};

HD_REQ(TEST_ADD, HD_MSG_ID(TEST_MODULE, 1), struct test_number, struct test_number);
HD_REQ_STREAM(TEST_LIST, HD_MSG_ID(TEST_MODULE, 2), struct hd_nothing, struct test_number,
	      struct hd_nothing);
HD_EVENT(TEST_EVENT, HD_MSG_ID(TEST_MODULE, 3), struct test_number);
HD_EVENT(TEST_BIG, HD_MSG_ID(TEST_MODULE, 4), struct test_big);
HD_REQ(TEST_FDS, HD_MSG_ID(TEST_MODULE, 5), struct hd_nothing, struct hd_nothing);
HD_REQ(TEST_GIVE, HD_MSG_ID(TEST_MODULE, 6), struct hd_nothing, struct hd_nothing);

/* The number of entries of /proc/self/fd: grows by one for each open descriptor. */
static inline unsigned int test_fds_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

#endif
