/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory of a capture as heddle-dp could write it if it were in the hands of an attacker: frames come
 * out of it, or words about what is wrong. The last 8 bytes are the head of the first ring.
 */
#include <string.h>

#include "mgmt/cli/capture/decode.h"
#include "mgmt/cli/capture/ring.h"
#include "tests/fuzz/fuzz.h"

#define FRAMES 10000 /* a ring is not longer */

static void use(const struct cli_frame *f)
{
	char line[CLI_DECODE_LINE_MAX];
	struct cli_layers layers;

	FUZZ_ASSERT(f->kept <= f->len && f->kept <= HD_CAPTURE_SNAP_MAX);
	FUZZ_ASSERT(hd_name_valid(f->port, HD_NAME_MAX));
	FUZZ_ASSERT(strlen(f->reason) < HD_DROP_NAME_MAX);
	cli_decode(&layers, f->data, f->kept, f->len);
	FUZZ_ASSERT(strlen(cli_decode_line(&layers, line)) < sizeof(line));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hd_capture_head *memory;
	struct cli_rings *rings;
	struct cli_frame frame;
	struct hd_err err = {0};
	unsigned int n = 0;
	int rc;

	/* Seeds are short: the reasons and the other rings are left out of them. */
	size_t bytes = sizeof(*memory) + (size > 40 ? size - 40 : 0);

	memory = calloc(1, bytes);
	FUZZ_ASSERT(memory);
	memcpy(memory, data, size < 32 ? size : 32);
	if (size > 40) {
		memcpy(memory + 1, data + 32, size - 40);
		memcpy(&memory->ring[0].head, data + size - 8, 8);
	}
	rc = cli_rings_new(&rings, memory, bytes, &err);
	while (rc == 0 && (rc = cli_rings_next(rings, &frame, &err)) == 1) {
		FUZZ_ASSERT(++n < FRAMES);
		use(&frame);
		rc = 0;
	}
	FUZZ_ASSERT(rc == 0 || err.text[0]);
	cli_rings_close(rings);
	free(memory);
	return 0;
}
