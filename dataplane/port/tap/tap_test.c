/* SPDX-License-Identifier: BSD-3-Clause */
/* The kind `tap` on real TAPs, in a network namespace of the test's own. */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "heddle/base/random.h"
#include "dataplane/core/meta.h"
#include "dataplane/port/port_fixture.h"
#include "dataplane/port/tap/tap.h"
#include "dataplane/port/vnet.h"
#include "tests/unit/unit.h"

#define FRAMES 511
#define BIG    63

static struct dp_worker *w = &fixture.worker;
static uint8_t frame[DP_VNET_HLEN_PACKET + 70000]; /* as a packet socket takes it */
static uint8_t seen[70000];

static int setup(void)
{
	fixture_namespace();
	hd_random_fix(7);
	return fixture_init(FRAMES, BIG, 0);
}

static void check_no_leak(void)
{
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->pool), FRAMES);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->big_pool), BIG);
}

static struct hd_tap_object params(const char *netdev)
{
	struct hd_tap_object o = {
		.queues = 1, .mtu = 1500, .offloads = HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO};

	hd_str_copy(o.netdev, sizeof(o.netdev), netdev);
	return o;
}

static struct dp_port *open_port(const struct hd_tap_object *o)
{
	struct dp_port *port = fixture_port("tap", "p", o, o->queues, o->mtu);
	enum hd_port_reason reason;
	struct hd_err err;

	if (fixture_open(port, &reason, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	return port;
}

/* A frame of an EtherType that the kernel itself never sends, with random content. */
static uint8_t *frame_make(uint32_t len)
{
	static const uint8_t head[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5};
	uint8_t *f = frame + DP_VNET_HLEN_PACKET;

	memset(frame, 0, DP_VNET_HLEN_PACKET);
	memcpy(f, head, sizeof(head));
	for (uint32_t i = sizeof(head); i < len; i++)
		f[i] = (uint8_t)hd_random_u64();
	return f;
}

/*
 * The next frame of the test's own EtherType, or of the test's address; the kernel's multicast
 * chatter is let go.
 */
static struct rte_mbuf *rx_one(struct dp_port *port, uint16_t q)
{
	struct rte_mbuf *m;

	for (unsigned int i = 0; i < 1000000; i++) {
		if (port->ops->rx_burst(w, port, q, &m, 1) == 0)
			continue;
		if (rte_pktmbuf_mtod(m, uint8_t *)[0] == 2)
			return m;
		rte_pktmbuf_free(m);
	}
	return NULL;
}

static void drain(struct dp_port *port)
{
	struct rte_mbuf *m[DP_BURST];
	uint16_t n;

	while ((n = port->ops->rx_burst(w, port, 0, m, DP_BURST)) > 0)
		rte_pktmbuf_free_bulk(m, n);
}

static void test_receive(void)
{
	struct hd_tap_object o = params("t-rx");
	struct dp_port *port = open_port(&o);
	int wire = fixture_wire("t-rx");

	CU_ASSERT(atomic_load(&port->up));
	CU_ASSERT_EQUAL(atomic_load(&port->rx_queues), 1);
	for (uint32_t len = HD_ETH_HLEN; len <= 1514; len += len < 70 || len > 1500 ? 1 : 127) {
		uint8_t *f = frame_make(len);
		struct rte_mbuf *m;

		CU_ASSERT_EQUAL_FATAL(send(wire, frame, DP_VNET_HLEN_PACKET + len, 0),
				      DP_VNET_HLEN_PACKET + len);
		m = rx_one(port, 0);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(m->pkt_len, len);
		CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, len, seen), f, len), 0);
		CU_ASSERT_EQUAL(dp_meta(m)->flags, 0);
		rte_pktmbuf_free(m);
	}
	close(wire);
	fixture_port_free(port);
	check_no_leak();
}

/* IPv4 and TCP with @payload bytes behind the virtio-net header that a super-frame has. */
static uint32_t super_make(uint32_t payload)
{
	static const uint8_t head[] = {
		2,    0,    0,    0, 0,  2, 2, 0, 0,  0, 0,    1,    8,  0, 0x45, 0, 0,    0,
		0,    1,    0x40, 0, 64, 6, 0, 0, 10, 0, 0,    1,    10, 0, 0,    2, 0x30, 0x39,
		0x14, 0x51, 0,    0, 0,  1, 0, 0, 0,  1, 0x50, 0x10, 1,  0, 0,    0, 0,    0};
	struct virtio_net_hdr hdr = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				     .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
				     .hdr_len = 54,
				     .gso_size = 1448,
				     .csum_start = 34,
				     .csum_offset = 16};
	uint8_t *f = frame + DP_VNET_HLEN_PACKET;

	memcpy(frame, &hdr, sizeof(hdr));
	memcpy(f, head, sizeof(head));
	for (uint32_t i = 0; i < payload; i++)
		f[sizeof(head) + i] = (uint8_t)hd_random_u64();
	f[16] = (uint8_t)((40 + payload) >> 8);
	f[17] = (uint8_t)(40 + payload);
	return sizeof(head) + payload;
}

static void test_super_frames(void)
{
	struct hd_tap_object o = params("t-tso");
	struct dp_port *port = open_port(&o);
	int wire = fixture_wire("t-tso");

	/* up to 65535 bytes with all headers, where the kernel's own limit is */
	for (uint32_t payload = 1450; payload <= 65481; payload += 6403 + (payload == 1450)) {
		uint32_t len = super_make(payload);
		struct rte_mbuf *m;

		CU_ASSERT_EQUAL_FATAL(send(wire, frame, DP_VNET_HLEN_PACKET + len, 0),
				      DP_VNET_HLEN_PACKET + len);
		m = rx_one(port, 0);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(m->pkt_len, len);
		CU_ASSERT_EQUAL(dp_meta(m)->flags, DP_META_CSUM | DP_META_TSO4);
		CU_ASSERT_EQUAL(dp_meta(m)->gso_size, 1448);
		CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 54, len - 54, seen),
				       frame + DP_VNET_HLEN_PACKET + 54, len - 54),
				0);
		/* and back by the same way, whole */
		CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, &m, 1), 1);
		CU_ASSERT_EQUAL_FATAL(recv(wire, seen, sizeof(seen), 0), DP_VNET_HLEN_PACKET + len);
		CU_ASSERT_EQUAL(((struct virtio_net_hdr *)seen)->gso_type,
				VIRTIO_NET_HDR_GSO_TCPV4);
		CU_ASSERT_EQUAL(((struct virtio_net_hdr *)seen)->gso_size, 1448);
	}
	close(wire);
	fixture_port_free(port);
	check_no_leak();
}

/* Without offloads the kernel cuts super-frames and finishes checksums before we see them. */
static void test_no_offloads(void)
{
	struct hd_tap_object o = params("t-plain");
	struct rte_mbuf *m[DP_BURST];
	struct dp_port *port;
	unsigned int segments = 0;
	uint16_t n;
	int wire;

	o.offloads = 0;
	port = open_port(&o);
	wire = fixture_wire("t-plain");
	drain(port);
	CU_ASSERT_EQUAL(atomic_load(&port->caps), 0);
	CU_ASSERT(send(wire, frame, DP_VNET_HLEN_PACKET + super_make(5 * 1448), 0) > 0);
	while ((n = port->ops->rx_burst(w, port, 0, m, DP_BURST)) > 0) {
		for (uint16_t i = 0; i < n; i++) {
			segments += rte_pktmbuf_mtod(m[i], uint8_t *)[0] == 2;
			CU_ASSERT(m[i]->pkt_len <= 1514);
			CU_ASSERT_EQUAL(dp_meta(m[i])->flags, 0);
		}
		rte_pktmbuf_free_bulk(m, n);
	}
	CU_ASSERT_EQUAL(segments, 5);
	close(wire);
	fixture_port_free(port);
	check_no_leak();
}

static void test_transmit(void)
{
	struct hd_tap_object o = params("t-tx");
	struct dp_port *port = open_port(&o);
	int wire = fixture_wire("t-tx");

	for (uint32_t len = HD_ETH_HLEN; len <= 9000; len += len < 70 ? 1 : 333) {
		uint8_t *f = frame_make(len);
		struct rte_mbuf *m = rte_pktmbuf_alloc(w->big_pool);

		memset(dp_meta(m), 0, sizeof(struct dp_meta));
		memcpy(rte_pktmbuf_append(m, len), f, len);
		CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, &m, 1), 1);
		CU_ASSERT_EQUAL(recv(wire, seen, sizeof(seen), 0), DP_VNET_HLEN_PACKET + len);
		CU_ASSERT_EQUAL(memcmp(seen + DP_VNET_HLEN_PACKET, f, len), 0);
	}
	close(wire);
	fixture_port_free(port);
	check_no_leak();
}

/* What the kernel will not have is counted, and what comes behind it still goes. */
static void test_refused(void)
{
	struct hd_tap_object o = params("t-bad");
	struct dp_port *port = open_port(&o);
	int wire = fixture_wire("t-bad");
	struct rte_mbuf *m[3];

	for (unsigned int i = 0; i < 3; i++) {
		m[i] = rte_pktmbuf_alloc(w->pool);
		memset(dp_meta(m[i]), 0, sizeof(struct dp_meta));
		memcpy(rte_pktmbuf_append(m[i], 60), frame_make(60), 60);
	}
	/* a checksum that would begin behind the frame */
	dp_meta(m[1])->flags = DP_META_CSUM;
	dp_meta(m[1])->l3_len = 1000;
	CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, m, 3), 3);
	CU_ASSERT_EQUAL(fixture_drops(port, "tx_refused"), 1);
	CU_ASSERT(recv(wire, seen, sizeof(seen), 0) > 0);
	CU_ASSERT(recv(wire, seen, sizeof(seen), 0) > 0);
	CU_ASSERT(recv(wire, seen, sizeof(seen), 0) < 0);
	close(wire);
	fixture_port_free(port);
	check_no_leak();
}

/* Without a free buffer frames are counted and let go, and none waits for ever. */
static void test_no_buffers(void)
{
	struct hd_tap_object o = params("t-empty");
	struct dp_port *port = open_port(&o);
	int wire = fixture_wire("t-empty");
	struct rte_mbuf *hog[FRAMES], *m;

	drain(port);
	CU_ASSERT_EQUAL_FATAL(rte_pktmbuf_alloc_bulk(w->pool, hog, FRAMES), 0);
	frame_make(300);
	for (unsigned int i = 0; i < 3; i++)
		CU_ASSERT(send(wire, frame, DP_VNET_HLEN_PACKET + 300, 0) > 0);
	for (unsigned int i = 0; i < 1000 && fixture_drops(port, "no_buffers") < 3; i++)
		CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, &m, 1), 0);
	CU_ASSERT(fixture_drops(port, "no_buffers") >= 3);
	CU_ASSERT_EQUAL(fixture.port_stats[port->id].rx_packets, fixture_drops(port, "no_buffers"));
	rte_pktmbuf_free_bulk(hog, FRAMES);
	close(wire);
	fixture_port_free(port);
	check_no_leak();
}

static void test_link(void)
{
	struct hd_tap_object o = params("t-link");
	struct dp_port *port = open_port(&o);
	struct rte_mbuf *m = rte_pktmbuf_alloc(w->pool);
	const uint8_t mac[] = {2, 0, 0, 0, 0, 0x77};
	char text[192];

	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT(atomic_load(&port->up));
	fixture_ip("link set t-link down");
	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT_FALSE(atomic_load(&port->up));
	CU_ASSERT_EQUAL(port->reason, HD_PORT_LINK_DOWN);
	CU_ASSERT_STRING_EQUAL(port->text, "t-link is down in the kernel: ip link set t-link up");
	/* a frame that comes in between is the caller's to drop */
	memset(dp_meta(m), 0, sizeof(struct dp_meta));
	memcpy(rte_pktmbuf_append(m, 60), frame_make(60), 60);
	CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, &m, 1), 0);
	CU_ASSERT_EQUAL(fixture_drops(port, "tx_refused"), 0);
	rte_pktmbuf_free(m);
	/* the address is known from the start, and followed */
	CU_ASSERT_NOT_EQUAL(memcmp(port->mac, mac, sizeof(mac)), 0);
	CU_ASSERT_EQUAL(port->mac[0] & 1, 0);
	fixture_ip("link set t-link address 02:00:00:00:00:77");
	for (unsigned int i = 0; i < DP_VNET_MTU_POLLS; i++)
		CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT_EQUAL(memcmp(port->mac, mac, sizeof(mac)), 0);
	fixture_ip("link set t-link up mtu 1400");
	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT(atomic_load(&port->up));
	port->ops->detail(port, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(
		text, "t-link, 1 queue, csum tso4 tso6; its mtu is 1400, the port's is 1500");
	/* another name is fine, as long as it is the same interface */
	fixture_ip("link set t-link name t-other");
	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT(atomic_load(&port->up));
	fixture_ip("link set t-other down");
	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT_FALSE(atomic_load(&port->up));
	fixture_port_free(port);
	check_no_leak();
}

static void test_deleted(void)
{
	struct hd_tap_object o = params("t-gone");
	struct dp_port *port = open_port(&o);
	unsigned int released = fixture.released;
	enum hd_port_reason reason;
	struct hd_err err;
	struct rte_mbuf *m;

	fixture_ip("link del t-gone");
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, &m, 1), 0);
	CU_ASSERT(port->ops->poll(port) < 0);
	CU_ASSERT_EQUAL(port->reason, HD_PORT_NO_DEVICE);
	CU_ASSERT_EQUAL(fixture.released, released + 1);
	fixture_close(port);
	CU_ASSERT_EQUAL(fixture_open(port, &reason, &err), 0);
	CU_ASSERT_EQUAL(port->ops->poll(port), 0);
	CU_ASSERT(atomic_load(&port->up));
	fixture_port_free(port);
	check_no_leak();
}

static void test_queues(void)
{
	struct hd_tap_object o = params("t-mq");
	struct dp_port *port;
	struct pollfd fds[4];
	struct rte_mbuf *m;

	o.queues = 4;
	port = open_port(&o);
	CU_ASSERT_EQUAL(atomic_load(&port->rx_queues), 4);
	for (uint16_t q = 0; q < 4; q++) {
		int wire = fixture_wire("t-mq");

		fds[q] =
			(struct pollfd){.fd = port->ops->event_fd(port, q, true), .events = POLLIN};
		m = rte_pktmbuf_alloc(w->pool);
		memset(dp_meta(m), 0, sizeof(struct dp_meta));
		memcpy(rte_pktmbuf_append(m, 60), frame_make(60), 60);
		CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, q, &m, 1), 1);
		CU_ASSERT_EQUAL(recv(wire, seen, sizeof(seen), 0), DP_VNET_HLEN_PACKET + 60);
		close(wire);
	}
	/* a frame towards us makes one of the descriptors readable */
	{
		int wire = fixture_wire("t-mq");
		unsigned int n = 0;

		frame_make(60);
		CU_ASSERT(send(wire, frame, DP_VNET_HLEN_PACKET + 60, 0) > 0);
		CU_ASSERT(poll(fds, 4, 1000) > 0);
		for (uint16_t q = 0; q < 4; q++)
			while (port->ops->rx_burst(w, port, q, &m, 1) == 1) {
				n += rte_pktmbuf_mtod(m, uint8_t *)[0] == 2;
				rte_pktmbuf_free(m);
			}
		CU_ASSERT_EQUAL(n, 1);
		close(wire);
	}
	fixture_port_free(port);
	check_no_leak();
}

static void test_cannot_open(void)
{
	struct hd_tap_object o = params("t-mine");
	struct dp_port *first = open_port(&o);
	struct dp_port *port = fixture_port("tap", "p2", &o, 1, 1500);
	enum hd_port_reason reason;
	struct hd_err err;

	CU_ASSERT(fixture_open(port, &reason, &err) < 0);
	CU_ASSERT_EQUAL(reason, HD_PORT_NAME_TAKEN);
	fixture_port_free(port);
	fixture_port_free(first);
	hd_str_copy(o.netns, sizeof(o.netns), "no-such-namespace");
	port = fixture_port("tap", "p", &o, 1, 1500);
	CU_ASSERT(fixture_open(port, &reason, &err) < 0);
	CU_ASSERT_EQUAL(reason, HD_PORT_NO_NAMESPACE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no-such-namespace"));
	fixture_port_free(port);
	check_no_leak();
}

static void check_bad(const struct hd_tap_object *o, const char *word)
{
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(dp_tap_validate(o, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
}

static void test_validate(void)
{
	struct hd_tap_object good = params("tap0"), o;
	struct hd_err err;

	CU_ASSERT_EQUAL(dp_tap_validate(&good, &err), 0);
	o = good, memset(o.netdev, 'x', sizeof(o.netdev)), check_bad(&o, "device");
	o = good, o.netdev[1] = '/', check_bad(&o, "device");
	o = good, o.netdev[0] = '\0', check_bad(&o, "device");
	o = good, o.netns[0] = '/', check_bad(&o, "namespace");
	o = good, memset(o.netns, 'x', sizeof(o.netns)), check_bad(&o, "namespace");
	o = good, o.queues = 0, check_bad(&o, "queues");
	o = good, o.queues = 9, check_bad(&o, "queues");
	o = good, o.mtu = 67, check_bad(&o, "mtu");
	o = good, o.mtu = 9601, check_bad(&o, "mtu");
	o = good, o.mac[0] = 1, check_bad(&o, "mac-address");
	o = good, o.offloads = HD_OFFLOAD_TSO, check_bad(&o, "tso");
	o = good, o.zero[4] = 1, check_bad(&o, "zero");
	/* no byte string makes it read beyond the object, or pass by chance */
	for (unsigned int i = 0; i < 10000; i++) {
		for (size_t b = 0; b < sizeof(o); b++)
			((uint8_t *)&o)[b] = (uint8_t)hd_random_u64();
		CU_ASSERT_EQUAL(dp_tap_validate(&o, &err), -EINVAL);
	}
}

UNIT_MAIN_SETUP("tap", setup, {"validate", test_validate}, {"receive", test_receive},
		{"super-frames", test_super_frames}, {"no offloads", test_no_offloads},
		{"transmit", test_transmit}, {"refused", test_refused},
		{"no buffers", test_no_buffers}, {"link", test_link}, {"deleted", test_deleted},
		{"queues", test_queues}, {"cannot open", test_cannot_open});
