/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device's side of a virtqueue (VIRTIO 1.2, 2.7 split and 2.8 packed). A guest's driver offers
 * chains of buffers. This code makes pieces of memory of them, and returns the chains when the
 * pieces have been read or written.
 *
 * The guest can change everything in a ring at any time. So each value that decides something is
 * read once, into a variable, and checked there. No chain is followed longer than a ring can be,
 * and every piece lies in the guest's regions. A chain that breaks the rules is returned empty and
 * counted (->bad). A ring whose indices are impossible is broken: nothing is read from it any more.
 *
 * A ring belongs to one thread while it is used: a worker, or a test.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_RING_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_RING_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <linux/virtio_ring.h>

#include "dataplane/port/vhost_user/vhost_mem.h"

#define VHOST_BATCH      64           /* packets of a batch */
#define VHOST_HEADS      512          /* buffers of the packets of a batch */
#define VHOST_PIECES     512          /* pieces of memory of a batch */
#define VHOST_CHAIN_MAX  VHOST_PIECES /* entries of a chain, empty ones included */
#define VHOST_PACKET_MAX (65557 + 12) /* bytes: 64 KB of IP, tags, and the virtio-net header */

struct vhost_ring {
	/* its place, set by vhost_ring_place() */
	const struct vhost_mem *mem;
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
	uint16_t size;
	bool packed;    /* VIRTIO_F_RING_PACKED */
	bool event_idx; /* VIRTIO_F_RING_EVENT_IDX */

	/* its progress */
	uint16_t next_avail, next_used; /* split: any number; packed: below size */
	uint16_t avail_end;             /* split: next_avail may go up to this */
	bool avail_wrap, used_wrap;     /* packed: the wrap counters */
	uint16_t signalled;             /* next_used at the last signal */
	bool signalled_wrap;
	bool signalled_known;
	const char *broken; /* why nothing is read any more; NULL: it is not broken */
	uint64_t bad;       /* chains that broke the rules */
};

/* A piece of a packet's memory. */
struct vhost_piece {
	uint8_t *at;
	uint32_t len;
};

/*
 * A buffer of the driver: a chain, which is returned as a whole. The layout is that of a split used
 * ring.
 */
struct vhost_head {
	uint32_t id;
	uint32_t len; /* bytes written into it */
};

struct vhost_packet {
	uint32_t len;   /* bytes of all pieces: those to be read, or those to be written */
	uint16_t first; /* its first piece */
	uint16_t pieces;
	uint16_t heads; /* number of its buffers */
};

/*
 * The packets that one call took from a ring. The buffers of the batch before were returned
 * already.
 */
struct vhost_batch {
	unsigned int packets, heads, pieces;
	struct vhost_packet packet[VHOST_BATCH];
	struct vhost_head head[VHOST_HEADS];
	uint16_t descs[VHOST_HEADS]; /* packed: ring entries of each head */
	struct vhost_piece piece[VHOST_PIECES];
};

/*
 * Sets the place of the ring, of @size entries; @desc, @avail and @used are the front-end's own
 * addresses. A split ring continues at its used index, whatever base it was given, since no buffer
 * is in use. 0, or -errno with @err: a part is outside @mem or not aligned, or no ring can have
 * this size.
 */
int vhost_ring_place(struct vhost_ring *r, const struct vhost_mem *mem, uint32_t size,
		     uint64_t desc, uint64_t avail, uint64_t used, struct hd_err *err);

/* Set and get the ring's position, in the form of SET_VRING_BASE and GET_VRING_BASE. */
void vhost_ring_set_base(struct vhost_ring *r, uint32_t base);
uint32_t vhost_ring_base(const struct vhost_ring *r);

/*
 * Takes the next packets that the driver sends, at most @n, as the batch. A packet whose chain
 * breaks the rules has no pieces. Returns the number of packets.
 */
unsigned int vhost_ring_read(struct vhost_ring *r, struct vhost_batch *b, unsigned int n);

/*
 * Takes buffers for the next packets to the driver, as the batch: packet i of @n needs @len[i]
 * bytes, in one buffer, or, with @merge, in several. Returns the number of packets that have room.
 * Without @merge, a packet for which the next buffer is too short ends the batch: *@too_long is
 * true, and the buffer stays with the driver.
 */
unsigned int vhost_ring_room(struct vhost_ring *r, struct vhost_batch *b, const uint32_t *len,
			     unsigned int n, bool merge, bool *too_long);

/*
 * Returns the buffers of the first @packets of the batch, which were read or written. The other
 * buffers stay with the driver, and are the first ones of the next batch.
 */
void vhost_ring_return(struct vhost_ring *r, struct vhost_batch *b, unsigned int packets);

/* After vhost_ring_return(): true if the driver wants a signal now. Call once for each return. */
bool vhost_ring_wants_signal(struct vhost_ring *r);

/*
 * Asks the driver to signal (@on) when it offers more buffers, or not to signal. With @on, true: it
 * has offered more already, and the signal may not come.
 */
bool vhost_ring_ask_signal(struct vhost_ring *r, bool on);

/* --- for vhost_ring.c, vhost_split.c and vhost_packed.c only --- */

struct vhost_chain {
	uint32_t len;
	unsigned int pieces; /* behind b->pieces */
	bool full;           /* the batch has no room for it; an empty batch may have */
	bool bad;
};

/* Adds @len bytes at guest address @guest to the chain. False: chain->bad or chain->full is set. */
bool vhost_chain_add(struct vhost_chain *chain, const struct vhost_mem *mem, struct vhost_batch *b,
		     uint64_t guest, uint32_t len);

/*
 * Looks at the next chain, for reading or for @writing, but does not take it; its head has *@descs
 * ring entries. False: there is none.
 */
bool vhost_split_next(struct vhost_ring *r, struct vhost_batch *b, bool writing,
		      struct vhost_chain *chain, struct vhost_head *head);
bool vhost_packed_next(struct vhost_ring *r, struct vhost_batch *b, bool writing,
		       struct vhost_chain *chain, struct vhost_head *head, uint16_t *descs);
void vhost_split_return(struct vhost_ring *r, const struct vhost_head *head, unsigned int n);
void vhost_packed_return(struct vhost_ring *r, const struct vhost_head *head, const uint16_t *descs,
			 unsigned int n);

/*
 * Like vhost_ring_read() and vhost_ring_room(), for an empty batch, but stop at the first buffer
 * that has not exactly one piece; the caller handles it and the rest. Most guests offer buffers of
 * one piece.
 */
void vhost_split_read_simple(struct vhost_ring *r, struct vhost_batch *b, unsigned int n);
void vhost_split_room_simple(struct vhost_ring *r, struct vhost_batch *b, const uint32_t *len,
			     unsigned int n);
bool vhost_split_wants_signal(struct vhost_ring *r);
bool vhost_packed_wants_signal(struct vhost_ring *r);
bool vhost_split_ask_signal(struct vhost_ring *r, bool on);
bool vhost_packed_ask_signal(struct vhost_ring *r, bool on);

/*
 * Copies memory that the guest may change meanwhile, and that may be unaligned. Reads each byte
 * once.
 */
static inline void vhost_copy_once(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	__asm__ volatile("" ::: "memory");
}

/* Loads a value that the guest may change meanwhile, exactly once. */
#define VHOST_ONCE(x) (*(const volatile __typeof__(x) *)&(x))

#endif
