/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/core/worker.h"
#include "dataplane/l2/mac_ring.h"

static struct dp_mac_ring rings[DP_WORKERS_MAX];

struct dp_mac_ring *dp_mac_ring_of(unsigned int worker)
{
	return &rings[worker];
}

static void count(_Atomic uint64_t *counter)
{
	uint64_t n = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, n + 1, memory_order_relaxed);
}

void dp_mac_ring_put(struct dp_mac_ring *ring, const struct dp_mac_note *note)
{
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
	unsigned int same = 0;

	for (uint32_t i = tail; note->kind != HD_MAC_MOVED && i != head; i++) {
		const struct dp_mac_note *waits = &ring->note[i % DP_MAC_RING_SIZE];

		if (waits->kind == note->kind && waits->to == note->to &&
		    waits->domain == note->domain && ++same == DP_MAC_RING_SAME) {
			count(&ring->again);
			return;
		}
	}
	if (head - tail == DP_MAC_RING_SIZE) {
		count(&ring->lost);
		return;
	}
	ring->note[head % DP_MAC_RING_SIZE] = *note;
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

bool dp_mac_ring_get(struct dp_mac_ring *ring, struct dp_mac_note *note)
{
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

	if (atomic_load_explicit(&ring->head, memory_order_acquire) == tail)
		return false;
	*note = ring->note[tail % DP_MAC_RING_SIZE];
	atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
	return true;
}
