/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reading end of a live capture (heddle/api/capture.h): frames out of the rings of heddle-dp, in the
 * order of their times as far as they are there. Nothing in the rings is believed.
 */
#ifndef MGMT_CLI_CAPTURE_RING_H
#define MGMT_CLI_CAPTURE_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/capture.h"
#include "heddle/base/err.h"

struct cli_rings;

struct cli_frame {
	enum hd_capture_kind kind; /* IN, OUT or DROP */
	const char *port;
	const char *reason;  /* of a drop */
	bool ingress;        /* of a drop: counted where the frame came in */
	uint64_t time_ns;    /* since 1970 */
	uint32_t len, kept;  /* bytes that it had; bytes at @data */
	uint32_t lost;       /* that were lost right before it, on the same worker */
	const uint8_t *data; /* valid until the next call */
	unsigned int *tag;   /* of its port: the caller's to use, 0 at first */
};

/*
 * Takes over a socket that came with the reply to <capture>. -EBADMSG with @err: what comes by it is not
 * a capture that this program knows.
 */
int cli_rings_open(struct cli_rings **rings, int sock, struct hd_err *err);
void cli_rings_close(struct cli_rings *rings);

/* The same on memory of @size bytes that stays the caller's, without a socket: for tests. */
int cli_rings_new(struct cli_rings **rings, const void *memory, size_t size, struct hd_err *err);

/* 1: a frame; 0: there is none now; -EBADMSG: the ring is broken, and nothing comes any more. */
int cli_rings_next(struct cli_rings *rings, struct cli_frame *frame, struct hd_err *err);

/*
 * Waits @timeout_ms at the most for something to be said about the capture, which goes to @note. 1: the
 * capture has ended; 0: it goes on. Ctrl-C ends the wait.
 */
int cli_rings_wait(struct cli_rings *rings, int timeout_ms, char note[HD_CAPTURE_TEXT]);

/* Frames that there was no room for so far. */
uint64_t cli_rings_lost(const struct cli_rings *rings);

#endif
