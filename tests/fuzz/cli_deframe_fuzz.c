/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NETCONF framing as the heddle command reads it. Input: a byte (framing, and how the rest is cut),
 * then what came. What must hold: the same messages, however the bytes are cut.
 */
#include <string.h>

#include "mgmt/cli/command/deframe.h"
#include "tests/fuzz/fuzz.h"

struct seen {
	unsigned int messages;
	size_t bytes;
	int end;
};

static struct seen feed(const char *data, size_t size, bool chunked, size_t step)
{
	struct cli_deframer d = {.chunked = chunked};
	struct seen seen = {0};
	size_t at = 0;

	while (at < size && seen.end >= 0) {
		size_t n = size - at < step ? size - at : step, used;

		seen.end = cli_deframe(&d, data + at, n, &used);
		FUZZ_ASSERT(used <= n && (used == n || seen.end != 0));
		at += used;
		if (seen.end == 1) {
			seen.messages++;
			seen.bytes += d.message.len;
			cli_deframer_next(&d, chunked);
		}
	}
	cli_deframer_next(&d, chunked);
	return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole, cut;

	if (size < 2)
		return 0;
	whole = feed((const char *)data + 1, size - 1, data[0] & 1, size);
	cut = feed((const char *)data + 1, size - 1, data[0] & 1, (data[0] >> 1) + 1u);
	FUZZ_ASSERT(whole.messages == cut.messages && whole.bytes == cut.bytes);
	FUZZ_ASSERT((whole.end < 0) == (cut.end < 0));
	return 0;
}
