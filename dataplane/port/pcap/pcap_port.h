/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind `pcap`: what a capture file holds comes in, once, at the pace of its time stamps;
 * what is sent is written to another file. Both are names below the capture root.
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

#define HD_PCAP_FILE_BUF (1 << 20)

struct hd_pcap {
	/* the worker that polls the port */
	struct hd_capture *in;         /* NULL: nothing is read */
	struct hd_capture_frame frame; /* the next one */
	bool more;                     /* there is one */
	uint64_t first_ts;             /* of the capture, ns */
	uint64_t start_ns;             /* of the clock, when that frame came in */
	int timer;                     /* readable when the next frame is due; -1: none */
	_Atomic uint64_t read_count;
	_Atomic bool read_end;

	/* the worker that transmits */
	FILE *out;
	uint8_t *scratch; /* HD_CAPTURE_FRAME_MAX bytes: a chain in one piece */
	char *file_buf;
	int64_t real_offset; /* clock to CLOCK_REALTIME */
	_Atomic uint64_t written;
	_Atomic int write_error; /* errno */
	_Atomic int read_error;  /* 1: the file is broken */

	/* control thread */
	uint64_t flushed; /* value of written at the last flush */
	bool told_end;    /* that all was read */
};

/* Worker. See struct hd_port_ops. */
uint16_t hd_pcap_rx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n);
uint16_t hd_pcap_tx_burst(struct hd_worker *w, struct hd_port *port, uint16_t q,
			  struct rte_mbuf **m, uint16_t n);
int hd_pcap_event_fd(struct hd_port *port, uint16_t q, bool arm);

/* Reads the first frame's header and sets the pace from @now_ns. Control thread, in open(). */
void hd_pcap_start(struct hd_pcap *p, uint64_t now_ns);

/* Checks a struct hd_pcap_object of which every byte may be hostile. Pure. */
int hd_pcap_validate(const void *params, struct hd_err *err);

#endif
