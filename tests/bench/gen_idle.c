/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/bench/gen_idle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define RING 64 /* descriptors */
#define BUF  2048

static struct vf_config conf_of(const struct gen_idle *idle, unsigned int i)
{
	struct vf_config conf = idle->like;

	conf.path = idle->path[i];
	conf.ring = RING;
	conf.buf_size = BUF;
	conf.huge = false;
	return conf;
}

int gen_idle_open(struct gen_idle *idle)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	idle->dev = calloc(idle->n + 1, sizeof(*idle->dev));
	if (!idle->dev)
		return -ENOMEM;
	for (unsigned int i = 0; i < idle->n; i++) {
		struct vf_config conf = conf_of(idle, i);
		int ret = vf_open(&idle->dev[i], &conf);

		if (ret) {
			fprintf(stderr, "bench-gen: %s\n", idle->dev[i].error);
			return ret;
		}
	}
	return 0;
}

int gen_idle_connect(struct gen_idle *idle)
{
	for (unsigned int i = 0; i < idle->n; i++) {
		struct vf_config conf = conf_of(idle, i);
		int ret = vf_connect(&idle->dev[i], &conf);

		if (ret) {
			fprintf(stderr, "bench-gen: %s: %s\n", conf.path, idle->dev[i].error);
			return ret;
		}
	}
	return 0;
}

void gen_idle_close(struct gen_idle *idle)
{
	for (unsigned int i = 0; i < idle->n; i++)
		vf_close(&idle->dev[i]);
	free(idle->dev);
}
