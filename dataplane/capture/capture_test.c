/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures, without heddle-dp: what a worker writes when the path shows it frames, to a reader that reads,
 * does not read, or lies; and what is refused.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dataplane/capture/capture.h"
#include "dataplane/capture/capture_memory.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "tests/unit/eal.h"
#include "tests/unit/unit.h"

#define FRAME 100
#define FULL  100000 /* frames that no ring has room for */

DP_DROP_REGISTER(full, "full", DP_DROP_EGRESS, "a receiver that is full");
DP_DROP_REGISTER(guard, "guard", DP_DROP_INGRESS, "a guard");

enum { A, B, PORTS };

static struct dp_port_config configs[PORTS] = {{.id = A, .name = "a"}, {.id = B, .name = "b"}};
static const struct dp_port_config *list[] = {&configs[A], &configs[B]};
static struct dp_config tree = {.n_ports = PORTS, .ports = list};
static struct hd_stats_worker stats;
static struct hd_stats_port port_stats[PORTS];
static struct dp_worker w = {.config = &tree, .stats = &stats, .port_stats = port_stats};
static struct dp_capture_set set = {.generation = 1};
static struct hd_capture capture;
static int reader, memory_fd, ack_fd;
static const struct hd_capture_head *head; /* as the reader has it */
static uint64_t at;                        /* read */
static struct rte_mempool *pool;
static uint8_t bytes[HD_CAPTURE_SNAP_MAX];

static int setup(void)
{
	if (unit_eal_init() < 0 || dp_drop_init() < 0 || dp_capture_workers_init(1) < 0)
		return -1;
	pool = unit_pool("frames", 1023, DP_FRAME_ROOM);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	set.hooks = dp_capture_hooks;
	return 0;
}

static void receive_fds(void)
{
	struct hd_capture_hello hello;
	union {
		struct cmsghdr head;
		char data[256];
	} control;
	struct iovec iov = {&hello, sizeof(hello)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(recvmsg(reader, &msg, 0), sizeof(hello));
	CU_ASSERT_EQUAL(hello.magic, HD_CAPTURE_MAGIC);
	CU_ASSERT_EQUAL(hello.workers, 1);
	CU_ASSERT_EQUAL_FATAL(control.head.cmsg_len, CMSG_LEN(sizeof(fds)));
	memcpy(fds, CMSG_DATA(&control.head), sizeof(fds));
	memory_fd = fds[0];
	ack_fd = fds[1];
}

/* Captures @what of port A; of B only drops. */
static void start(uint32_t what, uint32_t snap)
{
	struct hd_err err = {0};

	memset(&capture, 0, sizeof(capture));
	memset(set.want, 0, sizeof(set.want));
	capture.what = what;
	capture.snap = snap;
	capture.sock = -1;
	CU_ASSERT_EQUAL_FATAL(capture_memory_new(&capture, 1, &reader, &err), 0);
	receive_fds();
	head = mmap(NULL, capture.size, PROT_READ, MAP_SHARED, memory_fd, 0);
	CU_ASSERT_FATAL(head != MAP_FAILED);
	set.capture[0] = &capture;
	set.want[DP_CAPTURE_AT_IN][A] = (what & HD_CAPTURE_IN) != 0;
	set.want[DP_CAPTURE_AT_OUT][A] = (what & HD_CAPTURE_OUT) != 0;
	set.want[DP_CAPTURE_AT_DROP][A] = (what & HD_CAPTURE_DROPS) != 0;
	set.want[DP_CAPTURE_AT_DROP][B] = (what & HD_CAPTURE_DROPS) != 0;
	w.capture = &set.hooks;
	w.now_ns++;
	at = 0;
}

static void stop(void)
{
	w.capture = NULL;
	munmap((void *)head, capture.size);
	capture_memory_free(&capture);
	close(capture.sock);
	close(reader);
	close(memory_fd);
	close(ack_fd);
	CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), 1023);
}

/* The next record but padding; NULL: there is none. */
static const struct hd_capture_record *next(void)
{
	const uint8_t *data = (const uint8_t *)head + head->data_offset;

	while (at < head->ring[0].head) {
		const struct hd_capture_record *r =
			(const void *)(data + (at & (head->ring_bytes - 1)));

		at += r->size;
		if (r->kind != HD_CAPTURE_R_PAD)
			return r;
	}
	return NULL;
}

static void is(const struct hd_capture_record *r, enum hd_capture_kind kind, uint16_t port,
	       uint32_t len, uint32_t kept)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(r->kind, kind);
	CU_ASSERT_EQUAL(r->port, port);
	CU_ASSERT_EQUAL(r->len, len);
	CU_ASSERT_EQUAL(r->kept, kept);
	CU_ASSERT_EQUAL(memcmp(r + 1, bytes, kept), 0);
}

static void is_name(const struct hd_capture_record *r, uint16_t port, const char *name)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(r->kind, HD_CAPTURE_R_NAME);
	CU_ASSERT_EQUAL(r->port, port);
	CU_ASSERT_STRING_EQUAL((const char *)(r + 1), name);
}

static void in(uint32_t len, uint32_t piece)
{
	struct rte_mbuf *m = unit_packet(pool, bytes, len, piece);

	w.capture->in(&w, &configs[A], &m, 1);
	rte_pktmbuf_free(m);
}

static void test_in(void)
{
	start(HD_CAPTURE_IN, 1000);
	in(FRAME, 0);
	in(3000, 500); /* a chain */
	is_name(next(), A, "a");
	is(next(), HD_CAPTURE_R_IN, A, FRAME, FRAME);
	is(next(), HD_CAPTURE_R_IN, A, 3000, 1000);
	CU_ASSERT_PTR_NULL(next());
	/* another set: the id may be another port's now */
	set.generation++;
	in(FRAME, 0);
	is_name(next(), A, "a");
	is(next(), HD_CAPTURE_R_IN, A, FRAME, FRAME);
	stop();
}

/* Of three that were to leave one was refused by the kernel, and one found no room. */
static void leave(void)
{
	uint64_t published = head->ring[0].head;
	struct rte_mbuf *m[3];

	for (unsigned int i = 0; i < 3; i++)
		m[i] = unit_packet(pool, bytes, FRAME + i, 0);
	w.capture->out(&w, &configs[A], m, 3);
	dp_drop(&w, A, &guard, m[0]);
	dp_drop_bulk(&w, A, &full, &m[2], 1);
	if (capture.what & HD_CAPTURE_OUT) /* nobody knows before all is known */
		CU_ASSERT_EQUAL(head->ring[0].head, published);
	rte_pktmbuf_free(m[1]);
	w.capture->sent(&w);
}

static void test_out(void)
{
	const struct hd_capture_record *r;

	start(HD_CAPTURE_OUT | HD_CAPTURE_DROPS, 1000);
	leave();
	is_name(next(), A, "a");
	r = next();
	is(r, HD_CAPTURE_R_DROP, A, FRAME, FRAME);
	CU_ASSERT_STRING_EQUAL(head->reason[r->reason], "guard");
	is(next(), HD_CAPTURE_R_OUT, A, FRAME + 1, FRAME + 1);
	r = next();
	is(r, HD_CAPTURE_R_DROP, A, FRAME + 2, FRAME + 2);
	CU_ASSERT_STRING_EQUAL(head->reason[r->reason], "full");
	CU_ASSERT(head->ingress[0] >> guard.index & 1);
	CU_ASSERT_FALSE(head->ingress[0] >> full.index & 1);
	CU_ASSERT_PTR_NULL(next());
	stop();
	/* who wants only what left does not see what did not */
	start(HD_CAPTURE_OUT, 1000);
	leave();
	is_name(next(), A, "a");
	is(next(), HD_CAPTURE_R_OUT, A, FRAME + 1, FRAME + 1);
	CU_ASSERT_PTR_NULL(next());
	stop();
	start(HD_CAPTURE_DROPS, 1000);
	leave();
	is_name(next(), A, "a");
	is(next(), HD_CAPTURE_R_DROP, A, FRAME, FRAME);
	is(next(), HD_CAPTURE_R_DROP, A, FRAME + 2, FRAME + 2);
	CU_ASSERT_PTR_NULL(next());
	stop();
}

static void test_drops(void)
{
	start(HD_CAPTURE_DROPS, HD_CAPTURE_SNAP_MAX);
	dp_drop(&w, B, &guard, unit_packet(pool, bytes, FRAME, 0));
	dp_drop_count(&w, A, &full, 1); /* no bytes */
	is_name(next(), B, "b");
	is(next(), HD_CAPTURE_R_DROP, B, FRAME, FRAME);
	is_name(next(), A, "a");
	is(next(), HD_CAPTURE_R_DROP, A, 0, 0);
	/* a port that is gone has no name any more */
	list[B] = NULL;
	dp_drop(&w, B, &guard, unit_packet(pool, bytes, FRAME, 0));
	list[B] = &configs[B];
	CU_ASSERT_PTR_NULL(next());
	CU_ASSERT_EQUAL(port_stats[B].drops[guard.index], 2);
	stop();
}

static void test_filter(void)
{
	/* frames of more than FRAME bytes */
	static const struct bpf_insn longer[] = {
		{BPF_LD | BPF_W | BPF_LEN, 0, 0, 0},
		{BPF_JMP | BPF_JGT | BPF_K, 0, 1, FRAME},
		{BPF_RET | BPF_K, 0, 0, 1},
		{BPF_RET | BPF_K, 0, 0, 0},
	};

	start(HD_CAPTURE_IN | HD_CAPTURE_OUT | HD_CAPTURE_DROPS, 64);
	memcpy(capture.insn, longer, sizeof(longer));
	capture.n_insns = RTE_DIM(longer);
	in(FRAME, 0);
	in(FRAME + 1, 0);
	dp_drop_count(&w, A, &full, 1); /* without bytes, nothing matches */
	leave();
	is_name(next(), A, "a");
	is(next(), HD_CAPTURE_R_IN, A, FRAME + 1, 64);
	is(next(), HD_CAPTURE_R_OUT, A, FRAME + 1, 64);
	is(next(), HD_CAPTURE_R_DROP, A, FRAME + 2, 64);
	CU_ASSERT_PTR_NULL(next());
	stop();
}

static void ack(uint64_t n)
{
	CU_ASSERT_EQUAL(write(ack_fd, &n, sizeof(n)), sizeof(n));
}

/* A reader that does not read costs it frames, and nothing else. */
static void test_slow(void)
{
	const struct hd_capture_record *r;
	unsigned int n = 0, took = 0;

	start(HD_CAPTURE_IN, HD_CAPTURE_SNAP_MAX);
	for (; n < FULL && !head->ring[0].lost; n++)
		in(FRAME + n % 1400, 0);
	CU_ASSERT_FATAL(n < FULL);
	CU_ASSERT_EQUAL(head->ring[0].lost, 1);
	in(1400, 0);
	in(1400, 0);
	CU_ASSERT_EQUAL(head->ring[0].lost, 3);
	is_name(next(), A, "a");
	while ((r = next()) != NULL) {
		is(r, HD_CAPTURE_R_IN, A, FRAME + took % 1400, FRAME + took % 1400);
		CU_ASSERT_EQUAL(r->lost, 0);
		took++;
	}
	CU_ASSERT_EQUAL(took, n - 1);
	/* it reads on, and says so: seen in the next loop, and how many it missed is with the next frame */
	ack(at);
	in(1400, 0);
	CU_ASSERT_EQUAL(head->ring[0].lost, 4);
	w.now_ns++;
	in(1400, 0);
	r = next();
	is(r, HD_CAPTURE_R_IN, A, 1400, 1400);
	CU_ASSERT_EQUAL(r->lost, 4);
	CU_ASSERT_FALSE(capture.writer[0].broken);
	stop();
}

/* One that says that it read more than there is gets nothing any more. */
static void test_liar(void)
{
	start(HD_CAPTURE_IN, HD_CAPTURE_SNAP_MAX);
	ack((uint64_t)1 << 60);
	for (unsigned int n = 0; n < FULL && !head->ring[0].lost; n++)
		in(1400, 0);
	CU_ASSERT(capture.writer[0].broken);
	CU_ASSERT_EQUAL(capture.writer[0].tail, 0);
	w.now_ns++;
	in(1400, 0);
	CU_ASSERT_EQUAL(head->ring[0].lost, 2);
	stop();
}

/* What a reader has it can neither write nor cut short. */
static void test_sealed(void)
{
	start(HD_CAPTURE_IN, 64);
	CU_ASSERT(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0) == MAP_FAILED);
	CU_ASSERT(ftruncate(memory_fd, 0) < 0);
	CU_ASSERT(fallocate(memory_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) < 0);
	CU_ASSERT(pwrite(memory_fd, bytes, 1, 0) < 0);
	stop();
}

static void refused(const struct hd_capture_start *s, const char *word)
{
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(dp_capture_check(s, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, word));
}

static void test_check(void)
{
	static struct hd_capture_start good = {.what = 1, .snap = 64, .n_ports = 1, .port = {"a"}};
	static struct hd_capture_start s;
	struct hd_err err = {0};

	CU_ASSERT_EQUAL(dp_capture_check(&good, &err), 0);
	s = good, s.what = 0;
	refused(&s, "captured");
	s = good, s.what = 8;
	refused(&s, "captured");
	s = good, s.snap = 15;
	refused(&s, "bytes");
	s = good, s.snap = UINT32_MAX;
	refused(&s, "bytes");
	s = good, s.n_ports = HD_CAPTURE_PORTS_MAX + 1;
	refused(&s, "ports");
	s = good, memset(s.port[0], 'a', sizeof(s.port[0]));
	refused(&s, "name");
	s = good, s.n_insns = HD_CAPTURE_INSNS_MAX + 1;
	refused(&s, "instructions");
	s = good, s.n_insns = 1, s.insn[0].code = BPF_RET | BPF_K;
	CU_ASSERT_EQUAL(dp_capture_check(&s, &err), 0);
	s.insn[0] = (struct hd_capture_insn){BPF_JMP | BPF_JA, 0, 0, 1}; /* beyond the end */
	refused(&s, "BPF");
	s.insn[0] = (struct hd_capture_insn){BPF_LD | BPF_MEM, 0, 0, 99};
	refused(&s, "BPF");
	/* what libpcap's own check lets pass: a loop without an end, and a code at which it aborts */
	s.n_insns = 2;
	s.insn[1].code = BPF_RET | BPF_K;
	s.insn[0] = (struct hd_capture_insn){BPF_JMP | BPF_JA, 0, 0, UINT32_MAX};
	refused(&s, "jumps back");
	s.insn[0] = (struct hd_capture_insn){BPF_LD | BPF_W | BPF_MSH, 0, 0, 0};
	refused(&s, "instruction 0");
	s.insn[0] = (struct hd_capture_insn){BPF_ALU | BPF_NEG | BPF_X, 0, 0, 0};
	refused(&s, "instruction 0");
	s.insn[0] = (struct hd_capture_insn){0x8000 | BPF_RET, 0, 0, 0};
	refused(&s, "instruction 0");
}

UNIT_MAIN_SETUP("capture", setup, {"in", test_in}, {"out", test_out}, {"drops", test_drops},
		{"filter", test_filter}, {"slow reader", test_slow}, {"liar", test_liar},
		{"sealed", test_sealed}, {"check", test_check});
