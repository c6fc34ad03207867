/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/backoff_core.h"

uint32_t backoff_wait(struct backoff *backoff, uint64_t lived_ms)
{
	uint32_t wait;

	if (backoff->next_ms == 0 || lived_ms >= BACKOFF_RESET_MS)
		backoff->next_ms = BACKOFF_FIRST_MS;
	wait = backoff->next_ms;
	backoff->next_ms = wait > BACKOFF_LAST_MS / 2 ? BACKOFF_LAST_MS : wait * 2;
	return wait;
}

uint32_t backoff_blamed(struct backoff *backoff, uint64_t lived_ms, uint64_t now_ms)
{
	if (!backoff->blamed || now_ms - backoff->since_ms >= BACKOFF_BLAMED_MS) {
		backoff->blamed = 0;
		backoff->since_ms = now_ms;
	}
	if (backoff->blamed == BACKOFF_BLAMED_MAX)
		return backoff_wait(backoff, lived_ms);
	backoff->blamed++;
	return BACKOFF_FIRST_MS;
}
