/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kind of all ports in replay: writes the frames that a port sends to a capture of the port's
 * name. A disabled port has a capture, too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <rte_mbuf.h>

#include "heddle/base/clock.h"
#include "dataplane/core/config.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/port.h"
#include "dataplane/replay/replay.h"

#define PCAP_LAST_NS (UINT32_MAX * HD_NS_PER_S + HD_NS_PER_S - 1) /* in 2106 */

struct output {
	FILE *file;
};

static struct hd_err write_error;
static bool is_ng; /* there are times that a pcap file cannot hold */

/* The first error of writing is kept. */
static void note(const struct dp_port *port, int rc)
{
	if (rc && !write_error.code)
		hd_err_set(&write_error, -rc, "writing the capture of port %s failed: %s",
			   port->name, strerror(-rc));
}

static int output_begin(struct dp_port *port, struct hd_err *err)
{
	struct output *out = dp_port_priv(port);
	char name[HD_NAME_MAX + 8];

	snprintf(name, sizeof(name), "%s" DP_REPLAY_SUFFIX, port->name);
	out->file = dp_replay_folder_create(name, err);
	if (!out->file)
		return -err->code;
	if (!is_ng) {
		note(port, hd_pcap_begin(out->file));
	} else {
		note(port, hd_pcapng_begin(out->file, "heddle replay"));
		note(port, hd_pcapng_interface(out->file, port->name, HD_CAPTURE_SNAPLEN));
	}
	return 0;
}

int dp_replay_begin_outputs(struct hd_err *err)
{
	const struct dp_config *tree = dp_config_running();
	struct rlimit files;

	/* each port has a file that is open */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	is_ng = dp_replay_latest_ns() > PCAP_LAST_NS;
	for (uint32_t id = 0; id < tree->n_ports; id++) {
		int rc = tree->ports[id] ? output_begin(tree->ports[id]->port, err) : 0;

		if (rc)
			return rc;
	}
	return 0;
}

int dp_replay_end_outputs(struct hd_err *err)
{
	const struct dp_config *tree = dp_config_running();

	for (uint32_t id = 0; id < tree->n_ports; id++) {
		struct output *out = tree->ports[id] ? dp_port_priv(tree->ports[id]->port) : NULL;

		if (out && out->file && fclose(out->file) != 0)
			note(tree->ports[id]->port, errno ? -errno : -EIO);
		if (out)
			out->file = NULL;
	}
	*err = write_error;
	return -write_error.code;
}

static int output_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	(void)reason;
	(void)err;
	dp_port_set_up(port, 1, 1, 0);
	return 0;
}

static void output_close(struct dp_port *port)
{
	(void)port; /* dp_replay_end_outputs() */
}

static uint16_t output_rx(struct dp_worker *w, struct dp_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	(void)w;
	(void)port;
	(void)q;
	(void)m;
	(void)n;
	return 0; /* what comes in comes from replay_rx */
}

static uint16_t output_tx(struct dp_worker *w, struct dp_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n)
{
	static unsigned char whole[HD_CAPTURE_SNAPLEN];
	struct output *out = dp_port_priv(port);

	(void)q;
	for (uint16_t i = 0; i < n; i++) {
		uint32_t len = RTE_MIN(m[i]->pkt_len, (uint32_t)sizeof(whole));
		const void *data = rte_pktmbuf_read(m[i], 0, len, whole);
		uint64_t t = dp_meta(m[i])->time_ns;

		note(port, is_ng ? hd_pcapng_frame(out->file, 0, t, data, len, len, 0, NULL)
				 : hd_pcap_frame(out->file, t, data, len, len));
	}
	dp_mbuf_free_bulk(w, m, n);
	return n;
}

static const struct dp_port_ops replay_ops = {
	.name = "replay",
	.size = sizeof(struct output),
	.open = output_open,
	.close = output_close,
	.rx_burst = output_rx,
	.tx_burst = output_tx,
};

RTE_INIT(replay_kind_register)
{
	dp_port_kind_register(&replay_ops);
}
