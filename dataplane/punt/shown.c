/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/shown.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#define WORD       sizeof(uint64_t)
#define READ_TRIES 4 /* a copy that changes as often while it is read is left out */

/* A copy is behind its sequence number, which is odd while the copy changes. */
static _Atomic uint64_t rules[HD_PUNT_RULES_MAX][1 + sizeof(struct hd_punt_rule) / WORD];
static _Atomic uint64_t leases[HD_LEASES_MAX][1 + sizeof(struct punt_shown_lease) / WORD];

_Static_assert(sizeof(struct hd_punt_rule) % WORD == 0, "whole words");
_Static_assert(sizeof(struct punt_shown_lease) % WORD == 0, "whole words");

static void write_copy(_Atomic uint64_t *to, const void *from, size_t words)
{
	uint64_t sequence = atomic_load_explicit(&to[0], memory_order_relaxed), word;

	atomic_store_explicit(&to[0], sequence + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < words; i++) {
		memcpy(&word, (const char *)from + i * WORD, WORD);
		atomic_store_explicit(&to[1 + i], word, memory_order_relaxed);
	}
	atomic_store_explicit(&to[0], sequence + 2, memory_order_release);
}

static bool read_copy(const _Atomic uint64_t *from, void *to, size_t words)
{
	for (int try = 0; try < READ_TRIES; try++) {
		uint64_t sequence = atomic_load_explicit(&from[0], memory_order_acquire), word;

		for (size_t i = 0; i < words; i++) {
			word = atomic_load_explicit(&from[1 + i], memory_order_relaxed);
			memcpy((char *)to + i * WORD, &word, WORD);
		}
		atomic_thread_fence(memory_order_acquire);
		if (!(sequence & 1) &&
		    atomic_load_explicit(&from[0], memory_order_relaxed) == sequence)
			return true;
	}
	return false;
}

void punt_show_rule(uint32_t at, const struct hd_punt_rule *rule)
{
	static const struct hd_punt_rule none;

	write_copy(rules[at], rule ? rule : &none, sizeof(none) / WORD);
}

void punt_show_lease(uint32_t at, const struct punt_shown_lease *lease)
{
	static const struct punt_shown_lease none;

	write_copy(leases[at], lease ? lease : &none, sizeof(none) / WORD);
}

bool punt_shown_rule(uint32_t at, struct hd_punt_rule *rule)
{
	return read_copy(rules[at], rule, sizeof(*rule) / WORD) && rule->key[0];
}

bool punt_shown_lease(uint32_t at, struct punt_shown_lease *lease)
{
	return read_copy(leases[at], lease, sizeof(*lease) / WORD) && lease->state.key[0];
}
