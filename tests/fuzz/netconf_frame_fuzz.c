/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NETCONF framing. What must hold: the same messages and the same end come out, whatever the
 * portions are that the bytes come in. The first byte says which framing, the second the portion.
 */
#include <string.h>

#include "mgmt/netconf/frame.h"
#include "tests/fuzz/fuzz.h"

#define MAX 4096

struct outcome {
	size_t messages, bytes;
	uint32_t hash;
	int rc;
};

static struct outcome run(const uint8_t *data, size_t size, bool chunked, size_t step)
{
	struct outcome o = {0, 0, 0, 0};
	struct hd_err err = {0};
	struct nc_frame f;
	size_t used;

	nc_frame_init(&f, MAX);
	if (chunked)
		nc_frame_set_chunked(&f);
	for (size_t at = 0; at < size && o.rc >= 0; at += used) {
		o.rc = nc_frame_feed(&f, (const char *)data + at,
				     size - at < step ? size - at : step, &used, &err);
		FUZZ_ASSERT(used <= size - at && (used > 0 || o.rc < 0));
		FUZZ_ASSERT(o.rc >= 0 || err.text[0]);
		if (o.rc == 1) {
			FUZZ_ASSERT(f.len <= MAX && f.text[f.len] == '\0');
			o.messages++;
			o.bytes += f.len;
			for (size_t i = 0; i < f.len; i++)
				o.hash = o.hash * 31 + (uint8_t)f.text[i];
		}
	}
	nc_frame_free(&f);
	return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome a, b;

	if (size < 2)
		return 0;
	a = run(data + 2, size - 2, data[0] & 1, size);
	b = run(data + 2, size - 2, data[0] & 1, 1 + data[1] % 16);
	FUZZ_ASSERT(a.messages == b.messages && a.bytes == b.bytes && a.hash == b.hash);
	FUZZ_ASSERT((a.rc < 0) == (b.rc < 0));
	return 0;
}
