/* SPDX-License-Identifier: BSD-3-Clause */
/* Offloads both ways, headers that lie, several queues, signals. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_ip.h>
#include <rte_tcp.h>

#include "heddle/base/clock.h"
#include "heddle/base/random.h"
#include "dataplane/core/meta.h"
#include "dataplane/port/vhost_user/vhost_user_test.h"
#include "tests/unit/unit.h"

static uint8_t frame[66000], back[70000];
static struct dp_port *port;
static struct vf_dev guest;
static struct vf_config conf;
static char path[108];

static void attach(uint16_t queues, uint64_t features, uint32_t buf_size)
{
	struct hd_vhost_user_object o = vt_object("io.sock", false, queues);

	port = vt_port(&o);
	conf = vt_guest(&o, path);
	conf.features = features | (queues > 1 ? 1ull << VIRTIO_NET_F_MQ : 0);
	conf.buf_size = buf_size;
	guest.listener = -1;
	vt_attach(port, &guest, &conf);
}

static void detach(void)
{
	vf_close(&guest);
	CU_ASSERT_TRUE(vt_wait(port, false));
	fixture_port_free(port);
	vt_no_leak();
}

static struct virtio_net_hdr_v1 header(int version, uint32_t len, uint16_t gso)
{
	uint16_t l3 = version == 4 ? 20 : 40;
	struct virtio_net_hdr_v1 h = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 14 + l3, .csum_offset = 16};

	if (len > 1514) {
		h.gso_type = version == 4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;
		h.gso_size = gso;
		h.hdr_len = 14 + l3 + 20;
	}
	return h;
}

/* From the guest to the switch and back: every byte and every field of the header as it was. */
static void cross(int version, uint32_t payload, uint16_t seg)
{
	uint32_t len = vt_tcp(frame, version, payload);
	struct virtio_net_hdr_v1 h = header(version, len, 1448), got;
	struct rte_mbuf *m;
	struct dp_meta *meta;

	CU_ASSERT_EQUAL_FATAL(vf_send(&guest, 0, &h, frame, len), 0);
	m = vt_rx(port, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	meta = dp_meta(m);
	CU_ASSERT_EQUAL(m->pkt_len, len);
	CU_ASSERT_TRUE(m->data_len >= 256 || m->data_len == len);
	CU_ASSERT_EQUAL(meta->flags & DP_META_TSO,
			len <= 1514 ? 0 : (version == 4 ? DP_META_TSO4 : DP_META_TSO6));
	CU_ASSERT_TRUE(meta->flags & DP_META_CSUM);
	CU_ASSERT_EQUAL(meta->l2_len, 14);
	CU_ASSERT_EQUAL(meta->l3_len, version == 4 ? 20 : 40);
	CU_ASSERT_EQUAL(meta->gso_size, len <= 1514 ? 0 : 1448);
	if (seg) { /* as it comes from elsewhere: a chain */
		struct rte_mbuf *chain = vt_mbuf(rte_pktmbuf_read(m, 0, len, back), len, seg);

		*dp_meta(chain) = *meta;
		rte_pktmbuf_free(m);
		m = chain;
	}
	CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &m, 1), 1);
	CU_ASSERT_EQUAL(vf_recv(&guest, 0, &got, back, sizeof(back)), (int)len);
	CU_ASSERT_EQUAL(memcmp(back, frame, len), 0);
	CU_ASSERT_EQUAL(got.flags, h.flags);
	CU_ASSERT_EQUAL(got.gso_type, h.gso_type);
	CU_ASSERT_EQUAL(got.gso_size, h.gso_size);
	CU_ASSERT_EQUAL(got.csum_start, h.csum_start);
	CU_ASSERT_EQUAL(got.csum_offset, h.csum_offset);
	if (len > 1514)
		CU_ASSERT_EQUAL(got.hdr_len, h.hdr_len);
}

static void test_offload(void)
{
	static const uint32_t payload[] = {0, 1, 100, 1400, 1461, 4000, 20000, 65160};

	attach(1, VT_ALL, 66000);
	for (unsigned int i = 0; i < sizeof(payload) / sizeof(payload[0]); i++)
		for (int version = 4; version <= 6; version += 2)
			for (unsigned int seg = 0; seg <= 2048; seg += 256)
				cross(version, payload[i], (uint16_t)seg);
	detach();
}

/* The other copies of a packet that several ports got must not notice what one guest needs. */
static void test_shared(void)
{
	struct rte_mbuf *m, *copy;
	uint32_t len = vt_tcp(frame, 4, 30000);

	attach(1, VT_ALL, 66000);
	for (unsigned int seg = 1024; seg <= 2048; seg += 1024) {
		m = vt_mbuf(frame, len, (uint16_t)seg);
		*dp_meta(m) = (struct dp_meta){.flags = DP_META_CSUM | DP_META_TSO4,
					       .l2_len = 14,
					       .l3_len = 20,
					       .l4_len = 20,
					       .csum_offset = 16,
					       .gso_size = 1448};
		rte_pktmbuf_refcnt_update(m, 1);
		copy = m;
		CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &m, 1), 1);
		CU_ASSERT_EQUAL(vf_recv(&guest, 0, NULL, back, sizeof(back)), (int)len);
		CU_ASSERT_EQUAL(memcmp(back, frame, len), 0);
		CU_ASSERT_EQUAL(rte_mbuf_refcnt_read(copy), 1);
		CU_ASSERT_EQUAL(copy->pkt_len, len);
		CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(copy, 0, len, back), frame, len), 0);
		/* now completed elsewhere, it must not be sent as one that is not */
		dp_meta(copy)->flags = 0;
		CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &copy, 1), 1);
		{
			struct virtio_net_hdr_v1 h;

			CU_ASSERT_EQUAL(vf_recv(&guest, 0, &h, back, sizeof(back)), (int)len);
			CU_ASSERT_EQUAL(h.flags, 0);
			CU_ASSERT_EQUAL(h.gso_type, 0);
		}
	}
	detach();
}

/* Without MRG_RXBUF and offloads: what a small guest has. And super-frames in small buffers. */
static void test_buffers(void)
{
	struct virtio_net_hdr_v1 h;
	struct rte_mbuf *m;
	uint32_t len = vt_tcp(frame, 6, 60000);

	attach(1, VF_FEATURES_PLAIN, 2048);
	CU_ASSERT_EQUAL(atomic_load(&port->caps), 0);
	CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, 1000), 0);
	m = vt_rx(port, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	rte_pktmbuf_free(m);
	detach();
	attach(1, VT_ALL, 1600);
	m = vt_mbuf(frame, len, 2048);
	*dp_meta(m) = (struct dp_meta){.flags = DP_META_CSUM | DP_META_TSO6,
				       .l2_len = 14,
				       .l3_len = 40,
				       .l4_len = 20,
				       .csum_offset = 16,
				       .gso_size = 1400};
	CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &m, 1), 1);
	CU_ASSERT_EQUAL(vf_recv(&guest, 0, &h, back, sizeof(back)), (int)len);
	CU_ASSERT_TRUE(h.num_buffers > 30);
	CU_ASSERT_EQUAL(h.gso_size, 1400);
	CU_ASSERT_EQUAL(memcmp(back, frame, len), 0);
	detach();
}

/* A packet in @pieces pieces of the guest's memory. Returns whether a part of it is lent. */
static bool cross_in_pieces(uint16_t pieces)
{
	uint32_t len = vt_tcp(frame, 4, 50000), total = len + VF_HDR_LEN, at = 0;
	uint32_t part = (total + pieces - 1) / pieces;
	struct virtio_net_hdr_v1 h = header(4, len, 1448);
	struct vf_ring *r = vf_tx(&guest, 0);
	struct rte_mbuf *m;
	bool lent = false;

	memcpy(back, &h, sizeof(h));
	memcpy(back + sizeof(h), frame, len);
	for (uint16_t i = 0; i < pieces; i++, at += part) {
		uint32_t here = RTE_MIN(part, total - at);

		memcpy(vf_buf(r, i), back + at, here);
		r->desc[i].len = here;
		r->desc[i].flags = i + 1 < pieces ? VRING_DESC_F_NEXT : 0;
		r->desc[i].next = i + 1;
	}
	r->avail->ring[r->next & r->mask] = 0;
	vf_post(r, 1);
	m = vt_rx(port, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->pkt_len, len);
	CU_ASSERT(m->data_len >= 256);
	CU_ASSERT_EQUAL(dp_meta(m)->flags & DP_META_TSO, DP_META_TSO4);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, len, back), frame, len), 0);
	for (const struct rte_mbuf *seg = m; seg; seg = seg->next)
		lent |= RTE_MBUF_HAS_EXTBUF(seg);
	rte_pktmbuf_free(m);
	return lent;
}

/* As many pieces as are lent, and more, which are copied. */
static void test_pieces(void)
{
	attach(1, VT_ALL, 8192);
	CU_ASSERT_TRUE(cross_in_pieces(10));
	CU_ASSERT_TRUE(cross_in_pieces(64));
	CU_ASSERT_FALSE(cross_in_pieces(70));
	CU_ASSERT_FALSE(cross_in_pieces(200));
	detach();
}

static uint64_t dropped(void)
{
	return fixture_drops(port, "bad_offload") + fixture_drops(port, "rx_truncated");
}

/* Headers at random on packets at random: each comes in as what it is, or is dropped and counted. */
static void test_hostile(void)
{
	unsigned int sent = 0, good = 0;
	uint64_t before = fixture.stats.rx;

	attach(1, VT_ALL, 66000);
	for (int round = 0; round < 20000; round++) {
		uint64_t r = hd_random_u64();
		uint32_t len =
			vt_tcp(frame, r & 1 ? 4 : 6, (uint32_t)(r >> 8) % (r & 2 ? 60000 : 1400));
		struct virtio_net_hdr_v1 h = header(r & 1 ? 4 : 6, len, 1448);
		struct rte_mbuf *m[DP_BURST];
		uint16_t n;

		for (unsigned int k = 0; k < (r >> 40 & 3); k++) {
			uint64_t x = hd_random_u64();

			((uint8_t *)&h)[x % 10] = (uint8_t)(x >> 8);
			frame[(x >> 16) % 74] = (uint8_t)(x >> 32);
		}
		if ((r >> 44 & 15) == 0)
			len = (uint32_t)(r >> 48) % 80 + 1;
		sent += vf_send(&guest, 0, &h, frame, len) == 0;
		n = port->ops->rx_burst(vt_worker, port, 0, m, DP_BURST);
		good += n;
		for (uint16_t i = 0; i < n; i++) {
			const struct dp_meta *meta = dp_meta(m[i]);

			CU_ASSERT_TRUE(m[i]->pkt_len >= 14);
			CU_ASSERT_TRUE(!meta->flags || meta->l2_len + meta->l3_len + meta->l4_len <=
							       (int)m[i]->pkt_len);
			CU_ASSERT_TRUE(!(meta->flags & DP_META_TSO) || meta->gso_size > 0);
			if (port->ops->tx_burst(vt_worker, port, 0, &m[i], 1) != 1)
				rte_pktmbuf_free(m[i]);
			vf_rx_done(vf_rx(&guest, 0), vf_rx_count(vf_rx(&guest, 0)));
		}
	}
	while (good + dropped() < sent) {
		struct rte_mbuf *m = vt_rx(port, 0);

		if (!m)
			break; /* the library threw some away itself: chains shorter than a header */
		rte_pktmbuf_free(m);
		good++;
	}
	CU_ASSERT_EQUAL(good + dropped(), sent);
	CU_ASSERT_TRUE(fixture_drops(port, "bad_offload") > 100);
	CU_ASSERT_TRUE(fixture_drops(port, "rx_truncated") > 50);
	CU_ASSERT_TRUE(good > 5000);
	CU_ASSERT_EQUAL(fixture.stats.rx - before,
			dropped()); /* good ones are the caller's to count */
	CU_ASSERT_TRUE(atomic_load(&port->up));
	detach();
}

/* Rings whose content is random: whatever comes of it, nothing of ours breaks, and a new guest works. */
static void test_rubbish(void)
{
	for (int round = 0; round < 20; round++) {
		struct vf_ring *r;

		attach(1, VT_ALL, 2048);
		r = vf_tx(&guest, 0);
		for (unsigned int i = 0; i < r->size; i++) {
			r->desc[i].addr ^= hd_random_u64() >> (hd_random_u64() & 63);
			r->desc[i].len = (uint32_t)hd_random_u64() >> (hd_random_u64() & 31);
			r->desc[i].flags = (uint16_t)hd_random_u64() & 7;
			r->desc[i].next = (uint16_t)hd_random_u64();
			r->avail->ring[i] = (uint16_t)hd_random_u64();
		}
		vf_post(r, (uint16_t)(hd_random_u64() % 70000));
		for (int i = 0; i < 50; i++) {
			struct rte_mbuf *m[DP_BURST];
			uint16_t n = port->ops->rx_burst(vt_worker, port, 0, m, DP_BURST);
			uint16_t sent = port->ops->tx_burst(vt_worker, port, 0, m, n);

			rte_pktmbuf_free_bulk(m + sent, n - sent);
		}
		detach();
	}
}

static void test_multiqueue(void)
{
	struct rte_mbuf *m;

	attach(4, VT_ALL, 2048);
	CU_ASSERT_EQUAL(guest.pairs, 4);
	CU_ASSERT_EQUAL(atomic_load(&port->rx_queues), 4);
	CU_ASSERT_EQUAL(atomic_load(&port->tx_queues), 4);
	for (unsigned int q = 0; q < 4; q++) {
		memset(frame, (int)q + 1, 100);
		CU_ASSERT_EQUAL(vf_send(&guest, q, NULL, frame, 100), 0);
		m = vt_rx(port, (uint16_t)q);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(*rte_pktmbuf_mtod(m, uint8_t *), q + 1);
		CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, (uint16_t)q, &m, 1), 1);
		CU_ASSERT_EQUAL(vf_recv(&guest, q, NULL, back, sizeof(back)), 100);
	}
	/* the guest gives two pairs up */
	for (unsigned int i = 4; i < 8; i++)
		CU_ASSERT_EQUAL(vf_enable(&guest, i, false), 0);
	CU_ASSERT_EQUAL(atomic_load(&port->tx_queues), 2);
	CU_ASSERT_EQUAL(atomic_load(&port->rx_queues), 2);
	CU_ASSERT_EQUAL(vf_enable(&guest, 4, true), 0);
	CU_ASSERT_EQUAL(vf_enable(&guest, 5, true), 0);
	CU_ASSERT_EQUAL(atomic_load(&port->tx_queues), 3);
	detach();
}

/* More rings than the port has queues: they take turns. */
static void test_many_rings(void)
{
	attach(2, VT_ALL, 2048);
	vf_disconnect(&guest);
	CU_ASSERT_TRUE(vt_wait(port, false));
	conf.pairs = 5;
	vt_attach(port, &guest, &conf);
	CU_ASSERT_EQUAL(guest.pairs, 5);
	CU_ASSERT_EQUAL(atomic_load(&port->rx_queues), 2);
	for (unsigned int q = 0; q < 5; q++) {
		struct rte_mbuf *m;

		CU_ASSERT_EQUAL(vf_send(&guest, q, NULL, frame, 100 + q), 0);
		m = vt_rx(port, q % 2);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(m->pkt_len, 100 + q);
		rte_pktmbuf_free(m);
	}
	detach();
}

static void test_rarp(void)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 0x55};
	struct rte_mbuf *m;

	attach(1, VT_ALL, 2048);
	CU_ASSERT_EQUAL(vf_send_rarp(&guest, mac), 0);
	m = vt_rx(port, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod_offset(m, uint8_t *, 6), mac, 6), 0);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod_offset(m, uint8_t *, 12), "\x80\x35", 2), 0);
	CU_ASSERT_EQUAL(dp_meta(m)->flags, 0);
	rte_pktmbuf_free(m);
	detach();
}

/* Armed, a frame is signalled; not armed, the guest does not even try. */
static void test_signals(void)
{
	struct pollfd pfd = {.events = POLLIN};
	struct rte_mbuf *m;
	uint64_t kicks;

	attach(1, VT_ALL, 2048);
	rte_pktmbuf_free(port->ops->rx_burst(vt_worker, port, 0, &m, 1) ? m : NULL);
	for (int i = 0; i < 10; i++) {
		pfd.fd = port->ops->event_fd(port, 0, true);
		CU_ASSERT_TRUE_FATAL(pfd.fd >= 0);
		CU_ASSERT_EQUAL(poll(&pfd, 1, 0), 0);
		CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, 100), 0);
		CU_ASSERT_EQUAL(poll(&pfd, 1, 1000), 1);
		port->ops->event_fd(port, 0, false);
		CU_ASSERT_EQUAL(poll(&pfd, 1, 0), 0);
		m = vt_rx(port, 0);
		CU_ASSERT_PTR_NOT_NULL(m);
		rte_pktmbuf_free(m);
		kicks = vf_tx(&guest, 0)->kicks;
		CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, 100), 0);
		CU_ASSERT_EQUAL(vf_tx(&guest, 0)->kicks, kicks);
		m = vt_rx(port, 0);
		CU_ASSERT_PTR_NOT_NULL(m);
		rte_pktmbuf_free(m);
	}
	detach();
}

/* A ring that is full takes what it can; the rest stays the caller's. */
static void test_full(void)
{
	struct rte_mbuf *m[300];
	uint16_t sent = 0;

	attach(1, VT_ALL, 2048);
	for (unsigned int i = 0; i < 300; i++)
		m[i] = vt_mbuf(frame, 64 + i, 2048);
	for (unsigned int i = 0; i < 300; i += 60)
		sent += port->ops->tx_burst(vt_worker, port, 0, m + i, 60);
	CU_ASSERT_EQUAL(sent, 256);
	rte_pktmbuf_free_bulk(m + 256, 44);
	for (unsigned int i = 0; i < 256; i++)
		CU_ASSERT_EQUAL(vf_recv(&guest, 0, NULL, back, sizeof(back)), (int)(64 + i));
	detach();
}

static int setup(void)
{
	hd_random_fix(11);
	return vt_setup();
}

UNIT_MAIN_SETUP("vhost_user_io", setup, {"offload", test_offload}, {"shared", test_shared},
		{"buffers", test_buffers}, {"pieces", test_pieces}, {"hostile", test_hostile},
		{"rubbish", test_rubbish}, {"multiqueue", test_multiqueue},
		{"many rings", test_many_rings}, {"rarp", test_rarp}, {"signals", test_signals},
		{"full", test_full});
