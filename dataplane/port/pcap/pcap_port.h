/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind `pcap`: receives the frames of a capture file, once, at the pace of their time
 * stamps, and writes the frames that it sends to another file. Both files are below the capture
 * root.
 */
#ifndef DATAPLANE_PORT_PCAP_PCAP_PORT_H
#define DATAPLANE_PORT_PCAP_PCAP_PORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "heddle/api/kinds.h"
#include "heddle/net/capture_file.h"
#include "dataplane/core/port.h"

#define DP_PCAP_FILE_BUF (1 << 20)

struct dp_pcap {
	/* used by the worker that polls the port */
	struct hd_capture *in;         /* NULL: the port reads no file */
	struct hd_capture_frame frame; /* the next frame, if more is true */
	bool more;
	uint64_t first_ts; /* time stamp of the first frame, ns */
	uint64_t start_ns; /* time of the clock when the first frame came in */
	int timer;         /* readable when the next frame is due; -1: none */
	_Atomic uint64_t read_count;
	_Atomic bool read_end;

	/* used by the worker that transmits */
	FILE *out;
	uint8_t *scratch; /* HD_CAPTURE_FRAME_MAX bytes, for a copy of a chain in one piece */
	char *file_buf;
	int64_t real_offset; /* CLOCK_REALTIME minus our clock, ns */
	_Atomic uint64_t written;
	_Atomic int write_error; /* errno */
	_Atomic int read_error;  /* 1: the file is broken */

	/* used by the control thread */
	uint64_t flushed; /* value of written at the last flush */
	bool told_end;    /* the log has said that the whole file was read */
};

/* Worker. See struct dp_port_ops. */
uint16_t dp_pcap_rx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n);
uint16_t dp_pcap_tx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n);
int dp_pcap_event_fd(struct dp_port *port, uint16_t q, bool arm);

/*
 * Reads the first frame, which comes in at @now_ns, and sets the pace. Control thread, in open().
 */
void dp_pcap_start(struct dp_pcap *p, uint64_t now_ns);

/* Checks a struct hd_pcap_object; every byte may be hostile. 0, or -EINVAL with @err. Pure. */
int dp_pcap_validate(const void *params, struct hd_err *err);

#endif
