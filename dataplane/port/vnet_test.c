/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "heddle/base/random.h"
#include "dataplane/core/meta.h"
#include "dataplane/port/port_fixture.h"
#include "dataplane/port/vnet.h"
#include "tests/unit/unit.h"

#define FRAMES 255
#define BIG    31

static struct dp_worker *w = &fixture.worker;
static struct dp_port *port;
static uint8_t pattern[70000];
static uint8_t flat[70000];

/* A kind that only lends its port. */
static const struct dp_port_ops lender = {.name = "lender"};

RTE_INIT(lender_register)
{
	dp_port_kind_register(&lender);
}

static int setup(void)
{
	hd_random_fix(1);
	if (fixture_init(FRAMES, BIG, 0) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)hd_random_u64();
	port = fixture_port("lender", "p", "", 1, 1500);
	return 0;
}

static void check_no_leak(void)
{
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->pool), FRAMES);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->big_pool), BIG);
}

static uint64_t rx_extra(void)
{
	return fixture.port_stats[port->id].rx_packets;
}

/* As the kernel would: the header, then the frame, over the I/O vector. Returns the bytes. */
static uint32_t scatter(struct dp_vnet_buf *buf, const struct virtio_net_hdr *hdr,
			const uint8_t *frame, uint32_t len)
{
	uint32_t at = 0;

	memset(buf->iov[0].iov_base, 0, buf->iov[0].iov_len);
	memcpy(buf->iov[0].iov_base, hdr, sizeof(*hdr));
	for (unsigned int i = 1; i < buf->n_iov && at < len; i++) {
		uint32_t part = RTE_MIN(len - at, (uint32_t)buf->iov[i].iov_len);

		memcpy(buf->iov[i].iov_base, frame + at, part);
		at += part;
	}
	return at;
}

static void test_layout(void)
{
	struct dp_vnet_buf buf;

	dp_vnet_buf_init(&buf, DP_VNET_HLEN_TAP);
	CU_ASSERT_EQUAL(dp_vnet_buf_fill(w, &buf), 0);
	CU_ASSERT_EQUAL(buf.n_iov, 4);
	CU_ASSERT_EQUAL(buf.iov[0].iov_len, 12);
	CU_ASSERT_PTR_EQUAL(buf.iov[0].iov_base, &buf.hdr);
	CU_ASSERT_EQUAL(buf.iov[1].iov_len, DP_FRAME_ROOM);
	CU_ASSERT_EQUAL(buf.iov[2].iov_len, DP_BIG_ROOM);
	CU_ASSERT_EQUAL(buf.iov[3].iov_len, DP_BIG_ROOM);
	CU_ASSERT_EQUAL(buf.room, DP_FRAME_ROOM + 2 * DP_BIG_ROOM);
	/* so that a read that fills the buffer was cut for certain */
	CU_ASSERT(buf.room > DP_VNET_FRAME_MAX);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->pool), FRAMES - 1);
	dp_vnet_buf_drain(&buf);
	check_no_leak();
}

/* One frame through a buffer: its bytes, the shape of its chain, and what stays in the buffer. */
static void check_size(struct dp_vnet_buf *buf, uint32_t len)
{
	static const struct virtio_net_hdr plain;
	const uint8_t *frame = pattern + len % 97;
	struct rte_mbuf *m;
	uint16_t segs = len <= DP_FRAME_ROOM ? 1 : len <= DP_FRAME_ROOM + DP_BIG_ROOM ? 2 : 3;

	CU_ASSERT_EQUAL_FATAL(dp_vnet_buf_fill(w, buf), 0);
	CU_ASSERT_EQUAL_FATAL(scatter(buf, &plain, frame, len), len);
	m = dp_vnet_buf_take(w, port, buf, len, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(rte_pktmbuf_pkt_len(m), len);
	CU_ASSERT_EQUAL(m->nb_segs, segs);
	CU_ASSERT(m->data_len >= RTE_MIN(len, 256u));
	CU_ASSERT_EQUAL(dp_meta(m)->flags, 0);
	CU_ASSERT_EQUAL(rte_mbuf_check(m, 1, &(const char *){NULL}), 0);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, len, flat), frame, len), 0);
	for (unsigned int i = 0; i < DP_VNET_SEGS; i++)
		CU_ASSERT_EQUAL(buf->seg[i] == NULL, i < segs || i + 1 >= buf->n_iov);
	rte_pktmbuf_free(m);
}

static void test_sizes(void)
{
	static const uint32_t edge[] = {14,    15,    59,    60,    255,   256,   257,
					1514,  2047,  2048,  2049,  34815, 34816, 34817,
					65535, 65536, 65549, 65557, 2,     0};
	struct dp_vnet_buf buf;

	dp_vnet_buf_init(&buf, DP_VNET_HLEN_TAP);
	for (unsigned int i = 0; edge[i] >= HD_ETH_HLEN; i++)
		check_size(&buf, edge[i]);
	for (uint32_t len = HD_ETH_HLEN; len < 65550; len += 61)
		check_size(&buf, len);
	dp_vnet_buf_drain(&buf);
	check_no_leak();
}

static void test_truncated(void)
{
	static const struct virtio_net_hdr plain;
	uint64_t before = rx_extra();
	struct dp_vnet_buf buf;

	dp_vnet_buf_init(&buf, DP_VNET_HLEN_PACKET);
	CU_ASSERT_EQUAL(dp_vnet_buf_fill(w, &buf), 0);
	scatter(&buf, &plain, pattern, 100);
	CU_ASSERT_PTR_NULL(dp_vnet_buf_take(w, port, &buf, 0, false));
	CU_ASSERT_PTR_NULL(dp_vnet_buf_take(w, port, &buf, 13, false));
	CU_ASSERT_PTR_NULL(dp_vnet_buf_take(w, port, &buf, buf.room, true));
	CU_ASSERT_PTR_NULL(dp_vnet_buf_take(w, port, &buf, buf.room + 1, false));
	CU_ASSERT_EQUAL(fixture_drops(port, "rx_truncated"), 4);
	CU_ASSERT_EQUAL(fixture_drops(port, "no_buffers"), 0);
	CU_ASSERT_EQUAL(rx_extra(), before + 4);
	/* the segments are still there for the next frame */
	CU_ASSERT_PTR_NOT_NULL(buf.seg[0]);
	dp_vnet_buf_drain(&buf);
	check_no_leak();
}

/* With few big segments a buffer is short; then a cut frame is one for want of memory. */
static void test_no_big(void)
{
	struct rte_mempool *kept = w->big_pool;
	struct rte_mbuf *hog[BIG];
	struct dp_vnet_buf buf;

	CU_ASSERT_EQUAL_FATAL(rte_pktmbuf_alloc_bulk(kept, hog, BIG), 0);
	dp_vnet_buf_init(&buf, DP_VNET_HLEN_TAP);
	CU_ASSERT_EQUAL(dp_vnet_buf_fill(w, &buf), 0);
	CU_ASSERT_EQUAL(buf.n_iov, 2);
	CU_ASSERT_EQUAL(buf.room, DP_FRAME_ROOM);
	CU_ASSERT_PTR_NULL(dp_vnet_buf_take(w, port, &buf, DP_FRAME_ROOM, true));
	CU_ASSERT_EQUAL(fixture_drops(port, "no_buffers"), 1);
	/* a small frame needs no more */
	check_size(&buf, 1514);
	/* and the buffer grows again when there are segments */
	rte_pktmbuf_free_bulk(hog, BIG);
	check_size(&buf, 65549);
	dp_vnet_buf_drain(&buf);
	check_no_leak();
}

static void test_no_small(void)
{
	struct rte_mbuf *hog[FRAMES];
	struct dp_vnet_buf buf;
	uint64_t before = fixture_drops(port, "no_buffers");

	CU_ASSERT_EQUAL_FATAL(rte_pktmbuf_alloc_bulk(w->pool, hog, FRAMES), 0);
	dp_vnet_buf_init(&buf, DP_VNET_HLEN_TAP);
	CU_ASSERT_EQUAL(dp_vnet_buf_fill(w, &buf), -ENOMEM);
	dp_vnet_rx_lost(w, port, 100);
	CU_ASSERT_EQUAL(fixture_drops(port, "no_buffers"), before + 1);
	rte_pktmbuf_free_bulk(hog, FRAMES);
	dp_vnet_buf_drain(&buf);
	check_no_leak();
}

/* Ethernet, IPv4, TCP with @payload bytes and a checksum field that holds the pseudo-header's sum. */
static uint32_t tcp_frame(uint8_t *f, uint32_t payload)
{
	static const uint8_t head[] = {
		2,    0,    0,    0,    0, 2, 2,    0, 0,  0, 0, 1, 8,    0, /* Ethernet */
		0x45, 0,    0,    0,    0, 1, 0x40, 0, 64, 6, 0, 0, 10,   0,    0, 1, 10, 0, 0, 2,
		0x30, 0x39, 0x14, 0x51, 0, 0, 0,    1, 0,  0, 0, 1, 0x50, 0x10, 1, 0, 0,  0, 0, 0};

	memcpy(f, head, sizeof(head));
	memset(f + sizeof(head), 0x5a, payload);
	f[16] = (uint8_t)((40 + payload) >> 8);
	f[17] = (uint8_t)(40 + payload);
	return sizeof(head) + payload;
}

static void test_offload(void)
{
	struct virtio_net_hdr hdr = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				     .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
				     .hdr_len = 54,
				     .gso_size = 1448,
				     .csum_start = 34,
				     .csum_offset = 16};
	struct virtio_net_hdr_mrg_rxbuf out;
	struct iovec iov[1 + DP_VNET_TX_SEGS];
	uint32_t len = tcp_frame(flat, 60000);
	struct dp_vnet_buf buf;
	struct rte_mbuf *m;

	dp_vnet_buf_init(&buf, DP_VNET_HLEN_TAP);
	CU_ASSERT_EQUAL(dp_vnet_buf_fill(w, &buf), 0);
	scatter(&buf, &hdr, flat, len);
	m = dp_vnet_buf_take(w, port, &buf, len, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(dp_meta(m)->flags, DP_META_CSUM | DP_META_TSO4);
	CU_ASSERT_EQUAL(dp_meta(m)->gso_size, 1448);
	/* what goes out says what came in */
	memset(&out, 0xff, sizeof(out));
	CU_ASSERT_EQUAL(dp_vnet_tx_iov(m, &out, DP_VNET_HLEN_TAP, iov), 4);
	CU_ASSERT_EQUAL(memcmp(&out.hdr, &hdr, sizeof(hdr)), 0);
	CU_ASSERT_EQUAL(out.num_buffers, 0);
	CU_ASSERT_EQUAL(iov[0].iov_len, 12);
	CU_ASSERT_EQUAL(iov[1].iov_len + iov[2].iov_len + iov[3].iov_len, len);
	rte_pktmbuf_free(m);

	/* a header that points beyond the frame */
	CU_ASSERT_EQUAL(dp_vnet_buf_fill(w, &buf), 0);
	hdr.csum_start = 65000;
	scatter(&buf, &hdr, flat, len);
	CU_ASSERT_PTR_NULL(dp_vnet_buf_take(w, port, &buf, len, false));
	CU_ASSERT_EQUAL(fixture_drops(port, "bad_offload"), 1);
	dp_vnet_buf_drain(&buf);
	check_no_leak();
}

static void test_tx_iov(void)
{
	struct virtio_net_hdr_mrg_rxbuf hdr;
	struct iovec iov[1 + DP_VNET_TX_SEGS];
	struct rte_mbuf *head = rte_pktmbuf_alloc(w->pool);

	memset(dp_meta(head), 0, sizeof(struct dp_meta));
	rte_pktmbuf_append(head, 60);
	for (unsigned int i = 1; i < DP_VNET_TX_SEGS; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(w->pool);

		rte_pktmbuf_append(m, 1);
		CU_ASSERT_EQUAL(rte_pktmbuf_chain(head, m), 0);
	}
	CU_ASSERT_EQUAL(dp_vnet_tx_iov(head, &hdr, DP_VNET_HLEN_PACKET, iov), 1 + DP_VNET_TX_SEGS);
	CU_ASSERT_EQUAL(iov[0].iov_len, 10);
	CU_ASSERT_EQUAL(iov[DP_VNET_TX_SEGS].iov_len, 1);
	rte_pktmbuf_chain(head, rte_pktmbuf_alloc(w->pool));
	CU_ASSERT_EQUAL(dp_vnet_tx_iov(head, &hdr, DP_VNET_HLEN_PACKET, iov), -EMSGSIZE);
	rte_pktmbuf_free(head);
	check_no_leak();
}

/* offered = tx + drops, also when one of three was refused. */
static void test_refused(void)
{
	struct hd_stats_port *s = &fixture.port_stats[port->id];
	struct rte_mbuf *m = rte_pktmbuf_alloc(w->pool);
	struct hd_stats_port before = *s;
	uint64_t worker_before = w->stats->tx;

	memset(rte_pktmbuf_append(m, 100), 0xff, 100);
	dp_vnet_tx_refused(w, port, m);
	/* what the caller counts then */
	s->tx_packets += 3;
	s->tx_bytes += 300;
	s->tx_broadcast += 3;
	w->stats->tx += 3;
	CU_ASSERT_EQUAL(s->tx_packets - before.tx_packets, 2);
	CU_ASSERT_EQUAL(s->tx_bytes - before.tx_bytes, 200);
	CU_ASSERT_EQUAL(s->tx_broadcast - before.tx_broadcast, 2);
	CU_ASSERT_EQUAL(s->tx_multicast, before.tx_multicast);
	CU_ASSERT_EQUAL(w->stats->tx - worker_before, 2);
	CU_ASSERT_EQUAL(fixture_drops(port, "tx_refused"), 1);
	check_no_leak();
}

static void test_names(void)
{
	struct hd_err err;
	char name[HD_NETDEV_MAX];
	char netns[HD_NAME_MAX];

	CU_ASSERT(dp_vnet_netdev_valid("eth0\0..........."));
	CU_ASSERT(dp_vnet_netdev_valid("a23456789012345"));
	CU_ASSERT(dp_vnet_netdev_valid("enp3s0.100\0....."));
	CU_ASSERT_FALSE(dp_vnet_netdev_valid("\0..............."));
	CU_ASSERT_FALSE(dp_vnet_netdev_valid(".\0.............."));
	CU_ASSERT_FALSE(dp_vnet_netdev_valid("..\0............."));
	memset(name, 'a', sizeof(name));
	CU_ASSERT_FALSE(dp_vnet_netdev_valid(name));
	for (const char *c = "/:% \t\n\x7f\xff\x01"; *c; c++) {
		memcpy(name, "eth0\0.", 6);
		name[2] = *c;
		CU_ASSERT_FALSE(dp_vnet_netdev_valid(name));
	}
	memset(netns, 0, sizeof(netns));
	CU_ASSERT_EQUAL(dp_vnet_netns_check(netns, &err), 0);
	strcpy(netns, "fw-1.x_y");
	CU_ASSERT_EQUAL(dp_vnet_netns_check(netns, &err), 0);
	strcpy(netns, "../init");
	CU_ASSERT_EQUAL(dp_vnet_netns_check(netns, &err), -EINVAL);
	memset(netns, 'n', sizeof(netns));
	CU_ASSERT_EQUAL(dp_vnet_netns_check(netns, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "namespace"));
}

static void test_offload_words(void)
{
	struct hd_err err;
	char text[32];

	CU_ASSERT_EQUAL(dp_vnet_offloads_check(0, &err), 0);
	CU_ASSERT_EQUAL(dp_vnet_offloads_check(HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO, &err), 0);
	CU_ASSERT_EQUAL(dp_vnet_offloads_check(HD_OFFLOAD_TSO, &err), -EINVAL);
	CU_ASSERT_EQUAL(dp_vnet_offloads_check(4, &err), -EINVAL);
	CU_ASSERT_EQUAL(dp_vnet_caps(0), 0);
	CU_ASSERT_EQUAL(dp_vnet_caps(HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO),
			DP_CAP_CSUM | DP_CAP_TSO4 | DP_CAP_TSO6);
	CU_ASSERT_STRING_EQUAL(
		dp_vnet_caps_str(DP_CAP_CSUM | DP_CAP_TSO4 | DP_CAP_TSO6, text, sizeof(text)),
		"csum tso4 tso6");
	CU_ASSERT_STRING_EQUAL(dp_vnet_caps_str(0, text, sizeof(text)), "no offloads");
}

static void test_reasons(void)
{
	CU_ASSERT_EQUAL(dp_vnet_open_reason(-ENOENT), HD_PORT_NO_NAMESPACE);
	CU_ASSERT_EQUAL(dp_vnet_open_reason(-ENODEV), HD_PORT_NO_DEVICE);
	CU_ASSERT_EQUAL(dp_vnet_open_reason(-EEXIST), HD_PORT_NAME_TAKEN);
	CU_ASSERT_EQUAL(dp_vnet_open_reason(-EPERM), HD_PORT_NO_PERMISSION);
	CU_ASSERT_EQUAL(dp_vnet_open_reason(-ENOTCONN), HD_PORT_ERROR);
	CU_ASSERT(dp_vnet_tx_no_room(EAGAIN));
	CU_ASSERT(dp_vnet_tx_no_room(ENETDOWN));
	CU_ASSERT_FALSE(dp_vnet_tx_no_room(EINVAL));
	CU_ASSERT_FALSE(dp_vnet_tx_no_room(EMSGSIZE));
}

UNIT_MAIN_SETUP("vnet", setup, {"layout", test_layout}, {"sizes", test_sizes},
		{"truncated", test_truncated}, {"no big segments", test_no_big},
		{"no small mbufs", test_no_small}, {"offload", test_offload},
		{"transmit vector", test_tx_iov}, {"refused", test_refused}, {"names", test_names},
		{"offload words", test_offload_words}, {"reasons", test_reasons});
