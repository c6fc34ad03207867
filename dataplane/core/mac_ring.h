/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker noticed about addresses, for the control thread: a ring of fixed size with one writer
 * and one reader. A worker that finds it full counts, and goes on. Of what is refused at a port again
 * and again a few notes wait at a time, so that a port that is flooded hides nothing of others.
 */
#ifndef DATAPLANE_CORE_MAC_RING_H
#define DATAPLANE_CORE_MAC_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/fdb.h"

#define HD_MAC_RING_SIZE 64 /* a power of two */
#define HD_MAC_RING_SAME 4  /* refusals of one sort, port and domain that wait */

struct hd_mac_note {
	uint64_t mac; /* as hd_fdb_mac() gives it */
	uint32_t domain;
	uint16_t from, to; /* ports; from: where it was, or whose it is, or HD_PORT_ID_NONE */
	uint32_t kind;     /* enum hd_mac_event_kind */
};

struct hd_mac_ring {
	_Atomic uint32_t head;  /* written by the worker */
	_Atomic uint32_t tail;  /* written by the control thread */
	_Atomic uint64_t lost;  /* notes that found no room; written by the worker */
	_Atomic uint64_t again; /* notes of refusals like those that wait; written by the worker */
	struct hd_mac_note note[HD_MAC_RING_SIZE];
};

static inline void hd_mac_ring_count(_Atomic uint64_t *counter)
{
	uint64_t n = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, n + 1, memory_order_relaxed);
}

/* Worker. */
static inline void hd_mac_ring_put(struct hd_mac_ring *ring, const struct hd_mac_note *note)
{
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);

	unsigned int same = 0;

	for (uint32_t i = tail; note->kind != HD_MAC_MOVED && i != head; i++) {
		const struct hd_mac_note *waits = &ring->note[i % HD_MAC_RING_SIZE];

		if (waits->kind == note->kind && waits->to == note->to &&
		    waits->domain == note->domain && ++same == HD_MAC_RING_SAME) {
			hd_mac_ring_count(&ring->again);
			return;
		}
	}
	if (head - tail == HD_MAC_RING_SIZE) {
		hd_mac_ring_count(&ring->lost);
		return;
	}
	ring->note[head % HD_MAC_RING_SIZE] = *note;
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

/* The oldest note; false if there is none. Control thread. */
static inline bool hd_mac_ring_get(struct hd_mac_ring *ring, struct hd_mac_note *note)
{
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

	if (atomic_load_explicit(&ring->head, memory_order_acquire) == tail)
		return false;
	*note = ring->note[tail % HD_MAC_RING_SIZE];
	atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
	return true;
}

#endif
