/* SPDX-License-Identifier: BSD-3-Clause */
/* Split virtqueues: VIRTIO 1.2, 2.7. */
#include <stddef.h>

#include "dataplane/port/vhost_user/vhost_ring.h"

#define BROKEN_INDEX "the guest's available index runs wild"
#define BROKEN_HEAD  "the guest offers a descriptor that its ring does not have"

/*
 * Follows a chain from entry @i of @table on, which has @entries; at most so many are followed. Each
 * entry is read once. True if it came to an end.
 */
static bool follow(const struct vhost_ring *r, struct vhost_batch *b, bool writing,
		   struct vhost_chain *chain, const struct vring_desc *table, uint32_t entries,
		   uint32_t i, bool inside)
{
	for (uint32_t steps = 0; steps < entries; steps++) {
		uint64_t addr = VHOST_ONCE(table[i].addr);
		uint32_t len = VHOST_ONCE(table[i].len);
		uint16_t flags = VHOST_ONCE(table[i].flags);

		if (flags & VRING_DESC_F_INDIRECT) {
			uint32_t here = len;
			const void *at = vhost_mem_at(r->mem, addr, &here);

			/* alone, not in another one, and a whole number of entries in one piece */
			if (inside || flags & VRING_DESC_F_NEXT || chain->pieces || !at ||
			    here != len || len == 0 || len % sizeof(*table) ||
			    len / sizeof(*table) > r->size)
				break;
			return follow(r, b, writing, chain, at, len / sizeof(*table), 0, true);
		}
		if (!(flags & VRING_DESC_F_WRITE) == writing)
			break;
		if (!vhost_chain_add(chain, r->mem, b, addr, len))
			return false;
		if (!(flags & VRING_DESC_F_NEXT))
			return true;
		i = VHOST_ONCE(table[i].next);
		if (i >= entries)
			break;
	}
	chain->bad = true;
	return false;
}

bool vhost_split_next(struct vhost_ring *r, struct vhost_batch *b, bool writing,
		      struct vhost_chain *chain, struct vhost_head *head)
{
	uint16_t mask = r->size - 1, id;

	if (r->next_avail == r->avail_end) {
		if (r->broken)
			return false;
		r->avail_end = __atomic_load_n(&r->avail->idx, __ATOMIC_ACQUIRE);
		if (r->next_avail == r->avail_end)
			return false;
		if ((uint16_t)(r->avail_end - r->next_avail) > r->size) {
			r->broken = BROKEN_INDEX;
			r->avail_end = r->next_avail;
			return false;
		}
	}
	id = VHOST_ONCE(r->avail->ring[r->next_avail & mask]);
	if (id >= r->size) {
		r->broken = BROKEN_HEAD;
		r->avail_end = r->next_avail;
		return false;
	}
	*head = (struct vhost_head){.id = id, .descs = 1};
	follow(r, b, writing, chain, r->desc, r->size, id, false);
	return true;
}

void vhost_split_return(struct vhost_ring *r, const struct vhost_head *head, unsigned int n)
{
	uint16_t mask = r->size - 1;

	for (unsigned int i = 0; i < n; i++) {
		struct vring_used_elem *e = &r->used->ring[(uint16_t)(r->next_used + i) & mask];

		e->id = head[i].id;
		e->len = head[i].len;
	}
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
