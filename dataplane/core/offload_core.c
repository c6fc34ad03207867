/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "dataplane/core/offload_core.h"

#define IPV4_MIN     20
#define IPV4_FRAG    0x3fff /* more fragments, and the offset */
#define IPV6_LEN     40
#define TCP_MIN      20
#define UDP_LEN      8
#define TAGS_MAX     2
#define EXT_HOP      0
#define EXT_ROUTING  43
#define EXT_FRAGMENT 44
#define EXT_DEST     60

/* A window on the packet: what can be read, and what there is. */
struct view {
	const uint8_t *p;
	uint32_t readable;
	uint32_t len;
};

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* Are the first @end bytes there (-EINVAL) and readable (-ENOENT)? */
static int view_need(const struct view *v, uint32_t end)
{
	if (end > v->len)
		return -EINVAL;
	return end > v->readable ? -ENOENT : 0;
}

static int walk_ipv4(const struct view *v, struct dp_l4_layout *l)
{
	const uint8_t *ip = v->p + l->l2_len;
	uint32_t total, hlen;
	int ret = view_need(v, l->l2_len + IPV4_MIN);

	if (ret)
		return ret;
	hlen = (ip[0] & 15) * 4;
	total = be16(ip + 2);
	if (ip[0] >> 4 != 4 || hlen < IPV4_MIN || total < hlen || total > v->len - l->l2_len)
		return -EINVAL;
	if (be16(ip + 6) & IPV4_FRAG)
		return -ENOENT;
	l->family = 4;
	l->proto = ip[9];
	l->l3_len = (uint16_t)hlen;
	l->l4_total = total - hlen;
	return 0;
}

static int walk_ipv6(const struct view *v, struct dp_l4_layout *l)
{
	const uint8_t *ip = v->p + l->l2_len;
	uint32_t off = IPV6_LEN, total;
	uint8_t next;
	int ret = view_need(v, l->l2_len + IPV6_LEN);

	if (ret)
		return ret;
	total = IPV6_LEN + be16(ip + 4);
	next = ip[6];
	if (ip[0] >> 4 != 6 || total > v->len - l->l2_len)
		return -EINVAL;
	if (total == IPV6_LEN && next == EXT_HOP)
		return -ENOENT; /* a jumbogram */
	while (next == EXT_HOP || next == EXT_ROUTING || next == EXT_DEST) {
		if (off + 8 > total)
			return -EINVAL;
		ret = view_need(v, l->l2_len + off + 8);
		if (ret)
			return ret;
		if (next == EXT_ROUTING)
			l->routed = true;
		next = ip[off];
		off += 8 + ip[off + 1] * 8u;
		if (off > total)
			return -EINVAL;
	}
	if (next == EXT_FRAGMENT)
		return -ENOENT;
	l->family = 6;
	l->proto = next;
	l->l3_len = (uint16_t)off;
	l->l4_total = total - off;
	return 0;
}

static int walk_l4(const struct view *v, struct dp_l4_layout *l)
{
	uint32_t off = dp_l4_offset(l);
	uint32_t least = l->proto == DP_IPPROTO_TCP ? TCP_MIN : UDP_LEN;
	int ret;

	if (l->proto != DP_IPPROTO_TCP && l->proto != DP_IPPROTO_UDP)
		return -ENOENT;
	if (l->l4_total < least)
		return -EINVAL;
	ret = view_need(v, off + least);
	if (ret)
		return ret;
	l->l4_len = UDP_LEN;
	if (l->proto == DP_IPPROTO_UDP)
		return 0;
	l->l4_len = (uint8_t)((v->p[off + 12] >> 4) * 4);
	if (l->l4_len < TCP_MIN || l->l4_len > l->l4_total)
		return -EINVAL;
	return view_need(v, off + l->l4_len);
}

int dp_l4_walk(const uint8_t *head, uint32_t head_len, uint32_t pkt_len, struct dp_l4_layout *out)
{
	const struct view v = {head, head_len, pkt_len};
	uint32_t type_at = HD_ETH_HLEN - 2;
	uint16_t type;
	int ret;

	memset(out, 0, sizeof(*out));
	for (int tags = 0;; tags++) {
		ret = view_need(&v, type_at + 2);
		if (ret)
			return ret;
		type = be16(head + type_at);
		if (type != HD_TPID_C && type != HD_TPID_S)
			break;
		if (tags == TAGS_MAX)
			return -ENOENT;
		type_at += HD_VLAN_HLEN;
	}
	out->l2_len = (uint8_t)(type_at + 2);
	if (type == HD_ETYPE_IPV4)
		ret = walk_ipv4(&v, out);
	else if (type == HD_ETYPE_IPV6)
		ret = walk_ipv6(&v, out);
	else
		ret = -ENOENT;
	return ret ? ret : walk_l4(&v, out);
}

/* The header asks for a checksum only. @walked is what dp_l4_walk() said. */
static int check_csum(const struct virtio_net_hdr *hdr, int walked, uint32_t pkt_len,
		      struct dp_offload_plan *plan)
{
	const struct dp_l4_layout *l = &plan->l4;
	uint16_t right = l->proto == DP_IPPROTO_TCP ? DP_TCP_CSUM_OFFSET : DP_UDP_CSUM_OFFSET;

	plan->csum_start = hdr->csum_start;
	plan->csum_offset = hdr->csum_offset;
	plan->csum_end = pkt_len;
	if (walked == -ENOENT) {
		plan->complete = true;
		return 0;
	}
	/* a tunnel over UDP leaves the checksum of the packet inside to us */
	if (l->proto == DP_IPPROTO_UDP && hdr->csum_start >= dp_l4_offset(l) + UDP_LEN) {
		plan->complete = true;
		return 0;
	}
	if (hdr->csum_start != dp_l4_offset(l) || hdr->csum_offset != right)
		return -EINVAL;
	plan->csum_end = hdr->csum_start + l->l4_total;
	plan->seed = !l->routed;
	if (dp_l4_offset(l) + l->l4_len > DP_OFFLOAD_DIRECT)
		plan->complete = true;
	else
		plan->csum = true;
	return 0;
}

static int check_gso(const struct virtio_net_hdr *hdr, int walked, struct dp_offload_plan *plan)
{
	const struct dp_l4_layout *l = &plan->l4;
	uint8_t family;

	switch (hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_TCPV4: family = 4; break;
	case VIRTIO_NET_HDR_GSO_TCPV6: family = 6; break;
	default: return -EINVAL;
	}
	if (walked || l->family != family || l->proto != DP_IPPROTO_TCP || !hdr->gso_size)
		return -EINVAL;
	if (!(hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)) {
		/*
		 * A device that merged what it received (LRO) says so: the checksum that it left is
		 * of no use to the parts.
		 */
		if (l->routed || dp_l4_offset(l) + l->l4_len > DP_OFFLOAD_DIRECT)
			return -EINVAL;
	} else if (hdr->csum_start != dp_l4_offset(l) || hdr->csum_offset != DP_TCP_CSUM_OFFSET) {
		return -EINVAL;
	}
	plan->seed = !l->routed;
	plan->csum = true;
	plan->csum_offset = DP_TCP_CSUM_OFFSET;
	plan->gso_size = hdr->gso_size;
	plan->tso = l->l4_total - l->l4_len > hdr->gso_size;
	return 0;
}

int dp_offload_check(const struct virtio_net_hdr *hdr, const uint8_t *head, uint32_t head_len,
		     uint32_t pkt_len, struct dp_offload_plan *plan)
{
	bool csum = hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
	bool gso = hdr->gso_type != VIRTIO_NET_HDR_GSO_NONE;
	int walked, ret;

	memset(plan, 0, sizeof(*plan));
	if (hdr->hdr_len > pkt_len)
		return -EINVAL;
	if (!csum && !gso)
		return 0;
	if (csum && (hdr->csum_start < HD_ETH_HLEN ||
		     (uint32_t)hdr->csum_start + hdr->csum_offset + 2 > pkt_len))
		return -EINVAL;
	walked = dp_l4_walk(head, head_len, pkt_len, &plan->l4);
	if (walked == -EINVAL)
		return -EINVAL;
	if (!gso)
		return check_csum(hdr, walked, pkt_len, plan);
	ret = check_gso(hdr, walked, plan);
	if (ret || plan->tso || dp_l4_offset(&plan->l4) + plan->l4.l4_len <= DP_OFFLOAD_DIRECT)
		return ret;
	/* one segment only, and its checksum is out of reach of the path */
	plan->csum = false;
	plan->complete = true;
	plan->csum_start = dp_l4_offset(&plan->l4);
	plan->csum_end = plan->csum_start + plan->l4.l4_total;
	return 0;
}

/* Sum of @len bytes at an even place, in 64 bits: cannot overflow below 16 GB. */
static uint64_t sum_bytes(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;
	uint16_t last = 0;
	uint32_t w;

	for (size_t n = len / 4; n; n--, p += 4) {
		memcpy(&w, p, 4);
		sum += w;
	}
	if (len & 2) {
		memcpy(&last, p, 2);
		sum += last;
		p += 2;
		last = 0;
	}
	if (len & 1) {
		memcpy(&last, p, 1);
		sum += last;
	}
	return sum;
}

uint16_t dp_csum_fold(uint64_t sum)
{
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)sum;
}

void dp_csum_add(struct dp_csum *c, const void *data, size_t len)
{
	uint16_t sum = dp_csum_fold(sum_bytes(data, len));

	/* in a piece that starts at an odd place all words are the other way round */
	c->sum += c->odd ? __builtin_bswap16(sum) : sum;
	c->odd ^= len & 1;
}

uint64_t dp_csum_pseudo(const uint8_t *head, const struct dp_l4_layout *l)
{
	const uint8_t *ip = head + l->l2_len;
	const uint8_t tail[4] = {0, l->proto, (uint8_t)(l->l4_total >> 8), (uint8_t)l->l4_total};
	uint64_t sum = sum_bytes(tail, sizeof(tail));

	if (l->family == 4)
		return sum + sum_bytes(ip + 12, 8);
	return sum + sum_bytes(ip + 8, 32);
}
