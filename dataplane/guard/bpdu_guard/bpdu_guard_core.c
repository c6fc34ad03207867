/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "heddle/net/ether.h"
#include "dataplane/guard/bpdu_guard/bpdu_guard.h"

#define TAGS_MAX       2
#define LLC_LENGTH_MAX 1500 /* below: a length and not an EtherType */

static const uint8_t groups[][HD_ETH_ALEN] = {
	{0x01, 0x80, 0xc2, 0x00, 0x00, 0x00}, /* bridge group: STP, RSTP, MSTP */
	{0x01, 0x80, 0xc2, 0x00, 0x00, 0x08}, /* provider bridge group */
	{0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd}, /* PVST+ */
};

static const uint8_t llc_stp[] = {0x42, 0x42, 0x03};

bool dp_bpdu_guard_match(const uint8_t *frame, size_t len)
{
	size_t at = HD_ETH_HLEN - 2;
	unsigned int type;

	if (len < HD_ETH_HLEN || !(frame[0] & 1))
		return false;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!memcmp(frame, groups[i], HD_ETH_ALEN))
			return true;
	for (int tags = 0;; tags++, at += HD_VLAN_HLEN) {
		if (at + 2 + sizeof(llc_stp) > len)
			return false;
		type = (unsigned int)frame[at] << 8 | frame[at + 1];
		if (tags == TAGS_MAX || (type != HD_TPID_C && type != HD_TPID_S))
			break;
	}
	return type <= LLC_LENGTH_MAX && !memcmp(frame + at + 2, llc_stp, sizeof(llc_stp));
}
