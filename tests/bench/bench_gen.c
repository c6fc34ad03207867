/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The generator: plays two guests on vhost-user ports of a switch and sends as much as the switch
 * takes, both ways, on one core. Guests of further sockets are attached, and send nothing.
 *
 *	bench-gen [options] SOCKET SOCKET [SOCKET...]
 *
 * Makes the sockets, prints {"listening": true}, waits for the switch, prints {"ready": ...}, and
 * then serves one line of
 * standard input after the other:
 *
 *	size 64 macs 100 flows 1000 seconds 2 warmup 1
 *	pings 400
 *
 * with one line of JSON each. (A ping is one frame there and one back, with a pause before the next, in
 * which the switch may go to sleep.) A size counts the 4 bytes of FCS that do not exist on a ring, as
 * sizes of frames are usually given. Between commands it sleeps.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/gen_flows.h"
#include "tests/bench/gen_idle.h"
#include "tests/lab/tools/vhost_front.h"

#define FCS         4
#define DRAIN_NS    50000000ull
#define ANNOUNCE_NS 2000000000ull
#define PINGS_MAX   10000
#define PAUSE_NS    2000000       /* between two pings */
#define LOST_NS     1000000000ull /* when a ping has not come back */
#define BUF_SMALL   2048
#define BUF_LARGE   9216  /* for frames that do not fit */
#define BUF_SUPER   65536 /* for super-frames */

struct gen_port {
	struct vf_dev dev;
	struct gen_head *heads;
	unsigned int flow; /* the next one */
	unsigned int index;
	uint64_t tx, rx, foreign, disorder;
	uint64_t polls, full; /* tries to send, and those that found no room */
};

struct gen {
	struct gen_port port[2];
	struct vf_config conf[2];
	struct gen_idle idle;
	unsigned int burst;
	bool one_way;
	unsigned int size, macs, flows; /* of the current command; size without FCS */
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* Takes what came in. Every frame's address is looked at: what is not ours is not counted. */
static inline void receive(struct gen_port *p, unsigned int burst)
{
	struct vf_ring *r = vf_rx(&p->dev, 0);
	uint16_t n = vf_rx_count(r);
	unsigned int good = 0;

	if (!n)
		return;
	if (n > burst)
		n = (uint16_t)burst;
	for (uint16_t i = 0; i < n; i++)
		__builtin_prefetch(vf_buf(r, r->seen + i));
	for (uint16_t i = 0; i < n; i++) {
		p->disorder += vf_rx_len(r, i) == 0;
		good += gen_is_ours(vf_buf(r, r->seen + i) + VF_HDR_LEN, p->index);
	}
	p->rx += good;
	p->foreign += n - good;
	vf_rx_done(r, n);
}

static inline void transmit(struct gen *g, struct gen_port *p)
{
	struct vf_ring *r = vf_tx(&p->dev, 0);
	uint16_t room = vf_tx_room(r);
	unsigned int flow = p->flow;

	/* whole bursts only: the other side then finds work that is worth its call */
	p->polls++;
	if (room < g->burst) {
		p->full++;
		return;
	}
	for (unsigned int i = 0; i < g->burst; i++) {
		memcpy(__builtin_assume_aligned(vf_buf(r, (uint16_t)(r->next + i)), 64),
		       &p->heads[flow], 64);
		flow = flow + 1 == g->flows ? 0 : flow + 1;
	}
	p->flow = flow;
	p->tx += g->burst;
	vf_post(r, (uint16_t)g->burst);
}

static void run_for(struct gen *g, uint64_t ns, bool send)
{
	uint64_t end = now_ns() + ns;

	do {
		for (int k = 0; k < 64; k++) {
			if (send)
				transmit(g, &g->port[0]);
			receive(&g->port[1], g->burst);
			if (send && !g->one_way)
				transmit(g, &g->port[1]);
			receive(&g->port[0], g->burst);
		}
	} while (now_ns() < end);
}

/*
 * Each address sends two frames to everybody, without haste, so that none is lost: a gateway that
 * does not know it believes the request, one that was asking for it the reply.
 */
static int announce(struct gen *g)
{
	uint64_t end = now_ns() + ANNOUNCE_NS;

	for (unsigned int p = 0; p < 2; p++) {
		struct vf_ring *r = vf_tx(&g->port[p].dev, 0);

		for (unsigned int i = 0; i < 2 * g->macs; i++) {
			struct gen_head head;

			while (r->size - vf_tx_room(r) > 32) {
				receive(&g->port[p ^ 1], 64);
				if (now_ns() > end)
					return -ETIMEDOUT;
			}
			gen_announce(&head, p, i / 2, i % 2);
			memcpy(vf_buf(r, r->next), &head, sizeof(head));
			vf_post(r, 1);
			receive(&g->port[p ^ 1], 64);
		}
	}
	return 0;
}

static void clear_counters(struct gen *g)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct gen_port *p = &g->port[i];

		p->tx = p->rx = p->foreign = p->disorder = p->polls = p->full = 0;
	}
}

/* Frames that are on their way: in the sender's ring, or in the switch. */
static unsigned int in_ring(struct gen_port *p)
{
	struct vf_ring *r = vf_tx(&p->dev, 0);

	return r->size - vf_tx_room(r);
}

/* Buffers as large as the frames need: small frames that lie far apart would miss the caches more. */
static void fit_buffers(struct vf_ring *r, unsigned int size)
{
	r->buf_size = size == GEN_SUPER               ? BUF_SUPER
		      : size + VF_HDR_LEN > BUF_SMALL ? BUF_LARGE
						      : BUF_SMALL;
	for (unsigned int d = 0; d < r->size; d++) {
		r->desc[d].addr = r->buf_gpa + (uint64_t)d * r->buf_size;
		r->desc[d].len = r->buf_size;
	}
}

static int prepare(struct gen *g)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct gen_port *p = &g->port[i];
		struct vf_ring *r = vf_tx(&p->dev, 0);

		free(p->heads);
		p->heads = aligned_alloc(64, g->flows * sizeof(*p->heads));
		if (!p->heads)
			return -ENOMEM;
		gen_flows(p->heads, g->flows, g->macs, i, g->size);
		p->flow = 0;
		fit_buffers(vf_rx(&p->dev, 0), g->size);
		fit_buffers(r, g->size);
		for (unsigned int d = 0; d < r->size; d++) {
			memset(vf_buf(r, (uint16_t)d), 0, r->buf_size);
			r->desc[d].len = g->size + VF_HDR_LEN;
		}
	}
	return 0;
}

/*
 * @got: frames received while the time ran; the rest is counted after the drain. @left: frames that
 * were in the rings when counting began.
 */
static void report(struct gen *g, uint64_t ns, uint64_t cpu, const uint64_t got[2], uint64_t left)
{
	const struct gen_port *a = &g->port[0], *b = &g->port[1];
	uint64_t taken = a->tx + b->tx + left - in_ring(&g->port[0]) - in_ring(&g->port[1]);
	uint64_t received = a->rx + b->rx;
	uint64_t polls = a->polls + b->polls, full = a->full + b->full;

	printf("{\"size\": %u, \"macs\": %u, \"flows\": %u, \"seconds\": %.3f, "
	       "\"mpps\": %.3f, \"mpps_ab\": %.3f, \"mpps_ba\": %.3f, "
	       "\"taken\": %llu, \"received\": %llu, \"loss\": %.5f, "
	       "\"foreign\": %llu, \"disorder\": %llu, \"waits\": %.3f, \"cpu\": %.3f}\n",
	       g->size + FCS, g->macs, g->flows, (double)ns / 1e9,
	       (double)(got[0] + got[1]) * 1e3 / (double)ns, (double)got[1] * 1e3 / (double)ns,
	       (double)got[0] * 1e3 / (double)ns, (unsigned long long)taken,
	       (unsigned long long)received,
	       taken > received ? (double)(taken - received) / (double)taken : 0.0,
	       (unsigned long long)a->foreign + b->foreign,
	       (unsigned long long)a->disorder + b->disorder,
	       polls ? (double)full / (double)polls : 0.0, (double)cpu / (double)ns);
}

/* False: it cannot be; the error was printed. */
static bool start(struct gen *g)
{
	int ret = prepare(g);

	if (!ret)
		ret = announce(g);
	if (ret)
		printf("{\"error\": \"%s\"}\n",
		       ret == -ETIMEDOUT ? "the switch does not take frames" : strerror(-ret));
	return !ret;
}

static void measure(struct gen *g, double seconds, double warmup)
{
	uint64_t begin, cpu, ns, got[2], left;

	if (!start(g))
		return;
	run_for(g, (uint64_t)(warmup * 1e9), true);
	clear_counters(g);
	left = in_ring(&g->port[0]) + in_ring(&g->port[1]);
	begin = now_ns();
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	run_for(g, (uint64_t)(seconds * 1e9), true);
	ns = now_ns() - begin;
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	got[0] = g->port[0].rx;
	got[1] = g->port[1].rx;
	run_for(g, DRAIN_NS, false);
	report(g, ns, cpu, got, left);
}

/* One frame there and one back: nanoseconds for both, or 0 when one of them was lost. */
static uint64_t round_trip(struct gen *g)
{
	uint64_t begin = now_ns();

	for (unsigned int i = 0; i < 2; i++) {
		struct gen_port *to = &g->port[i ^ 1];
		uint64_t rx = to->rx;

		transmit(g, &g->port[i]);
		while (to->rx == rx) {
			receive(to, 1);
			if (now_ns() - begin > LOST_NS)
				return 0;
		}
	}
	return now_ns() - begin;
}

static void ping(struct gen *g, unsigned int count)
{
	static uint64_t ns[PINGS_MAX];
	const struct timespec pause = {.tv_nsec = PAUSE_NS};
	unsigned int burst = g->burst;

	if (!start(g))
		return;
	g->burst = 1;
	for (unsigned int i = 0; i < count; i++) {
		nanosleep(&pause, NULL);
		ns[i] = round_trip(g);
	}
	g->burst = burst;
	printf("{\"pings_us\": [");
	for (unsigned int i = 0; i < count; i++)
		printf("%s%.2f", i ? ", " : "", (double)ns[i] / 1e3);
	printf("]}\n");
}

static int serve_line(struct gen *g, char *line)
{
	double seconds = 1, warmup = 0.5;
	unsigned int pings = 0;
	char *save = NULL;

	g->size = 64;
	g->macs = g->flows = 1;
	for (char *w = strtok_r(line, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		char *v = strtok_r(NULL, " \n", &save);

		if (v && !strcmp(w, "size"))
			g->size = (unsigned int)atoi(v);
		else if (v && !strcmp(w, "macs"))
			g->macs = (unsigned int)atoi(v);
		else if (v && !strcmp(w, "flows"))
			g->flows = (unsigned int)atoi(v);
		else if (v && !strcmp(w, "seconds"))
			seconds = atof(v);
		else if (v && !strcmp(w, "warmup"))
			warmup = atof(v);
		else if (v && !strcmp(w, "pings"))
			pings = (unsigned int)atoi(v);
		else
			return -EINVAL;
	}
	g->size -= FCS;
	if (g->size == GEN_SUPER && !(g->port[0].dev.features >> VIRTIO_NET_F_HOST_TSO4 & 1)) {
		printf("{\"lacks\": \"super-frames\"}\n");
		return 0;
	}
	if (g->size < GEN_FRAME_MIN || (g->size > GEN_FRAME_MAX && g->size != GEN_SUPER) ||
	    !g->macs || g->macs > GEN_MACS_MAX || !g->flows || g->flows > 10000000 ||
	    pings > PINGS_MAX)
		return -EINVAL;
	if (pings)
		ping(g, pings);
	else
		measure(g, seconds, warmup);
	return 0;
}

static int connect_all(struct gen *g)
{
	if (gen_idle_open(&g->idle))
		return -1;
	for (unsigned int i = 0; i < 2; i++) {
		struct gen_port *p = &g->port[i];
		int ret;

		p->index = i;
		ret = vf_open(&p->dev, &g->conf[i]);
		if (ret) {
			fprintf(stderr, "bench-gen: %s\n", p->dev.error);
			return ret;
		}
	}
	printf("{\"listening\": true}\n");
	for (unsigned int i = 0; i < 2; i++) {
		int ret = vf_connect(&g->port[i].dev, &g->conf[i]);

		if (ret) {
			fprintf(stderr, "bench-gen: %s: %s\n", g->conf[i].path,
				g->port[i].dev.error);
			return ret;
		}
	}
	return gen_idle_connect(&g->idle);
}

static int usage(void)
{
	fprintf(stderr, "bench-gen [--cpu N] [--huge] [--ring N] [--burst N] [--plain] [--one-way] "
			"[--client] [--timeout SECONDS] SOCKET SOCKET [SOCKET...]\n");
	return 2;
}

static int options(int argc, char **argv, struct gen *g)
{
	static const struct option longs[] = {
		{"cpu", 1, NULL, 'c'},    {"huge", 0, NULL, 'H'},    {"ring", 1, NULL, 'r'},
		{"burst", 1, NULL, 'b'},  {"plain", 0, NULL, 'p'},   {"one-way", 0, NULL, 'o'},
		{"client", 0, NULL, 'C'}, {"timeout", 1, NULL, 't'}, {0},
	};
	struct vf_config conf = {.server = true,
				 .pairs = 1,
				 .ring = 1024,
				 .buf_size = BUF_SUPER,
				 .features = VF_FEATURES_PLAIN | VF_FEATURES_OFFLOAD,
				 .timeout_ms = 20000};
	int opt;

	g->burst = 64;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		cpu_set_t cpus;

		switch (opt) {
		case 'c':
			CPU_ZERO(&cpus);
			CPU_SET(atoi(optarg), &cpus);
			if (sched_setaffinity(0, sizeof(cpus), &cpus) < 0)
				perror("bench-gen: --cpu");
			break;
		case 'H': conf.huge = true; break;
		case 'r': conf.ring = (uint16_t)atoi(optarg); break;
		case 'b': g->burst = (unsigned int)atoi(optarg); break;
		case 'p': conf.features = VF_FEATURES_PLAIN; break;
		case 'o': g->one_way = true; break;
		case 'C': conf.server = false; break;
		case 't': conf.timeout_ms = atoi(optarg) * 1000; break;
		default: return usage();
		}
	}
	if (argc - optind < 2 || !conf.ring || (conf.ring & (conf.ring - 1)) || !g->burst ||
	    g->burst > conf.ring)
		return usage();
	for (unsigned int i = 0; i < 2; i++) {
		g->conf[i] = conf;
		g->conf[i].path = argv[optind + (int)i];
	}
	g->idle = (struct gen_idle){
		.like = conf, .path = &argv[optind + 2], .n = (unsigned int)(argc - optind - 2)};
	return 0;
}

int main(int argc, char **argv)
{
	static struct gen g;
	char line[256];
	int ret = options(argc, argv, &g);

	if (ret)
		return ret;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (connect_all(&g))
		return 1;
	printf("{\"ready\": true, \"features\": \"%#llx\"}\n",
	       (unsigned long long)g.port[0].dev.features);
	while (fgets(line, sizeof(line), stdin)) {
		if (serve_line(&g, line)) {
			printf("{\"error\": \"bad command\"}\n");
			continue;
		}
		if (!vf_connected(&g.port[0].dev) || !vf_connected(&g.port[1].dev)) {
			printf("{\"error\": \"the switch hung up\"}\n");
			break;
		}
	}
	for (unsigned int i = 0; i < 2; i++) {
		vf_stop(&g.port[i].dev);
		vf_close(&g.port[i].dev);
		free(g.port[i].heads);
	}
	gen_idle_close(&g.idle);
	return 0;
}
