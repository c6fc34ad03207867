/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log of dirty pages: compares a guest's memory with a copy from before, page by page, and
 * checks that each page that changed is marked.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dataplane/port/vhost_user/vhost_user_test.h"
#include "tests/unit/unit.h"

#define LOG_AT    100  /* bytes of the file before the log; such offsets are allowed */
#define LOG_BYTES 8192 /* 64K pages, 256 MB */

static uint8_t frame[1514], back[2048];
static struct dp_port *port;
static struct vf_dev guest;
static char path[108];
static const uint8_t zeros[LOG_AT];
static uint8_t *bits, *copy;
static int log_fd;

static void set_log_all(bool on)
{
	uint64_t features = guest.features | 1ull << VHOST_F_PROTOCOL_FEATURES |
			    (uint64_t)on << VHOST_F_LOG_ALL;

	CU_ASSERT_EQUAL(vf_ask(&guest, VHOST_SET_FEATURES, &features, 8, NULL, 0), 0);
}

static void attach(bool packed, uint64_t features)
{
	struct hd_vhost_user_object o = vt_object("log.sock", false, 1);
	struct vhost_log_base base = {LOG_BYTES, LOG_AT};
	struct vf_config conf;

	port = vt_port(&o);
	conf = vt_guest(&o, path);
	conf.packed = packed;
	conf.features = features;
	conf.buf_size = 1600;
	conf.protocol = 1ull << VHOST_PF_LOG_SHMFD | 1ull << VHOST_PF_CONFIGURE_MEM_SLOTS;
	guest.listener = -1;
	vt_attach(port, &guest, &conf);
	CU_ASSERT_EQUAL((guest.features >> VIRTIO_F_RING_PACKED & 1) != 0, packed);
	copy = malloc(guest.mem_size);
	log_fd = memfd_create("log", MFD_CLOEXEC);
	CU_ASSERT_EQUAL_FATAL(ftruncate(log_fd, LOG_AT + LOG_BYTES), 0);
	bits = mmap(NULL, LOG_AT + LOG_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, log_fd, 0);
	CU_ASSERT_NOT_EQUAL_FATAL(bits, MAP_FAILED);
	vf_message(&guest, VHOST_SET_LOG_BASE, VHOST_VERSION, &base, sizeof(base), &log_fd, 1);
	CU_ASSERT_EQUAL(vf_reply(&guest, VHOST_SET_LOG_BASE, &base, 8, 3000), 8);
}

static void detach(void)
{
	vf_close(&guest);
	CU_ASSERT_TRUE(vt_wait(port, false));
	fixture_port_free(port);
	vt_no_leak();
	munmap(bits, LOG_AT + LOG_BYTES);
	close(log_fd);
	free(copy);
}

/* What the guest's driver does is its own to know; from here on it is the switch. */
static void begin(void)
{
	memcpy(copy, guest.mem, guest.mem_size);
	memset(bits, 0, LOG_AT + LOG_BYTES);
}

static bool is_marked(uint64_t page)
{
	return bits[LOG_AT + page / 8] >> page % 8 & 1;
}

/* Of the whole log. */
static unsigned int marks(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < LOG_BYTES; i++)
		n += (unsigned int)__builtin_popcount(bits[LOG_AT + i]);
	return n;
}

/* Every page that changed is marked. Returns how many did; *@marked is how many are marked. */
static unsigned int compare(unsigned int *marked)
{
	unsigned int changed = 0;

	*marked = 0;
	for (uint64_t page = 0; page < guest.mem_size / 4096; page++) {
		bool same = memcmp(copy + page * 4096, guest.mem + page * 4096, 4096) == 0;

		changed += !same;
		*marked += is_marked(page);
		if (!same && !is_marked(page)) {
			printf("\n  page %u of %u changed and is not marked", (unsigned int)page,
			       (unsigned int)(guest.mem_size / 4096));
			CU_FAIL("a page that is lost");
		}
	}
	/* nothing before the log, and nothing behind the guest's memory */
	CU_ASSERT_EQUAL(memcmp(bits, zeros, LOG_AT), 0);
	CU_ASSERT_EQUAL(*marked, marks());
	return changed;
}

/* Frames both ways, and signals that are asked for and not. */
static void serve(unsigned int frames)
{
	struct rte_mbuf *m[DP_BURST];
	uint16_t n = 0;

	for (unsigned int i = 0; i < frames; i++) {
		memset(frame, (int)(i + 1), sizeof(frame));
		m[0] = vt_mbuf(frame, 60 + i * 97 % 1400, 512);
		CU_ASSERT_EQUAL(port->ops->tx_burst(vt_worker, port, 0, m, 1), 1);
	}
	do {
		rte_pktmbuf_free_bulk(m, n);
		n = port->ops->rx_burst(vt_worker, port, 0, m, DP_BURST);
	} while (n > 0);
	port->ops->event_fd(port, 0, true);
	port->ops->event_fd(port, 0, false);
}

static void round_trip(unsigned int frames)
{
	unsigned int changed, marked;

	for (unsigned int i = 0; i < frames; i++)
		CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, i & 1 ? 1400 : 60), 0);
	begin();
	serve(frames);
	changed = compare(&marked);
	CU_ASSERT_TRUE(changed > 0);
	/* the ring is marked as a whole, and what it offers to read is not */
	CU_ASSERT_TRUE(marked <= changed + 4);
	for (unsigned int i = 0; i < frames; i++)
		CU_ASSERT_TRUE(vf_recv(&guest, 0, NULL, back, sizeof(back)) >= 60);
	CU_ASSERT_EQUAL(vf_tx_room(vf_tx(&guest, 0)), 256);
}

static void test_pages(void)
{
	for (int packed = 0; packed < 2; packed++)
		for (int merge = 0; merge < 2; merge++) {
			unsigned int marked;

			attach(packed, merge ? VT_ALL : 0);
			/* not asked for yet */
			CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, 60), 0);
			begin();
			serve(1);
			CU_ASSERT_TRUE(memcmp(copy, guest.mem, guest.mem_size) != 0);
			CU_ASSERT_EQUAL(marks(), 0);
			vf_recv(&guest, 0, NULL, back, sizeof(back));
			set_log_all(true);
			for (unsigned int frames = 1; frames < 60; frames += 7)
				round_trip(frames);
			set_log_all(false);
			begin();
			serve(1);
			CU_ASSERT_TRUE(memcmp(copy, guest.mem, guest.mem_size) != 0);
			memcpy(copy, guest.mem, guest.mem_size);
			compare(&marked);
			CU_ASSERT_EQUAL(marked, 0);
			detach();
		}
}

/* Frames that are lent, and memory and rings that change, while the guest is on the move. */
static void test_changes(void)
{
	for (int packed = 0; packed < 2; packed++) {
		struct vhost_single far = {.region = {1ull << 40, 65536, 1ull << 41, 0}};
		struct vhost_vring_state off = {1, 0}, on = {1, 1};
		int fd = memfd_create("far", MFD_CLOEXEC);
		struct rte_mbuf *m;
		unsigned int marked;

		CU_ASSERT_EQUAL_FATAL(ftruncate(fd, 65536), 0);
		attach(packed, VT_ALL);
		set_log_all(true);
		for (int i = 0; i < 10; i++) {
			/*
			 * lent before the table of memory is another one, and given back after that
			 */
			CU_ASSERT_EQUAL(vf_send(&guest, 0, NULL, frame, 1400), 0);
			m = vt_rx(port, 0);
			CU_ASSERT_PTR_NOT_NULL_FATAL(m);
			begin();
			CU_ASSERT_EQUAL(
				vf_ask(&guest, VHOST_ADD_MEM_REG, &far, sizeof(far), &fd, 1), 0);
			rte_pktmbuf_free(m);
			serve(1);
			CU_ASSERT_TRUE(compare(&marked) > 0);
			vf_recv(&guest, 0, NULL, back, sizeof(back));
			begin();
			CU_ASSERT_EQUAL(
				vf_ask(&guest, VHOST_REM_MEM_REG, &far, sizeof(far), NULL, 0), 0);
			port->ops->event_fd(port, 0, true);
			compare(&marked);
			/* a ring that starts again while a signal is asked for */
			vf_ask(&guest, VHOST_SET_VRING_ENABLE, &off, sizeof(off), NULL, 0);
			vf_ask(&guest, VHOST_SET_VRING_ENABLE, &on, sizeof(on), NULL, 0);
			begin();
			CU_ASSERT_EQUAL(port->ops->rx_burst(vt_worker, port, 0, &m, 1), 0);
			CU_ASSERT_TRUE(compare(&marked) > 0);
		}
		close(fd);
		detach();
	}
}

/* The front-end is told that pages are marked when no worker writes without marking any more. */
static void test_begins(void)
{
	struct pollfd pfd = {.events = POLLIN};
	uint64_t features, result = 1;

	attach(false, VT_ALL);
	features = guest.features | 1ull << VHOST_F_PROTOCOL_FEATURES | 1ull << VHOST_F_LOG_ALL;
	fixture_worker_step();
	vf_message(&guest, VHOST_SET_FEATURES, VHOST_VERSION | VHOST_NEED_REPLY, &features, 8, NULL,
		   0);
	pfd.fd = guest.sock;
	CU_ASSERT_EQUAL(poll(&pfd, 1, 50), 0);
	fixture_worker_step();
	CU_ASSERT_EQUAL(vf_reply(&guest, VHOST_SET_FEATURES, &result, 8, 3000), 8);
	CU_ASSERT_EQUAL(result, 0);
	round_trip(5);
	detach();
}

UNIT_MAIN_SETUP("vhost_log", vt_setup, {"pages", test_pages}, {"changes", test_changes},
		{"begins", test_begins});
