/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/af_packet/uso.h"

#include <errno.h>
#include <string.h>

#define UDP_LEN        4
#define IPV4_LENGTH    2
#define IPV4_ID        4
#define IPV4_CSUM      10
#define IPV6_LENGTH    4
#define IPV6_FIXED_LEN 40
#define UDP_HEADER     8

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

int dp_uso_init(struct dp_uso *u, const struct virtio_net_hdr *hdr, const uint8_t *head,
		uint32_t head_len, uint32_t pkt_len)
{
	if (hdr->gso_type != VIRTIO_NET_HDR_GSO_UDP_L4 || hdr->gso_size == 0 ||
	    dp_l4_walk(head, head_len, pkt_len, &u->l4) != 0 || u->l4.proto != DP_IPPROTO_UDP ||
	    u->l4.routed)
		return -EINVAL;
	u->l3_off = u->l4.l2_len;
	u->l4_off = dp_l4_offset(&u->l4);
	u->hdr_len = u->l4_off + UDP_HEADER;
	if (!(hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) || hdr->csum_start != u->l4_off ||
	    hdr->csum_offset != DP_UDP_CSUM_OFFSET || u->l4.l4_total <= UDP_HEADER)
		return -EINVAL;
	u->payload = u->l4.l4_total - UDP_HEADER;
	u->gso_size = hdr->gso_size;
	u->family = u->l4.family;
	u->segments = (u->payload + u->gso_size - 1) / u->gso_size;
	if (u->segments > DP_USO_SEGMENTS_MAX)
		return -EINVAL;
	memcpy(u->hdr, head, u->hdr_len);
	return 0;
}

void dp_uso_header(const struct dp_uso *u, uint32_t i, uint8_t *hdr)
{
	uint8_t *ip = hdr + u->l3_off, *udp = hdr + u->l4_off;
	uint32_t l4_total = UDP_HEADER + dp_uso_payload(u, i);
	uint32_t l3_len = u->l4_off - u->l3_off;
	struct dp_l4_layout l4 = u->l4;
	struct dp_csum sum = {0};
	uint16_t field;

	memcpy(hdr, u->hdr, u->hdr_len);
	put16(udp + UDP_LEN, l4_total);
	l4.l4_total = l4_total;
	field = dp_csum_fold(dp_csum_pseudo(hdr, &l4));
	memcpy(udp + DP_UDP_CSUM_OFFSET, &field, sizeof(field));
	if (u->family == 6) {
		put16(ip + IPV6_LENGTH, l3_len - IPV6_FIXED_LEN + l4_total);
		return;
	}
	put16(ip + IPV4_LENGTH, l3_len + l4_total);
	put16(ip + IPV4_ID, ((uint32_t)ip[IPV4_ID] << 8 | ip[IPV4_ID + 1]) + i);
	memset(ip + IPV4_CSUM, 0, 2);
	dp_csum_add(&sum, ip, l3_len);
	field = (uint16_t)~dp_csum_fold(sum.sum);
	memcpy(ip + IPV4_CSUM, &field, sizeof(field));
}
