/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_signal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/aio_abi.h>

/* What the kernel puts at the beginning of a context, for who wants to take events without a call. */
struct ring {
	uint32_t id, entries;
	uint32_t head, tail;
};

static aio_context_t context[VHOST_SIGNALLERS];
static int nothing = -1; /* a file that has none */

int vhost_signal_init(struct hd_err *err)
{
	if (nothing < 0)
		nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing < 0)
		return hd_err_set(err, errno, "/dev/null: %s", strerror(errno));
	for (unsigned int i = 0; i < VHOST_SIGNALLERS; i++)
		if (!context[i] && syscall(SYS_io_setup, 1, &context[i]) != 0)
			return hd_err_set(err, errno, "guests cannot be signalled: io_setup: %s%s",
					  strerror(errno),
					  errno == EAGAIN ? " (raise sysctl fs.aio-max-nr)" : "");
	return 0;
}

void vhost_signal(unsigned int thread, int fd)
{
	struct ring *ring = (struct ring *)context[thread]; /* NOLINT(performance-no-int-to-ptr) */
	struct iocb read = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = (uint32_t)nothing,
		.aio_flags = IOCB_FLAG_RESFD,
		.aio_resfd = (uint32_t)fd,
	};
	struct iocb *list = &read;

	if (!ring)
		return;
	/* It ends within the call: what it leaves is thrown away unread. */
	syscall(SYS_io_submit, context[thread], 1L, &list);
	__atomic_store_n(&ring->head, __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE),
			 __ATOMIC_RELEASE);
}

bool vhost_signal_is_event(int fd)
{
	char path[32], text[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, text, sizeof(text) - 1);
	if (n < 0)
		return false;
	text[n] = '\0';
	return strcmp(text, "anon_inode:[eventfd]") == 0;
}
