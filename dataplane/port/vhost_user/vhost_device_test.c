/* SPDX-License-Identifier: BSD-3-Clause */
/* What each request does to a running device; the test sends requests through a socket. */
#define _GNU_SOURCE
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "dataplane/port/vhost_user/vhost_loop.h"
#include "dataplane/port/vhost_user/vhost_user_test.h"
#include "tests/unit/unit.h"

#define FAR  (1ull << 40) /* guest address of a second region */
#define LONG 1400         /* bytes of a frame that is lent */
#define SLOT 65536

static uint8_t frame[1514], back[2048];
static struct dp_port *port;
static struct vf_dev guest;
static struct vf_config conf;
static char path[108];

static void open_port(bool server)
{
	struct hd_vhost_user_object o = vt_object("device.sock", server, 1);

	port = vt_port(&o);
	conf = vt_guest(&o, path);
	conf.protocol = 1ull << VHOST_PF_CONFIGURE_MEM_SLOTS | 1ull << VHOST_PF_RESET_DEVICE |
			1ull << VHOST_PF_MTU;
	guest.listener = -1;
	for (unsigned int i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i * 13);
}

static void attach(void)
{
	open_port(false);
	vt_attach(port, &guest, &conf);
}

static void detach(void)
{
	vf_close(&guest);
	CU_ASSERT_TRUE(vt_wait(port, false));
	fixture_port_free(port);
	vt_no_leak();
}

static int ask_u64(uint32_t request, uint64_t value)
{
	return vf_ask(&guest, request, &value, sizeof(value), NULL, 0);
}

static int ask_state(uint32_t request, uint32_t ring, uint32_t num)
{
	struct vhost_vring_state state = {ring, num};

	return vf_ask(&guest, request, &state, sizeof(state), NULL, 0);
}

static int ask_event(uint32_t request, uint64_t ring, int fd)
{
	return vf_ask(&guest, request, &ring, sizeof(ring), &fd, 1);
}

static uint64_t get_u64(uint32_t request)
{
	uint64_t value = UINT64_MAX;

	CU_ASSERT_EQUAL(vf_message(&guest, request, VHOST_VERSION, NULL, 0, NULL, 0), 0);
	CU_ASSERT_EQUAL(vf_reply(&guest, request, &value, sizeof(value), 3000), 8);
	return value;
}

/* A frame from the guest and back. */
static void cross(uint32_t size)
{
	struct rte_mbuf *m;

	CU_ASSERT_EQUAL_FATAL(vf_send(&guest, 0, NULL, frame, size), 0);
	m = vt_rx(port, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->pkt_len, size);
	CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, size, back), frame, size), 0);
	CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &m, 1), 1);
	memset(back, 0, sizeof(back));
	CU_ASSERT_EQUAL(vf_recv(&guest, 0, NULL, back, sizeof(back)), (int)size);
	CU_ASSERT_EQUAL(memcmp(back, frame, size), 0);
}

static void cross_all(void)
{
	cross(60);
	cross(LONG);
	cross(1514);
}

/* The descriptor that the guest sends next lies at @addr, where @at is for us. */
static void send_from(uint64_t addr, uint8_t *at, uint32_t size)
{
	struct vf_ring *r = vf_tx(&guest, 0);
	struct vring_desc *d = &r->desc[r->next & r->mask];

	CU_ASSERT_TRUE(vf_tx_room(r) > 0);
	memset(at, 0, VF_HDR_LEN);
	memcpy(at + VF_HDR_LEN, frame, size);
	d->addr = addr;
	d->len = VF_HDR_LEN + size;
	vf_post(r, 1);
}

/* Memory that is added and removed while packets cross. */
static void test_slots(void)
{
	struct vhost_single far = {.region = {FAR, SLOT, 2 * FAR, 0}};
	int fd = memfd_create("far", MFD_CLOEXEC);
	uint64_t dropped;
	uint8_t *at;

	CU_ASSERT_EQUAL_FATAL(ftruncate(fd, SLOT), 0);
	at = mmap(NULL, SLOT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CU_ASSERT_NOT_EQUAL_FATAL(at, MAP_FAILED);
	attach();
	CU_ASSERT_EQUAL(get_u64(VHOST_GET_MAX_MEM_SLOTS), VHOST_MAPS_MAX);
	for (unsigned int round = 0; round < 20; round++) {
		uint32_t size = round & 1 ? LONG : 60;
		struct rte_mbuf *m;

		CU_ASSERT_EQUAL(vf_ask(&guest, VHOST_ADD_MEM_REG, &far, sizeof(far), &fd, 1), 0);
		/* added twice, as QEMU does for each pair of queues: the second REM removes it */
		CU_ASSERT_EQUAL(vf_ask(&guest, VHOST_ADD_MEM_REG, &far, sizeof(far), &fd, 1), 0);
		CU_ASSERT_EQUAL(vf_ask(&guest, VHOST_REM_MEM_REG, &far, sizeof(far), NULL, 0), 0);
		send_from(FAR + 4096, at + 4096, size);
		m = vt_rx(port, 0);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, size, back), frame, size), 0);
		rte_pktmbuf_free(m);
		cross_all();
		CU_ASSERT_EQUAL(vf_ask(&guest, VHOST_REM_MEM_REG, &far, sizeof(far), NULL, 0), 0);
		CU_ASSERT_EQUAL(vf_ask(&guest, VHOST_REM_MEM_REG, &far, sizeof(far), NULL, 0), 1);
		/* what lies there now is nowhere, and no reason to stop */
		dropped = fixture_drops(port, "rx_truncated");
		send_from(FAR + 4096, at + 4096, size);
		CU_ASSERT_EQUAL(port->ops->rx_burst(vt_worker, port, 0, &m, 1), 0);
		CU_ASSERT_EQUAL(fixture_drops(port, "rx_truncated"), dropped + 1);
		for (unsigned int i = 0; i < vf_tx(&guest, 0)->size; i++)
			vf_tx(&guest, 0)->desc[i].addr =
				vf_tx(&guest, 0)->buf_gpa + (uint64_t)i * conf.buf_size;
		cross_all();
	}
	munmap(at, SLOT);
	close(fd);
	detach();
}

/* The region that the rings are in is removed: the device stops, and nothing of it is touched. */
static void test_slot_of_rings(void)
{
	struct vhost_single all = {0};
	struct rte_mbuf *m;

	attach();
	cross_all();
	all.region = (struct vhost_region){0, guest.mem_size, (uintptr_t)guest.mem, 0};
	CU_ASSERT_EQUAL(vf_ask(&guest, VHOST_REM_MEM_REG, &all, sizeof(all), NULL, 0), 0);
	CU_ASSERT_FALSE(atomic_load(&port->up));
	CU_ASSERT_EQUAL(port->ops->rx_burst(vt_worker, port, 0, &m, 1), 0);
	m = vt_mbuf(frame, 60, 2048);
	CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &m, 1), 0);
	rte_pktmbuf_free(m);
	detach();
}

static struct vhost_table table_of(uint64_t size)
{
	return (struct vhost_table){.regions = 1, .region = {{0, size, (uintptr_t)guest.mem, 0}}};
}

/* All memory again, while the device runs; a table that is refused leaves what was there. */
static void test_table(void)
{
	struct vhost_table t;

	attach();
	for (int round = 0; round < 10; round++) {
		cross_all();
		t = table_of(guest.mem_size);
		CU_ASSERT_EQUAL(
			vf_ask(&guest, VHOST_SET_MEM_TABLE, &t, sizeof(t), &guest.mem_fd, 1), 0);
		cross_all();
		t = table_of(guest.mem_size + 4096);
		CU_ASSERT_EQUAL(
			vf_ask(&guest, VHOST_SET_MEM_TABLE, &t, sizeof(t), &guest.mem_fd, 1), 1);
	}
	cross_all();
	CU_ASSERT_TRUE(atomic_load(&port->up));
	detach();
}

static uint32_t base_of(uint32_t ring)
{
	struct vhost_vring_state state = {ring, 0};

	CU_ASSERT_EQUAL(vf_reply(&guest, VHOST_GET_VRING_BASE, &state, sizeof(state), 3000), 8);
	CU_ASSERT_EQUAL(state.index, ring);
	return state.num;
}

static void ask_base(uint32_t ring)
{
	struct vhost_vring_state state = {ring, 0};

	CU_ASSERT_EQUAL(vf_message(&guest, VHOST_GET_VRING_BASE, VHOST_VERSION, &state,
				   sizeof(state), NULL, 0),
			0);
}

/* GET_VRING_BASE is answered when mbufs borrow nothing of the ring any more, also if disabled. */
static void test_base(void)
{
	for (int round = 0; round < 4; round++) {
		struct vhost_vring_state off = {1, 0};
		bool packed = round & 1;
		struct pollfd pfd = {.events = POLLIN};
		struct rte_mbuf *m;

		open_port(false);
		conf.packed = packed;
		vt_attach(port, &guest, &conf);
		for (int i = 0; i < 5; i++)
			cross(LONG);
		CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, LONG), 0);
		m = vt_rx(port, 0);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_TRUE(m->nb_segs > 1);
		CU_ASSERT_EQUAL(vf_tx_room(vf_tx(&guest, 0)), 255); /* it is lent */
		if (round & 2)
			vf_message(&guest, VHOST_SET_VRING_ENABLE, VHOST_VERSION, &off, sizeof(off),
				   NULL, 0);
		ask_base(1);
		pfd.fd = guest.sock;
		CU_ASSERT_EQUAL(poll(&pfd, 1, 50), 0);
		CU_ASSERT_EQUAL(atomic_load(&port->up), (round & 2) != 0);
		CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, LONG, back), frame, LONG), 0);
		rte_pktmbuf_free(m);
		CU_ASSERT_EQUAL(base_of(1), packed ? 0x80068006 : 6);
		CU_ASSERT_EQUAL(vf_tx_room(vf_tx(&guest, 0)), 256);
		ask_base(0);
		CU_ASSERT_EQUAL(base_of(0), packed ? 0x80058005 : 5);
		/* and from there on */
		for (uint32_t ring = 0; ring < 2; ring++) {
			uint32_t num = 5 + ring;

			CU_ASSERT_EQUAL(ask_state(VHOST_SET_VRING_BASE, ring,
						  packed ? 0x80008000 | num << 16 | num : num),
					0);
			CU_ASSERT_EQUAL(
				ask_event(VHOST_SET_VRING_KICK, ring, guest.ring[ring].kick), 0);
		}
		CU_ASSERT_EQUAL(ask_state(VHOST_SET_VRING_ENABLE, 1, 1), 0);
		CU_ASSERT_TRUE(vt_wait(port, true));
		cross_all();
		detach();
	}
}

static void test_enable(void)
{
	struct rte_mbuf *m;

	attach();
	for (int round = 0; round < 5; round++) {
		cross_all();
		CU_ASSERT_EQUAL(ask_state(VHOST_SET_VRING_ENABLE, 1, 0), 0);
		CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, LONG), 0);
		CU_ASSERT_EQUAL(port->ops->rx_burst(vt_worker, port, 0, &m, 1), 0);
		CU_ASSERT_EQUAL(ask_state(VHOST_SET_VRING_ENABLE, 1, 1), 0);
		m = vt_rx(port, 0);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_EQUAL(m->pkt_len, LONG);
		CU_ASSERT_EQUAL(ask_state(VHOST_SET_VRING_ENABLE, 0, 0), 0);
		CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &m, 1), 0);
		CU_ASSERT_EQUAL(ask_state(VHOST_SET_VRING_ENABLE, 0, 1), 0);
		CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, &m, 1), 1);
		CU_ASSERT_EQUAL(vf_recv(&guest, 0, NULL, back, sizeof(back)), LONG);
	}
	detach();
}

/* What a driver does that starts again after a reset. */
static void start_rings(void)
{
	for (uint32_t ring = 0; ring < 2; ring++) {
		CU_ASSERT_EQUAL(ask_event(VHOST_SET_VRING_KICK, ring, guest.ring[ring].kick), 0);
		CU_ASSERT_EQUAL(ask_state(VHOST_SET_VRING_ENABLE, ring, 1), 0);
	}
}

static void test_reset(void)
{
	static const uint32_t resets[] = {VHOST_RESET_DEVICE, VHOST_RESET_OWNER};
	struct rte_mbuf *m;

	attach();
	for (unsigned int i = 0; i < 4; i++) {
		cross_all();
		CU_ASSERT_EQUAL(vf_ask(&guest, resets[i % 2], NULL, 0, NULL, 0), 0);
		CU_ASSERT_FALSE(atomic_load(&port->up));
		CU_ASSERT_EQUAL(port->ops->rx_burst(vt_worker, port, 0, &m, 1), 0);
		CU_ASSERT_TRUE(vf_connected(&guest));
		start_rings();
		CU_ASSERT_TRUE(vt_wait(port, true));
	}
	cross_all();
	detach();
}

/* With STATUS a device runs when the driver says that it is ready, and stops when it resets. */
static void test_status(void)
{
	open_port(false);
	conf.protocol |= 1ull << VHOST_PF_STATUS;
	CU_ASSERT_EQUAL_FATAL(vf_open(&guest, &conf), 0);
	CU_ASSERT_EQUAL_FATAL(vt_connect(port, &guest, &conf), 0);
	for (int round = 0; round < 3; round++) {
		CU_ASSERT_EQUAL(ask_u64(VHOST_SET_STATUS, 1 | 2 | 8), 0);
		CU_ASSERT_FALSE(atomic_load(&port->up));
		CU_ASSERT_EQUAL(ask_u64(VHOST_SET_STATUS, 1 | 2 | 8 | 4), 0);
		CU_ASSERT_TRUE(vt_wait(port, true));
		CU_ASSERT_EQUAL(get_u64(VHOST_GET_STATUS), 15);
		cross_all();
		CU_ASSERT_EQUAL(ask_u64(VHOST_SET_STATUS, 0), 0);
		CU_ASSERT_FALSE(atomic_load(&port->up));
		CU_ASSERT_EQUAL(get_u64(VHOST_GET_STATUS), 0);
		start_rings();
	}
	detach();
}

static void test_mtu(void)
{
	attach();
	CU_ASSERT_EQUAL(ask_u64(VHOST_NET_SET_MTU, HD_PORT_MTU_MIN - 1), 1);
	CU_ASSERT_EQUAL(ask_u64(VHOST_NET_SET_MTU, HD_PORT_MTU_MIN), 0);
	CU_ASSERT_EQUAL(ask_u64(VHOST_NET_SET_MTU, UINT16_MAX), 0);
	CU_ASSERT_EQUAL(ask_u64(VHOST_NET_SET_MTU, UINT16_MAX + 1), 1);
	CU_ASSERT_EQUAL(ask_u64(VHOST_NET_SET_MTU, UINT64_MAX), 1);
	cross_all();
	detach();
}

/* Sent away, with @words. */
static void refused(const char *words)
{
	uint64_t end = hd_now_ns() + 3 * HD_NS_PER_S;

	while (!strstr(port->text, words) && hd_now_ns() < end) {
		usleep(1000);
		port->ops->poll(port);
	}
	if (!strstr(port->text, words))
		printf("\n  \"%s\" does not say \"%s\"", port->text, words);
	CU_ASSERT_PTR_NOT_NULL(strstr(port->text, words));
	CU_ASSERT_EQUAL(port->reason, HD_PORT_ERROR);
	CU_ASSERT_FALSE(vf_connected(&guest));
	vf_disconnect(&guest);
}

/* Requests that are not served, and descriptors that are no events, are named. */
static void test_refused(void)
{
	static const struct {
		uint32_t request;
		const char *words;
	} bad[] = {
		{VHOST_GET_INFLIGHT_FD, "GET_INFLIGHT_FD is not served"},
		{VHOST_SET_INFLIGHT_FD, "SET_INFLIGHT_FD is not served"},
		{VHOST_SET_BACKEND_REQ_FD, "SET_BACKEND_REQ_FD is not served"},
		{VHOST_POSTCOPY_ADVISE, "POSTCOPY_ADVISE is not served"},
		{VHOST_SET_LOG_BASE, "SET_LOG_BASE needs protocol feature 1, which was not taken"},
	};
	uint64_t ring = 0;
	int ends[2], many[20] = {0};

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	open_port(true);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		vt_attach(port, &guest, &conf);
		vf_message(&guest, bad[i].request, VHOST_VERSION, &ring, sizeof(ring), NULL, 0);
		refused(bad[i].words);
	}
	vt_attach(port, &guest, &conf);
	vf_message(&guest, VHOST_SET_FEATURES, VHOST_VERSION, &ring, 8, many, RTE_DIM(many));
	refused("more than 8 descriptors");
	vt_attach(port, &guest, &conf);
	vf_message(&guest, VHOST_SET_VRING_CALL, VHOST_VERSION, &ring, 8, &ends[1], 1);
	refused("the call descriptor is no event descriptor (eventfd)");
	vt_attach(port, &guest, &conf);
	vf_message(&guest, VHOST_SET_VRING_KICK, VHOST_VERSION, &ring, 8, &guest.sock, 1);
	refused("the kick descriptor is no event descriptor (eventfd)");
	/* with a result, the guest may go on */
	vt_attach(port, &guest, &conf);
	CU_ASSERT_EQUAL(ask_event(VHOST_SET_VRING_CALL, 0, ends[1]), 1);
	CU_ASSERT_EQUAL(ask_event(VHOST_SET_VRING_KICK, 1, ends[0]), 1);
	CU_ASSERT_EQUAL(ask_event(VHOST_SET_VRING_CALL, 0, guest.ring[0].call), 0);
	cross_all();
	close(ends[0]);
	close(ends[1]);
	detach();
}

/* The guest hangs up while a frame of it is on its way: its memory stays until that is done. */
static void test_lent(void)
{
	attach();
	for (int round = 0; round < 3; round++) {
		struct vhost_port *v = dp_port_priv(port);
		uint64_t end = hd_now_ns() + 2 * HD_NS_PER_S;
		struct rte_mbuf *m;

		CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, LONG), 0);
		m = vt_rx(port, 0);
		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT_TRUE(m->nb_segs > 1);
		vf_disconnect(&guest);
		CU_ASSERT_TRUE(vt_wait(port, false));
		usleep(20000);
		CU_ASSERT_EQUAL(v->stage, VHOST_LEAVING);
		CU_ASSERT_EQUAL(memcmp(rte_pktmbuf_read(m, 0, LONG, back), frame, LONG), 0);
		rte_pktmbuf_free(m);
		while (v->stage == VHOST_LEAVING && hd_now_ns() < end)
			usleep(1000);
		CU_ASSERT_NOT_EQUAL(v->stage, VHOST_LEAVING);
		vt_attach(port, &guest, &conf);
		cross_all();
	}
	detach();
}

/* A guest of old: no VERSION_1, no mergeable buffers, and a header of ten bytes. */
static void test_legacy(void)
{
	open_port(false);
	conf.legacy = true;
	conf.features = 0;
	vt_attach(port, &guest, &conf);
	CU_ASSERT_EQUAL(guest.hdr_len, 10);
	CU_ASSERT_FALSE(guest.features & 1ull << VIRTIO_F_VERSION_1);
	for (int i = 0; i < 300; i++)
		cross(60 + (uint32_t)i * 4);
	detach();
}

/* Memory that is taken away: held back, for longer each time; an operator is believed. */
static void test_held(void)
{
	struct vhost_port *v;
	enum hd_port_reason reason;
	struct hd_err err;

	open_port(false);
	v = dp_port_priv(port);
	for (uint64_t round = 1; round <= 2; round++) {
		uint64_t begin, end = hd_now_ns() + 5 * HD_NS_PER_S;
		struct rte_mbuf *m;

		vt_attach(port, &guest, &conf);
		cross_all();
		begin = hd_now_ns();
		CU_ASSERT_EQUAL(ftruncate(guest.mem_fd, 0), 0);
		CU_ASSERT_EQUAL(port->ops->rx_burst(vt_worker, port, 0, &m, 1), 0);
		if (round == 2) /* it hangs up before anybody looked */
			vf_disconnect(&guest);
		while (port->reason != HD_PORT_HELD_BACK && hd_now_ns() < end)
			port->ops->poll(port);
		CU_ASSERT_EQUAL(port->reason, HD_PORT_HELD_BACK);
		CU_ASSERT_PTR_NOT_NULL(strstr(port->text, "took away memory that it shares"));
		CU_ASSERT_TRUE(v->held_ns >= begin + round * HD_NS_PER_S);
		CU_ASSERT_TRUE(v->held_ns <= hd_now_ns() + round * HD_NS_PER_S);
		vf_disconnect(&guest);
	}
	port->ops->close(port);
	port->was_disabled = true;
	CU_ASSERT_EQUAL(fixture_open(port, &reason, &err), 0);
	CU_ASSERT_EQUAL(v->held_ns, 0);
	vt_attach(port, &guest, &conf);
	port->ops->rx_burst(vt_worker, port, 0, (struct rte_mbuf *[1]){NULL}, 1);
	detach();
}

UNIT_MAIN_SETUP("vhost_device", vt_setup, {"slots", test_slots},
		{"slot of rings", test_slot_of_rings}, {"table", test_table}, {"base", test_base},
		{"enable", test_enable}, {"reset", test_reset}, {"status", test_status},
		{"mtu", test_mtu}, {"refused", test_refused}, {"lent", test_lent},
		{"legacy", test_legacy}, {"held", test_held});
