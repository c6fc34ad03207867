/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters that somebody cleared. Their writers are the workers of heddle-dp, one each, and nobody else
 * may write them: so what they were at that moment is remembered here and taken off when they are
 * read. All counters of a port are remembered at once, so what adds up goes on adding up.
 *
 * Kept in a file, for a restart of heddle-mgmt. On the loop's thread.
 */
#ifndef MGMT_BACKEND_BASELINE_H
#define MGMT_BACKEND_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/stats.h"
#include "heddle/base/err.h"

struct bk_baseline {
	uint16_t id;
	uint32_t generation; /* of the slot: it is the same port still */
	char name[HD_NAME_MAX];
	uint64_t when_ns; /* hd_now_ns() */
	struct hd_stats_port sum;
};

struct bk_baselines {
	struct bk_baseline *list; /* by id */
	size_t n, room;
	uint64_t started_ns; /* of the heddle-dp that counts */
	char *path;          /* NULL: not kept */
};

/* Keeps them in @dir from now on (NULL: nowhere). */
void bk_baselines_keep(struct bk_baselines *b, const char *dir);
void bk_baselines_free(struct bk_baselines *b);

/*
 * The counters are those of the heddle-dp that started then: forgets what was of another, and takes what
 * the file has of this one. A damaged file is as good as none.
 */
void bk_baselines_start(struct bk_baselines *b, uint64_t started_ns);

/* Remembers the counters of a port; replaces what was remembered of its id. */
void bk_baselines_set(struct bk_baselines *b, const struct bk_baseline *baseline);

/* NULL: the port's counters were not cleared. */
const struct bk_baseline *bk_baselines_find(const struct bk_baselines *b, uint16_t id,
					    uint32_t generation);

/* Takes off @sum what it was; a counter that is below its baseline (a damaged file) stays as it is. */
void bk_baseline_apply(const struct bk_baseline *baseline, struct hd_stats_port *sum);

/* Writes the file. -errno with @err. */
int bk_baselines_save(const struct bk_baselines *b, struct hd_err *err);

#endif
