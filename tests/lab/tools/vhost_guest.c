/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest without a virtual machine, with a real driver: DPDK's net_virtio_user on a vhost-user
 * socket. (vhost_front.h is the other one, for what no driver does.)
 *
 *	vhost-guest [options] SOCKET MAC			answers every frame that comes to MAC
 *	vhost-guest [options] SOCKET MAC PEER COUNT		has COUNT frames answered by PEER
 *	vhost-guest [options] --tap DEVICE SOCKET MAC		lets the namespace that it runs in be the guest
 *
 *	--connect	the switch has the socket (its mode is server); without it the guest has
 *	--packed	packed rings
 *	--no-merge	no buffers that are merged (MRG_RXBUF)
 *	--in-order	buffers are used in order (IN_ORDER)
 *	--queues N	queue pairs (the frames go by all of them)
 *	--size N	bytes of a frame, 60..1514 (500)
 *	--flood		do not wait for answers: send for ever
 *	--tap DEVICE	passes frames between the switch and a TAP that it makes, with this address, whose
 *			carrier is the link as the driver sees it
 *
 * Prints "ready" when the link is up. It attaches again to a switch that was started again. With COUNT it ends when all is answered (each frame is sent
 * again until it is), with status 0, or after 20 seconds with status 1.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ether.h>

#define ETYPE     0x88b5 /* IEEE 802 local experimental */
#define WINDOW    64
#define QUEUE_MAX 8
#define LIMIT_S   20
#define AGAIN_MS  200
#define LINK_MS   10

#define IDLE_POLLS 1000
#define IDLE_US    100
#define FIXED      24 /* bytes of a frame before its filling */

enum { ASK = 1, ANSWER = 2 };

struct frame {
	struct rte_ether_hdr eth;
	uint16_t zero;
	uint32_t kind;
	uint32_t seq;
	uint8_t fill[1514 - FIXED];
};

_Static_assert(sizeof(struct frame) >= 1514, "a whole frame");

static struct {
	const char *socket, *tap;
	struct rte_ether_addr mac, peer;
	uint32_t count, size;
	uint16_t queues;
	bool connect, packed, no_merge, in_order, flood, asks;
} opt = {.size = 500, .queues = 1};

static struct rte_mempool *pool;
static uint16_t port;
static volatile sig_atomic_t stop;
static int tap = -1;
static uint8_t *answered;
static uint64_t asked, answers, bad;

static void on_signal(int number)
{
	stop = 1;
}

static uint64_t now_ms(void)
{
	return rte_get_timer_cycles() * 1000 / rte_get_timer_hz();
}

static void send_frame(uint32_t seq)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	struct frame *f;

	if (!m)
		return;
	f = (struct frame *)rte_pktmbuf_append(m, (uint16_t)opt.size);
	f->eth.dst_addr = opt.peer;
	f->eth.src_addr = opt.mac;
	f->eth.ether_type = rte_cpu_to_be_16(ETYPE);
	f->kind = ASK;
	f->seq = seq;
	for (uint32_t i = 0; i + FIXED < opt.size; i++)
		f->fill[i] = (uint8_t)(seq + i);
	if (rte_eth_tx_burst(port, (uint16_t)(seq % opt.queues), &m, 1) != 1)
		rte_pktmbuf_free(m);
	else
		asked++;
}

static bool is_intact(const struct frame *f, uint32_t len)
{
	if (len != opt.size || f->seq >= opt.count)
		return false;
	for (uint32_t i = 0; i + FIXED < len; i++)
		if (f->fill[i] != (uint8_t)(f->seq + i))
			return false;
	return true;
}

/* Answers what asks, notes what answers. */
static void serve(struct rte_mbuf *m, uint16_t queue)
{
	struct frame *f = rte_pktmbuf_mtod(m, struct frame *);

	if (tap >= 0) {
		if (write(tap, f, m->data_len) < 0)
			bad++;
		rte_pktmbuf_free(m);
		return;
	}
	if (m->nb_segs != 1 || m->pkt_len < 60 ||
	    !rte_is_same_ether_addr(&f->eth.dst_addr, &opt.mac) ||
	    f->eth.ether_type != rte_cpu_to_be_16(ETYPE)) {
		rte_pktmbuf_free(m);
		return;
	}
	if (f->kind == ASK) {
		f->eth.dst_addr = f->eth.src_addr;
		f->eth.src_addr = opt.mac;
		f->kind = ANSWER;
		if (rte_eth_tx_burst(port, queue, &m, 1) == 1)
			return;
	} else if (opt.asks && is_intact(f, m->pkt_len)) {
		answers += !answered[f->seq];
		answered[f->seq] = 1;
	} else {
		bad++;
	}
	rte_pktmbuf_free(m);
}

/* The driver notices that a switch went, and takes the next one, when it is asked for its link. */
static void look_at_link(void)
{
	static uint64_t next;
	struct rte_eth_link link;

	if (now_ms() < next)
		return;
	next = now_ms() + LINK_MS;
	if (rte_eth_link_get_nowait(port, &link) == 0 && tap >= 0) {
		unsigned int carrier = link.link_status == RTE_ETH_LINK_UP;

		ioctl(tap, TUNSETCARRIER, &carrier);
	}
}

static void receive(void)
{
	static unsigned int idle;
	unsigned int got = 0;

	look_at_link();
	for (uint16_t q = 0; q < opt.queues; q++) {
		struct rte_mbuf *m[32];
		uint16_t n = rte_eth_rx_burst(port, q, m, 32);

		got += n;
		for (uint16_t i = 0; i < n; i++)
			serve(m[i], q);
	}
	idle = got || opt.flood ? 0 : idle + 1;
	if (idle > IDLE_POLLS) /* the switch needs processors, too */
		rte_delay_us_sleep(IDLE_US);
}

/* What the guest's kernel sends. */
static void send_tap(void)
{
	unsigned int sent = 0;

	while (tap >= 0 && sent < WINDOW) {
		uint8_t frame[sizeof(struct frame)];
		ssize_t len = read(tap, frame, sizeof(frame));
		struct rte_mbuf *m = len > 0 ? rte_pktmbuf_alloc(pool) : NULL;

		if (!m)
			break;
		memcpy(rte_pktmbuf_append(m, (uint16_t)len), frame, (size_t)len);
		if (rte_eth_tx_burst(port, 0, &m, 1) != 1)
			rte_pktmbuf_free(m);
		sent++;
	}
}

static int open_tap(void)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int sock = socket(AF_INET, SOCK_DGRAM, 0), ret;

	tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", opt.tap);
	ret = ioctl(tap, TUNSETIFF, &ifr);
	ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(ifr.ifr_hwaddr.sa_data, &opt.mac, sizeof(opt.mac));
	if (ret == 0)
		ret = ioctl(sock, SIOCSIFHWADDR, &ifr);
	close(sock);
	return ret;
}

/* Keeps WINDOW frames unanswered at a time; what is late is sent again. */
static int ask(void)
{
	uint64_t end = now_ms() + LIMIT_S * 1000, again = now_ms() + AGAIN_MS;
	uint32_t next = 0;

	while (!stop && answers < opt.count && now_ms() < end) {
		if (next < opt.count && next < answers + WINDOW)
			send_frame(next++);
		receive();
		if (now_ms() < again)
			continue;
		again = now_ms() + AGAIN_MS;
		for (uint32_t i = 0; i < next; i++)
			if (!answered[i])
				send_frame(i);
	}
	printf("asked %lu answered %lu of %u bad %lu\n", asked, answers, opt.count, bad);
	return answers == opt.count && bad == 0 ? 0 : 1;
}

static int run(void)
{
	if (!opt.asks) {
		while (!stop) {
			receive();
			send_tap();
		}
		return 0;
	}
	if (!opt.flood)
		return ask();
	for (uint32_t seq = 0; !stop; seq++) {
		send_frame(seq % opt.count);
		receive();
	}
	return 0;
}

static int start_port(void)
{
	struct rte_eth_conf conf = {0};
	struct rte_eth_link link = {0};
	uint64_t end = now_ms() + LIMIT_S * 1000;
	int ret;

	pool = rte_pktmbuf_pool_create("guest", 8191, 128, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
				       SOCKET_ID_ANY);
	if (!pool || rte_eth_dev_count_avail() != 1)
		return -1;
	ret = rte_eth_dev_configure(port, opt.queues, opt.queues, &conf);
	for (uint16_t q = 0; ret == 0 && q < opt.queues; q++) {
		ret = rte_eth_rx_queue_setup(port, q, 256, SOCKET_ID_ANY, NULL, pool);
		if (ret == 0)
			ret = rte_eth_tx_queue_setup(port, q, 256, SOCKET_ID_ANY, NULL);
	}
	if (ret == 0)
		ret = rte_eth_dev_start(port);
	if (ret != 0)
		return ret;
	do {
		ret = rte_eth_link_get_nowait(port, &link);
		if (stop || now_ms() > end)
			return -1;
	} while (ret != 0 || link.link_status != RTE_ETH_LINK_UP);
	return 0;
}

static int start_eal(void)
{
	char vdev[256], prefix[32], cpus[32];
	const char *argv[] = {"vhost-guest", "--no-huge",   "--no-shconf", "--no-telemetry",
			      "--no-pci",    "-m",          "64",          "--lcores",
			      cpus,          "--log-level", "error",       "--file-prefix",
			      prefix,        "--vdev",      vdev,          NULL};

	snprintf(cpus, sizeof(cpus), "0@(0-%ld)", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	snprintf(prefix, sizeof(prefix), "guest%d", getpid());
	snprintf(vdev, sizeof(vdev),
		 "net_virtio_user0,path=%s,mac=" RTE_ETHER_ADDR_PRT_FMT
		 ",queues=%u,server=%d,packed_vq=%d,mrg_rxbuf=%d,in_order=%d,queue_size=256",
		 opt.socket, RTE_ETHER_ADDR_BYTES(&opt.mac), opt.queues, !opt.connect, opt.packed,
		 !opt.no_merge, opt.in_order);
	return rte_eal_init(RTE_DIM(argv) - 1, (char **)(uintptr_t)argv);
}

static int usage(void)
{
	fprintf(stderr, "vhost-guest [--connect] [--packed] [--no-merge] [--in-order] [--queues N] "
			"[--size N] [--flood] [--tap DEVICE] SOCKET MAC [PEER COUNT]\n");
	return 2;
}

static int options(int argc, char **argv)
{
	static const struct option longs[] = {
		{"connect", 0, NULL, 'c'},  {"packed", 0, NULL, 'p'}, {"no-merge", 0, NULL, 'm'},
		{"in-order", 0, NULL, 'i'}, {"queues", 1, NULL, 'q'}, {"size", 1, NULL, 's'},
		{"flood", 0, NULL, 'f'},    {"tap", 1, NULL, 't'},    {0},
	};
	int o;

	while ((o = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (o) {
		case 'c': opt.connect = true; break;
		case 'p': opt.packed = true; break;
		case 'm': opt.no_merge = true; break;
		case 'i': opt.in_order = true; break;
		case 'q': opt.queues = (uint16_t)atoi(optarg); break;
		case 's': opt.size = (uint32_t)atoi(optarg); break;
		case 'f': opt.flood = true; break;
		case 't': opt.tap = optarg; break;
		default: return usage();
		}
	}
	argc -= optind;
	argv += optind;
	if ((argc != 2 && argc != 4) || opt.queues < 1 || opt.queues > QUEUE_MAX || opt.size < 60 ||
	    opt.size > 1514 || rte_ether_unformat_addr(argv[1], &opt.mac) != 0)
		return usage();
	opt.socket = argv[0];
	if (argc == 4) {
		opt.asks = true;
		opt.count = (uint32_t)atoi(argv[3]);
		if (rte_ether_unformat_addr(argv[2], &opt.peer) != 0 || opt.count == 0)
			return usage();
		answered = calloc(opt.count, 1);
		if (!answered) {
			fprintf(stderr, "vhost-guest: out of memory\n");
			return 1;
		}
	}
	return 0;
}

/* Of a build with a sanitizer: the driver of DPDK does not free all of itself when it is closed. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return 1;
}

int main(int argc, char **argv)
{
	int ret = options(argc, argv);

	if (ret || !opt.socket)
		return ret;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!opt.connect)
		unlink(opt.socket); /* of a guest that was killed */
	if (start_eal() < 0) {
		fprintf(stderr, "vhost-guest: no EAL, or no device on %s\n", opt.socket);
		return 1;
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	if (opt.tap && open_tap() < 0) {
		perror(opt.tap);
		return 1;
	}
	if (start_port() != 0) {
		fprintf(stderr, "vhost-guest: the link on %s does not come up\n", opt.socket);
		return 1;
	}
	printf("ready\n");
	ret = run();
	free(answered);
	return ret;
}
