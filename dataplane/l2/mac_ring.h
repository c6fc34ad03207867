/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker noticed about addresses, for the control thread: a ring of fixed size with one writer
 * and one reader. A worker that finds it full counts, and goes on. Of what is refused at a port again
 * and again a few notes wait at a time, so that a port that is flooded hides nothing of others.
 */
#ifndef DATAPLANE_L2_MAC_RING_H
#define DATAPLANE_L2_MAC_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/fdb.h"

#define DP_MAC_RING_SIZE 64 /* a power of two */
#define DP_MAC_RING_SAME 4  /* refusals of one sort, port and domain that wait */

struct dp_mac_note {
	uint64_t mac; /* as dp_fdb_mac() gives it */
	uint32_t domain;
	uint16_t from, to; /* ports; from: where it was, or whose it is, or DP_PORT_ID_NONE */
	uint32_t kind;     /* enum hd_mac_event_kind */
};

struct dp_mac_ring {
	_Atomic uint32_t head;  /* written by the worker */
	_Atomic uint32_t tail;  /* written by the control thread */
	_Atomic uint64_t lost;  /* notes that found no room; written by the worker */
	_Atomic uint64_t again; /* notes of refusals like those that wait; written by the worker */
	struct dp_mac_note note[DP_MAC_RING_SIZE];
} __attribute__((aligned(64)));

/* The ring of the worker with this index (struct dp_worker). Any thread. */
struct dp_mac_ring *dp_mac_ring_of(unsigned int worker);

/* Adds a note, or counts that it did not. Worker. */
void dp_mac_ring_put(struct dp_mac_ring *ring, const struct dp_mac_note *note);

/* Takes the oldest note; false if there is none. Control thread. */
bool dp_mac_ring_get(struct dp_mac_ring *ring, struct dp_mac_note *note);

#endif
