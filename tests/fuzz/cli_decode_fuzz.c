/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decoder of the heddle command. Input: two bytes (length on the wire), then a frame.
 * What must hold: no byte beyond the frame is read, lines end, and every offset has a name.
 */
#include <string.h>

#include "mgmt/cli/capture/decode.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[CLI_DECODE_LINE_MAX], name[CLI_DECODE_NAME_MAX];
	struct cli_layers layers;
	uint8_t *frame;
	size_t wire, len;

	if (size < 2)
		return 0;
	len = size - 2;
	wire = (size_t)data[0] << 8 | data[1];
	frame = malloc(len ? len : 1); /* its own, so that a read beyond is seen */
	if (!frame)
		return 0;
	memcpy(frame, data + 2, len);
	cli_decode(&layers, frame, len, wire > len ? wire : len);
	FUZZ_ASSERT(layers.end <= len && layers.l4_payload <= len);
	FUZZ_ASSERT(layers.l4 == CLI_PROTO_NONE || layers.l4_payload <= layers.end);
	FUZZ_ASSERT(strlen(cli_decode_line(&layers, line)) > 0);
	for (size_t at = 0; at < len + 8; at++)
		FUZZ_ASSERT(strlen(cli_decode_field(&layers, at, name)) > 0);
	free(frame);
	return 0;
}
