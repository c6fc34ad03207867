/* SPDX-License-Identifier: BSD-3-Clause */
/* The kind `af-packet` on a real veth pair, in a network namespace of the test's own. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "heddle/base/random.h"
#include "dataplane/core/meta.h"
#include "dataplane/port/af_packet/af_packet.h"
#include "dataplane/port/port_fixture.h"
#include "tests/unit/unit.h"

#define FRAMES 511
#define BIG    127
#define HLEN   DP_VNET_HLEN_PACKET

static struct dp_worker *w = &fixture.worker;
static struct dp_port *port;
static int wire; /* on the other end of the veth pair */
static uint8_t frame[HLEN + 70000];
static uint8_t seen[70000];

static struct hd_af_packet_object params(const char *netdev)
{
	struct hd_af_packet_object o = {.offloads = HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO};

	hd_str_copy(o.netdev, sizeof(o.netdev), netdev);
	return o;
}

static void veth_make(void)
{
	fixture_ip("link add p0 type veth peer name p1");
	fixture_ip("link set p0 up");
	fixture_ip("link set p1 up");
}

/*
 * A veth pair learns of its link when the kernel gets to it, and until then loses what it is sent.
 */
static void wait_link(void)
{
	for (unsigned int i = 0; i < 1000 && !atomic_load(&port->up); i++) {
		port->ops->poll(port);
		poll(NULL, 0, 5);
	}
	/* what is under way about the link is over when this has its lock */
	fixture_ip("link set p0 up");
}

static void wait_no_link(void)
{
	for (unsigned int i = 0; i < 1000 && atomic_load(&port->up); i++) {
		CU_ASSERT_EQUAL(port->ops->poll(port), 0);
		poll(NULL, 0, 5);
	}
	CU_ASSERT_FALSE(atomic_load(&port->up));
}

static int setup(void)
{
	struct hd_af_packet_object o = params("p0");
	enum hd_port_reason reason;
	struct hd_err err;

	fixture_namespace();
	hd_random_fix(9);
	if (fixture_init(FRAMES, BIG, 0) != 0)
		return -1;
	veth_make();
	wire = fixture_wire("p1");
	port = fixture_port("af-packet", "p", &o, 1, 1500);
	if (fixture_open(port, &reason, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	wait_link();
	return 0;
}

static uint8_t *frame_make(uint32_t len)
{
	static const uint8_t head[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5};
	uint8_t *f = frame + HLEN;

	memset(frame, 0, HLEN);
	memcpy(f, head, sizeof(head));
	for (uint32_t i = sizeof(head); i < len; i++)
		f[i] = (uint8_t)hd_random_u64();
	return f;
}

static struct rte_mbuf *mbuf_of(const uint8_t *f, uint32_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(w->big_pool);

	memset(dp_meta(m), 0, sizeof(struct dp_meta));
	memcpy(rte_pktmbuf_append(m, len), f, len);
	return m;
}

/* A veth pair hands frames over when the kernel gets to it. */
static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 5000) == 1;
}

/* The next frame to an address of the test's; what the kernel sends by itself is let go. */
static struct rte_mbuf *rx_one(void)
{
	struct rte_mbuf *m;

	while (readable(port->ops->event_fd(port, 0, true))) {
		if (port->ops->rx_burst(w, port, 0, &m, 1) == 0)
			continue;
		if (rte_pktmbuf_mtod(m, uint8_t *)[0] == 2)
			return m;
		rte_pktmbuf_free(m);
	}
	return NULL;
}

/* The same on the wire. Returns the bytes with the header, or -1 when there is none. */
static ssize_t wire_one(void)
{
	ssize_t len;

	do
		len = readable(wire) ? recv(wire, seen, sizeof(seen), 0) : -1;
	while (len > 0 && seen[HLEN] != 2);
	return len;
}

static void test_sizes(void)
{
	for (uint32_t len = HD_ETH_HLEN; len <= 1514; len += len < 70 || len > 1500 ? 1 : 127) {
		uint8_t *f = frame_make(len);
		struct rte_mbuf *m;

		CU_ASSERT_EQUAL_FATAL(send(wire, frame, HLEN + len, 0), HLEN + len);
		m = rx_one();
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL_FATAL(m->pkt_len, len);
		CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_mtod(m, void *), f, len), 0);
		CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, &m, 1), 1);
		CU_ASSERT_EQUAL(wire_one(), HLEN + len);
		CU_ASSERT_EQUAL(memcmp(seen + HLEN, f, len), 0);
	}
}

/* A hundred frames come in order, in bursts, and none of those that we send comes back to us. */
static void test_burst(void)
{
	struct rte_mbuf *m[DP_BURST], *out;
	uint8_t *f = frame_make(100);
	uint32_t next = 0;

	for (uint32_t i = 0; i < 100; i++) {
		f[50] = (uint8_t)i;
		CU_ASSERT_EQUAL(send(wire, frame, HLEN + 100, 0), HLEN + 100);
	}
	f[50] = 200;
	out = mbuf_of(f, 100);
	CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, &out, 1), 1);
	while (next < 100 && readable(port->ops->event_fd(port, 0, true))) {
		uint16_t n = port->ops->rx_burst(w, port, 0, m, DP_BURST);

		for (uint16_t i = 0; i < n; i++) {
			const uint8_t *p = rte_pktmbuf_mtod(m[i], uint8_t *);

			if (p[0] == 2)
				CU_ASSERT_EQUAL(p[50], next++);
		}
		rte_pktmbuf_free_bulk(m, n);
	}
	CU_ASSERT_EQUAL(next, 100);
	CU_ASSERT_EQUAL(wire_one(), HLEN + 100);
	/* it is on the wire, and was not looped back */
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, DP_BURST), 0);
	for (uint16_t i = 0; i < DP_BURST; i++) {
		f[50] = (uint8_t)i;
		m[i] = mbuf_of(f, 100);
	}
	CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, m, DP_BURST), DP_BURST);
	for (uint16_t i = 0; i < DP_BURST; i++) {
		CU_ASSERT_EQUAL(wire_one(), HLEN + 100);
		CU_ASSERT_EQUAL(seen[HLEN + 50], i);
	}
}

/*
 * IPv4 and TCP with @payload bytes and @n_tags tags behind the header of a super-frame (or, when it
 * is one segment, of a partial checksum).
 */
static uint32_t tcp_make(uint32_t payload, unsigned int n_tags)
{
	static const uint8_t addresses[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	static const uint8_t tags[2][4] = {{0x81, 0, 0x60, 100}, {0x81, 0, 0, 7}};
	static const uint8_t rest[] = {8,    0,    0x45, 0,    0, 0, 0, 1,  0x40, 0, 64,
				       6,    0,    0,    10,   0, 0, 1, 10, 0,    0, 2,
				       0x30, 0x39, 0x14, 0x51, 0, 0, 0, 1,  0,    0, 0,
				       1,    0x50, 0x10, 1,    0, 0, 0, 0,  0};
	uint32_t l2 = 14 + 4 * n_tags;
	struct virtio_net_hdr hdr = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				     .csum_start = (uint16_t)(l2 + 20),
				     .csum_offset = 16};
	uint8_t *f = frame + HLEN;

	if (payload > 1448) {
		hdr.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
		hdr.gso_size = 1448;
		hdr.hdr_len = (uint16_t)(l2 + 40);
	}
	memcpy(frame, &hdr, sizeof(hdr));
	memcpy(f, addresses, sizeof(addresses));
	memcpy(f + 12, tags, 4 * n_tags);
	memcpy(f + 12 + 4 * n_tags, rest, sizeof(rest));
	for (uint32_t i = 0; i < payload; i++)
		f[l2 + 40 + i] = (uint8_t)hd_random_u64();
	f[l2 + 2] = (uint8_t)((40 + payload) >> 8);
	f[l2 + 3] = (uint8_t)(40 + payload);
	return l2 + 40 + payload;
}

/* What a peer on the wire makes of a frame: puts the tag back as the kind does, and compares. */
static void check_wire(uint32_t len, uint32_t payload, unsigned int n_tags)
{
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct virtio_net_hdr hdr;
	struct iovec iov[] = {{&hdr, sizeof(hdr)}, {seen + 4, sizeof(seen) - 4}};
	struct msghdr msg = {.msg_iov = iov,
			     .msg_iovlen = 2,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	struct dp_af_packet_tag tag;
	struct tpacket_auxdata aux;
	uint8_t *f = seen + 4;
	ssize_t got;

	do {
		msg.msg_controllen = sizeof(control);
		got = readable(wire) ? recvmsg(wire, &msg, 0) : -1;
	} while (got > 0 && seen[4] != 2);
	CU_ASSERT_FATAL(got > 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(CMSG_FIRSTHDR(&msg));
	memcpy(&aux, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(aux));
	CU_ASSERT_EQUAL(dp_af_packet_tag_get(&aux, &tag), n_tags > 0);
	if (n_tags > 0) {
		dp_af_packet_tag_put(seen, &tag, &hdr);
		f = seen;
		got += 4;
	}
	CU_ASSERT_EQUAL(got, HLEN + len);
	/* all but the checksum, whose field the sender's pseudo-header sum may have changed */
	CU_ASSERT_EQUAL(memcmp(f, frame + HLEN, 14 + 4 * n_tags + 36), 0);
	CU_ASSERT_EQUAL(memcmp(f + len - payload, frame + HLEN + len - payload, payload), 0);
	CU_ASSERT_EQUAL(hdr.gso_type,
			payload > 1448 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_NONE);
	CU_ASSERT(hdr.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
	CU_ASSERT_EQUAL(hdr.csum_start, 14 + 4 * n_tags + 20);
}

/* Super-frames and partial checksums, with 0, 1 and 2 tags, whole in both directions. */
static void test_offloads(void)
{
	static const uint32_t payload[] = {100, 1449, 20000, 65400};

	for (unsigned int tags = 0; tags <= 2; tags++)
		for (unsigned int i = 0; i < RTE_DIM(payload); i++) {
			uint32_t len = tcp_make(payload[i], tags);
			struct rte_mbuf *m;

			CU_ASSERT_EQUAL_FATAL(send(wire, frame, HLEN + len, 0), HLEN + len);
			m = rx_one();
			CU_ASSERT_PTR_NOT_NULL_FATAL(m);
			CU_ASSERT_EQUAL_FATAL(m->pkt_len, len);
			CU_ASSERT_EQUAL(dp_meta(m)->flags,
					DP_META_CSUM | (payload[i] > 1448 ? DP_META_TSO4 : 0));
			CU_ASSERT_EQUAL(dp_meta(m)->l2_len, 14 + 4 * tags);
			CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, 14 + 4 * tags + 36, seen),
					       frame + HLEN, 14 + 4 * tags + 36),
					0);
			CU_ASSERT(m->data_len >= RTE_MIN(len, 256u));
			CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, &m, 1), 1);
			check_wire(len, payload[i], tags);
		}
}

/* Datagrams in one frame come in one by one, in order, though they are more than a burst. */
static void test_datagrams(void)
{
	struct virtio_net_hdr hdr = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				     .gso_type = VIRTIO_NET_HDR_GSO_UDP_L4,
				     .hdr_len = 42,
				     .gso_size = 100,
				     .csum_start = 34,
				     .csum_offset = 6};
	uint32_t payload = 99 * 100 + 50, len = 42 + payload, got = 0;
	struct rte_mbuf *m[DP_BURST];
	uint8_t *f = frame + HLEN;

	tcp_make(100, 0); /* its Ethernet and IP headers */
	memcpy(frame, &hdr, sizeof(hdr));
	f[16] = (uint8_t)((28 + payload) >> 8);
	f[17] = (uint8_t)(28 + payload);
	f[23] = 17;
	f[38] = (uint8_t)((8 + payload) >> 8);
	f[39] = (uint8_t)(8 + payload);
	for (uint32_t i = 0; i < payload; i++)
		f[42 + i] = (uint8_t)(i / 100);
	if (send(wire, frame, HLEN + len, 0) < 0) {
		printf("(this kernel does not send datagrams in one frame) ");
		return;
	}
	CU_ASSERT_EQUAL(send(wire, frame, HLEN + len, 0), HLEN + len);
	for (uint16_t n = 0; got < 200;) {
		/* what waits in the port does not make its descriptor readable */
		if (n < DP_BURST && !readable(port->ops->event_fd(port, 0, true)))
			break;
		n = port->ops->rx_burst(w, port, 0, m, DP_BURST);

		for (uint16_t i = 0; i < n; i++) {
			const uint8_t *p = rte_pktmbuf_mtod(m[i], uint8_t *);

			if (p[0] != 2)
				continue;
			CU_ASSERT_EQUAL(m[i]->pkt_len, got % 100 == 99 ? 92 : 142);
			CU_ASSERT_EQUAL(p[42], got++ % 100);
		}
		rte_pktmbuf_free_bulk(m, n);
	}
	CU_ASSERT_EQUAL(got, 200);
	/* what waits for the next burst is not lost when the port is closed */
	CU_ASSERT_EQUAL(send(wire, frame, HLEN + len, 0), HLEN + len);
	CU_ASSERT(readable(port->ops->event_fd(port, 0, true)));
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, m, 10), 10);
	rte_pktmbuf_free_bulk(m, 10);
	port->ops->close(port);
	port->is_open = false;
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->pool), FRAMES);
	CU_ASSERT_EQUAL(fixture_open(port, &(enum hd_port_reason){0}, &(struct hd_err){0}), 0);
}

/* Longer than the MTU allows, and not a super-frame: refused; what is before and behind it goes. */
static void test_refused(void)
{
	struct rte_mbuf *m[3];
	uint64_t before = fixture_drops(port, "tx_refused");
	struct hd_stats_port *s = &fixture.port_stats[port->id];
	uint64_t tx = s->tx_packets;

	for (unsigned int i = 0; i < 3; i++)
		m[i] = mbuf_of(frame_make(i == 1 ? 3000 : 100), i == 1 ? 3000 : 100);
	CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, m, 3), 3);
	s->tx_packets += 3;
	CU_ASSERT_EQUAL(s->tx_packets - tx, 2);
	CU_ASSERT_EQUAL(fixture_drops(port, "tx_refused"), before + 1);
	CU_ASSERT_EQUAL(wire_one(), HLEN + 100);
	CU_ASSERT_EQUAL(wire_one(), HLEN + 100);
	while (recv(wire, seen, sizeof(seen), 0) > 0)
		CU_ASSERT_NOT_EQUAL(seen[HLEN], 2);
}

static void rx_until_dropped(uint64_t before)
{
	struct rte_mbuf *m;

	while (fixture_drops(port, "no_buffers") == before &&
	       readable(port->ops->event_fd(port, 0, true)))
		if (port->ops->rx_burst(w, port, 0, &m, 1) == 1)
			rte_pktmbuf_free(m);
}

/* A super-frame that finds no big segment is counted; so is a frame that finds no mbuf at all. */
static void test_no_buffers(void)
{
	static struct rte_mbuf *hog[FRAMES + BIG];
	unsigned int n_big = 0, n_small = 0;
	uint64_t before = fixture_drops(port, "no_buffers");
	struct rte_mbuf *m;

	/* those that wait in the port's buffers stay there: open it again */
	port->ops->close(port);
	port->is_open = false;
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->big_pool), BIG);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->pool), FRAMES);
	CU_ASSERT_EQUAL(fixture_open(port, &(enum hd_port_reason){0}, &(struct hd_err){0}), 0);
	while ((m = rte_pktmbuf_alloc(w->big_pool)) != NULL)
		hog[n_big++] = m;
	CU_ASSERT(send(wire, frame, HLEN + tcp_make(60000, 0), 0) > 0);
	rx_until_dropped(before);
	CU_ASSERT_EQUAL(fixture_drops(port, "no_buffers"), before + 1);
	rte_pktmbuf_free_bulk(hog, n_big);

	port->ops->close(port);
	port->is_open = false;
	CU_ASSERT_EQUAL(fixture_open(port, &(enum hd_port_reason){0}, &(struct hd_err){0}), 0);
	while ((m = rte_pktmbuf_alloc(w->pool)) != NULL)
		hog[n_small++] = m;
	frame_make(200);
	CU_ASSERT(send(wire, frame, HLEN + 200, 0) > 0);
	rx_until_dropped(before + 1);
	CU_ASSERT_EQUAL(fixture_drops(port, "no_buffers"), before + 2);
	rte_pktmbuf_free_bulk(hog, n_small);
}

static void test_link(void)
{
	char text[192];

	wait_link();
	CU_ASSERT(atomic_load(&port->up));
	fixture_ip("link set p1 down");
	wait_no_link();
	CU_ASSERT_EQUAL(port->reason, HD_PORT_LINK_DOWN);
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "no carrier"));
	fixture_ip("link set p0 down");
	fixture_ip("link set p1 up");
	fixture_ip("link set p0 up mtu 1400");
	wait_link();
	CU_ASSERT(atomic_load(&port->up));
	port->ops->detail(port, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "p0, csum tso4 tso6; its mtu is 1400, the port's is 1500");
	fixture_ip("link set p0 down");
	wait_no_link();
	CU_ASSERT_STRING_EQUAL(port->text, "p0 is down in the kernel: ip link set p0 up");
}

static void test_deleted(void)
{
	enum hd_port_reason reason;
	struct hd_err err;
	struct rte_mbuf *m = mbuf_of(frame_make(60), 60);

	close(wire);
	fixture_ip("link del p0");
	CU_ASSERT_EQUAL(port->ops->tx_burst(w, port, 0, &m, 1), 0);
	rte_pktmbuf_free(m);
	CU_ASSERT_EQUAL(port->ops->rx_burst(w, port, 0, &m, 1), 0);
	/* there is one of that name again before anybody looked: not ours all the same */
	veth_make();
	wire = fixture_wire("p1");
	CU_ASSERT(port->ops->poll(port) < 0);
	CU_ASSERT_EQUAL(port->reason, HD_PORT_NO_DEVICE);
	fixture_close(port);
	CU_ASSERT_EQUAL(fixture_open(port, &reason, &err), 0);
	wait_link();
	CU_ASSERT(atomic_load(&port->up));
	test_sizes();

	fixture_ip("link del p0");
	CU_ASSERT(port->ops->poll(port) < 0);
	fixture_close(port);
	CU_ASSERT(fixture_open(port, &reason, &err) < 0);
	CU_ASSERT_EQUAL(reason, HD_PORT_NO_DEVICE);
	fixture_port_free(port);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->pool), FRAMES);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w->big_pool), BIG);
}

UNIT_MAIN_SETUP("af-packet", setup, {"sizes", test_sizes}, {"burst", test_burst},
		{"offloads", test_offloads}, {"datagrams", test_datagrams},
		{"refused", test_refused}, {"no buffers", test_no_buffers}, {"link", test_link},
		{"deleted", test_deleted});
