/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker noticed about addresses, for the control thread: a ring of fixed size with one writer
 * and one reader. A worker that finds it full counts, and goes on.
 */
#ifndef DATAPLANE_CORE_MAC_RING_H
#define DATAPLANE_CORE_MAC_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define HD_MAC_RING_SIZE 64 /* a power of two */

struct hd_mac_note {
	uint64_t mac; /* as hd_fdb_mac() gives it */
	uint32_t domain;
	uint16_t from, to; /* ports; from: where it was, or whose it is, or HD_PORT_ID_NONE */
	uint32_t kind;     /* enum hd_mac_event_kind */
};

struct hd_mac_ring {
	_Atomic uint32_t head; /* written by the worker */
	_Atomic uint32_t tail; /* written by the control thread */
	_Atomic uint64_t lost; /* notes that found no room; written by the worker */
	struct hd_mac_note note[HD_MAC_RING_SIZE];
};

/* Worker. */
static inline void hd_mac_ring_put(struct hd_mac_ring *ring, const struct hd_mac_note *note)
{
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);

	if (head - atomic_load_explicit(&ring->tail, memory_order_acquire) == HD_MAC_RING_SIZE) {
		uint64_t lost = atomic_load_explicit(&ring->lost, memory_order_relaxed);

		atomic_store_explicit(&ring->lost, lost + 1, memory_order_relaxed);
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
