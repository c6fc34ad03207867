/* SPDX-License-Identifier: BSD-3-Clause */
/* Split virtqueues: VIRTIO 1.2, 2.7. */
#include <stddef.h>
#include <string.h>

#include "dataplane/port/vhost_user/vhost_ring.h"

#define BROKEN_INDEX "the guest's available index runs wild"
#define BROKEN_HEAD  "the guest offers a descriptor that its ring does not have"

/*
 * Follows a chain from entry @i of @table on, which has @entries; at most so many are followed, and at
 * most VHOST_CHAIN_MAX: empty ones cost time, too. Each entry is read once. True if it came to an end.
 */
static bool follow(const struct vhost_ring *r, struct vhost_batch *b, bool writing,
		   struct vhost_chain *chain, const void *table, uint32_t entries, uint32_t i,
		   bool inside)
{
	struct vring_desc d;

	for (uint32_t steps = 0; steps < entries && steps < VHOST_CHAIN_MAX; steps++) {
		vhost_copy_once(&d, (const uint8_t *)table + i * sizeof(d), sizeof(d));
		if (d.flags & VRING_DESC_F_INDIRECT) {
			uint32_t here = d.len;
			const void *at = vhost_mem_at(r->mem, d.addr, &here);

			/* alone, not in another one, and a whole number of entries in one piece */
			if (inside || d.flags & VRING_DESC_F_NEXT || chain->pieces || !at ||
			    here != d.len || d.len == 0 || d.len % sizeof(d) ||
			    d.len / sizeof(d) > r->size)
				break;
			return follow(r, b, writing, chain, at, d.len / sizeof(d), 0, true);
		}
		if (!(d.flags & VRING_DESC_F_WRITE) == writing)
			break;
		if (!vhost_chain_add(chain, r->mem, b, d.addr, d.len))
			return false;
		if (!(d.flags & VRING_DESC_F_NEXT))
			return true;
		i = d.next;
		if (i >= entries)
			break;
	}
	chain->bad = true;
	return false;
}

/* Are there buffers that were not taken? */
static bool has_more(struct vhost_ring *r)
{
	if (r->next_avail != r->avail_end)
		return true;
	if (r->broken)
		return false;
	r->avail_end = __atomic_load_n(&r->avail->idx, __ATOMIC_ACQUIRE);
	if ((uint16_t)(r->avail_end - r->next_avail) > r->size) {
		r->broken = BROKEN_INDEX;
		r->avail_end = r->next_avail;
	}
	return r->next_avail != r->avail_end;
}

/* How many of @n can be taken; of their ring entries, some are looked up ahead. */
static unsigned int ready(struct vhost_ring *r, unsigned int n)
{
	unsigned int more;

	if (!has_more(r))
		return 0;
	more = (uint16_t)(r->avail_end - r->next_avail);
	/* Of a few that are left another look may find more, which makes a fuller batch. */
	if (more < n) {
		uint16_t end = __atomic_load_n(&r->avail->idx, __ATOMIC_ACQUIRE);

		if ((uint16_t)(end - r->next_avail) <= r->size &&
		    (uint16_t)(end - r->next_avail) > more)
			r->avail_end = end;
		more = (uint16_t)(r->avail_end - r->next_avail);
	}
	return more < n ? more : n;
}

/* Begins to load what a return of the next @n buffers writes: the driver reads there, or has. */
static inline void prefetch_used(const struct vhost_ring *r, unsigned int n)
{
	const unsigned int line = 64 / sizeof(r->used->ring[0]);

	/* Not for nothing: a driver that waits reads the index all the time. */
	if (n)
		__builtin_prefetch(&r->used->idx, 1);
	for (unsigned int i = 0; i < n; i += line)
		__builtin_prefetch(&r->used->ring[(r->next_used + i) & (r->size - 1u)], 1);
}

/*
 * The one piece of buffer @id, when it has one, in one region, and is for what is wanted. Its entry is
 * read once. @map: the region of the buffer before, which is tried first. NULL: it has to be looked at
 * in detail.
 */
static inline uint8_t *simple(const struct vhost_ring *r, uint16_t id, bool writing,
			      const struct vhost_map **map, uint32_t *len)
{
	uint64_t addr = VHOST_ONCE(r->desc[id].addr);
	uint16_t flags = VHOST_ONCE(r->desc[id].flags);

	*len = VHOST_ONCE(r->desc[id].len);
	if (flags != (writing ? VRING_DESC_F_WRITE : 0) || *len == 0 || *len > VHOST_PACKET_MAX)
		return NULL;
	if (__builtin_expect(addr < (*map)->guest || addr >= (*map)->end, 0)) {
		const struct vhost_map *other = vhost_mem_find(r->mem, addr);

		if (!other)
			return NULL;
		*map = other;
	}
	return *len <= (*map)->end - addr ? (*map)->host + (addr - (*map)->guest) : NULL;
}

void vhost_split_read_simple(struct vhost_ring *r, struct vhost_batch *b, unsigned int n)
{
	const struct vhost_map *map = r->mem->map;
	uint16_t mask = r->size - 1, next = r->next_avail;
	unsigned int i = 0;

	n = ready(r, n);
	prefetch_used(r, n);
	for (; i < n; i++, next++) {
		uint16_t id = VHOST_ONCE(r->avail->ring[next & mask]);
		uint8_t *at;
		uint32_t len;

		if (id >= r->size)
			break;
		at = simple(r, id, false, &map, &len);
		if (!at)
			break;
		/* For writing: the guest has just written there, and will again. */
		__builtin_prefetch(at, 1);
		__builtin_prefetch(at + 64, 1);
		b->piece[i] = (struct vhost_piece){at, len};
		b->packet[i] = (struct vhost_packet){len, (uint16_t)i, 1, 1};
		b->head[i] = (struct vhost_head){id, 0};
	}
	r->next_avail = next;
	b->packets = b->heads = b->pieces = i;
}

void vhost_split_room_simple(struct vhost_ring *r, struct vhost_batch *b, const uint32_t *len,
			     unsigned int n)
{
	const struct vhost_map *map = r->mem->map;
	uint16_t mask = r->size - 1, next = r->next_avail;
	unsigned int i = 0;

	n = ready(r, n);
	prefetch_used(r, n);
	for (; i < n; i++, next++) {
		uint16_t id = VHOST_ONCE(r->avail->ring[next & mask]);
		uint32_t here;
		uint8_t *at;

		if (id >= r->size)
			break;
		at = simple(r, id, true, &map, &here);
		if (!at || here < len[i])
			break;
		__builtin_prefetch(at, 1);
		if (len[i] > 64)
			__builtin_prefetch(at + 64, 1);
		b->piece[i] = (struct vhost_piece){at, here};
		b->packet[i] = (struct vhost_packet){len[i], (uint16_t)i, 1, 1};
		b->head[i] = (struct vhost_head){id, len[i]};
	}
	r->next_avail = next;
	b->packets = b->heads = b->pieces = i;
}

bool vhost_split_next(struct vhost_ring *r, struct vhost_batch *b, bool writing,
		      struct vhost_chain *chain, struct vhost_head *head)
{
	uint16_t mask = r->size - 1, id;

	if (!has_more(r))
		return false;
	id = VHOST_ONCE(r->avail->ring[r->next_avail & mask]);
	if (id >= r->size) {
		r->broken = BROKEN_HEAD;
		r->avail_end = r->next_avail;
		return false;
	}
	*head = (struct vhost_head){.id = id};
	follow(r, b, writing, chain, r->desc, r->size, id, false);
	return true;
}

void vhost_split_return(struct vhost_ring *r, const struct vhost_head *head, unsigned int n)
{
	unsigned int at = r->next_used & (r->size - 1u), first = r->size - at;

	_Static_assert(sizeof(*head) == sizeof(r->used->ring[0]), "they stand there as they are");
	/* Whether the driver wants to be signalled is looked at next. */
	__builtin_prefetch(r->avail);
	first = n < first ? n : first;
	memcpy(&r->used->ring[at], head, first * sizeof(*head));
	memcpy(r->used->ring, head + first, (n - first) * sizeof(*head));
	r->next_used += (uint16_t)n;
	__atomic_store_n(&r->used->idx, r->next_used, __ATOMIC_RELEASE);
}

/* Where the driver says when it wants to be signalled, and where we say it. */
static uint16_t *used_event(const struct vhost_ring *r)
{
	return &r->avail->ring[r->size];
}

static uint16_t *avail_event(const struct vhost_ring *r)
{
	return (uint16_t *)&r->used->ring[r->size];
}

bool vhost_split_wants_signal(struct vhost_ring *r)
{
	uint16_t before = r->signalled, now = r->next_used;
	bool known = r->signalled_known;

	if (!r->event_idx)
		return !(VHOST_ONCE(r->avail->flags) & VRING_AVAIL_F_NO_INTERRUPT);
	r->signalled = now;
	r->signalled_known = true;
	return !known || vring_need_event(VHOST_ONCE(*used_event(r)), now, before);
}

bool vhost_split_ask_signal(struct vhost_ring *r, bool on)
{
	if (r->event_idx) {
		/* Off: it stays where it is, and the driver passes it once. */
		if (on)
			__atomic_store_n(avail_event(r), r->next_avail, __ATOMIC_RELAXED);
	} else {
		__atomic_store_n(&r->used->flags, on ? 0 : VRING_USED_F_NO_NOTIFY,
				 __ATOMIC_RELAXED);
	}
	if (!on)
		return false;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return __atomic_load_n(&r->avail->idx, __ATOMIC_RELAXED) != r->next_avail;
}
