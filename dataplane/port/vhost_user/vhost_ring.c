/* SPDX-License-Identifier: BSD-3-Clause */
/* The code that split and packed rings share. */
#include "dataplane/port/vhost_user/vhost_ring.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SIZE_MAX_SPLIT  32768u
#define SIZE_MAX_PACKED 32768u

/* Where a part of the ring is, or NULL with @err. */
static void *part(const struct vhost_mem *mem, const char *what, uint64_t user, uint64_t len,
		  uint64_t align, struct hd_err *err)
{
	void *at = vhost_mem_user(mem, user, len);

	if (!at)
		hd_err_set(err, EFAULT,
			   "the ring's %s at %#" PRIx64 " is not in the guest's memory", what,
			   user);
	else if ((uintptr_t)at & (align - 1)) {
		hd_err_set(err, EINVAL, "the ring's %s at %#" PRIx64 " is not aligned to %" PRIu64,
			   what, user, align);
		at = NULL;
	}
	return at;
}

int vhost_ring_place(struct vhost_ring *r, const struct vhost_mem *mem, uint32_t size,
		     uint64_t desc, uint64_t avail, uint64_t used, struct hd_err *err)
{
	void *at[3];

	if (size == 0 || size > SIZE_MAX_SPLIT || (!r->packed && (size & (size - 1))))
		return hd_err_set(err, EINVAL, "a ring of %u entries, and %s up to %u is right",
				  size, r->packed ? "any number" : "a power of two",
				  SIZE_MAX_PACKED);
	at[0] = part(mem, "descriptors", desc, 16ull * size, 16, err);
	if (r->packed) {
		at[1] = at[0] ? part(mem, "driver area", avail, 4, 4, err) : NULL;
		at[2] = at[1] ? part(mem, "device area", used, 4, 4, err) : NULL;
	} else {
		at[1] = at[0] ? part(mem, "available ring", avail, 6 + 2ull * size, 2, err) : NULL;
		at[2] = at[1] ? part(mem, "used ring", used, 6 + 8ull * size, 4, err) : NULL;
	}
	if (!at[2])
		return -err->code;
	r->mem = mem;
	r->size = (uint16_t)size;
	r->desc = at[0];
	r->avail = at[1];
	r->used = at[2];
	/*
	 * What a back-end before us gave back is in the ring itself; front-ends that lost it say 0.
	 */
	if (!r->packed)
		r->next_avail = r->next_used = VHOST_ONCE(r->used->idx);
	r->avail_end = r->next_avail;
	return 0;
}

void vhost_ring_set_base(struct vhost_ring *r, uint32_t base)
{
	/* Nothing is on its way while a ring stands; not all front-ends fill in the upper half. */
	r->next_avail = (uint16_t)(base & (r->packed ? 0x7fff : 0xffff));
	r->next_used = r->next_avail;
	r->avail_wrap = base >> 15 & 1;
	r->used_wrap = r->avail_wrap;
	r->avail_end = r->next_avail;
	r->signalled_known = false;
	r->broken = NULL;
}

uint32_t vhost_ring_base(const struct vhost_ring *r)
{
	if (!r->packed)
		return r->next_avail;
	return r->next_avail | (uint32_t)r->avail_wrap << 15 | (uint32_t)r->next_used << 16 |
	       (uint32_t)r->used_wrap << 31;
}

bool vhost_chain_add(struct vhost_chain *chain, const struct vhost_mem *mem, struct vhost_batch *b,
		     uint64_t guest, uint32_t len)
{
	if (len >
	    VHOST_PACKET_MAX) /* too long to be read; of a buffer to write, more is not used */
		len = VHOST_PACKET_MAX + 1;
	while (len > 0) {
		uint32_t here = len;
		uint8_t *at = vhost_mem_at(mem, guest, &here);

		if (!at) {
			chain->bad = true;
			return false;
		}
		if (b->pieces + chain->pieces == VHOST_PIECES) {
			chain->full = b->pieces > 0;
			chain->bad = !chain->full;
			return false;
		}
		b->piece[b->pieces + chain->pieces++] = (struct vhost_piece){at, here};
		chain->len += here;
		guest += here;
		len -= here;
	}
	return true;
}

static bool next(struct vhost_ring *r, struct vhost_batch *b, bool writing,
		 struct vhost_chain *chain, struct vhost_head *head, uint16_t *descs)
{
	memset(chain, 0, sizeof(*chain));
	*descs = 1;
	if (r->packed)
		return vhost_packed_next(r, b, writing, chain, head, descs);
	return vhost_split_next(r, b, writing, chain, head);
}

/* The chain that next() found is taken. */
static void take(struct vhost_ring *r, struct vhost_batch *b, const struct vhost_head *head,
		 uint16_t descs)
{
	b->descs[b->heads] = descs;
	b->head[b->heads++] = *head;
	r->next_avail += descs;
	if (r->packed && r->next_avail >= r->size) {
		r->next_avail -= r->size;
		r->avail_wrap = !r->avail_wrap;
	}
}

/* Takes heads back that were taken for a packet that will not be. */
static void untake(struct vhost_ring *r, struct vhost_batch *b, unsigned int heads)
{
	if (!r->packed) {
		b->heads -= heads;
		r->next_avail -= (uint16_t)heads;
		return;
	}
	while (heads-- > 0) {
		uint16_t descs = b->descs[--b->heads];

		if (descs > r->next_avail) {
			r->next_avail += r->size;
			r->avail_wrap = !r->avail_wrap;
		}
		r->next_avail -= descs;
	}
}

unsigned int vhost_ring_read(struct vhost_ring *r, struct vhost_batch *b, unsigned int n)
{
	struct vhost_chain chain;
	struct vhost_head head;
	uint16_t descs;

	b->packets = b->heads = b->pieces = 0;
	if (!r->packed)
		vhost_split_read_simple(r, b, n);
	while (b->packets < n && next(r, b, false, &chain, &head, &descs)) {
		if (chain.full)
			break;
		if (chain.len > VHOST_PACKET_MAX)
			chain.bad = true;
		if (__builtin_expect(chain.bad, 0)) {
			r->bad++;
			chain.len = chain.pieces = 0;
		}
		take(r, b, &head, descs);
		b->packet[b->packets++] = (struct vhost_packet){chain.len, (uint16_t)b->pieces,
								(uint16_t)chain.pieces, 1};
		b->pieces += chain.pieces;
	}
	return b->packets;
}

/* Puts one more buffer below @p, which still needs @need bytes. False: the batch ends before @p. */
static bool room_for(struct vhost_ring *r, struct vhost_batch *b, struct vhost_packet *p,
		     uint32_t need)
{
	struct vhost_chain chain;
	struct vhost_head head;
	uint16_t descs;

	if (b->heads == VHOST_HEADS || !next(r, b, true, &chain, &head, &descs) || chain.full)
		return false;
	if (__builtin_expect(chain.bad, 0)) {
		r->bad++;
		chain.len = chain.pieces = 0;
	}
	head.len = chain.len < need ? chain.len : need;
	take(r, b, &head, descs);
	b->pieces += chain.pieces;
	p->pieces += (uint16_t)chain.pieces;
	p->len += head.len;
	p->heads++;
	return true;
}

unsigned int vhost_ring_room(struct vhost_ring *r, struct vhost_batch *b, const uint32_t *len,
			     unsigned int n, bool merge, bool *too_long)
{
	b->packets = b->heads = b->pieces = 0;
	*too_long = false;
	if (!r->packed)
		vhost_split_room_simple(r, b, len, n);
	while (b->packets < n) {
		struct vhost_packet p = {.first = (uint16_t)b->pieces};
		uint32_t want = len[b->packets];
		bool got = true;

		while (p.len < want && (merge || p.heads == 0) && got)
			got = room_for(r, b, &p, want - p.len);
		if (p.len < want) {
			/* One that is too long for its only buffer would be so for ever. */
			*too_long = got;
			untake(r, b, p.heads);
			b->pieces = p.first;
			break;
		}
		b->packet[b->packets++] = p;
	}
	return b->packets;
}

void vhost_ring_return(struct vhost_ring *r, struct vhost_batch *b, unsigned int packets)
{
	unsigned int heads = b->heads == b->packets ? packets : 0;

	for (unsigned int i = 0; b->heads != b->packets && i < packets; i++)
		heads += b->packet[i].heads;
	untake(r, b, b->heads - heads);
	b->packets = packets;
	if (heads == 0)
		return;
	if (r->packed)
		vhost_packed_return(r, b->head, b->descs, heads);
	else
		vhost_split_return(r, b->head, heads);
}

bool vhost_ring_wants_signal(struct vhost_ring *r)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* what was returned is seen before this is read */
	return r->packed ? vhost_packed_wants_signal(r) : vhost_split_wants_signal(r);
}

bool vhost_ring_ask_signal(struct vhost_ring *r, bool on)
{
	if (r->broken)
		return false;
	return r->packed ? vhost_packed_ask_signal(r, on) : vhost_split_ask_signal(r, on);
}
