/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two ports, bridged by nothing but their kinds' receive and transmit functions: what they cost
 * without a switch in between.
 *
 *	port_bridge KIND:NETDEV[@NETNS] KIND:NETDEV[@NETNS]	(KIND: tap, af-packet)
 *
 * Prints "ready", forwards until its standard input ends, and prints what it counted.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "dataplane/port/port_fixture.h"
#include "heddle/api/kinds.h"

#define POLL_LOOPS 1024

static uint64_t busy_ns; /* processor time of the calls that moved something */

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * HD_NS_PER_S + (uint64_t)t.tv_nsec;
}

static struct dp_port *port_make(char *spec)
{
	char *netdev = strchr(spec, ':');
	char *netns = strchr(spec, '@');
	struct hd_tap_object tap = {
		.queues = 1, .mtu = 1500, .offloads = HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO};
	struct hd_af_packet_object packet = {.offloads = HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO};
	enum hd_port_reason reason;
	struct dp_port *port;
	struct hd_err err;

	if (netdev == NULL) {
		fprintf(stderr, "%s: not KIND:NETDEV[@NETNS]\n", spec);
		exit(2);
	}
	*netdev++ = '\0';
	if (netns != NULL) {
		*netns++ = '\0';
		hd_str_copy(tap.netns, sizeof(tap.netns), netns);
		hd_str_copy(packet.netns, sizeof(packet.netns), netns);
	}
	hd_str_copy(tap.netdev, sizeof(tap.netdev), netdev);
	hd_str_copy(packet.netdev, sizeof(packet.netdev), netdev);
	port = fixture_port(spec, netdev, strcmp(spec, "tap") ? (void *)&packet : (void *)&tap, 1,
			    1500);
	if (fixture_open(port, &reason, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	return port;
}

static uint16_t forward(struct dp_port *from, struct dp_port *to)
{
	struct dp_worker *w = &fixture.worker;
	struct rte_mbuf *m[DP_BURST];
	uint64_t start = cpu_ns();
	uint16_t n = from->ops->rx_burst(w, from, 0, m, DP_BURST);
	uint16_t sent;

	if (n == 0)
		return 0;
	w->port_stats[from->id].rx_packets += n;
	for (uint16_t i = 0; i < n; i++)
		w->port_stats[from->id].rx_bytes += m[i]->pkt_len;
	sent = to->ops->tx_burst(w, to, 0, m, n);
	w->port_stats[to->id].tx_packets += sent;
	if (sent < n)
		rte_pktmbuf_free_bulk(m + sent, n - sent);
	w->port_stats[to->id].offered += n;
	busy_ns += cpu_ns() - start;
	return n;
}

static void report(const struct dp_port *port)
{
	const struct hd_stats_port *s = &fixture.port_stats[port->id];
	const struct dp_drop_reason *r;
	char detail[192];

	port->ops->detail(port, detail, sizeof(detail));
	printf("%s: rx %" PRIu64 " frames %" PRIu64 " bytes, tx %" PRIu64 " of %" PRIu64, detail,
	       s->rx_packets, s->rx_bytes, s->tx_packets, s->offered);
	for (unsigned int i = 0; (r = dp_drop_by_index(i)) != NULL; i++)
		if (s->drops[i] > 0)
			printf(", %s %" PRIu64, r->name, s->drops[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct pollfd in = {.fd = 0, .events = POLLIN};
	uint64_t polled = 0, loops = 0, busy = 0;
	struct dp_port *a, *b;

	if (argc != 3) {
		fprintf(stderr, "usage: port_bridge KIND:NETDEV[@NETNS] KIND:NETDEV[@NETNS]\n");
		return 2;
	}
	if (fixture_init(4095, 511, 128) != 0)
		return 1;
	a = port_make(argv[1]);
	b = port_make(argv[2]);
	printf("ready\n");
	fflush(stdout);
	while (++polled % POLL_LOOPS != 0 || poll(&in, 1, 0) == 0) {
		uint16_t n;

		fixture.worker.now_ns = hd_now_ns();
		n = forward(a, b) + forward(b, a);
		loops++;
		busy += n > 0;
	}
	report(a);
	report(b);
	printf("%" PRIu64 " of %" PRIu64 " loops were busy, %" PRIu64 " ms of processor time\n",
	       busy, loops, busy_ns / HD_NS_PER_MS);
	fixture_port_free(b);
	fixture_port_free(a);
	return 0;
}
