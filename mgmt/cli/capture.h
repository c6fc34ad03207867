/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files, as far as the command looks into them: libpcap reads pcap and pcapng.
 */
#ifndef MGMT_CLI_CAPTURE_H
#define MGMT_CLI_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "heddle/base/err.h"

struct cli_capture;

struct cli_packet {
	const uint8_t *data; /* valid until the next read */
	uint32_t len;        /* bytes in the file */
	uint32_t wire_len;   /* bytes that the frame had */
	uint64_t time_ns;    /* since 1970 */
	uint64_t number;     /* from 1 */
};

/*
 * Opens a capture of Ethernet frames. @name is for messages. -EINVAL: not a capture, or of another
 * link type (@err names it and says how to capture right); -errno as of open(2).
 */
int cli_capture_open(struct cli_capture **capture, const char *path, struct hd_err *err);

/* The same from a stream, which is closed with the capture, also on failure. */
int cli_capture_fopen(struct cli_capture **capture, FILE *file, const char *name,
		      struct hd_err *err);

void cli_capture_close(struct cli_capture *capture);

/* 1: a packet; 0: the end; -EINVAL: the file is cut off or damaged here (@err says after what). */
int cli_capture_read(struct cli_capture *capture, struct cli_packet *packet, struct hd_err *err);

/* True if the file can hold nanoseconds: a pcap file of the older form has microseconds. */
bool cli_capture_has_ns(const struct cli_capture *capture);

/*
 * Counts packets of @path that were cut when they were captured (snaplen). Large files whose header
 * does not admit to a small snaplen are not read. -errno: the file is not usable at all.
 */
int cli_capture_count_cut(const char *path, uint64_t *cut, uint64_t *total, struct hd_err *err);

#endif
