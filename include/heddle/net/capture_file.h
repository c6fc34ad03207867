/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files of Ethernet frames: pcap and pcapng, read and written.
 *
 * A file is hostile. A frame that cannot be used is returned with the reason (enum
 * hd_capture_state), and reading goes on behind it; only a file that is cut off or contradicts
 * itself ends reading. Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng. One thread for
 * each reader and each file.
 */
#ifndef HEDDLE_NET_CAPTURE_FILE_H
#define HEDDLE_NET_CAPTURE_FILE_H

#include <stdint.h>
#include <stdio.h>

#include "heddle/base/err.h"

/* The longest frame that is returned: 64 KB of IP, and an Ethernet header with two tags. */
#define HD_CAPTURE_FRAME_MAX 65557u

/* A snapshot length that cuts no frame. */
#define HD_CAPTURE_SNAPLEN 262144u

enum hd_capture_state {
	HD_CAPTURE_WHOLE,
	HD_CAPTURE_CUT,       /* the file holds only the frame's start */
	HD_CAPTURE_TOO_LONG,  /* longer than HD_CAPTURE_FRAME_MAX: its bytes were skipped */
	HD_CAPTURE_TIME,      /* its time is before 1970, or 2^64 ns or more after 1970 */
	HD_CAPTURE_LINK_TYPE, /* from an interface that is not Ethernet */
	HD_CAPTURE_OTHER,     /* from an interface that was not chosen */
};

struct hd_capture_frame {
	const uint8_t *data; /* @len bytes, HD_CAPTURE_FRAME_MAX at most; until the next call */
	uint64_t time_ns;    /* since 1970; if its own cannot be used: that of the frame before */
	uint64_t number;     /* from 1, of all interfaces */
	uint32_t len;        /* bytes in the file, without the frame check sequence */
	uint32_t wire_len;   /* bytes that the frame had, without the frame check sequence */
	uint64_t unit_ns;    /* the resolution of its time, at least 1 */
	enum hd_capture_state state;
};

struct hd_capture;

/*
 * Opens a capture and reads the file's header. hd_capture_close() closes @file, and so does this
 * when it fails; @name is for messages. @interface chooses one interface of a pcapng file, by its
 * name or, if it is a number, by its place from 0; NULL: all. 0; -EINVAL with @err: the file is no
 * capture (@err says if it is compressed, and how), or a pcap file of another link type; -ENOMEM.
 */
int hd_capture_open(struct hd_capture **capture, FILE *file, const char *name,
		    const char *interface, struct hd_err *err);

/*
 * Reads the next frame into @frame. 1; 0: the file ended; -EINVAL with @err: the file is cut off or
 * damaged here, or it ended and had no Ethernet interface, or not the one that was chosen.
 */
int hd_capture_next(struct hd_capture *capture, struct hd_capture_frame *frame, struct hd_err *err);

/* Goes back to the first frame. 0, or -errno with @err: a pipe, for example, cannot go back. */
int hd_capture_rewind(struct hd_capture *capture, struct hd_err *err);

/* How many bytes of the file were read so far. */
uint64_t hd_capture_position(const struct hd_capture *capture);

void hd_capture_close(struct hd_capture *capture); /* may be NULL */

/*
 * Writing. Each function returns 0, or the stream's -errno. Times are nanoseconds since 1970.
 *
 * A pcap file has one interface, and times until 2106 (seconds below 2^32).
 */
int hd_pcap_begin(FILE *file);
int hd_pcap_frame(FILE *file, uint64_t time_ns, const void *data, uint32_t len, uint32_t wire_len);

/*
 * A pcapng file begins with hd_pcapng_begin(); then interfaces and frames follow in any order.
 * Interfaces are numbered from 0 in the order of the calls. @name and @comment may be NULL. @flags:
 * enum hd_pcapng_flags, 0: not known.
 */
enum hd_pcapng_flags { HD_PCAPNG_IN = 1, HD_PCAPNG_OUT = 2 };
int hd_pcapng_begin(FILE *file, const char *application);
int hd_pcapng_interface(FILE *file, const char *name, uint32_t snaplen);
int hd_pcapng_frame(FILE *file, uint32_t interface, uint64_t time_ns, const void *data,
		    uint32_t len, uint32_t wire_len, uint32_t flags, const char *comment);

#endif
