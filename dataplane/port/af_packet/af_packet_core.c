/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pure functions: tags that the kernel keeps beside a frame; checks of the configuration objects.
 */
#include "dataplane/port/af_packet/af_packet.h"

#include <errno.h>
#include <string.h>

#include <arpa/inet.h>

bool dp_af_packet_tag_get(const struct tpacket_auxdata *aux, struct dp_af_packet_tag *tag)
{
	if (!(aux->tp_status & TP_STATUS_VLAN_VALID))
		return false;
	/* a kernel that does not tell the protocol has no other */
	tag->tpid =
		htons(aux->tp_status & TP_STATUS_VLAN_TPID_VALID ? aux->tp_vlan_tpid : HD_TPID_C);
	tag->tci = htons(aux->tp_vlan_tci);
	return true;
}

void dp_af_packet_tag_put(uint8_t *start, const struct dp_af_packet_tag *tag,
			  struct virtio_net_hdr *hdr)
{
	memmove(start, start + HD_VLAN_HLEN, 2 * HD_ETH_ALEN);
	memcpy(start + 2 * HD_ETH_ALEN, tag, sizeof(*tag));
	/* offsets that do not fit any more point beyond every frame, and are found to lie */
	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
		hdr->csum_start = RTE_MIN(hdr->csum_start + HD_VLAN_HLEN, UINT16_MAX);
	if (hdr->hdr_len != 0)
		hdr->hdr_len = RTE_MIN(hdr->hdr_len + HD_VLAN_HLEN, UINT16_MAX);
}

int dp_af_packet_validate(const void *params, struct hd_err *err)
{
	const struct hd_af_packet_object *o = params;
	static const uint8_t zero[sizeof(o->zero)];
	int ret;

	ret = dp_vnet_place_check(o->netdev, o->netns, err);
	if (ret == 0)
		ret = dp_vnet_offloads_check(o->offloads, err);
	if (ret == 0 && memcmp(o->zero, zero, sizeof(zero)) != 0)
		ret = hd_err_set(err, EINVAL, "bytes that must be zero are not");
	return ret;
}

int dp_vm_tap_validate(const void *params, struct hd_err *err)
{
	const struct hd_vm_tap_object *o = params;
	static const uint8_t zero[sizeof(o->zero)];
	int ret;

	ret = dp_vnet_place_check(o->netdev, o->netns, err);
	if (ret == 0)
		ret = dp_vnet_account_check(o->owner, "owner", err);
	if (ret == 0)
		ret = dp_vnet_account_check(o->group, "group", err);
	if (ret == 0)
		ret = dp_vnet_tap_check(o->mac, o->queues, HD_VM_TAP_QUEUES_MAX, o->mtu, err);
	if (ret == 0 && memcmp(o->zero, zero, sizeof(zero)) != 0)
		ret = hd_err_set(err, EINVAL, "bytes that must be zero are not");
	return ret;
}
