/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "dataplane/capture/capture_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "dataplane/core/drop.h"

#define MEMORY_BYTES   (8u << 20) /* of all rings of a capture, */
#define RING_BYTES_MIN (1u << 20) /* if each has at least so much */

/* No file that a reader has can change the size of what we write to, or what is in it. */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL)

static uint32_t ring_bytes(unsigned int n)
{
	uint32_t bytes = MEMORY_BYTES;

	while (bytes > RING_BYTES_MIN && (uint64_t)bytes * n > MEMORY_BYTES)
		bytes /= 2;
	return bytes;
}

static uint64_t data_offset(void)
{
	return (sizeof(struct hd_capture_head) + 4095) & ~4095ull;
}

/* All of it is there from the start: a worker is not to wait for pages, nor to find that there are none. */
static int map(struct hd_capture *c, struct hd_err *err)
{
	int fd = memfd_create("heddle-capture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *at = MAP_FAILED;

	if (fd >= 0 && !ftruncate(fd, (off_t)c->size) && !fallocate(fd, 0, 0, (off_t)c->size))
		at = mmap(NULL, c->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (at != MAP_FAILED) {
		c->memory = at;
		if (!fcntl(fd, F_ADD_SEALS, SEALS))
			return fd;
	}
	hd_err_set(err, ENOMEM, "%zu bytes of memory for the capture: %s", c->size,
		   strerror(errno));
	if (fd >= 0)
		close(fd);
	return -ENOMEM;
}

static void head_init(struct hd_capture *c, uint32_t bytes)
{
	struct hd_capture_head *head = c->memory;
	const struct dp_drop_reason *r;
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	head->workers = c->n_workers;
	head->ring_bytes = bytes;
	head->data_offset = data_offset();
	head->real_offset_ns =
		(int64_t)real.tv_sec * (int64_t)HD_NS_PER_S + real.tv_nsec - (int64_t)hd_now_ns();
	for (unsigned int i = 0; (r = dp_drop_by_index(i)) != NULL; i++) {
		hd_str_copy(head->reason[i], sizeof(head->reason[i]), r->name);
		head->ingress[i / 64] |= (uint64_t)(r->side == DP_DROP_INGRESS) << i % 64;
	}
}

static int writers_init(struct hd_capture *c, uint32_t bytes, struct hd_err *err)
{
	struct hd_capture_head *head = c->memory;

	for (uint32_t i = 0; i < c->n_workers; i++) {
		struct dp_capture_writer *w = &c->writer[i];

		w->data = (uint8_t *)c->memory + head->data_offset + (uint64_t)i * bytes;
		w->bytes = bytes;
		w->shared = &head->ring[i];
		w->ack_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (w->ack_fd < 0)
			return hd_err_set(err, errno, "eventfd: %s", strerror(errno));
	}
	return 0;
}

static int send_hello(const struct hd_capture *c, int memory_fd, struct hd_err *err)
{
	struct hd_capture_hello hello = {HD_CAPTURE_MAGIC, HD_CAPTURE_VERSION, c->n_workers};
	union {
		struct cmsghdr align;
		char data[CMSG_SPACE((HD_CAPTURE_WORKERS + 1) * sizeof(int))];
	} control;
	struct iovec iov = {&hello, sizeof(hello)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.data};
	int fds[HD_CAPTURE_WORKERS + 1] = {memory_fd};
	struct cmsghdr *cmsg;

	for (uint32_t i = 0; i < c->n_workers; i++)
		fds[1 + i] = c->writer[i].ack_fd;
	memset(&control, 0, sizeof(control));
	msg.msg_controllen = CMSG_SPACE((1 + c->n_workers) * sizeof(int));
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN((1 + c->n_workers) * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, (1 + c->n_workers) * sizeof(int));
	if (sendmsg(c->sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return hd_err_set(err, errno, "the reader's socket: %s", strerror(errno));
	return 0;
}

int capture_memory_new(struct hd_capture *c, unsigned int n, int *reader, struct hd_err *err)
{
	uint32_t bytes = ring_bytes(n);
	int fds[2], memory_fd, rc;

	c->writer = calloc(n, sizeof(*c->writer));
	if (!c->writer)
		return hd_err_set(err, ENOMEM, "out of memory");
	c->n_workers = n;
	for (unsigned int i = 0; i < n; i++)
		c->writer[i].ack_fd = -1;
	c->size = data_offset() + (uint64_t)bytes * n;
	memory_fd = map(c, err);
	if (memory_fd < 0)
		return memory_fd;
	head_init(c, bytes);
	rc = writers_init(c, bytes, err);
	if (rc == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		rc = hd_err_set(err, errno, "socketpair: %s", strerror(errno));
	if (rc == 0) {
		c->sock = fds[0];
		*reader = fds[1];
		rc = send_hello(c, memory_fd, err);
		if (rc < 0)
			close(*reader);
	}
	close(memory_fd);
	return rc;
}

void capture_memory_free(struct hd_capture *c)
{
	for (uint32_t i = 0; i < c->n_workers; i++)
		if (c->writer[i].ack_fd >= 0)
			close(c->writer[i].ack_fd);
	if (c->memory)
		munmap(c->memory, c->size);
	free(c->writer);
}
