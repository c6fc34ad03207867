/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Comparison of capture files by the heddle command. Input: four bytes (length of the first file),
 * then two capture files. What must hold: a file is equal to itself or not readable; a difference
 * can be told; the other way round gives the opposite.
 */
#include <stdio.h>
#include <string.h>

#include "mgmt/cli/replay/replay_diff.h"
#include "tests/fuzz/fuzz.h"

static struct hd_capture *open_part(const uint8_t *data, size_t size)
{
	struct hd_capture *capture;
	struct hd_err err;
	FILE *file = size ? fmemopen((void *)data, size, "rb") : NULL;

	if (!file)
		return NULL;
	return hd_capture_open(&capture, file, "fuzz", NULL, &err) < 0 ? NULL : capture;
}

static int compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
		   struct cli_diff *diff)
{
	struct hd_capture *want = open_part(a, a_size), *got = open_part(b, b_size);
	int rc = want && got ? 0 : -1;

	if (rc == 0)
		cli_diff_captures(want, got, false, diff);
	hd_capture_close(want);
	hd_capture_close(got);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cli_diff one, other;
	uint32_t first;
	char *text = NULL;
	size_t text_size;
	FILE *out;

	if (size < 4)
		return 0;
	memcpy(&first, data, 4);
	data += 4;
	size -= 4;
	first = first < size ? first : (uint32_t)size;
	if (compare(data, first, data, first, &one) == 0)
		FUZZ_ASSERT(one.kind == CLI_DIFF_EQUAL || one.kind == CLI_DIFF_ERROR);
	if (compare(data, first, data + first, size - first, &one) < 0 ||
	    compare(data + first, size - first, data, first, &other) < 0)
		return 0;
	FUZZ_ASSERT((one.kind == CLI_DIFF_EQUAL) == (other.kind == CLI_DIFF_EQUAL));
	FUZZ_ASSERT(one.want.packets == other.got.packets || one.kind == CLI_DIFF_ERROR);
	out = open_memstream(&text, &text_size);
	if (!out)
		return 0;
	cli_diff_print(&one, "port", out, true);
	fclose(out);
	FUZZ_ASSERT(one.kind == CLI_DIFF_EQUAL || text_size > 0);
	free(text);
	return 0;
}
