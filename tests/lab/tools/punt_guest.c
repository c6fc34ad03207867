/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two guests on vhost-user ports of one segment, the first of which sends adverts that a switch punts to
 * heddle-cp (punt_cp.c answers them), and floods meanwhile by the same port:
 *
 *	punt-guest [--cpu N] [--huge] [--ring N] SOCKET SOCKET
 *
 * Makes the sockets, prints {"listening": true}, waits for the switch and for a first answer, prints
 * {"ready": true}, and then serves one line of standard input after the other:
 *
 *	adverts 5000 rate 1000 flood data both 1
 *
 * flood: none (then it sleeps between two adverts); data: frames to the other guest, as many as the switch
 * takes; other: frames of another protocol that is punted, as many. both 1: the second guest sends the first
 * one data, too. adverts 0: until the next line comes, which is then served. The answer is a line of JSON;
 * times are in microseconds:
 *
 *	to_cp	from when an advert was offered to the switch until heddle-cp had it
 *	worker	... until a worker received it, and punt: from then on until heddle-cp had it
 *	back	from when heddle-cp had it until its answer was at a guest
 *
 * An advert that is late because this program had no processor is sent late, and none is made up for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/tools/punt_advert.h"
#include "tests/lab/tools/vhost_front.h"

#define BURST       64
#define FRAME       60
#define BUF         2048
#define ADVERTS_MAX 200000
#define MEET_NS     1000000000ull /* without an answer for so long: once more */
#define MEET_TRIES  20

enum flood { FLOOD_NONE, FLOOD_DATA, FLOOD_OTHER, FLOOD_KINDS };
static const char *const flood_names[FLOOD_KINDS] = {"none", "data", "other"};

struct times {
	uint64_t sent, taken, came, back;
};

struct guest {
	struct vf_dev dev;
	struct vf_config conf;
	uint8_t data[FRAME];
	uint64_t flooded, received;
};

static struct guest guests[2];
static struct times *times; /* [ADVERTS_MAX] */
static uint32_t run_base, n_sent;
static uint64_t n_back;

/* The last answer to meet(). */
static uint32_t met_seq;
static uint64_t met_n;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static void guest_mac(uint8_t *mac, unsigned int i)
{
	const uint8_t is[6] = {0x02, 0x48, 0x44, 0x00, 0x00, (uint8_t)(i + 1)};

	memcpy(mac, is, sizeof(is));
}

/* Ethernet and IPv4 (RFC 791 3.1) from guest @from, of @len bytes in all. */
static void make_head(uint8_t *f, unsigned int from, const uint8_t dst[6], uint8_t protocol,
		      unsigned int len)
{
	static const uint8_t ip[] = {8, 0, 0x45, 0xc0};
	unsigned int sum = 0;

	memset(f, 0, len);
	memcpy(f, dst, 6);
	guest_mac(f + 6, from);
	memcpy(f + 12, ip, sizeof(ip));
	f[17] = (uint8_t)(len - 14);
	f[22] = 255; /* TTL */
	f[23] = protocol;
	f[26] = f[30] = 10;
	f[29] = (uint8_t)(from + 1);
	f[33] = dst[5];
	if (dst[0] & 1)
		f[30] = 224; /* the group */
	for (unsigned int i = 14; i < 34; i += 2)
		sum += (unsigned int)f[i] << 8 | f[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16));
	f[24] = (uint8_t)(sum >> 8);
	f[25] = (uint8_t)sum;
}

/* What guest @i floods with: UDP to the other guest, or the other protocol. */
static void make_data(unsigned int i, enum flood flood)
{
	static const uint8_t group[] = {PUNT_OTHER_MAC};
	uint8_t peer[6];

	guest_mac(peer, i ^ 1);
	if (flood == FLOOD_OTHER)
		make_head(guests[i].data, i, group, PUNT_OTHER_PROTOCOL, FRAME);
	else
		make_head(guests[i].data, i, peer, 17, FRAME);
}

static void on_answer(const struct punt_advert *a)
{
	uint32_t place = a->seq - run_base;

	if (a->seq == met_seq)
		met_n = a->n_adverts;
	if (place >= n_sent || times[place].back)
		return;
	times[place].taken = a->taken_ns;
	times[place].came = a->came_ns;
	times[place].back = now_ns();
	n_back++;
}

static void receive(struct guest *g)
{
	static const uint8_t gateway[] = {PUNT_GATEWAY_MAC};
	struct vf_ring *r = vf_rx(&g->dev, 0);
	uint16_t n = vf_rx_count(r);

	if (!n)
		return;
	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *frame = vf_buf(r, (uint16_t)(r->seen + i)) + VF_HDR_LEN;
		struct punt_advert a;

		if (!(frame[0] & 1) || memcmp(frame + 6, gateway, 6) != 0 ||
		    vf_rx_len(r, i) < VF_HDR_LEN + PUNT_ADVERT_LEN)
			continue;
		memcpy(&a, frame + PUNT_ADVERT_AT, sizeof(a));
		if (a.magic == PUNT_MAGIC)
			on_answer(&a);
	}
	g->received += n;
	vf_rx_done(r, n);
}

static void put(struct vf_ring *r, uint16_t at, const uint8_t *frame, uint32_t len)
{
	uint8_t *buf = vf_buf(r, (uint16_t)(r->next + at));

	memset(buf, 0, VF_HDR_LEN);
	memcpy(buf + VF_HDR_LEN, frame, len);
	vf_tx_len(r, at, VF_HDR_LEN + len);
}

/* As many as there is room for, but for the advert that comes next. */
static void flood_one(struct guest *g)
{
	struct vf_ring *r = vf_tx(&g->dev, 0);

	if (vf_tx_room(r) <= BURST)
		return;
	for (uint16_t i = 0; i < BURST; i++)
		put(r, i, g->data, FRAME);
	g->flooded += BURST;
	vf_post(r, BURST);
}

/* False: the ring is full. */
static bool send_advert(uint32_t seq, uint64_t *sent)
{
	static const uint8_t group[] = {PUNT_ADVERT_MAC};
	struct vf_ring *r = vf_tx(&guests[0].dev, 0);
	struct punt_advert a = {.magic = PUNT_MAGIC, .seq = seq};
	uint8_t frame[PUNT_ADVERT_LEN];

	if (!vf_tx_room(r))
		return false;
	make_head(frame, 0, group, PUNT_ADVERT_PROTOCOL, sizeof(frame));
	*sent = a.sent_ns = now_ns();
	memcpy(frame + PUNT_ADVERT_AT, &a, sizeof(a));
	put(r, 0, frame, sizeof(frame));
	vf_post(r, 1);
	return true;
}

static void want_signals(bool want)
{
	for (int i = 0; i < 2; i++)
		__atomic_store_n(&vf_rx(&guests[i].dev, 0)->avail->flags,
				 want ? 0 : VRING_AVAIL_F_NO_INTERRUPT, __ATOMIC_SEQ_CST);
}

/* Until a frame comes in, at the latest at @until. Signals are wanted. */
static void sleep_until(uint64_t until)
{
	struct pollfd p[2];
	uint64_t now = now_ns(), n;
	struct timespec ts = {0};

	if (now >= until)
		return;
	ts.tv_sec = (time_t)((until - now) / 1000000000ull);
	ts.tv_nsec = (long)((until - now) % 1000000000ull);
	for (int i = 0; i < 2; i++)
		p[i] = (struct pollfd){.fd = vf_rx(&guests[i].dev, 0)->call, .events = POLLIN};
	if (ppoll(p, 2, &ts, NULL) <= 0)
		return;
	for (int i = 0; i < 2; i++)
		if (p[i].revents && read(p[i].fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
			perror("punt-guest: call");
}

/* Sends an advert, and again while no answer to it comes. Returns the number that the answer has, or 0. */
static uint64_t meet(unsigned int *tries)
{
	static uint32_t seq = UINT32_MAX;
	uint64_t sent;

	want_signals(true);
	met_n = 0;
	for (*tries = 1; *tries <= MEET_TRIES; ++*tries) {
		met_seq = seq--;
		while (!send_advert(met_seq, &sent))
			receive(&guests[1]);
		do {
			receive(&guests[0]);
			receive(&guests[1]);
			if (met_n)
				return met_n;
			sleep_until(sent + MEET_NS);
		} while (now_ns() < sent + MEET_NS);
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t between(const struct times *t, int part)
{
	const uint64_t at[][2] = {
		{t->sent, t->came}, {t->sent, t->taken}, {t->taken, t->came}, {t->came, t->back}};

	/* A worker reads the clock once a loop: before the frame may have been there. */
	return at[part][1] > at[part][0] ? at[part][1] - at[part][0] : 0;
}

static double us(const uint64_t *sorted, uint64_t at)
{
	return (double)sorted[at] / 1e3;
}

static void print_part(const char *name, int part)
{
	uint64_t *v = calloc(n_sent + 1, sizeof(*v)), n = 0;

	for (uint32_t i = 0; v && i < n_sent; i++)
		if (times[i].back)
			v[n++] = between(&times[i], part);
	if (n) {
		qsort(v, n, sizeof(*v), compare);
		printf(", \"%s\": {\"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}", name,
		       us(v, n / 2), us(v, n * 99 / 100), us(v, n - 1));
	}
	free(v);
}

static bool line_waits(void)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

struct command {
	unsigned int adverts, rate, both;
	enum flood flood;
};

static void send_all(const struct command *c)
{
	uint64_t each = 1000000000ull / c->rate, next = now_ns(), now;
	uint32_t most = c->adverts ? c->adverts : ADVERTS_MAX;
	bool quiet = c->flood == FLOOD_NONE && !c->both;

	want_signals(quiet);
	while (n_sent < most) {
		now = now_ns();
		if (now >= next && send_advert(run_base + n_sent, &times[n_sent].sent)) {
			n_sent++;
			next = now > next + each ? now + each : next + each;
			if (!c->adverts && line_waits())
				break;
		}
		for (int k = 0; k < 16; k++) {
			if (c->flood != FLOOD_NONE)
				flood_one(&guests[0]);
			receive(&guests[1]);
			if (c->both)
				flood_one(&guests[1]);
			receive(&guests[0]);
		}
		if (quiet)
			sleep_until(next);
	}
}

/* The second guest's address is learned again: a flood to it is not one to everybody. */
static void announce(void)
{
	static const uint8_t experiment[] = {0x88, 0xb5},
			     everybody[] = {255, 255, 255, 255, 255, 255};
	struct vf_ring *r = vf_tx(&guests[1].dev, 0);
	uint8_t frame[FRAME];

	make_head(frame, 1, everybody, 0, FRAME);
	memcpy(frame + 12, experiment, sizeof(experiment));
	if (vf_tx_room(r)) {
		put(r, 0, frame, FRAME);
		vf_post(r, 1);
	}
}

static void run(const struct command *c)
{
	uint64_t first, last, begin, ns, flooded;
	unsigned int tries;

	announce();
	for (unsigned int i = 0; i < 2; i++) {
		make_data(i, i ? FLOOD_DATA : c->flood);
		guests[i].flooded = guests[i].received = 0;
	}
	first = meet(&tries);
	run_base += ADVERTS_MAX;
	n_sent = 0;
	n_back = 0;
	memset(times, 0, sizeof(*times) * (c->adverts ? c->adverts : ADVERTS_MAX));
	begin = now_ns();
	send_all(c);
	ns = now_ns() - begin;
	flooded = guests[0].flooded + guests[1].flooded;
	last = meet(&tries);
	if (!first || !last) {
		printf("{\"error\": \"heddle-cp does not answer\"}\n");
		return;
	}
	printf("{\"flood\": \"%s\", \"both\": %u, \"seconds\": %.3f, \"sent\": %u, \"came\": %llu, "
	       "\"answered\": %llu, \"flood_mpps\": %.3f, \"flood_received\": %llu",
	       flood_names[c->flood], c->both, (double)ns / 1e9, n_sent,
	       (unsigned long long)(last - first - tries), (unsigned long long)n_back,
	       (double)flooded * 1e3 / (double)ns,
	       (unsigned long long)(guests[0].received + guests[1].received));
	print_part("to_cp", 0);
	print_part("worker", 1);
	print_part("punt", 2);
	print_part("back", 3);
	printf("}\n");
}

static int serve_line(char *line)
{
	struct command c = {.adverts = 1000, .rate = 1000};
	char *save = NULL;

	for (char *w = strtok_r(line, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		char *v = strtok_r(NULL, " \n", &save);

		if (v && !strcmp(w, "adverts")) {
			c.adverts = (unsigned int)atoi(v);
		} else if (v && !strcmp(w, "rate")) {
			c.rate = (unsigned int)atoi(v);
		} else if (v && !strcmp(w, "both")) {
			c.both = (unsigned int)atoi(v);
		} else if (v && !strcmp(w, "flood")) {
			for (c.flood = 0; c.flood < FLOOD_KINDS; c.flood++)
				if (!strcmp(v, flood_names[c.flood]))
					break;
		} else {
			return -EINVAL;
		}
	}
	if (!c.rate || c.adverts > ADVERTS_MAX || c.flood == FLOOD_KINDS)
		return -EINVAL;
	run(&c);
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "punt-guest [--cpu N] [--huge] [--ring N] SOCKET SOCKET\n");
	return 2;
}

static int options(int argc, char **argv)
{
	static const struct option longs[] = {
		{"cpu", 1, NULL, 'c'}, {"huge", 0, NULL, 'H'}, {"ring", 1, NULL, 'r'}, {0}};
	struct vf_config conf = {.server = true,
				 .pairs = 1,
				 .ring = 512,
				 .buf_size = BUF,
				 .features = VF_FEATURES_PLAIN,
				 .timeout_ms = 20000};
	cpu_set_t cpus;
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (opt) {
		case 'c':
			CPU_ZERO(&cpus);
			CPU_SET(atoi(optarg), &cpus);
			if (sched_setaffinity(0, sizeof(cpus), &cpus) < 0)
				perror("punt-guest: --cpu");
			break;
		case 'H': conf.huge = true; break;
		case 'r': conf.ring = (uint16_t)atoi(optarg); break;
		default: return usage();
		}
	}
	if (argc - optind != 2 || conf.ring < 2 * BURST || (conf.ring & (conf.ring - 1)))
		return usage();
	for (int i = 0; i < 2; i++) {
		guests[i].conf = conf;
		guests[i].conf.path = argv[optind + i];
	}
	return 0;
}

static int start(void)
{
	unsigned int tries;
	int rc = 0;

	times = calloc(ADVERTS_MAX, sizeof(*times));
	for (int i = 0; !rc && i < 2; i++)
		rc = vf_open(&guests[i].dev, &guests[i].conf);
	if (!rc)
		printf("{\"listening\": true}\n");
	for (int i = 0; !rc && i < 2; i++)
		rc = vf_connect(&guests[i].dev, &guests[i].conf);
	if (rc || !times) {
		fprintf(stderr, "punt-guest: %s%s\n", guests[0].dev.error, guests[1].dev.error);
		return -1;
	}
	if (!meet(&tries)) {
		fprintf(stderr, "punt-guest: heddle-cp does not answer\n");
		return -1;
	}
	printf("{\"ready\": true}\n");
	return 0;
}

int main(int argc, char **argv)
{
	char line[256];
	int rc = options(argc, argv);

	if (rc)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0); /* poll() is to see the next line */
	if (start())
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		if (serve_line(line)) {
			printf("{\"error\": \"bad command\"}\n");
			continue;
		}
		if (!vf_connected(&guests[0].dev) || !vf_connected(&guests[1].dev)) {
			printf("{\"error\": \"the switch hung up\"}\n");
			break;
		}
	}
	for (int i = 0; i < 2; i++) {
		vf_stop(&guests[i].dev);
		vf_close(&guests[i].dev);
	}
	free(times);
	return 0;
}
