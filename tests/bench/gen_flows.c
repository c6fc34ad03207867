/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/bench/gen_flows.h"

#include <string.h>

#include <linux/virtio_net.h>

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static unsigned int ip_sum(const uint8_t *p, unsigned int len)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < len; i += 2)
		sum += (unsigned int)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

void gen_mac(unsigned int port, unsigned int index, uint8_t mac[6])
{
	mac[0] = 0x02;
	mac[1] = 0x48;
	mac[2] = 0x44;
	mac[3] = (uint8_t)port;
	put16(mac + 4, index);
}

/* The rest of a frame's headers is TCP's, and the header before it says how to cut it. */
static void make_super(struct gen_head *head, unsigned int size)
{
	const struct virtio_net_hdr hdr = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = 54,
		.gso_size = GEN_MSS,
		.csum_start = 34,
		.csum_offset = 16,
	};
	uint8_t pseudo[12] = {0};

	memcpy(head->vnet, &hdr, sizeof(hdr));
	head->frame[46] = 5 << 4; /* no options */
	head->frame[47] = 0x10;   /* ACK */
	memcpy(pseudo, head->frame + 26, 8);
	pseudo[9] = head->frame[23];
	put16(pseudo + 10, size - 34);
	put16(head->frame + 50, ~ip_sum(pseudo, sizeof(pseudo)) & 0xffff);
}

static void make(struct gen_head *head, unsigned int port, unsigned int src, unsigned int flow,
		 unsigned int dst, unsigned int size)
{
	uint8_t *f = head->frame;

	memset(head, 0, sizeof(*head));
	gen_mac(port ^ 1, dst, f);
	gen_mac(port, src, f + 6);
	put16(f + 12, 0x0800);
	f[14] = 0x45;
	put16(f + 16, size - 14);
	f[22] = 64;
	f[23] = size == GEN_SUPER ? 6 : 17;
	f[26] = 10;
	f[27] = (uint8_t)port;
	put16(f + 28, src + 1);
	f[30] = 10;
	f[31] = (uint8_t)(port ^ 1);
	put16(f + 32, dst + 1);
	put16(f + 24, ip_sum(f + 14, 20));
	put16(f + 34, 1024 + flow % 60000);
	put16(f + 36, 5001 + flow / 60000);
	if (size == GEN_SUPER)
		make_super(head, size);
	else
		put16(f + 38, size - 34);
}

void gen_flows(struct gen_head *heads, unsigned int flows, unsigned int macs, unsigned int port,
	       unsigned int size)
{
	for (unsigned int i = 0; i < flows; i++)
		make(&heads[i], port, i % macs, i, (i + i / macs) % macs, size);
}

void gen_announce(struct gen_head *head, unsigned int port, unsigned int index, bool reply)
{
	static const uint8_t request[] = {0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1};
	uint8_t *f = head->frame;

	memset(head, 0, sizeof(*head));
	memset(f, 0xff, 6);
	gen_mac(port, index, f + 6);
	memcpy(f + 12, request, sizeof(request));
	if (reply) {
		f[21] = 2;
		gen_mac(port ^ 1, 0, f + 32); /* the gateway's */
	}
	memcpy(f + 22, f + 6, 6);
	f[28] = f[38] = 10;
	f[29] = f[39] = (uint8_t)port;
	put16(f + 30, index + 1);
	put16(f + 40, GEN_GATEWAY);
}
