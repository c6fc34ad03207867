/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What heddle-mgmt asks for with CAPTURE_START, and the filter in it on a frame. The first byte says how
 * many bytes at the end are the frame; before it, the struct: without what was left out of the ports.
 */
#include <string.h>

#include "dataplane/capture/capture.h"
#include "tests/fuzz/fuzz.h"

#define HEAD 16 /* what, snap, n_ports, n_insns */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hd_capture_start start;
	struct hd_err err = {0};
	size_t frame, rest;
	uint8_t *bytes;

	if (size < 1 + HEAD)
		return 0;
	frame = data[0] < size - 1 - HEAD ? data[0] : size - 1 - HEAD;
	rest = size - 1 - HEAD - frame;
	memset(&start, 0, sizeof(start));
	memcpy(&start, data + 1, HEAD);
	memcpy(start.port[0], data + 1 + HEAD, rest < HD_NAME_MAX ? rest : HD_NAME_MAX);
	if (rest > HD_NAME_MAX)
		memcpy(start.insn, data + 1 + HEAD + HD_NAME_MAX,
		       rest - HD_NAME_MAX < sizeof(start.insn) ? rest - HD_NAME_MAX
							       : sizeof(start.insn));
	if (dp_capture_check(&start, &err) < 0) {
		FUZZ_ASSERT(err.text[0]);
		return 0;
	}
	FUZZ_ASSERT(start.n_insns <= HD_CAPTURE_INSNS_MAX);
	FUZZ_ASSERT(start.n_ports == 0 || hd_name_valid(start.port[0], HD_NAME_MAX));
	bytes = malloc(frame + 1); /* of its own, so that a read beyond it is seen */
	FUZZ_ASSERT(bytes);
	memcpy(bytes, data + size - frame, frame);
	if (start.n_insns)
		bpf_filter((const struct bpf_insn *)start.insn, bytes, (unsigned int)frame + 7,
			   (unsigned int)frame);
	free(bytes);
	return 0;
}
