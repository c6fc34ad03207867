/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the files that read captures. Each calls those below it:
 *
 *	capture_read.c		which format a file is of, and pcap
 *	capture_ng.c		pcapng
 *	capture_common.c	what the two have in common
 */
#ifndef LIB_NET_CAPTURE_INT_H
#define LIB_NET_CAPTURE_INT_H

#include <stdbool.h>

#include "heddle/net/capture_file.h"

#define CAPTURE_FCS_MAX        16
#define CAPTURE_BUFFER         (HD_CAPTURE_FRAME_MAX + CAPTURE_FCS_MAX)
#define CAPTURE_LINK_ETHERNET  1
#define CAPTURE_INTERFACES_MAX 65536u
#define CAPTURE_NAME_MAX       32

struct capture_interface {
	char name[CAPTURE_NAME_MAX]; /* its start, for messages */
	uint16_t link_type;
	bool chosen;
	uint8_t fcs_len;  /* octets */
	uint8_t tsresol;  /* as in the file: a power of 10, or with bit 7 of 2 */
	int64_t tsoffset; /* seconds */
	uint32_t snaplen; /* 0: no limit */
};

struct hd_capture {
	FILE *file;
	char *name;
	char *interface; /* NULL: all */
	uint64_t position;
	uint64_t frames;
	uint64_t time_ns; /* of the last frame */
	bool is_ng, swapped;

	uint32_t header_len; /* pcap: of a frame's header */
	uint32_t unit_ns;

	struct capture_interface *list; /* those of all sections so far; pcap: one */
	uint32_t n, room;
	uint32_t section; /* first of this section */

	uint8_t buffer[CAPTURE_BUFFER];
};

/* capture_common.c */

/* Numbers of the file, in whose byte order they are. */
uint16_t capture_u16(const struct hd_capture *c, const uint8_t *p);
uint32_t capture_u32(const struct hd_capture *c, const uint8_t *p);

/* Reads @n bytes, or skips them (@to is NULL). -EINVAL with @err at the file's end. */
int capture_take(struct hd_capture *c, void *to, uint64_t n, struct hd_err *err);

/* "NAME: TEXT after frame N". Returns -EINVAL. */
int capture_damaged(const struct hd_capture *c, struct hd_err *err, const char *text);

/* Reads @len bytes of a frame into the buffer, or skips what is too many. */
int capture_take_frame(struct hd_capture *c, uint32_t len, struct hd_err *err);

/* Fills @frame from what is in the buffer: @len of @wire_len bytes, of them @fcs_len behind. */
void capture_frame(struct hd_capture *c, const struct capture_interface *from, uint32_t len,
		   uint32_t wire_len, uint32_t fcs_len, struct hd_capture_frame *frame);

/* A new one, all zero. 0, or -errno with @err. */
int capture_interface_add(struct hd_capture *c, struct capture_interface **new, struct hd_err *err);

/* capture_ng.c: as hd_capture_next(). */
int capture_ng_next(struct hd_capture *c, struct hd_capture_frame *frame, struct hd_err *err);

/* Ticks of a resolution (struct capture_interface) and an offset as nanoseconds. False: too large. */
bool capture_ng_time(uint64_t ticks, uint8_t tsresol, int64_t offset_s, uint64_t *ns,
		     uint64_t *unit_ns);

#endif
