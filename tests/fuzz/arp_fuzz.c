/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as an ARP packet. What is read as one is answered, and the answer is one that its asker
 * takes as such.
 */
#include "dataplane/l3/arp.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct hd_mac ours = {{2, 0, 0, 0, 0, 1}};
	uint8_t frame[L3_ARP_FRAME];
	struct l3_arp arp, answer;

	if (l3_arp_parse(data, (uint32_t)size, &arp)) {
		enum l3_arp_kind kind = l3_arp_kind(&arp, false, true, &ours);

		FUZZ_ASSERT(l3_arp_kind(&arp, true, true, &ours) == L3_ARP_CONFLICT);
		FUZZ_ASSERT(l3_arp_kind(&arp, false, false, &ours) == L3_ARP_OTHER);
		l3_arp_reply(frame, &ours, &arp);
		/* Nobody can be asked for an address that no host has. */
		if (kind == L3_ARP_ASKS && l3_arp_parse(frame + 14, L3_ARP_LEN, &answer))
			FUZZ_ASSERT(l3_arp_kind(&answer, false, true, &arp.sender) ==
				    L3_ARP_ANSWERS);
	}
	return 0;
}
