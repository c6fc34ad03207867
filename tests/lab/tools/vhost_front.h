/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest without a virtual machine: the front-end side of vhost-user and a virtio-net driver, as
 * small as they can be. For tests and for the benchmark's generator.
 *
 * Split and packed rings without indirect descriptors; each descriptor has a buffer of its own for
 * good, and they are offered as 0, 1, 2, ... So to send is to fill the next buffer and to count up an
 * index, and a back-end that serves in order (ours and DPDK's do) is all that is supported.
 * Everything is open on purpose: a hostile guest is made by writing something else into a ring, or by
 * messages of its own (vf_message()).
 *
 * Not thread-safe; functions return 0 or -errno.
 */
#ifndef TESTS_LAB_TOOLS_VHOST_FRONT_H
#define TESTS_LAB_TOOLS_VHOST_FRONT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_net.h>
#include <linux/virtio_ring.h>

#define VF_HDR_LEN   ((uint32_t)sizeof(struct virtio_net_hdr_v1)) /* 12, but of a legacy guest */
#define VF_PAIRS_MAX 16

struct vf_ring {
	union {
		struct vring_desc *desc;
		struct vring_packed_desc *packed_desc;
	};
	union {
		struct vring_avail *avail;
		struct vring_packed_desc_event *driver;
	};
	union {
		struct vring_used *used;
		struct vring_packed_desc_event *device;
	};
	bool packed;
	bool receives;
	uint8_t *buf;     /* of descriptor 0 */
	uint64_t buf_gpa; /* the same for the other side */
	uint32_t buf_size;
	uint16_t size; /* a power of two */
	uint16_t mask;
	uint16_t next; /* what avail->idx is, or will be */
	uint16_t seen; /* what we took from the used ring */
	int kick;
	int call;
	uint64_t kicks;
};

/* How the guest gives its memory. */
enum vf_memory {
	VF_MEMORY_SHARED,
	VF_MEMORY_UNSENT,  /* not at all, and it stays connected: QEMU without a shared backend */
	VF_MEMORY_NO_FD,   /* the table without a descriptor: the same, of an older QEMU */
	VF_MEMORY_PRIVATE, /* with the descriptor, but mapped privately: share=off */
};

struct vf_config {
	const char *path;
	bool server; /* make the socket and wait for the switch; else connect to it */
	bool huge;   /* memory of 2 MB pages */
	enum vf_memory memory;
	uint16_t pairs;    /* queue pairs; above 1 needs VIRTIO_NET_F_MQ */
	uint16_t ring;     /* descriptors of a ring */
	uint32_t buf_size; /* bytes of a buffer with its virtio-net header */
	uint64_t features; /* wanted; the result is what is offered of them */
	uint64_t protocol; /* protocol features that are wanted besides its own */
	bool packed;       /* rings, when that is offered */
	bool legacy;       /* without VERSION_1 */
	int timeout_ms;    /* for each wait */
};

struct vf_dev {
	int sock;
	int listener;
	int mem_fd;
	uint8_t *mem;
	uint64_t mem_size;
	uint64_t offered;  /* features of the other side */
	uint64_t features; /* in force */
	uint64_t protocol; /* protocol features in force */
	uint64_t max_pairs;
	uint16_t pairs;
	uint32_t hdr_len;                      /* of the virtio-net header */
	struct vf_ring ring[2 * VF_PAIRS_MAX]; /* 2i: guest receives, 2i+1: guest sends */
	char path[108];
	char error[160]; /* what went wrong, for people */
};

/* In vf_config.features: what a Linux guest asks for, as far as this driver can. */
#define VF_FEATURES_PLAIN (1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_NET_F_MRG_RXBUF)
#define VF_FEATURES_OFFLOAD                                                \
	(1ull << VIRTIO_NET_F_CSUM | 1ull << VIRTIO_NET_F_GUEST_CSUM |     \
	 1ull << VIRTIO_NET_F_HOST_TSO4 | 1ull << VIRTIO_NET_F_HOST_TSO6 | \
	 1ull << VIRTIO_NET_F_GUEST_TSO4 | 1ull << VIRTIO_NET_F_GUEST_TSO6)

/* Makes the socket (server) or remembers it. */
int vf_open(struct vf_dev *dev, const struct vf_config *conf);

/*
 * Waits for the other side, negotiates, shares memory, starts the rings. In server mode it may be
 * called again after vf_disconnect(): a guest that comes back.
 */
int vf_connect(struct vf_dev *dev, const struct vf_config *conf);

/*
 * Sends a message as it is, with @n descriptors. @flags: of the header, the version as well.
 */
int vf_message(struct vf_dev *dev, uint32_t request, uint32_t flags, const void *payload,
	       uint32_t size, const int *fd, unsigned int n);

/* Reads the reply to @request, at most @size bytes. Returns how many it has. */
int vf_reply(struct vf_dev *dev, uint32_t request, void *payload, uint32_t size, int timeout_ms);

/* Sends a request, and waits until it has been served (REPLY_ACK): 0, or 1 when it was refused. */
int vf_ask(struct vf_dev *dev, uint32_t request, const void *payload, uint32_t size, const int *fd,
	   unsigned int n);

/* Stops the rings as a guest does that goes down in order (GET_VRING_BASE). */
int vf_stop(struct vf_dev *dev);

/* Switches ring @index on or off (SET_VRING_ENABLE). */
int vf_enable(struct vf_dev *dev, unsigned int index, bool enable);

/* Asks the other side to announce @mac (SEND_RARP), as after a migration. */
int vf_send_rarp(struct vf_dev *dev, const uint8_t mac[6]);

/* True while the other side has not hung up. */
bool vf_connected(const struct vf_dev *dev);

void vf_disconnect(struct vf_dev *dev);
void vf_close(struct vf_dev *dev);

static inline struct vf_ring *vf_rx(struct vf_dev *dev, unsigned int pair)
{
	return &dev->ring[2 * pair];
}

static inline struct vf_ring *vf_tx(struct vf_dev *dev, unsigned int pair)
{
	return &dev->ring[2 * pair + 1];
}

/* The same of a packed ring; vf_used_idx() and vf_post() call them. */
uint16_t vf_packed_used(const struct vf_ring *r);
void vf_packed_post(struct vf_ring *r, uint16_t n);

/* What came back, counted from the beginning; of a packed ring, from r->seen on. */
static inline uint16_t vf_used_idx(const struct vf_ring *r)
{
	if (r->packed)
		return vf_packed_used(r);
	return __atomic_load_n(&r->used->idx, __ATOMIC_ACQUIRE);
}

/* Buffer of ring slot @slot (any number, taken modulo the ring): header, then frame. */
static inline uint8_t *vf_buf(const struct vf_ring *r, uint16_t slot)
{
	return r->buf + (size_t)(slot & r->mask) * r->buf_size;
}

/* Signals the other side that ring @r has more. */
void vf_kick(struct vf_ring *r);

/* Makes @n more descriptors available and kicks when the other side wants that. */
static inline void vf_post(struct vf_ring *r, uint16_t n)
{
	if (r->packed) {
		vf_packed_post(r, n);
		return;
	}
	r->next += n;
	__atomic_store_n(&r->avail->idx, r->next, __ATOMIC_RELEASE);
	atomic_thread_fence(memory_order_seq_cst);
	if (!(__atomic_load_n(&r->used->flags, __ATOMIC_RELAXED) & VRING_USED_F_NO_NOTIFY))
		vf_kick(r);
}

/* Sending: slots that are free, from r->next on. */
static inline uint16_t vf_tx_room(struct vf_ring *r)
{
	r->seen = vf_used_idx(r);
	return r->size - (uint16_t)(r->next - r->seen);
}

/* Sending: sets the length of slot r->next + @i, virtio-net header included. */
static inline void vf_tx_len(struct vf_ring *r, uint16_t i, uint32_t len)
{
	r->desc[(uint16_t)(r->next + i) & r->mask].len = len; /* in the same place in both kinds */
}

/* Receiving: filled slots, from r->seen on. */
static inline uint16_t vf_rx_count(const struct vf_ring *r)
{
	return vf_used_idx(r) - r->seen;
}

/* Receiving: length in slot r->seen + @i with the header, or 0 if it was not served in order. */
static inline uint32_t vf_rx_len(const struct vf_ring *r, uint16_t i)
{
	uint16_t slot = (uint16_t)(r->seen + i) & r->mask;
	const struct vring_used_elem *e = &r->used->ring[slot];

	if (r->packed)
		return r->packed_desc[slot].id == slot ? r->packed_desc[slot].len : 0;
	return e->id == (uint32_t)((uint16_t)(r->seen + i) & r->mask) ? e->len : 0;
}

/* Receiving: gives @n slots back. */
static inline void vf_rx_done(struct vf_ring *r, uint16_t n)
{
	r->seen += n;
	vf_post(r, n);
}

/* One frame at a time, for tests. Returns 0 or -EAGAIN (no room, nothing there), -EMSGSIZE. */
int vf_send(struct vf_dev *dev, unsigned int pair, const struct virtio_net_hdr_v1 *hdr,
	    const void *frame, size_t len);

/* Gathers buffers of one packet (MRG_RXBUF). Returns its length without header, or -errno. */
int vf_recv(struct vf_dev *dev, unsigned int pair, struct virtio_net_hdr_v1 *hdr, void *frame,
	    size_t size);

#endif
