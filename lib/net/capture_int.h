/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shared by the files that read captures. Each file calls only files below it:
 *
 *	capture_read.c		finds the format of a file; reads pcap
 *	capture_ng.c		reads pcapng
 *	capture_common.c	used by both formats
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
	char name[CAPTURE_NAME_MAX]; /* the beginning of its name, for messages */
	uint16_t link_type;
	bool chosen;
	uint8_t fcs_len;  /* octets */
	uint8_t tsresol;  /* as in the file: negative power of 10, or, with bit 7, of 2 */
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

	uint32_t header_len; /* pcap: bytes of a frame's header */
	uint32_t unit_ns;

	struct capture_interface *list; /* interfaces of all sections so far; pcap: one */
	uint32_t n, room;
	uint32_t section; /* place in list of the first interface of this section */

	uint8_t buffer[CAPTURE_BUFFER];
};

/* capture_common.c */

/* Read a number in the byte order of the file. */
uint16_t capture_u16(const struct hd_capture *c, const uint8_t *p);
uint32_t capture_u32(const struct hd_capture *c, const uint8_t *p);

/* Reads @n bytes, or skips them (@to is NULL). -EINVAL with @err at the file's end. */
int capture_take(struct hd_capture *c, void *to, uint64_t n, struct hd_err *err);

/* "NAME: TEXT after frame N". Returns -EINVAL. */
int capture_damaged(const struct hd_capture *c, struct hd_err *err, const char *text);

/* Reads the @len bytes of a frame into the buffer, or skips all of them if it has no room. */
int capture_take_frame(struct hd_capture *c, uint32_t len, struct hd_err *err);

/*
 * Fills @frame from the buffer, which holds @len bytes of a frame that had @wire_len; the last
 * @fcs_len of these are its frame check sequence.
 */
void capture_frame(struct hd_capture *c, const struct capture_interface *from, uint32_t len,
		   uint32_t wire_len, uint32_t fcs_len, struct hd_capture_frame *frame);

/* Adds an interface to the list, all zero. 0, or -errno with @err. */
int capture_interface_add(struct hd_capture *c, struct capture_interface **new, struct hd_err *err);

/* capture_ng.c: hd_capture_next() for pcapng. */
int capture_ng_next(struct hd_capture *c, struct hd_capture_frame *frame, struct hd_err *err);

/*
 * Converts @ticks of the resolution @tsresol (struct capture_interface), plus an offset, to
 * nanoseconds since 1970. False: the result is below 0 or too large. Pure.
 */
bool capture_ng_time(uint64_t ticks, uint8_t tsresol, int64_t offset_s, uint64_t *ns,
		     uint64_t *unit_ns);

#endif
