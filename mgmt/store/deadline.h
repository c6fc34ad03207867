/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A confirmed commit that waits, as text for the journal (jr_record.confirm): its deadline survives
 * a restart of heddle-mgmt, whatever happens to the wall clock meanwhile.
 */
#ifndef MGMT_STORE_DEADLINE_H
#define MGMT_STORE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct dl {
	char user[64];
	uint32_t session;  /* that it ends with; 0: it outlives its session */
	char persist[256]; /* token; "": none */
	bool save;         /* write startup once it is confirmed */
	time_t deadline;   /* seconds since 1970 */
	uint64_t left_ms;  /* until then */
};

/* @deadline->left_ms is from now; malloced. */
char *dl_print(const struct dl *deadline);

/*
 * False when it is not such a text. left_ms is what is left now: by CLOCK_BOOTTIME while the machine
 * is up since, by the wall clock when it was booted; 0: it is over.
 */
bool dl_parse(const char *text, struct dl *deadline);

#endif
