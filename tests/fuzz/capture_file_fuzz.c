/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A capture of arbitrary bytes: refused with a reason, or read to its end, twice the same. What was
 * read comes back as it was from a file that is written of it.
 */
#include <stdio.h>
#include <string.h>

#include "heddle/net/capture_file.h"
#include "tests/fuzz/fuzz.h"

struct sum {
	uint64_t frames, bytes, times;
};

/* Reads to the end; writes the whole frames into @copy (NULL: does not). The last result. */
static int read_all(struct hd_capture *c, struct sum *sum, FILE *copy)
{
	struct hd_capture_frame f;
	struct hd_err err = {0};
	int rc;

	*sum = (struct sum){0};
	while ((rc = hd_capture_next(c, &f, &err)) == 1) {
		FUZZ_ASSERT(f.number > sum->frames && f.unit_ns);
		FUZZ_ASSERT((f.state == HD_CAPTURE_WHOLE) <= (f.len >= f.wire_len));
		FUZZ_ASSERT(!f.data || f.len <= HD_CAPTURE_FRAME_MAX);
		sum->frames = f.number;
		sum->times += f.time_ns;
		for (uint32_t i = 0; f.data && i < f.len; i++)
			sum->bytes += f.data[i];
		if (copy && f.state == HD_CAPTURE_WHOLE)
			FUZZ_ASSERT(!hd_pcapng_frame(copy, 0, f.time_ns, f.data, f.len, f.len, 0,
						     "as it was"));
	}
	FUZZ_ASSERT(rc == 0 || err.text[0]);
	return rc;
}

/* The copy holds what was whole. */
static void check_copy(char *text, size_t size, const struct sum *sum)
{
	FILE *file = size ? fmemopen(text, size, "rb") : NULL;
	struct hd_capture *c;
	struct sum again;

	FUZZ_ASSERT(file && !hd_capture_open(&c, file, "copy", NULL, NULL));
	FUZZ_ASSERT(read_all(c, &again, NULL) == 0 && again.frames <= sum->frames);
	hd_capture_close(c);
}

static void run(const uint8_t *data, size_t size, const char *interface)
{
	FILE *file = fmemopen((void *)data, size, "rb"), *copy;
	struct hd_err err = {0};
	struct hd_capture *c;
	struct sum sum, again;
	char *text = NULL;
	size_t text_size = 0;
	int rc;

	if (!file)
		return;
	if (hd_capture_open(&c, file, "fuzz", interface, &err) < 0) {
		FUZZ_ASSERT(err.text[0] && !c);
		return;
	}
	copy = open_memstream(&text, &text_size);
	FUZZ_ASSERT(copy && !hd_pcapng_begin(copy, "fuzz") && !hd_pcapng_interface(copy, "x", 0));
	rc = read_all(c, &sum, copy);
	fclose(copy);
	FUZZ_ASSERT(hd_capture_position(c) <= size);
	FUZZ_ASSERT(!hd_capture_rewind(c, &err));
	FUZZ_ASSERT(read_all(c, &again, NULL) == rc && !memcmp(&sum, &again, sizeof(sum)));
	hd_capture_close(c);
	check_copy(text, text_size, &sum);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	run(data, size, NULL);
	run(data, size, "1");
	run(data, size, "eth0");
	return 0;
}
