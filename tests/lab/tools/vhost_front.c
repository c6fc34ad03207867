/* SPDX-License-Identifier: BSD-3-Clause */
/* The front-end side of vhost-user: messages, memory, where the rings are. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "tests/lab/tools/vhost_front.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define VU_GET_FEATURES          1
#define VU_SET_FEATURES          2
#define VU_SET_OWNER             3
#define VU_SET_MEM_TABLE         5
#define VU_SET_VRING_NUM         8
#define VU_SET_VRING_ADDR        9
#define VU_SET_VRING_BASE        10
#define VU_GET_VRING_BASE        11
#define VU_SET_VRING_KICK        12
#define VU_SET_VRING_CALL        13
#define VU_GET_PROTOCOL_FEATURES 15
#define VU_SET_PROTOCOL_FEATURES 16
#define VU_GET_QUEUE_NUM         17
#define VU_SET_VRING_ENABLE      18
#define VU_SEND_RARP             19

#define VU_VERSION      1u
#define VU_REPLY        (1u << 2)
#define VU_NEED_REPLY   (1u << 3)
#define VU_F_PROTOCOL   (1ull << 30)
#define VU_P_MQ         (1ull << 0)
#define VU_P_RARP       (1ull << 2)
#define VU_P_REPLY_ACK  (1ull << 3)
#define HUGE_PAGE       (2u << 20)
#define VF_FDS_MAX      32
#define BASE_PACKED     0x80008000u /* both wrap counters */
#define ALIGN_UP(x, to) (((x) + (to)-1) / (to) * (to))

struct vu_msg {
	uint32_t request;
	uint32_t flags;
	uint32_t size;
	union {
		uint64_t u64;
		struct {
			uint32_t index, num;
		} state;
		struct {
			uint32_t index, flags;
			uint64_t desc, used, avail, log;
		} addr;
		struct {
			uint32_t n, padding;
			uint64_t gpa, size, uaddr, offset;
		} mem;
	};
} __attribute__((packed));

#define VU_HDR offsetof(struct vu_msg, u64)

static int fail(struct vf_dev *dev, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(dev->error, sizeof(dev->error), fmt, ap);
	va_end(ap);
	return -err;
}

int vf_message(struct vf_dev *dev, uint32_t request, uint32_t flags, const void *payload,
	       uint32_t size, const int *fd, unsigned int n)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * VF_FDS_MAX)];
	} control = {0};
	uint32_t header[3] = {request, flags, size};
	struct iovec iov[2] = {{header, sizeof(header)}, {(void *)(uintptr_t)payload, size}};
	struct msghdr mh = {.msg_iov = iov, .msg_iovlen = 2};

	if (n > 0) {
		struct cmsghdr *c;

		mh.msg_control = control.bytes;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(c), fd, sizeof(int) * n);
	}
	if (sendmsg(dev->sock, &mh, MSG_NOSIGNAL) != (ssize_t)(sizeof(header) + size))
		return fail(dev, errno ? errno : EPIPE, "message %u could not be sent: %m",
			    request);
	return 0;
}

static int send_msg(struct vf_dev *dev, struct vu_msg *msg, uint32_t size, int fd)
{
	return vf_message(dev, msg->request, msg->flags | VU_VERSION, &msg->u64, size, &fd,
			  fd >= 0);
}

static int read_exact(struct vf_dev *dev, void *data, size_t size, int timeout_ms)
{
	uint8_t *p = data;

	while (size) {
		struct pollfd pfd = {.fd = dev->sock, .events = POLLIN};
		ssize_t n = poll(&pfd, 1, timeout_ms);

		if (n == 0)
			return fail(dev, ETIMEDOUT, "no reply within %d ms", timeout_ms);
		n = n < 0 ? -1 : recv(dev->sock, p, size, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(dev, EPIPE, "the other side hung up");
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Reads the reply to @msg into it. */
static int read_reply(struct vf_dev *dev, struct vu_msg *msg, int timeout_ms)
{
	uint32_t request = msg->request;
	int ret = read_exact(dev, msg, VU_HDR, timeout_ms);

	if (ret)
		return ret;
	if (msg->request != request || !(msg->flags & VU_REPLY) ||
	    msg->size > sizeof(*msg) - VU_HDR)
		return fail(dev, EPROTO, "reply to %u is request %u, flags %#x, size %u", request,
			    msg->request, msg->flags, msg->size);
	return read_exact(dev, &msg->u64, msg->size, timeout_ms);
}

int vf_reply(struct vf_dev *dev, uint32_t request, void *payload, uint32_t size, int timeout_ms)
{
	struct vu_msg msg = {.request = request};
	int ret = read_reply(dev, &msg, timeout_ms);

	if (ret)
		return ret;
	memcpy(payload, &msg.u64, msg.size < size ? msg.size : size);
	return (int)msg.size;
}

int vf_ask(struct vf_dev *dev, uint32_t request, const void *payload, uint32_t size, const int *fd,
	   unsigned int n)
{
	uint64_t result = 0;
	int ret = vf_message(dev, request, VU_VERSION | VU_NEED_REPLY, payload, size, fd, n);

	if (!ret)
		ret = vf_reply(dev, request, &result, sizeof(result), 5000);
	return ret < 0 ? ret : result != 0;
}

static int get_u64(struct vf_dev *dev, uint32_t request, uint64_t *value, int timeout_ms)
{
	struct vu_msg msg = {.request = request};
	int ret = send_msg(dev, &msg, 0, -1);

	if (!ret)
		ret = read_reply(dev, &msg, timeout_ms);
	*value = msg.u64;
	return ret;
}

static int set_u64(struct vf_dev *dev, uint32_t request, uint64_t value, int fd)
{
	struct vu_msg msg = {.request = request, .u64 = value};

	return send_msg(dev, &msg, sizeof(value), fd);
}

static int set_state(struct vf_dev *dev, uint32_t request, uint32_t index, uint32_t num)
{
	struct vu_msg msg = {.request = request, .state = {index, num}};

	return send_msg(dev, &msg, sizeof(msg.state), -1);
}

static uint64_t ring_bytes(const struct vf_config *conf)
{
	return ALIGN_UP(conf->ring * sizeof(struct vring_desc), 4096) +
	       ALIGN_UP(6 + 2 * conf->ring, 4096) + ALIGN_UP(6 + 8 * conf->ring, 4096) +
	       ALIGN_UP((uint64_t)conf->ring * conf->buf_size, 4096);
}

static int make_memory(struct vf_dev *dev, const struct vf_config *conf)
{
	uint64_t page = conf->huge ? HUGE_PAGE : 4096;

	dev->mem_size = ALIGN_UP(ring_bytes(conf) * conf->pairs * 2, page);
	dev->mem_fd = memfd_create("guest", MFD_CLOEXEC | (conf->huge ? MFD_HUGETLB : 0));
	if (dev->mem_fd < 0 || ftruncate(dev->mem_fd, (off_t)dev->mem_size) < 0)
		return fail(dev, errno, "guest memory: %m");
	dev->mem =
		mmap(NULL, dev->mem_size, PROT_READ | PROT_WRITE,
		     MAP_POPULATE | (conf->memory == VF_MEMORY_PRIVATE ? MAP_PRIVATE : MAP_SHARED),
		     dev->mem_fd, 0);
	if (dev->mem == MAP_FAILED) {
		dev->mem = NULL;
		return fail(dev, errno, "guest memory of %llu MB%s: %m",
			    (unsigned long long)dev->mem_size >> 20,
			    conf->huge ? " (2 MB pages)" : "");
	}
	return 0;
}

/* Lays ring @index out in memory and makes its descriptors point to their buffers. */
static void make_ring(struct vf_dev *dev, const struct vf_config *conf, unsigned int index)
{
	struct vf_ring *r = &dev->ring[index];
	uint8_t *p = dev->mem + ring_bytes(conf) * index;
	bool receives = !(index & 1);

	memset(r, 0, sizeof(*r));
	r->packed = (dev->features & 1ull << VIRTIO_F_RING_PACKED) != 0;
	r->receives = receives;
	r->size = conf->ring;
	r->mask = conf->ring - 1;
	r->buf_size = conf->buf_size;
	r->desc = (void *)p;
	p += ALIGN_UP(conf->ring * sizeof(struct vring_desc), 4096);
	r->avail = (void *)p;
	p += ALIGN_UP(6 + 2 * conf->ring, 4096);
	r->used = (void *)p;
	p += ALIGN_UP(6 + 8 * conf->ring, 4096);
	memset(r->desc, 0, (size_t)(p - (uint8_t *)r->desc));
	r->buf = p;
	r->buf_gpa = (uint64_t)(p - dev->mem);
	for (unsigned int i = 0; i < conf->ring; i++) {
		r->desc[i].addr = r->buf_gpa + (uint64_t)i * r->buf_size;
		r->desc[i].len = r->buf_size;
		if (r->packed)
			continue;
		r->desc[i].flags = receives ? VRING_DESC_F_WRITE : 0;
		r->avail->ring[i] = (uint16_t)i;
	}
	if (r->packed) {
		for (unsigned int i = 0; i < conf->ring; i++)
			r->packed_desc[i].id = (uint16_t)i;
		r->driver->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
		r->kick = -1;
		if (receives)
			vf_packed_post(r, conf->ring);
	} else {
		r->avail->flags = VRING_AVAIL_F_NO_INTERRUPT;
		if (receives)
			r->avail->idx = r->next = conf->ring;
	}
	r->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r->call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static int share_ring(struct vf_dev *dev, unsigned int index)
{
	struct vf_ring *r = &dev->ring[index];
	struct vu_msg msg = {.request = VU_SET_VRING_ADDR};
	int ret;

	msg.addr.index = index;
	msg.addr.desc = (uintptr_t)r->desc;
	msg.addr.avail = (uintptr_t)r->avail;
	msg.addr.used = (uintptr_t)r->used;
	ret = set_state(dev, VU_SET_VRING_NUM, index, r->size);
	if (!ret)
		ret = set_state(dev, VU_SET_VRING_BASE, index, r->packed ? BASE_PACKED : 0);
	if (!ret)
		ret = send_msg(dev, &msg, sizeof(msg.addr), -1);
	if (!ret)
		ret = set_u64(dev, VU_SET_VRING_KICK, index, r->kick);
	if (!ret)
		ret = set_u64(dev, VU_SET_VRING_CALL, index, r->call);
	return ret;
}

static int share_memory(struct vf_dev *dev, const struct vf_config *conf)
{
	struct vu_msg msg = {.request = VU_SET_MEM_TABLE};

	msg.mem.n = 1;
	msg.mem.size = dev->mem_size;
	msg.mem.uaddr = (uintptr_t)dev->mem;
	return send_msg(dev, &msg, sizeof(msg.mem),
			conf->memory == VF_MEMORY_NO_FD ? -1 : dev->mem_fd);
}

static int negotiate(struct vf_dev *dev, const struct vf_config *conf)
{
	uint64_t protocol = 0;
	int ret = get_u64(dev, VU_GET_FEATURES, &dev->offered, conf->timeout_ms);

	if (ret)
		return ret;
	if (!(dev->offered & VU_F_PROTOCOL) || !(dev->offered & 1ull << VIRTIO_F_VERSION_1))
		return fail(dev, EPROTO,
			    "the other side offers %#llx: no protocol features or virtio 1",
			    (unsigned long long)dev->offered);
	ret = get_u64(dev, VU_GET_PROTOCOL_FEATURES, &protocol, conf->timeout_ms);
	dev->protocol = protocol & (VU_P_MQ | VU_P_RARP | VU_P_REPLY_ACK | conf->protocol);
	if (!ret)
		ret = set_u64(dev, VU_SET_PROTOCOL_FEATURES, dev->protocol, -1);
	dev->max_pairs = 1;
	if (!ret && dev->protocol & VU_P_MQ)
		ret = get_u64(dev, VU_GET_QUEUE_NUM, &dev->max_pairs, conf->timeout_ms);
	dev->pairs = conf->pairs < dev->max_pairs ? conf->pairs : (uint16_t)dev->max_pairs;
	dev->features = dev->offered & (conf->features | 1ull << VIRTIO_F_VERSION_1 |
					(uint64_t)conf->packed << VIRTIO_F_RING_PACKED);
	if (conf->legacy)
		dev->features &= ~(1ull << VIRTIO_F_VERSION_1);
	dev->hdr_len = VF_HDR_LEN;
	if (!(dev->features & (1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_NET_F_MRG_RXBUF)))
		dev->hdr_len = sizeof(struct virtio_net_hdr);
	if (!ret)
		ret = set_u64(dev, VU_SET_OWNER, 0, -1);
	if (!ret)
		ret = set_u64(dev, VU_SET_FEATURES, dev->features | VU_F_PROTOCOL, -1);
	return ret;
}

static int address(struct vf_dev *dev, const char *path, struct sockaddr_un *sun)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun->sun_path))
		return fail(dev, ENAMETOOLONG, "socket path of %zu bytes, limit is %zu",
			    strlen(path), sizeof(sun->sun_path) - 1);
	strcpy(sun->sun_path, path);
	return 0;
}

int vf_open(struct vf_dev *dev, const struct vf_config *conf)
{
	struct sockaddr_un sun;
	int ret;

	memset(dev, 0, sizeof(*dev));
	dev->sock = dev->listener = dev->mem_fd = -1;
	ret = address(dev, conf->path, &sun);
	if (ret)
		return ret;
	strcpy(dev->path, conf->path);
	if (!conf->server)
		return 0;
	unlink(conf->path);
	dev->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (dev->listener < 0 || bind(dev->listener, (void *)&sun, sizeof(sun)) < 0 ||
	    listen(dev->listener, 1) < 0)
		return fail(dev, errno, "%s: %m", conf->path);
	return 0;
}

static int make_connection(struct vf_dev *dev, const struct vf_config *conf)
{
	struct sockaddr_un sun;
	int ret = address(dev, conf->path, &sun);

	if (ret)
		return ret;
	if (conf->server) {
		struct pollfd pfd = {.fd = dev->listener, .events = POLLIN};

		ret = poll(&pfd, 1, conf->timeout_ms);
		if (ret == 0)
			return fail(dev, ETIMEDOUT, "nobody connected to %s within %d ms",
				    conf->path, conf->timeout_ms);
		dev->sock = accept4(dev->listener, NULL, NULL, SOCK_CLOEXEC);
		return dev->sock < 0 ? fail(dev, errno, "accept: %m") : 0;
	}
	dev->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (dev->sock < 0 || connect(dev->sock, (void *)&sun, sizeof(sun)) < 0)
		return fail(dev, errno, "connect to %s: %m", conf->path);
	return 0;
}

int vf_connect(struct vf_dev *dev, const struct vf_config *conf)
{
	int ret = make_connection(dev, conf);

	if (!ret)
		ret = negotiate(dev, conf);
	if (!ret && conf->memory == VF_MEMORY_UNSENT)
		return 0;
	if (!ret)
		ret = make_memory(dev, conf);
	for (unsigned int i = 0; !ret && i < 2u * dev->pairs; i++)
		make_ring(dev, conf, i);
	if (!ret)
		ret = share_memory(dev, conf);
	for (unsigned int i = 0; !ret && i < 2u * dev->pairs; i++)
		ret = share_ring(dev, i);
	for (unsigned int i = 0; !ret && i < 2u * dev->pairs; i++)
		ret = set_state(dev, VU_SET_VRING_ENABLE, i, 1);
	if (!ret) {
		uint64_t features; /* a message with a reply: all before it has been served */

		ret = get_u64(dev, VU_GET_FEATURES, &features, conf->timeout_ms);
	}
	if (ret)
		vf_disconnect(dev);
	return ret;
}

int vf_enable(struct vf_dev *dev, unsigned int index, bool enable)
{
	uint64_t features;
	int ret = set_state(dev, VU_SET_VRING_ENABLE, index, enable);

	return ret ? ret : get_u64(dev, VU_GET_FEATURES, &features, 5000);
}

int vf_stop(struct vf_dev *dev)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < 2u * dev->pairs; i++) {
		struct vu_msg msg = {.request = VU_GET_VRING_BASE, .state = {i, 0}};

		ret = send_msg(dev, &msg, sizeof(msg.state), -1);
		if (!ret)
			ret = read_reply(dev, &msg, 5000);
	}
	return ret;
}

int vf_send_rarp(struct vf_dev *dev, const uint8_t mac[6])
{
	uint64_t value = 0;

	memcpy(&value, mac, 6);
	return set_u64(dev, VU_SEND_RARP, value, -1);
}

bool vf_connected(const struct vf_dev *dev)
{
	struct pollfd pfd = {.fd = dev->sock, .events = POLLIN};
	char c;

	return dev->sock >= 0 &&
	       (poll(&pfd, 1, 0) == 0 || recv(dev->sock, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0);
}

void vf_disconnect(struct vf_dev *dev)
{
	for (unsigned int i = 0; i < 2u * dev->pairs; i++) {
		if (dev->ring[i].size) {
			close(dev->ring[i].kick);
			close(dev->ring[i].call);
		}
		dev->ring[i].size = 0;
	}
	if (dev->sock >= 0)
		close(dev->sock);
	if (dev->mem)
		munmap(dev->mem, dev->mem_size);
	if (dev->mem_fd >= 0)
		close(dev->mem_fd);
	dev->sock = dev->mem_fd = -1;
	dev->mem = NULL;
}

void vf_close(struct vf_dev *dev)
{
	vf_disconnect(dev);
	if (dev->listener >= 0) {
		close(dev->listener);
		unlink(dev->path);
	}
	dev->listener = -1;
}
