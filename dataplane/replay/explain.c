/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Explains one packet of a replay: says what each stage of the path does to it, and to the packets
 * that it becomes.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "heddle/net/ether.h"
#include "dataplane/core/capture.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/options.h"
#include "dataplane/core/tx.h"
#include "dataplane/replay/replay.h"

static void say(struct dp_worker *w, const char *stage, const char *format, ...)
{
	va_list args;

	(void)w;
	fprintf(stderr, "  %-8s ", stage);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void say_frame(struct dp_worker *w, const char *stage, const struct dp_port_config *port,
		      struct rte_mbuf *m)
{
	const struct hd_eth_hdr *eth = rte_pktmbuf_mtod(m, const struct hd_eth_hdr *);
	char src[HD_MAC_STR_MAX], dst[HD_MAC_STR_MAX];

	if (m->pkt_len < HD_ETH_HLEN)
		say(w, stage, "port %s: %u bytes", port->name, m->pkt_len);
	else
		say(w, stage, "port %s: %u bytes, %s to %s, type 0x%04x", port->name, m->pkt_len,
		    hd_mac_str(&eth->src, src), hd_mac_str(&eth->dst, dst),
		    rte_be_to_cpu_16(eth->type));
}

static void on_in(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		  uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		say_frame(w, "in", port, m[i]);
}

static void on_out(struct dp_worker *w, const struct dp_port_config *port, struct rte_mbuf **m,
		   uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		say_frame(w, "out", port, m[i]);
}

static void on_sent(struct dp_worker *w)
{
	(void)w;
}

static void on_drop(struct dp_worker *w, uint16_t id, const struct dp_drop_reason *reason,
		    struct rte_mbuf **m, unsigned int n)
{
	(void)m;
	for (unsigned int i = 0; i < n; i++)
		say(w, "drop", "port %s: %s: %s", w->config->ports[id]->name, reason->name,
		    reason->text);
}

static const struct dp_capture_hooks hooks = {
	.in = on_in,
	.out = on_out,
	.sent = on_sent,
	.drop = on_drop,
};

bool dp_replay_explains(uint64_t number)
{
	return dp_options()->explain && number == dp_options()->explain;
}

void dp_replay_explain(struct dp_worker *w, uint64_t time_ns)
{
	dp_tx_flush(w); /* what was before it */
	fprintf(stderr, "packet %u, at %" PRIu64 ".%09" PRIu64 "\n", dp_options()->explain,
		time_ns / 1000000000, time_ns % 1000000000);
	w->capture = &hooks;
	w->say = say;
}

void dp_replay_explained(struct dp_worker *w)
{
	dp_tx_flush(w);
	w->capture = NULL;
	w->say = NULL;
}
