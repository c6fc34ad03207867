/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/deadline.h"

#define ID_SIZE  40
#define LEFT_MAX (10 * 365 * 86400000ull) /* ms */

/* Which boot of the machine this is. */
static void boot_id(char id[ID_SIZE])
{
	FILE *in = fopen("/proc/sys/kernel/random/boot_id", "re");

	id[0] = '\0';
	if (in && !fgets(id, ID_SIZE, in))
		id[0] = '\0';
	if (in)
		fclose(in);
	id[strcspn(id, "\n ")] = '\0';
	if (!id[0])
		strcpy(id, "?");
}

/* Counts while the machine sleeps, too. */
static uint64_t up_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint64_t wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

char *dl_print(const struct dl *deadline)
{
	char id[ID_SIZE];

	boot_id(id);
	/* The token comes last: it may hold anything but the end of a string. */
	return ds_printf("confirm 1\n%" PRIu32 " %d %" PRIu64 " %" PRIu64 " %s\n%s\n%s",
			 deadline->session, deadline->save, wall_ms() + deadline->left_ms,
			 up_ms() + deadline->left_ms, id, deadline->user, deadline->persist);
}

static uint64_t until(uint64_t then, uint64_t now)
{
	return then > now ? then - now : 0;
}

bool dl_parse(const char *text, struct dl *deadline)
{
	char id[ID_SIZE], then[ID_SIZE];
	uint64_t wall, up;
	size_t len;
	int save, used = 0;

	memset(deadline, 0, sizeof(*deadline));
	if (!text ||
	    sscanf(text, "confirm 1\n%" SCNu32 " %d %" SCNu64 " %" SCNu64 " %39s%n",
		   &deadline->session, &save, &wall, &up, then, &used) != 5 ||
	    text[used] != '\n')
		return false;
	text += used + 1;
	len = strcspn(text, "\n");
	if (text[len] != '\n' || len >= sizeof(deadline->user))
		return false;
	memcpy(deadline->user, text, len);
	text += len + 1;
	if (strlen(text) >= sizeof(deadline->persist))
		return false;
	strcpy(deadline->persist, text);
	deadline->save = save != 0;
	boot_id(id);
	deadline->left_ms = strcmp(id, then) == 0 ? until(up, up_ms()) : until(wall, wall_ms());
	if (deadline->left_ms > LEFT_MAX)
		deadline->left_ms = 0;
	deadline->deadline = (time_t)((wall_ms() + deadline->left_ms) / 1000);
	return true;
}
