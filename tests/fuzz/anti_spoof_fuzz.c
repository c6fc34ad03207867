/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a frame before the guards. A sanitizer sees reads beyond what is readable; a frame
 * that passes with IP prefixes must pass without them as well. Input: bytes after the readable part,
 * then the frame.
 */
#include <stdlib.h>
#include <string.h>

#include "dataplane/guard/anti_spoof/anti_spoof.h"
#include "dataplane/guard/bpdu_guard/bpdu_guard.h"
#include "dataplane/guard/dhcp_guard/dhcp_guard.h"
#include "dataplane/guard/ra_guard/ra_guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hd_anti_spoof_object conf = {
		.n_macs = 2,
		.n_ips = 3,
		.macs = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}},
		.ips = {{.family = 4, .length = 32, .addr = {10, 0, 0, 5}},
			{.family = 6, .length = 61, .addr = {0x20, 0x01, 0x0d, 0xb8}},
			{.family = 4, .length = 13, .addr = {192, 168}}},
	};
	struct dp_guard_frame frame;
	enum dp_spoof with, without;
	uint8_t *copy;

	if (size < 15)
		return 0;
	frame.readable = (uint32_t)size - 1;
	frame.len = frame.readable + data[0];
	copy = malloc(frame.readable);
	if (!copy)
		return 0;
	memcpy(copy, data + 1, frame.readable);
	frame.p = copy;
	dp_bpdu_guard_match(copy, frame.readable);
	dp_ra_guard_match(&frame);
	dp_dhcp_guard_match(&frame);
	conf.n_ips = 3;
	with = dp_anti_spoof_check(&conf, &frame);
	conf.n_ips = 0;
	without = dp_anti_spoof_check(&conf, &frame);
	if (without == DP_SPOOF_IP || (with == DP_SPOOF_MAC) != (without == DP_SPOOF_MAC))
		abort();
	free(copy);
	return 0;
}
