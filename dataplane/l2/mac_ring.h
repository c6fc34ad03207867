/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Passes what a worker notices about addresses to the control thread: a ring of fixed size with one
 * writer and one reader. If it is full, the worker counts the note as lost. Of repeated refusals
 * only a few notes wait at a time for each port, so that a port that is flooded does not displace
 * notes of others.
 */
#ifndef DATAPLANE_L2_MAC_RING_H
#define DATAPLANE_L2_MAC_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/fdb.h"

#define DP_MAC_RING_SIZE 64 /* a power of two */
#define DP_MAC_RING_SAME 4  /* notes that may wait of refusals of one sort, port and domain */

struct dp_mac_note {
	uint64_t mac; /* as dp_fdb_mac() gives it */
	uint32_t domain;
	uint16_t from, to; /* ports; from: the old port, or the owner, or DP_PORT_ID_NONE */
	uint32_t kind;     /* enum hd_mac_event_kind */
};

struct dp_mac_ring {
	_Atomic uint32_t head;  /* written by the worker */
	_Atomic uint32_t tail;  /* written by the control thread */
	_Atomic uint64_t lost;  /* notes that found no room; written by the worker */
	_Atomic uint64_t again; /* refusals without a note of their own; written by the worker */
	struct dp_mac_note note[DP_MAC_RING_SIZE];
} __attribute__((aligned(64)));

/* Returns the ring of the worker with this index (dp_worker.index). Any thread. */
struct dp_mac_ring *dp_mac_ring_of(unsigned int worker);

/* Adds a note, or counts it as lost or repeated. Worker. */
void dp_mac_ring_put(struct dp_mac_ring *ring, const struct dp_mac_note *note);

/* Takes the oldest note; false if there is none. Control thread. */
bool dp_mac_ring_get(struct dp_mac_ring *ring, struct dp_mac_note *note);

#endif
