/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kind that every port has in replay: what is sent goes to a capture of the port's name.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>
#include <rte_mbuf.h>

#include "heddle/base/clock.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/options.h"
#include "dataplane/core/port.h"
#include "dataplane/replay/replay.h"

#define WRITE_BUFFER (1u << 18)
#define SNAPLEN      262144

struct output {
	pcap_t *dead;
	pcap_dumper_t *dumper;
};

static struct hd_err write_error;

void hd_replay_flush_outputs(void)
{
	fflush(NULL);
}

int hd_replay_output_error(struct hd_err *err)
{
	*err = write_error;
	return -write_error.code;
}

static int output_open(struct hd_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	struct output *out = hd_port_priv(port);
	char path[4096];
	FILE *f;

	*reason = HD_PORT_ERROR;
	snprintf(path, sizeof(path), "%s/%s.pcap", hd_options()->out_dir, port->name);
	f = fopen(path, "we");
	if (!f) {
		hd_err_set(&write_error, errno, "%.200s: %s", path, strerror(errno));
		*err = write_error;
		return -EINVAL;
	}
	setvbuf(f, NULL, _IOFBF, WRITE_BUFFER);
	out->dead = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAPLEN,
							 PCAP_TSTAMP_PRECISION_NANO);
	out->dumper = out->dead ? pcap_dump_fopen(out->dead, f) : NULL;
	if (!out->dumper) {
		fclose(f);
		return hd_err_set(err, ENOMEM, "%.200s could not be started", path);
	}
	hd_port_set_up(port, 1, 1, 0);
	return 0;
}

static void output_close(struct hd_port *port)
{
	struct output *out = hd_port_priv(port);

	if (out->dumper && pcap_dump_flush(out->dumper) < 0)
		hd_err_set(&write_error, errno, "writing the capture of port %s failed: %s",
			   port->name, strerror(errno));
	if (out->dumper)
		pcap_dump_close(out->dumper);
	if (out->dead)
		pcap_close(out->dead);
	memset(out, 0, sizeof(*out));
}

static uint16_t output_rx(struct hd_worker *w, struct hd_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	(void)w;
	(void)port;
	(void)q;
	(void)m;
	(void)n;
	return 0; /* what comes in comes from replay_rx */
}

static uint16_t output_tx(struct hd_worker *w, struct hd_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	static unsigned char whole[SNAPLEN];
	struct output *out = hd_port_priv(port);

	(void)w;
	(void)q;
	for (uint16_t i = 0; i < n; i++) {
		uint64_t t = hd_meta(m[i])->time_ns;
		struct pcap_pkthdr hdr = {
			.ts = {.tv_sec = (time_t)(t / HD_NS_PER_S),
			       .tv_usec = (long)(t % HD_NS_PER_S)},
			.caplen = m[i]->pkt_len,
			.len = m[i]->pkt_len,
		};

		pcap_dump((unsigned char *)out->dumper, &hdr,
			  rte_pktmbuf_read(m[i], 0, m[i]->pkt_len, whole));
	}
	rte_pktmbuf_free_bulk(m, n);
	return n;
}

static const struct hd_port_ops replay_ops = {
	.name = "replay",
	.size = sizeof(struct output),
	.open = output_open,
	.close = output_close,
	.rx_burst = output_rx,
	.tx_burst = output_tx,
};

RTE_INIT(replay_kind_register)
{
	hd_port_kind_register(&replay_ops);
}
