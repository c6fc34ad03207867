/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A frame of arbitrary bytes between two ports of arbitrary configuration: classification and egress
 * read nothing beyond the frame, and what they answer makes sense.
 */
#include <stdlib.h>
#include <string.h>

#include <rte_byteorder.h>

#include "dataplane/l2/vlan.h"
#include "tests/fuzz/fuzz.h"

#define CONFIG_BYTES 8

/* A configuration that the checks of objects would let pass. */
static struct dp_port_config make_port(const uint8_t *d)
{
	struct dp_port_config c = {.mode = d[0] % 4};

	c.tpid = rte_cpu_to_be_16(d[0] & 0x80 ? HD_TPID_S : HD_TPID_C);
	c.priority_tags = d[1] % 3;
	c.flags = d[2];
	c.pvid = (uint16_t)((d[3] << 8 | d[4]) % 4095);
	if ((c.mode == HD_VLAN_ACCESS || c.mode == HD_VLAN_TUNNEL) && !c.pvid)
		c.pvid = 1;
	if (c.mode == HD_VLAN_NONE)
		c.pvid = 0;
	c.default_tci = (uint16_t)((d[5] & 7) << HD_PCP_SHIFT | c.pvid);
	for (unsigned int vid = 1; vid <= HD_VLAN_MAX; vid += 1 + d[6])
		hd_vlan_set_add(&c.vlans, vid);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dp_port_config in, out;
	struct dp_vlan_class c;
	struct dp_vlan_egress e;
	uint8_t *frame;
	size_t len;
	uint16_t type;

	if (size < 2 * CONFIG_BYTES + HD_ETH_HLEN)
		return 0;
	in = make_port(data);
	out = make_port(data + CONFIG_BYTES);
	in.cvlans = &in.vlans;
	len = size - 2 * CONFIG_BYTES;
	/* The caller's part: runts, also those that end within a tag, are dropped before. */
	type = hd_frame_u16(data + 2 * CONFIG_BYTES, 12);
	if (len < HD_ETH_HLEN + HD_VLAN_HLEN && (type == HD_TPID_C || type == HD_TPID_S))
		return 0;
	frame = malloc(len); /* its own block, so that a read beyond it is seen */
	if (!frame)
		return 0;
	memcpy(frame, data + 2 * CONFIG_BYTES, len);
	c = dp_vlan_classify_tagged(&in, frame);
	if (c.verdict == DP_VLAN_OK) {
		FUZZ_ASSERT((c.tci & HD_VID_MASK) >= 1 && (c.tci & HD_VID_MASK) <= HD_VLAN_MAX);
		FUZZ_ASSERT(c.tag_len == 0 || c.tag_len == HD_VLAN_HLEN);
		FUZZ_ASSERT(c.tag_len == 0 || rte_cpu_to_be_16(type) == in.tpid);
		e = dp_vlan_egress(&out, true, (c.tci & HD_VID_MASK) != out.pvid, c.tci, c.tag_len,
				   frame);
		FUZZ_ASSERT(e.action <= DP_TAG_EXPOSED && e.action != DP_TAG_NOT_MEMBER);
		FUZZ_ASSERT(e.action != DP_TAG_STRIP || c.tag_len);
		FUZZ_ASSERT(e.action != DP_TAG_PUSH || !c.tag_len);
	}
	free(frame);
	return 0;
}
