/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The transmit step, with ports that record what they get: the packets of each port, and the
 * counters. The drop reasons link_down, not_member, tx_full, no_buffers_tx, mtu_exceeded,
 * hidden_tag and cvlan_filtered.
 */
#include <rte_byteorder.h>

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/offload.h"
#include "dataplane/core/offload_test_build.h"
#include "dataplane/core/path.h"
#include "dataplane/core/tx.h"
#include "dataplane/l2/vlan_output.h"
#include "tests/unit/books.h"
#include "tests/unit/eal.h"
#include "tests/unit/unit.h"

#define POOL_SIZE 1023
#define SENT_MAX  512
#define DOMAIN    5
#define VLAN      10
#define FRAME     100

enum { ACCESS, TRUNK, NATIVE, TUNNEL, SMALL, SUPER, PORTS };

/* What a port got: flat copies, and the meta's flags. */
struct got {
	uint8_t p[70000];
	uint32_t len;
	uint8_t flags;
};

static struct got *got[PORTS];
static unsigned int n_got[PORTS], room = SENT_MAX;
static struct dp_port *ports[PORTS];
static struct dp_port_config configs[PORTS];
static const struct dp_port_config *config_list[PORTS];
static struct dp_switch sw = {.domain = {[VLAN] = DOMAIN}};
static const struct dp_switch *switches[] = {&sw};
static struct dp_config tree = {.n_ports = PORTS, .ports = config_list, .switches = switches};
static struct hd_stats_worker stats;
static struct hd_stats_port port_stats[PORTS];
static struct dp_worker w = {.config = &tree, .stats = &stats, .port_stats = port_stats};
static struct rte_mempool *big;

static const struct dp_path path = {.fit_tag = l2_vlan_output};

RTE_INIT(test_path_register)
{
	dp_path_register(&path);
}

static uint16_t remember(struct dp_worker *worker, struct dp_port *port, uint16_t q,
			 struct rte_mbuf **m, uint16_t n)
{
	uint16_t sent = 0;

	for (; sent < n && room; sent++, room--) {
		struct got *g = &got[port->id][n_got[port->id]++];
		const void *p = rte_pktmbuf_read(m[sent], 0, m[sent]->pkt_len, g->p);

		if (p != g->p)
			memcpy(g->p, p, m[sent]->pkt_len);
		g->len = m[sent]->pkt_len;
		g->flags = dp_meta(m[sent])->flags;
		rte_pktmbuf_free(m[sent]);
	}
	return sent;
}

static const struct dp_port_ops ops = {.name = "remember", .tx_burst = remember};

static void port_make(uint16_t id, uint8_t mode, uint16_t mtu, uint32_t caps)
{
	configs[id] = (struct dp_port_config){
		.id = id,
		.mode = mode,
		.pvid = mode == HD_VLAN_TRUNK ? 0 : VLAN,
		.pvid_domain = mode == HD_VLAN_TRUNK ? 0 : DOMAIN,
		.tpid = rte_cpu_to_be_16(HD_TPID_C),
		.mtu = mtu,
	};
	if (mode == HD_VLAN_TRUNK)
		hd_vlan_set_add(&configs[id].vlans, VLAN);
	configs[id].port = ports[id] = calloc(1, sizeof(struct dp_port));
	ports[id]->ops = &ops;
	ports[id]->id = id;
	ports[id]->caps = caps;
	ports[id]->tx_queues = 1;
	ports[id]->up = true;
	config_list[id] = &configs[id];
	got[id] = calloc(SENT_MAX, sizeof(struct got));
}

static int setup(void)
{
	if (unit_eal_init() < 0 || dp_drop_init() < 0)
		return -1;
	w.pool = unit_pool("frames", POOL_SIZE, DP_FRAME_ROOM);
	big = unit_pool("big", 31, DP_BIG_ROOM);
	w.tx = dp_tx_new();
	port_make(ACCESS, HD_VLAN_ACCESS, 1500, 0);
	port_make(TRUNK, HD_VLAN_TRUNK, 1500, 0);
	port_make(NATIVE, HD_VLAN_TRUNK, 1500, 0);
	configs[NATIVE].pvid = VLAN;
	configs[NATIVE].pvid_domain = DOMAIN;
	port_make(TUNNEL, HD_VLAN_TUNNEL, 1500, 0);
	configs[TUNNEL].flags = HD_PORT_CVLANS;
	configs[TUNNEL].cvlans = &configs[TUNNEL].cvlan_store;
	hd_vlan_set_add(&configs[TUNNEL].cvlan_store, 12);
	port_make(SMALL, HD_VLAN_ACCESS, 500, DP_CAP_CSUM);
	port_make(SUPER, HD_VLAN_ACCESS, 1500, DP_CAP_CSUM | DP_CAP_TSO4 | DP_CAP_TSO6);
	return 0;
}

static void start(void)
{
	memset(&stats, 0, sizeof(stats));
	memset(port_stats, 0, sizeof(port_stats));
	memset(n_got, 0, sizeof(n_got));
	room = SENT_MAX;
}

static uint64_t drops(uint16_t port, const char *name)
{
	return unit_drops(&port_stats[port], name);
}

/* Sends, and balances the books: what went in and was copied left, or was dropped. */
static void flush(uint64_t in)
{
	dp_tx_flush(&w);
	CU_ASSERT_EQUAL(in + stats.copies, stats.tx + stats.drops);
	for (int i = 0; i < PORTS; i++) {
		uint64_t dropped = 0;

		for (unsigned int r = 0; dp_drop_by_index(r); r++)
			dropped += port_stats[i].drops[r];
		CU_ASSERT_EQUAL(port_stats[i].offered, port_stats[i].tx_packets + dropped);
		CU_ASSERT_EQUAL(port_stats[i].tx_packets, n_got[i]);
	}
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w.pool), POOL_SIZE);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(big), 31);
}

static struct rte_mbuf *classified(const uint8_t *p, uint32_t len, uint8_t tag_len)
{
	struct rte_mbuf *m = unit_packet(len > 1000 ? big : w.pool, p, len, 0);

	dp_meta(m)->domain = DOMAIN;
	dp_meta(m)->tci = VLAN | 3 << HD_PCP_SHIFT;
	dp_meta(m)->tag_len = tag_len;
	return m;
}

/* @tags: bytes after the addresses. */
static struct rte_mbuf *frame(const char *tags, uint32_t tags_len, uint8_t tag_len)
{
	uint8_t p[FRAME];

	for (unsigned int i = 0; i < sizeof(p); i++)
		p[i] = (uint8_t)(i * 2);
	memcpy(p + 12, tags, tags_len);
	return classified(p, sizeof(p), tag_len);
}

#define PLAIN "\x88\xb5", 2, 0

/* One frame, to several ports: the copies do not write on each other. */
static void to_ports(struct rte_mbuf *m, const uint16_t *to, uint16_t n)
{
	for (struct rte_mbuf *s = m; s; s = s->next)
		rte_mbuf_refcnt_update(s, (int16_t)(n - 1));
	stats.copies += n - 1u;
	for (uint16_t i = 0; i < n; i++)
		dp_tx_put(&w, to[i], m);
}

static void test_tags(void)
{
	static const uint16_t to[] = {ACCESS, TRUNK, NATIVE};

	start();
	to_ports(frame(PLAIN), to, 3);
	flush(1);
	CU_ASSERT(n_got[ACCESS] == 1 && n_got[TRUNK] == 1 && n_got[NATIVE] == 1);
	CU_ASSERT_EQUAL(got[ACCESS][0].len, FRAME);
	CU_ASSERT_EQUAL(got[TRUNK][0].len, FRAME + 4);
	CU_ASSERT_EQUAL(memcmp(got[ACCESS][0].p, got[NATIVE][0].p, FRAME), 0);
	CU_ASSERT_EQUAL(memcmp(got[TRUNK][0].p, got[ACCESS][0].p, 12), 0);
	CU_ASSERT_EQUAL(memcmp(got[TRUNK][0].p + 12, "\x81\x00\x60\x0a\x88\xb5", 6), 0);
	CU_ASSERT_EQUAL(memcmp(got[TRUNK][0].p + 16, got[ACCESS][0].p + 12, FRAME - 12), 0);

	start();
	to_ports(frame("\x81\x00\x60\x0a\x88\xb5", 6, 4), to, 3);
	flush(1);
	CU_ASSERT_EQUAL(got[TRUNK][0].len, FRAME);
	CU_ASSERT_EQUAL(got[ACCESS][0].len, FRAME - 4);
	CU_ASSERT_EQUAL(memcmp(got[ACCESS][0].p + 12, got[TRUNK][0].p + 16, FRAME - 16), 0);
}

static void test_drops(void)
{
	start();
	ports[ACCESS]->up = false;
	dp_tx_put(&w, ACCESS, frame(PLAIN));
	flush(1);
	CU_ASSERT_EQUAL(drops(ACCESS, "link_down"), 1);
	ports[ACCESS]->up = true;

	start();
	for (int to = ACCESS; to <= TRUNK; to++) {
		struct rte_mbuf *m = frame(PLAIN);

		dp_meta(m)->domain = DOMAIN + 1;
		dp_meta(m)->tci = VLAN + 1;
		dp_tx_put(&w, to, m);
	}
	flush(2);
	CU_ASSERT_EQUAL(drops(ACCESS, "not_member"), 1);
	CU_ASSERT_EQUAL(drops(TRUNK, "not_member"), 1);

	start();
	dp_tx_put(&w, NATIVE, frame("\x81\x00\x60\x0a\x81\x00\x00\x14", 8, 4));
	dp_tx_put(&w, NATIVE, frame("\x88\xa8\x00\x14\x08\x00", 6, 0));
	flush(2);
	CU_ASSERT_EQUAL(drops(NATIVE, "hidden_tag"), 2);

	start();
	dp_tx_put(&w, TUNNEL, frame("\x81\x00\x00\x0c\x08\x00", 6, 0));
	dp_tx_put(&w, TUNNEL, frame("\x81\x00\x00\x0d\x08\x00", 6, 0));
	dp_tx_put(&w, TUNNEL, frame("\x81\x00\x00\x0a\x81\x00\x00\x0c\x08\x00", 10, 4));
	dp_tx_put(&w, TUNNEL, frame("\x81\x00\x00\x0a\x88\xb5", 6, 4));
	flush(4);
	CU_ASSERT_EQUAL(n_got[TUNNEL], 2);
	CU_ASSERT_EQUAL(drops(TUNNEL, "cvlan_filtered"), 2);
}

/* A receiver that takes some: those are counted as sent, the others as dropped. */
static void test_full(void)
{
	start();
	room = 100;
	for (int i = 0; i < 130; i++)
		dp_tx_put(&w, TRUNK, frame(PLAIN));
	flush(130);
	CU_ASSERT_EQUAL(n_got[TRUNK], 100);
	CU_ASSERT_EQUAL(drops(TRUNK, "tx_full"), 30);
	CU_ASSERT_EQUAL(port_stats[TRUNK].tx_bytes, 100u * (FRAME + 4));
}

/* No memory for the copy that a shared frame needs: dropped there, sent where none is needed. */
static void test_no_buffers(void)
{
	static const uint16_t to[] = {TRUNK, ACCESS};
	static struct rte_mbuf *taken[POOL_SIZE];
	struct rte_mbuf *m;
	unsigned int n = 0;

	start();
	m = frame(PLAIN);
	while ((taken[n] = rte_pktmbuf_alloc(w.pool)))
		n++;
	to_ports(m, to, 2);
	dp_tx_flush(&w);
	rte_pktmbuf_free_bulk(taken, n);
	flush(1);
	CU_ASSERT_EQUAL(drops(TRUNK, "no_buffers_tx"), 1);
	CU_ASSERT_EQUAL(n_got[ACCESS], 1);
}

static struct build b;

static struct rte_mbuf *super_frame(int family, uint32_t payload, uint16_t gso_size)
{
	struct virtio_net_hdr h = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_offset = 16};
	struct rte_mbuf *m;

	memset(&b, 0, offsetof(struct build, p));
	b.family = family;
	b.proto = 6;
	b.payload = payload;
	b.tcp_flags = 0x18;
	b.seed = payload;
	build_packet(&b, true);
	h.csum_start = (uint16_t)(b.l2 + b.l3);
	h.gso_size = gso_size;
	if (gso_size)
		h.gso_type = family == 4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;
	m = classified(b.p, b.len, 0);
	CU_ASSERT_EQUAL_FATAL(dp_offload_rx(m, &h), 0);
	return m;
}

/* The pieces that @port got: right one by one, and the payload whole. @tag: bytes of the VLAN's. */
static void check_pieces(uint16_t port, uint32_t tag, uint32_t gso)
{
	uint32_t off = 0;

	for (unsigned int i = 0; i < n_got[port]; i++) {
		struct got *g = &got[port][i];
		uint32_t hdr = b.l2 + b.l3 + b.l4, payload = RTE_MIN(gso, b.payload - off);

		CU_ASSERT_EQUAL_FATAL(g->len, tag + hdr + payload);
		if (tag)
			CU_ASSERT_EQUAL(memcmp(g->p + 12, "\x81\x00\x60\x0a", 4), 0);
		memmove(g->p + 12, g->p + 12 + tag, g->len - 12 - tag);
		CU_ASSERT_EQUAL(memcmp(g->p + hdr, b.p + hdr + off, payload), 0);
		CU_ASSERT_EQUAL(g->flags, 0);
		CU_ASSERT(slow_ip_ok(&b, g->p) && slow_l4_ok(&b, g->p, b.l4 + payload));
		off += payload;
	}
	CU_ASSERT_EQUAL(off, b.payload);
}

/*
 * One super-frame: whole to the port that takes it, in pieces and with tags to those that do not.
 */
static void test_super_frame(void)
{
	static const uint16_t to[] = {SUPER, ACCESS, TRUNK, SMALL};

	for (int family = 4; family <= 6; family += 2) {
		start();
		to_ports(super_frame(family, 30001, 1400), to, 4);
		flush(1);
		CU_ASSERT_EQUAL(n_got[SUPER], 1);
		CU_ASSERT_EQUAL(got[SUPER][0].len, b.len);
		CU_ASSERT_EQUAL(memcmp(got[SUPER][0].p, b.p, b.len), 0);
		CU_ASSERT(got[SUPER][0].flags & DP_META_TSO);
		CU_ASSERT_EQUAL(n_got[ACCESS], 22);
		CU_ASSERT_EQUAL(n_got[TRUNK], 22);
		CU_ASSERT_EQUAL(port_stats[TRUNK].segmented, 1);
		check_pieces(ACCESS, 0, 1400);
		check_pieces(TRUNK, 4, 1400);
		CU_ASSERT_EQUAL(n_got[SMALL], 0);
		CU_ASSERT_EQUAL(drops(SMALL, "mtu_exceeded"), 1);
	}
}

/* More pieces than there may be: dropped as what it is, and nothing is lost. */
static void test_too_many_pieces(void)
{
	start();
	dp_tx_put(&w, ACCESS, super_frame(4, 60000, 50));
	flush(1);
	CU_ASSERT_EQUAL(n_got[ACCESS], 0);
	CU_ASSERT_EQUAL(drops(ACCESS, "mtu_exceeded"), 1);
}

/* An unfinished checksum: finished for the port that needs it, in a copy of its own. */
static void test_checksum(void)
{
	static const uint16_t to[] = {SUPER, ACCESS, TRUNK};

	for (uint32_t payload = 100; payload <= 1400; payload += 1300) {
		start();
		to_ports(super_frame(6, payload, 0), to, 3);
		flush(1);
		CU_ASSERT_EQUAL(got[SUPER][0].flags, DP_META_CSUM);
		CU_ASSERT_EQUAL(memcmp(got[SUPER][0].p, b.p, b.len), 0);
		check_pieces(ACCESS, 0, payload);
		check_pieces(TRUNK, 4, payload);
	}
}

static void test_mtu(void)
{
	uint8_t p[520] = {0};

	start();
	dp_tx_put(&w, SMALL, classified(p, 514, 0));
	dp_tx_put(&w, SMALL, classified(p, 515, 0));
	flush(2);
	CU_ASSERT_EQUAL(n_got[SMALL], 1);
	CU_ASSERT_EQUAL(drops(SMALL, "mtu_exceeded"), 1);
}

static unsigned int given_back;

static void on_freed(void *addr, void *arg)
{
	given_back++;
}

/* A frame of @len bytes whose first 256 are its own; the rest is lent, as a guest's memory is. */
static struct rte_mbuf *lent(const uint8_t *p, uint32_t len,
			     struct rte_mbuf_ext_shared_info *lender)
{
	struct rte_mbuf *m = classified(p, 256, 0), *rest = rte_pktmbuf_alloc(w.pool);

	*lender = (struct rte_mbuf_ext_shared_info){.free_cb = on_freed};
	rte_mbuf_ext_refcnt_set(lender, 1);
	rte_pktmbuf_attach_extbuf(rest, (void *)(uintptr_t)(p + 256), 0, (uint16_t)(len - 256),
				  lender);
	rest->data_len = rest->pkt_len = (uint16_t)(len - 256);
	CU_ASSERT_EQUAL(rte_pktmbuf_chain(m, rest), 0);
	return m;
}

/* It goes to several ports, with another tag for each, and then back to who lent it: once. */
static void test_lent(void)
{
	static const uint16_t to[] = {ACCESS, TRUNK, SUPER, TRUNK};
	struct rte_mbuf_ext_shared_info lender;
	uint8_t p[1514];

	for (unsigned int i = 0; i < sizeof(p); i++)
		p[i] = (uint8_t)(i * 3);
	p[0] = 2;
	for (unsigned int i = 1; i <= 4; i++) {
		start();
		given_back = 0;
		to_ports(lent(p, sizeof(p), &lender), to, i);
		flush(1);
		CU_ASSERT_EQUAL(given_back, 1);
		CU_ASSERT_EQUAL(got[ACCESS][0].len, sizeof(p));
		CU_ASSERT_EQUAL(memcmp(got[ACCESS][0].p, p, sizeof(p)), 0);
	}
	CU_ASSERT_EQUAL(got[TRUNK][1].len, sizeof(p) + HD_VLAN_HLEN);
	CU_ASSERT_EQUAL(memcmp(got[TRUNK][1].p + 16, p + 12, sizeof(p) - 12), 0);
}

/* Who keeps a packet owns it: what was lent is given back at once, and changes no more. */
static void test_own(void)
{
	struct rte_mbuf_ext_shared_info lender;
	struct rte_mbuf *m, *own;
	uint8_t p[1514] = {2}, back[1514];

	w.big_pool = big;
	given_back = 0;
	m = lent(p, sizeof(p), &lender);
	own = dp_mbuf_own(&w, m);
	CU_ASSERT_PTR_NOT_NULL_FATAL(own);
	CU_ASSERT_EQUAL(given_back, 1);
	memset(p + 256, 0xff, sizeof(p) - 256);
	CU_ASSERT_EQUAL(own->pkt_len, sizeof(p));
	CU_ASSERT_EQUAL(dp_meta(own)->domain, DOMAIN);
	CU_ASSERT_EQUAL(((const uint8_t *)rte_pktmbuf_read(own, 0, sizeof(p), back))[1513], 0);
	CU_ASSERT_PTR_EQUAL(dp_mbuf_own(&w, own), own); /* nothing of it is lent any more */
	rte_pktmbuf_free(own);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(w.pool), POOL_SIZE);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(big), 31);
}

UNIT_MAIN_SETUP("tx", setup, {"tags", test_tags}, {"drops", test_drops}, {"full", test_full},
		{"no buffers", test_no_buffers}, {"super-frame", test_super_frame},
		{"too many pieces", test_too_many_pieces}, {"checksum", test_checksum},
		{"mtu", test_mtu}, {"lent", test_lent}, {"own", test_own});
