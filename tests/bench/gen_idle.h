/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guests of the generator that are attached, and send nothing. Functions return 0 or -errno, and have
 * printed then what is wrong.
 */
#ifndef TESTS_BENCH_GEN_IDLE_H
#define TESTS_BENCH_GEN_IDLE_H

#include "tests/lab/tools/vhost_front.h"

struct gen_idle {
	struct vf_config like; /* but for the path, the ring and the memory */
	char **path;           /* of the sockets: the caller's */
	unsigned int n;
	struct vf_dev *dev;
};

/* Makes the sockets; the first three fields are set. */
int gen_idle_open(struct gen_idle *idle);

/* Waits until the switch has taken all of them. */
int gen_idle_connect(struct gen_idle *idle);

void gen_idle_close(struct gen_idle *idle);

#endif
