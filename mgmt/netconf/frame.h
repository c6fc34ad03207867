/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Framing of NETCONF (RFC 6242): where a message ends in a stream of bytes. Pure and incremental:
 * bytes may come in any portions.
 *
 *	1.0	the message, then "]]>]]>"
 *	1.1	chunks "\n#LENGTH\n" BYTES, then "\n##\n"
 */
#ifndef MGMT_NETCONF_FRAME_H
#define MGMT_NETCONF_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"

struct nc_frame {
	bool chunked;  /* 1.1 */
	int state;     /* within a chunk's head or its data */
	uint64_t left; /* of the chunk; while its head is read, the length so far */
	size_t max;
	char *text; /* the message so far; NUL-terminated when it is whole */
	size_t len, room;
	bool whole;
};

/* Starts with 1.0 framing, as every session does. @max: bytes of a message at the most. */
void nc_frame_init(struct nc_frame *frame, size_t max);
void nc_frame_free(struct nc_frame *frame);

/* From the next message on. */
void nc_frame_set_chunked(struct nc_frame *frame);

/*
 * Takes bytes; *@used says how many. Returns 1 when a message is whole (frame->text, frame->len;
 * valid until the next call), 0 when more is needed, -EBADMSG or -EMSGSIZE with @err: then the
 * stream is of no more use.
 */
int nc_frame_feed(struct nc_frame *frame, const char *data, size_t n, size_t *used,
		  struct hd_err *err);

/* The message that was whole is no longer needed: memory that only a large one needs is given back. */
void nc_frame_done(struct nc_frame *frame);

/* True in the middle of a message. White space between two messages of 1.0 is none. */
bool nc_frame_begun(const struct nc_frame *frame);

#endif
