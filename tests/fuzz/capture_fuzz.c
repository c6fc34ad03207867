/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A capture of arbitrary bytes: refused with a reason, or read to its end.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dataplane/core/config.h"
#include "dataplane/core/options.h"
#include "dataplane/replay/replay.h"
#include "tests/fuzz/fuzz.h"

static char path[64];
static struct dp_options options = {.n_inputs = 1, .input = {{"p", NULL, path}}};

const struct dp_options *dp_options(void)
{
	return &options;
}

const struct dp_config *dp_config_running(void)
{
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	uint64_t time_ns, last = 0;
	unsigned int input;
	const struct hd_capture_frame *f;
	uint32_t sum = 0;
	struct hd_err err = {0};

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (dp_replay_open_inputs(&err) == 0) {
		while ((f = dp_replay_take(UINT64_MAX, &input, &time_ns)) != NULL) {
			FUZZ_ASSERT(time_ns <= dp_replay_latest_ns());
			FUZZ_ASSERT(time_ns >= last);
			last = time_ns;
			for (uint32_t i = 0; f->data && i < f->len; i++)
				sum += f->data[i];
		}
	} else {
		FUZZ_ASSERT(err.text[0]);
	}
	dp_replay_close_inputs();
	close(fd);
	return sum == 1; /* the bytes were really read */
}
