/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures: heddle-dp copies the frames that come in, leave or are dropped at ports, for one
 * reader.
 *
 * When access rules permit a user a capture, heddle-mgmt asks heddle-dp for it (CAPTURE_START),
 * gets one end of a socket pair, and passes it to the user's program, the reader. heddle-dp has
 * sent struct hd_capture_hello on it, with descriptors: the memory (to be mapped read-only; the
 * reader can neither write nor resize it) and an eventfd for each worker. The reader adds to a
 * worker's eventfd how many bytes of that worker's ring it has read, so heddle-dp reads no memory
 * that the reader can write. heddle-dp sends struct hd_capture_note when something happens to the
 * capture, and before it ends the capture. A capture also ends when the reader closes the socket,
 * when heddle-mgmt says so (CAPTURE_STOP), and when heddle-mgmt is gone.
 *
 *	struct hd_capture_head
 *	for each worker, at data_offset + worker * ring_bytes: its ring of records
 *
 * A record has a multiple of HD_CAPTURE_ALIGN bytes and never wraps. A reader checks everything:
 * each byte may change while it is read.
 */
#ifndef HEDDLE_API_CAPTURE_H
#define HEDDLE_API_CAPTURE_H

#include "heddle/api/stats.h"
#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

#define HD_CAPTURES_MAX      8     /* at once */
#define HD_CAPTURE_PORTS_MAX 256   /* ports that a capture can name */
#define HD_CAPTURE_INSNS_MAX 1000  /* of a filter: they take a few microseconds a frame at most */
#define HD_CAPTURE_SNAP_MAX  65600 /* bytes of a frame: 64 KB of IP and two tags */
#define HD_CAPTURE_SNAP_MIN  16
#define HD_CAPTURE_WORKERS   16
#define HD_CAPTURE_TEXT      128

enum hd_capture_what {
	HD_CAPTURE_IN = 1 << 0,    /* frames as they come in, before any decision */
	HD_CAPTURE_OUT = 1 << 1,   /* frames as they leave, when the receiver has taken them */
	HD_CAPTURE_DROPS = 1 << 2, /* frames that are dropped, with the reason */
};

/* An instruction of a classic BPF program, as struct bpf_insn of libpcap. */
struct hd_capture_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

struct hd_capture_start {
	uint32_t what;    /* enum hd_capture_what */
	uint32_t snap;    /* bytes of a frame that are kept, HD_CAPTURE_SNAP_MIN..MAX */
	uint32_t n_ports; /* 0: all ports, also those that are configured later */
	uint32_t n_insns; /* 0: no filter */
	char port[HD_CAPTURE_PORTS_MAX][HD_NAME_MAX];
	struct hd_capture_insn insn[HD_CAPTURE_INSNS_MAX];
};
struct hd_capture_started {
	uint64_t id;
};
/*
 * The reply has the socket. EBUSY: HD_CAPTURES_MAX captures run; EINVAL: the text says what is
 * wrong.
 */
HD_REQ(CAPTURE_START, HD_MSG_ID(HD_MODULE_CAPTURE, 1), struct hd_capture_start,
       struct hd_capture_started);

/* Ends a capture. It is no error when it has ended already. */
struct hd_capture_stop {
	uint64_t id;
	char text[HD_CAPTURE_TEXT]; /* the reason; the reader gets it */
};
HD_REQ(CAPTURE_STOP, HD_MSG_ID(HD_MODULE_CAPTURE, 2), struct hd_capture_stop, struct hd_nothing);

/* dp -> mgmt: a capture ended, for any reason. */
HD_EVENT(CAPTURE_ENDED, HD_MSG_ID(HD_MODULE_CAPTURE, 3), struct hd_capture_started);

/* --- on the socket, SOCK_SEQPACKET: heddle-dp to the reader; the reader sends nothing --- */

#define HD_CAPTURE_MAGIC   0x6864636170747231ull /* "hdcaptr1" */
#define HD_CAPTURE_VERSION 2

struct hd_capture_hello {
	uint64_t magic;
	uint32_t version; /* of the later messages and of the memory's layout */
	uint32_t workers; /* 1..HD_CAPTURE_WORKERS: eventfds that follow the memory's descriptor */
};

struct hd_capture_note {
	uint32_t end; /* 1: the capture has ended, and the socket is closed after this */
	uint32_t zero;
	char text[HD_CAPTURE_TEXT]; /* for people */
};

/* --- in the memory --- */

#define HD_CAPTURE_ALIGN 32

struct hd_capture_ring {
	uint64_t head; /* bytes that were written in all; the last ring_bytes of them are there */
	uint64_t lost; /* frames for which the ring had no room */
	uint64_t spare[6];
};

struct hd_capture_head {
	uint32_t workers;
	uint32_t ring_bytes;    /* of each, a power of two */
	uint64_t data_offset;   /* of the first ring */
	int64_t real_offset_ns; /* time_ns of a record plus this is its time since 1970 */
	uint64_t ingress[HD_DROP_REASONS_MAX / 64]; /* bit set: the reason is one of ingress */
	char reason[HD_DROP_REASONS_MAX][HD_DROP_NAME_MAX];
	struct hd_capture_ring ring[HD_CAPTURE_WORKERS];
};

enum hd_capture_kind {
	HD_CAPTURE_R_PAD,  /* to be skipped: a record that was given up, or the rest of the ring */
	HD_CAPTURE_R_NAME, /* the port's name follows; it comes before the port's first frame */
	HD_CAPTURE_R_IN,
	HD_CAPTURE_R_OUT,
	HD_CAPTURE_R_DROP,
};

struct hd_capture_record {
	uint32_t size;    /* bytes of the record, with the data that follow */
	uint8_t kind;     /* enum hd_capture_kind */
	uint8_t reason;   /* of a drop: index into hd_capture_head.reason */
	uint16_t port;    /* id */
	uint64_t time_ns; /* when the worker began the loop, CLOCK_MONOTONIC */
	uint32_t len;     /* bytes of the frame; 0: no byte of it reached the switch */
	uint32_t kept;    /* bytes of the frame that follow */
	uint32_t lost;    /* frames that this ring lost since the record before */
	uint32_t zero;
};

_Static_assert(sizeof(struct hd_capture_record) == HD_CAPTURE_ALIGN, "a record's head");
_Static_assert(sizeof(struct hd_capture_start) % 8 == 0, "a message");

#endif
