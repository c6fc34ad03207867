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
