/* SPDX-License-Identifier: BSD-3-Clause */
/* Packed virtqueues: VIRTIO 1.2, 2.8. */
#include <stddef.h>

#include "dataplane/port/vhost_user/vhost_ring.h"

#define F_AVAIL (1u << VRING_PACKED_DESC_F_AVAIL)
#define F_USED  (1u << VRING_PACKED_DESC_F_USED)

/* Is an entry with @flags one that the driver offers, in the round that @wrap says? */
static bool is_offered(uint16_t flags, bool wrap)
{
	return !!(flags & F_AVAIL) == wrap && !!(flags & F_USED) != wrap;
}

/* A table of @len bytes at guest address @addr. All its entries are the chain. */
static void follow_table(const struct vhost_ring *r, struct vhost_batch *b, bool writing,
			 struct vhost_chain *chain, uint64_t addr, uint32_t len)
{
	uint32_t here = len, n = len / sizeof(struct vring_packed_desc);
	const uint8_t *table = vhost_mem_at(r->mem, addr, &here);
	struct vring_packed_desc d;

	chain->bad = !table || here != len || n == 0 || n > r->size || n > VHOST_CHAIN_MAX ||
		     len % sizeof(d);
	for (uint32_t i = 0; i < n && !chain->bad; i++) {
		vhost_copy_once(&d, table + i * sizeof(d), sizeof(d));
		if (d.flags & VRING_DESC_F_INDIRECT || !(d.flags & VRING_DESC_F_WRITE) == writing)
			chain->bad = true;
		else if (!vhost_chain_add(chain, r->mem, b, d.addr, d.len))
			return;
	}
}

bool vhost_packed_next(struct vhost_ring *r, struct vhost_batch *b, bool writing,
		       struct vhost_chain *chain, struct vhost_head *head, uint16_t *descs)
{
	uint16_t at = r->next_avail, flags;

	flags = __atomic_load_n(&r->packed_desc[at].flags, __ATOMIC_ACQUIRE);
	if (r->broken || !is_offered(flags, r->avail_wrap))
		return false;
	*head = (struct vhost_head){.id = 0};
	if (flags & VRING_DESC_F_INDIRECT) {
		follow_table(r, b, writing, chain, VHOST_ONCE(r->packed_desc[at].addr),
			     VHOST_ONCE(r->packed_desc[at].len));
		chain->bad |= (flags & VRING_DESC_F_NEXT) != 0;
	}
	/* The rest of a chain is offered before its first entry is, and read to the end in any case. */
	for (;; ++*descs) {
		const struct vring_packed_desc *d = &r->packed_desc[at];

		if (!(flags & VRING_DESC_F_INDIRECT) && !chain->bad && !chain->full) {
			if (!(flags & VRING_DESC_F_WRITE) == writing)
				chain->bad = true;
			else
				vhost_chain_add(chain, r->mem, b, VHOST_ONCE(d->addr),
						VHOST_ONCE(d->len));
		}
		head->id = VHOST_ONCE(d->id);
		if (!(flags & VRING_DESC_F_NEXT))
			break;
		if (*descs == r->size) {
			r->broken = "the guest offers a chain that is longer than its ring";
			return false;
		}
		at = at + 1 == r->size ? 0 : at + 1;
		flags = VHOST_ONCE(r->packed_desc[at].flags);
		if (flags & VRING_DESC_F_INDIRECT)
			chain->bad = true;
	}
	return true;
}

void vhost_packed_return(struct vhost_ring *r, const struct vhost_head *head, const uint16_t *descs,
			 unsigned int n)
{
	uint16_t first = r->next_used, first_flags = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct vring_packed_desc *d = &r->packed_desc[r->next_used];
		uint16_t flags = r->used_wrap ? F_AVAIL | F_USED : 0;

		d->id = (uint16_t)head[i].id;
		d->len = head[i].len;
		if (head[i].len)
			flags |= VRING_DESC_F_WRITE;
		/* The driver looks at the first one: it comes last. */
		if (i == 0)
			first_flags = flags;
		else
			__atomic_store_n(&d->flags, flags, __ATOMIC_RELEASE);
		r->next_used += descs[i];
		if (r->next_used >= r->size) {
			r->next_used -= r->size;
			r->used_wrap = !r->used_wrap;
		}
	}
	__atomic_store_n(&r->packed_desc[first].flags, first_flags, __ATOMIC_RELEASE);
}

bool vhost_packed_wants_signal(struct vhost_ring *r)
{
	uint16_t flags = VHOST_ONCE(r->driver->flags), event = VHOST_ONCE(r->driver->off_wrap);
	uint16_t before = r->signalled, now = r->next_used;
	bool known = r->signalled_known, same;
	int32_t at;

	if (flags != VRING_PACKED_EVENT_FLAG_DESC || !r->event_idx)
		return flags != VRING_PACKED_EVENT_FLAG_DISABLE;
	/* All as numbers of a line that does not wrap: where @now is in the second round at the most. */
	same = r->signalled_wrap == r->used_wrap;
	r->signalled = now;
	r->signalled_wrap = r->used_wrap;
	r->signalled_known = true;
	at = event & 0x7fff;
	if (event >> 15 != r->used_wrap)
		at -= r->size;
	return !known || (at < now && at >= before - (same ? 0 : r->size));
}

bool vhost_packed_ask_signal(struct vhost_ring *r, bool on)
{
	uint16_t flags = VRING_PACKED_EVENT_FLAG_DISABLE;

	if (on && r->event_idx) {
		__atomic_store_n(&r->device->off_wrap,
				 r->next_avail | (uint16_t)(r->avail_wrap << 15), __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_RELEASE);
		flags = VRING_PACKED_EVENT_FLAG_DESC;
	} else if (on) {
		flags = VRING_PACKED_EVENT_FLAG_ENABLE;
	}
	__atomic_store_n(&r->device->flags, flags, __ATOMIC_RELAXED);
	if (!on)
		return false;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return is_offered(VHOST_ONCE(r->packed_desc[r->next_avail].flags), r->avail_wrap);
}
