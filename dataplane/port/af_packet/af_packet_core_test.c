/* SPDX-License-Identifier: BSD-3-Clause */
/* The pure functions of the kind `af-packet`: tags, and the check of its configuration object. */
#include <errno.h>
#include <string.h>

#include <arpa/inet.h>

#include "heddle/base/random.h"
#include "dataplane/port/af_packet/af_packet.h"
#include "tests/unit/unit.h"

static struct hd_af_packet_object params(const char *netdev)
{
	struct hd_af_packet_object o = {.offloads = HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO};

	hd_str_copy(o.netdev, sizeof(o.netdev), netdev);
	return o;
}

static void test_tag_pure(void)
{
	struct tpacket_auxdata aux = {.tp_vlan_tci = 0xa00a, .tp_vlan_tpid = 0x88a8};
	struct dp_af_packet_tag tag;
	uint8_t buf[64], want[64];
	struct virtio_net_hdr hdr = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				     .hdr_len = 54,
				     .csum_start = 34,
				     .csum_offset = 16};

	CU_ASSERT_FALSE(dp_af_packet_tag_get(&aux, &tag));
	aux.tp_status = TP_STATUS_VLAN_VALID;
	CU_ASSERT(dp_af_packet_tag_get(&aux, &tag));
	CU_ASSERT_EQUAL(ntohs(tag.tpid), 0x8100);
	CU_ASSERT_EQUAL(ntohs(tag.tci), 0xa00a);
	aux.tp_status |= TP_STATUS_VLAN_TPID_VALID;
	CU_ASSERT(dp_af_packet_tag_get(&aux, &tag));
	CU_ASSERT_EQUAL(ntohs(tag.tpid), 0x88a8);
	/* a tag of VID 0 and PCP 0 is a tag */
	aux.tp_vlan_tci = 0;
	CU_ASSERT(dp_af_packet_tag_get(&aux, &tag));

	for (unsigned int i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)i;
	memcpy(want, buf + 4, 12);
	memcpy(want + 12, "\x81\x00\x20\x0a", 4);
	memcpy(want + 16, buf + 16, sizeof(buf) - 16);
	tag = (struct dp_af_packet_tag){htons(0x8100), htons(0x200a)};
	dp_af_packet_tag_put(buf, &tag, &hdr);
	CU_ASSERT_EQUAL(memcmp(buf, want, sizeof(buf)), 0);
	CU_ASSERT_EQUAL(hdr.csum_start, 38);
	CU_ASSERT_EQUAL(hdr.csum_offset, 16);
	CU_ASSERT_EQUAL(hdr.hdr_len, 58);
	/* an offset at the end of its range does not come round to a small one */
	hdr.csum_start = 65534;
	hdr.hdr_len = 65535;
	dp_af_packet_tag_put(buf, &tag, &hdr);
	CU_ASSERT_EQUAL(hdr.csum_start, 65535);
	CU_ASSERT_EQUAL(hdr.hdr_len, 65535);
	/* without a checksum to finish there is no offset */
	memset(&hdr, 0, sizeof(hdr));
	dp_af_packet_tag_put(buf, &tag, &hdr);
	CU_ASSERT_EQUAL(hdr.csum_start, 0);
	CU_ASSERT_EQUAL(hdr.hdr_len, 0);
}

static void check_bad(const struct hd_af_packet_object *o, const char *word)
{
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(dp_af_packet_validate(o, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
}

static void test_validate(void)
{
	struct hd_af_packet_object good = params("enp3s0"), o;
	struct hd_err err;

	CU_ASSERT_EQUAL(dp_af_packet_validate(&good, &err), 0);
	o = good;
	memset(o.netdev, 'x', sizeof(o.netdev));
	check_bad(&o, "device");
	o = good;
	o.netdev[0] = '\0';
	check_bad(&o, "device");
	o = good;
	o.netns[0] = '.';
	check_bad(&o, "namespace");
	o = good;
	o.offloads = 0x80;
	check_bad(&o, "offloads");
	o = good;
	o.zero[0] = 1;
	check_bad(&o, "zero");
	for (unsigned int i = 0; i < 10000; i++) {
		for (size_t b = 0; b < sizeof(o); b++)
			((uint8_t *)&o)[b] = (uint8_t)hd_random_u64();
		CU_ASSERT_EQUAL(dp_af_packet_validate(&o, &err), -EINVAL);
	}
}

static void vm_tap_bad(const struct hd_vm_tap_object *o, const char *word)
{
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(dp_vm_tap_validate(o, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
}

static void test_vm_tap(void)
{
	struct hd_vm_tap_object good = {.netdev = "vt0", .queues = 16, .mtu = 9600}, o;
	struct hd_err err;

	CU_ASSERT_EQUAL(dp_vm_tap_validate(&good, &err), 0);
	o = good, o.netdev[0] = '\0', vm_tap_bad(&o, "device");
	o = good, memset(o.netdev, 'x', sizeof(o.netdev)), vm_tap_bad(&o, "device");
	o = good, o.netns[0] = '/', vm_tap_bad(&o, "namespace");
	o = good, memset(o.owner, 'x', sizeof(o.owner)), vm_tap_bad(&o, "owner");
	o = good, o.owner[0] = ':', vm_tap_bad(&o, "owner");
	o = good, o.group[0] = '\n', vm_tap_bad(&o, "group");
	o = good, o.queues = 0, vm_tap_bad(&o, "queues");
	o = good, o.queues = 17, vm_tap_bad(&o, "queues");
	o = good, o.mtu = 67, vm_tap_bad(&o, "mtu");
	o = good, o.mtu = 9601, vm_tap_bad(&o, "mtu");
	o = good, o.mac[0] = 1, vm_tap_bad(&o, "mac-address");
	o = good, o.zero[5] = 1, vm_tap_bad(&o, "zero");
	for (unsigned int i = 0; i < 10000; i++) {
		for (size_t b = 0; b < sizeof(o); b++)
			((uint8_t *)&o)[b] = (uint8_t)hd_random_u64();
		CU_ASSERT_EQUAL(dp_vm_tap_validate(&o, &err), -EINVAL);
	}
}

UNIT_MAIN("af-packet, pure", {"validate", test_validate}, {"tags", test_tag_pure},
	  {"vm-tap", test_vm_tap});
