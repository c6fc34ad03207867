/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/capture/ring.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/cli/term/interrupt.h"
#include "mgmt/cli/term/mem.h"
#include "mgmt/cli/term/table.h"

#define ACK_PART 8 /* it is said when one part in so many of a ring was read */
#define PORT_IDS 65536

struct ring {
	const uint8_t *data;
	const struct hd_capture_ring *shared;
	int ack_fd; /* -1: nobody is told */
	uint64_t at, acked;
	struct hd_capture_record next; /* a copy: the frame that comes next, when size is not 0 */
};

struct port {
	char name[HD_NAME_MAX];
	unsigned int tag;
};

struct cli_rings {
	int sock;
	const void *map; /* NULL: the memory is the caller's */
	size_t size;
	uint32_t n, bytes;
	int64_t real_offset_ns;
	uint64_t ingress[HD_DROP_REASONS_MAX / 64];
	char reason[HD_DROP_REASONS_MAX][HD_DROP_NAME_MAX];
	struct ring ring[HD_CAPTURE_WORKERS];
	struct port *port[PORT_IDS]; /* by id; NULL: not named yet */
	uint8_t frame[HD_CAPTURE_SNAP_MAX];
};

static int broken(struct hd_err *err, const char *what)
{
	return hd_err_set(err, EBADMSG, "what heddle-dp wrote is no capture: %s", what);
}

static int rings_init(struct cli_rings *r, const void *memory, size_t size, struct hd_err *err)
{
	struct hd_capture_head head;

	if (size < sizeof(head))
		return broken(err, "it is too short");
	memcpy(&head, memory, sizeof(head));
	if (!head.workers || head.workers > HD_CAPTURE_WORKERS)
		return broken(err, "the number of rings");
	if (head.ring_bytes < HD_CAPTURE_ALIGN || (head.ring_bytes & (head.ring_bytes - 1)))
		return broken(err, "the size of its rings");
	if (head.data_offset < sizeof(head) || head.data_offset % HD_CAPTURE_ALIGN ||
	    head.data_offset > size || (size - head.data_offset) / head.ring_bytes < head.workers)
		return broken(err, "its rings do not fit in it");
	r->n = head.workers;
	r->bytes = head.ring_bytes;
	r->real_offset_ns = head.real_offset_ns;
	memcpy(r->ingress, head.ingress, sizeof(r->ingress));
	for (unsigned int i = 0; i < HD_DROP_REASONS_MAX; i++) {
		head.reason[i][HD_DROP_NAME_MAX - 1] = '\0';
		cli_text_clean(strcpy(r->reason[i], head.reason[i]));
	}
	for (uint32_t i = 0; i < r->n; i++) {
		r->ring[i].data =
			(const uint8_t *)memory + head.data_offset + (uint64_t)i * head.ring_bytes;
		r->ring[i].shared = &((const struct hd_capture_head *)memory)->ring[i];
	}
	return 0;
}

static struct cli_rings *rings_alloc(void)
{
	struct cli_rings *r = cli_calloc(1, sizeof(*r));

	r->sock = -1;
	for (unsigned int i = 0; i < HD_CAPTURE_WORKERS; i++)
		r->ring[i].ack_fd = -1;
	return r;
}

int cli_rings_new(struct cli_rings **rings, const void *memory, size_t size, struct hd_err *err)
{
	struct cli_rings *r = rings_alloc();
	int rc = rings_init(r, memory, size, err);

	*rings = r;
	if (rc < 0) {
		cli_rings_close(r);
		*rings = NULL;
	}
	return rc;
}

void cli_rings_close(struct cli_rings *r)
{
	if (!r)
		return;
	if (r->map)
		munmap((void *)r->map, r->size);
	for (unsigned int i = 0; i < HD_CAPTURE_WORKERS; i++)
		if (r->ring[i].ack_fd >= 0)
			close(r->ring[i].ack_fd);
	for (unsigned int id = 0; id < PORT_IDS; id++)
		free(r->port[id]);
	if (r->sock >= 0)
		close(r->sock);
	free(r);
}

/* The first message. Descriptors that came are in @fds, of which *@n are there. */
static bool receive_hello(int sock, struct hd_capture_hello *hello, int *fds, size_t *n)
{
	union {
		struct cmsghdr head;
		char data[CMSG_SPACE((HD_CAPTURE_WORKERS + 1) * sizeof(int))];
	} control;
	struct iovec iov = {hello, sizeof(*hello)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	ssize_t got = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	const struct cmsghdr *head = got > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
		*n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(head), *n * sizeof(int));
	}
	return got == sizeof(*hello) && hello->magic == HD_CAPTURE_MAGIC &&
	       hello->version == HD_CAPTURE_VERSION && hello->workers &&
	       *n == hello->workers + 1ull;
}

static int map(struct cli_rings *r, int fd, struct hd_err *err)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0 || st.st_size <= 0)
		return broken(err, "it has no memory");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return hd_err_set(err, errno, "the capture's memory: %s", strerror(errno));
	r->map = p;
	r->size = (size_t)st.st_size;
	return rings_init(r, p, r->size, err);
}

int cli_rings_open(struct cli_rings **rings, int sock, struct hd_err *err)
{
	struct cli_rings *r = rings_alloc();
	struct hd_capture_hello hello = {0};
	int fds[HD_CAPTURE_WORKERS + 1], rc;
	size_t n = 0;

	r->sock = sock;
	if (receive_hello(sock, &hello, fds, &n))
		rc = map(r, fds[0], err);
	else
		rc = hd_err_set(err, EBADMSG,
				"what came from heddle-dp is no capture of this version: is "
				"heddle of another version than the switch?");
	if (rc == 0 && r->n != hello.workers)
		rc = broken(err, "the number of rings");
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || rc < 0)
			close(fds[i]);
		else
			r->ring[i - 1].ack_fd = fds[i];
	}
	*rings = r;
	if (rc < 0) {
		cli_rings_close(r);
		*rings = NULL;
	}
	return rc;
}

static void skip(struct cli_rings *r, struct ring *ring, uint32_t size)
{
	uint64_t read;

	ring->at += size;
	ring->next.size = 0;
	read = ring->at - ring->acked;
	if (read < r->bytes / ACK_PART)
		return;
	ring->acked = ring->at;
	if (ring->ack_fd >= 0 && write(ring->ack_fd, &read, sizeof(read)) < 0)
		return; /* heddle-dp does not look any more: it says so on the socket */
}

static const uint8_t *bytes_at(const struct cli_rings *r, const struct ring *ring)
{
	return ring->data + (ring->at & (r->bytes - 1)) + sizeof(struct hd_capture_record);
}

static int take_name(struct cli_rings *r, const struct ring *ring,
		     const struct hd_capture_record *rec, struct hd_err *err)
{
	struct port *known = r->port[rec->port];
	char name[HD_NAME_MAX];

	if (rec->kept != sizeof(name))
		return broken(err, "the length of a port's name");
	memcpy(name, bytes_at(r, ring), sizeof(name));
	if (!hd_name_valid(name, sizeof(name)))
		return broken(err, "a port's name");
	if (known && strcmp(known->name, name) == 0)
		return 0;
	free(known);
	r->port[rec->port] = cli_calloc(1, sizeof(struct port));
	memcpy(r->port[rec->port]->name, name, sizeof(name));
	return 0;
}

/* Goes to the next frame of a ring. 1: it is in ring->next; 0: there is none. */
static int peek(struct cli_rings *r, struct ring *ring, struct hd_err *err)
{
	while (!ring->next.size) {
		uint64_t there = __atomic_load_n(&ring->shared->head, __ATOMIC_ACQUIRE) - ring->at;
		uint32_t pos = ring->at & (r->bytes - 1);
		struct hd_capture_record rec;
		int rc = 0;

		if (!there)
			return 0;
		if (there > r->bytes)
			return broken(err, "it wrote over what was not read");
		memcpy(&rec, ring->data + pos, sizeof(rec));
		if (rec.size < sizeof(rec) || rec.size % HD_CAPTURE_ALIGN || rec.size > there ||
		    rec.size > r->bytes - pos || rec.kept > rec.size - sizeof(rec))
			return broken(err, "the size of a record");
		if (rec.kind > HD_CAPTURE_R_DROP || rec.kept > HD_CAPTURE_SNAP_MAX ||
		    rec.reason >= HD_DROP_REASONS_MAX)
			return broken(err, "a record of an unknown kind");
		if (rec.kind == HD_CAPTURE_R_NAME)
			rc = take_name(r, ring, &rec, err);
		if (rc < 0)
			return rc;
		if (rec.kind == HD_CAPTURE_R_PAD || rec.kind == HD_CAPTURE_R_NAME)
			skip(r, ring, rec.size);
		else
			ring->next = rec;
	}
	return 1;
}

int cli_rings_next(struct cli_rings *r, struct cli_frame *frame, struct hd_err *err)
{
	struct ring *first = NULL;
	const struct hd_capture_record *rec;
	struct port *port;

	for (uint32_t i = 0; i < r->n; i++) {
		int rc = peek(r, &r->ring[i], err);

		if (rc < 0)
			return rc;
		if (rc && (!first || r->ring[i].next.time_ns < first->next.time_ns))
			first = &r->ring[i];
	}
	if (!first)
		return 0;
	rec = &first->next;
	port = r->port[rec->port];
	if (!port)
		return broken(err, "a frame of a port without a name");
	memcpy(r->frame, bytes_at(r, first), rec->kept);
	*frame = (struct cli_frame){
		.kind = rec->kind,
		.port = port->name,
		.reason = r->reason[rec->reason],
		.ingress = r->ingress[rec->reason / 64] >> rec->reason % 64 & 1,
		.time_ns = rec->time_ns + (uint64_t)r->real_offset_ns,
		.len = rec->len < rec->kept ? rec->kept : rec->len,
		.kept = rec->kept,
		.lost = rec->lost,
		.data = r->frame,
		.tag = &port->tag,
	};
	skip(r, first, rec->size);
	return 1;
}

int cli_rings_wait(struct cli_rings *r, int timeout_ms, char note[HD_CAPTURE_TEXT])
{
	struct pollfd pfds[] = {
		{.fd = r->sock, .events = POLLIN},
		{.fd = cli_interrupt_fd(), .events = POLLIN},
	};
	struct hd_capture_note got;
	ssize_t n;

	note[0] = '\0';
	if (poll(pfds, 2, timeout_ms) <= 0 || !pfds[0].revents)
		return 0;
	n = recv(r->sock, &got, sizeof(got), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n != sizeof(got)) {
		strcpy(note, "heddle-dp has ended it");
		return 1;
	}
	memcpy(note, got.text, HD_CAPTURE_TEXT);
	note[HD_CAPTURE_TEXT - 1] = '\0';
	cli_text_clean(note);
	return got.end != 0;
}

uint64_t cli_rings_lost(const struct cli_rings *r)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < r->n; i++)
		sum += __atomic_load_n(&r->ring[i].shared->lost, __ATOMIC_RELAXED);
	return sum;
}
