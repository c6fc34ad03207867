/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "dataplane/core/offload_tso.h"

#define IPV4_LENGTH 2
#define IPV4_ID     4
#define IPV4_CSUM   10
#define IPV6_LENGTH 4
#define IPV6_LEN    40
#define TCP_SEQ     4
#define TCP_FLAGS   13

#define TCP_FIN 0x01
#define TCP_PSH 0x08
#define TCP_CWR 0x80

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

/* The value of a 16-bit field as a word of a sum. */
static uint64_t word(uint32_t v)
{
	uint8_t b[2];
	uint16_t w;

	put16(b, v);
	memcpy(&w, b, 2);
	return w;
}

static uint64_t read_word(const uint8_t *p)
{
	uint16_t w;

	memcpy(&w, p, 2);
	return w;
}

static void put_sum(uint8_t *p, uint16_t sum)
{
	memcpy(p, &sum, 2);
}

void dp_tso_init(struct dp_tso *t, const uint8_t *head, const struct dp_l4_layout *l4,
		 uint16_t gso_size)
{
	const uint8_t *ip = head + l4->l2_len, *tcp = head + dp_l4_offset(l4);
	struct dp_csum sum = {0};

	t->l3_off = l4->l2_len;
	t->l4_off = dp_l4_offset(l4);
	t->hdr_len = t->l4_off + l4->l4_len;
	t->payload = l4->l4_total - l4->l4_len;
	t->gso_size = gso_size;
	t->segments = t->payload ? (t->payload + gso_size - 1) / gso_size : 1;
	t->family = l4->family;
	t->seq = be32(tcp + TCP_SEQ);
	t->flags = tcp[TCP_FLAGS];
	memcpy(t->hdr, head, t->hdr_len);

	/* one's complement: adding the complement takes the length away again */
	t->pseudo = read_word(tcp + DP_TCP_CSUM_OFFSET) + (UINT16_MAX ^ word(l4->l4_total));

	dp_csum_add(&sum, tcp, TCP_SEQ);
	dp_csum_add(&sum, tcp + TCP_SEQ + 4, DP_TCP_CSUM_OFFSET - TCP_SEQ - 4);
	dp_csum_add(&sum, tcp + DP_TCP_CSUM_OFFSET + 2, l4->l4_len - DP_TCP_CSUM_OFFSET - 2u);
	t->tcp_sum = sum.sum + (UINT16_MAX ^ word(t->flags));

	t->ip_sum = 0;
	t->id = 0;
	if (t->family == 4) {
		memset(&sum, 0, sizeof(sum));
		dp_csum_add(&sum, ip, IPV4_LENGTH);
		dp_csum_add(&sum, ip + IPV4_ID + 2, IPV4_CSUM - IPV4_ID - 2);
		dp_csum_add(&sum, ip + IPV4_CSUM + 2, l4->l3_len - IPV4_CSUM - 2u);
		t->ip_sum = sum.sum;
		t->id = be16(ip + IPV4_ID);
	}
}

static void ip_header(const struct dp_tso *t, uint32_t i, uint32_t l4_total, uint8_t *ip)
{
	uint32_t l3_len = t->l4_off - t->l3_off;
	uint16_t id = (uint16_t)(t->id + i);

	if (t->family == 6) {
		put16(ip + IPV6_LENGTH, l3_len - IPV6_LEN + l4_total);
		return;
	}
	put16(ip + IPV4_LENGTH, l3_len + l4_total);
	put16(ip + IPV4_ID, id);
	put_sum(ip + IPV4_CSUM,
		(uint16_t)~dp_csum_fold(t->ip_sum + word(l3_len + l4_total) + word(id)));
}

void dp_tso_header(const struct dp_tso *t, uint32_t i, const struct dp_csum *payload, uint8_t *hdr)
{
	uint32_t l4_total = t->hdr_len - t->l4_off + dp_tso_payload(t, i);
	uint32_t seq = t->seq + i * t->gso_size;
	uint64_t sum = t->pseudo + word(l4_total);
	uint8_t flags = t->flags, *tcp = hdr + t->l4_off;

	if (i > 0)
		flags &= (uint8_t)~TCP_CWR;
	if (i + 1 < t->segments)
		flags &= (uint8_t) ~(TCP_FIN | TCP_PSH);

	memcpy(hdr, t->hdr, t->hdr_len);
	ip_header(t, i, l4_total, hdr + t->l3_off);
	put32(tcp + TCP_SEQ, seq);
	tcp[TCP_FLAGS] = flags;
	if (!payload) {
		put_sum(tcp + DP_TCP_CSUM_OFFSET, dp_csum_fold(sum));
		return;
	}
	sum += t->tcp_sum + word(seq >> 16) + word(seq & UINT16_MAX) + word(flags) + payload->sum;
	put_sum(tcp + DP_TCP_CSUM_OFFSET, (uint16_t)~dp_csum_fold(sum));
}
