/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtqueue, seen from the device (VIRTIO 1.2, 2.7 split and 2.8 packed): what a guest's driver
 * offers becomes pieces of memory, and goes back when they have been read or written.
 *
 * The guest can change everything in a ring at any time. So whatever decides is read once, into a
 * variable, and checked there; no chain is followed for longer than a ring can be, and no piece lies
 * outside the guest's regions. A chain that breaks the rules is given back empty, and counted (->bad). A
 * ring whose indices make no sense is broken: nothing is read from it any more.
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
#define VHOST_HEADS      512          /* buffers that the packets of a batch may take up */
#define VHOST_PIECES     512          /* pieces of memory of a batch */
#define VHOST_CHAIN_MAX  VHOST_PIECES /* entries of a chain, those that are empty as well */
#define VHOST_PACKET_MAX (65557 + 12) /* bytes: 64 KB of IP, tags, and the virtio-net header */

struct vhost_ring {
	/* where it is, set by vhost_ring_place() */
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

	/* how far it is */
	uint16_t next_avail, next_used; /* split: any number; packed: below size */
	uint16_t avail_end;             /* split: next_avail may go up to this */
	bool avail_wrap, used_wrap;     /* packed: the wrap counters */
	uint16_t signalled;             /* next_used at the last signal */
	bool signalled_wrap;
	bool signalled_known;
	const char *broken; /* why nothing is read any more, or NULL */
	uint64_t bad;       /* chains that broke the rules */
};

/* A piece of a packet's memory. */
struct vhost_piece {
	uint8_t *at;
	uint32_t len;
};

/* A buffer of the driver's: a chain that is given back as one. As it stands in a split used ring. */
struct vhost_head {
	uint32_t id;
	uint32_t len; /* bytes written into it */
};

struct vhost_packet {
	uint32_t len;   /* of all pieces: what can be read, or is to be written */
	uint16_t first; /* piece */
	uint16_t pieces;
	uint16_t heads; /* buffers that it takes up */
};

/* What one call got out of a ring. What the last batch has was given back. */
struct vhost_batch {
	unsigned int packets, heads, pieces;
	struct vhost_packet packet[VHOST_BATCH];
	struct vhost_head head[VHOST_HEADS];
	uint16_t descs[VHOST_HEADS]; /* packed: entries of the ring that a head takes up */
	struct vhost_piece piece[VHOST_PIECES];
};

/*
 * Puts the ring of @size entries where the front-end says that its parts are, by the front-end's own
 * addresses. A split ring goes on where its used index stands, whatever base it was given: nothing is on
 * its way. 0, or -errno with @err: outside @mem, not aligned, or no size that a ring can have.
 */
int vhost_ring_place(struct vhost_ring *r, const struct vhost_mem *mem, uint32_t size,
		     uint64_t desc, uint64_t avail, uint64_t used, struct hd_err *err);

/* Where a ring begins, and where it is, as SET_VRING_BASE and GET_VRING_BASE have it. */
void vhost_ring_set_base(struct vhost_ring *r, uint32_t base);
uint32_t vhost_ring_base(const struct vhost_ring *r);

/*
 * The next packets that the driver sends, at most @n, become the batch. Chains that broke the rules
 * have no pieces. Returns how many.
 */
unsigned int vhost_ring_read(struct vhost_ring *r, struct vhost_batch *b, unsigned int n);

/*
 * Room for the next packets to the driver: packet i of @n takes @len[i] bytes, in one buffer, or in
 * several if @merge. Returns for how many there is room. A packet for which the first buffer is too
 * short, where it must not take several, ends the batch; *@too_long says so, and the buffer stays.
 */
unsigned int vhost_ring_room(struct vhost_ring *r, struct vhost_batch *b, const uint32_t *len,
			     unsigned int n, bool merge, bool *too_long);

/*
 * Gives the first @packets of the batch back: they were read, or written. The others stay with the
 * driver, and are the first ones of the next batch.
 */
void vhost_ring_return(struct vhost_ring *r, struct vhost_batch *b, unsigned int packets);

/* After vhost_ring_return(): does the driver want to be signalled? Each answer is for once. */
bool vhost_ring_wants_signal(struct vhost_ring *r);

/*
 * Asks the driver to signal when it has more, or not to. On: true if there is more already, and the
 * signal may not come.
 */
bool vhost_ring_ask_signal(struct vhost_ring *r, bool on);

/* What the two kinds have in common, and each its own. For vhost_ring.c and its like. */
struct vhost_chain {
	uint32_t len;
	unsigned int pieces; /* behind b->pieces */
	bool full;           /* the batch had no room for it, and may have when it is empty */
	bool bad;
};

/* Adds @len bytes at guest address @guest. False: chain->bad or ->full. */
bool vhost_chain_add(struct vhost_chain *chain, const struct vhost_mem *mem, struct vhost_batch *b,
		     uint64_t guest, uint32_t len);

/*
 * The next chain, for reading or for @writing; its head is not yet taken, and takes up *@descs entries.
 * False: there is none.
 */
bool vhost_split_next(struct vhost_ring *r, struct vhost_batch *b, bool writing,
		      struct vhost_chain *chain, struct vhost_head *head);
bool vhost_packed_next(struct vhost_ring *r, struct vhost_batch *b, bool writing,
		       struct vhost_chain *chain, struct vhost_head *head, uint16_t *descs);
void vhost_split_return(struct vhost_ring *r, const struct vhost_head *head, unsigned int n);
void vhost_packed_return(struct vhost_ring *r, const struct vhost_head *head, const uint16_t *descs,
			 unsigned int n);

/*
 * The same as vhost_ring_read() and vhost_ring_room(), as long as buffers have one piece, which is what
 * most guests offer; the caller goes on with the first one that has not. For an empty batch.
 */
void vhost_split_read_simple(struct vhost_ring *r, struct vhost_batch *b, unsigned int n);
void vhost_split_room_simple(struct vhost_ring *r, struct vhost_batch *b, const uint32_t *len,
			     unsigned int n);
bool vhost_split_wants_signal(struct vhost_ring *r);
bool vhost_packed_wants_signal(struct vhost_ring *r);
bool vhost_split_ask_signal(struct vhost_ring *r, bool on);
bool vhost_packed_ask_signal(struct vhost_ring *r, bool on);

/* A copy of what the guest may be changing, and where it need not be aligned. Nothing is read twice. */
static inline void vhost_copy_once(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	__asm__ volatile("" ::: "memory");
}

/* One load of what the guest may be changing. */
#define VHOST_ONCE(x) (*(const volatile __typeof__(x) *)&(x))

#endif
