/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures: what comes in, leaves or is dropped at ports, copied for one reader while it reads.
 *
 * heddle-mgmt asks heddle-dp for one (CAPTURE_START) when access rules let a user have it, and gets one
 * end of a socket pair, which it hands on to the user's program. On it heddle-dp has sent struct
 * hd_capture_hello with descriptors: the memory (mapped read-only; nobody can resize or write it) and
 * for each worker an eventfd. The reader adds to a worker's eventfd how many bytes of its ring it has
 * read, so that heddle-dp need not look at anything that the reader can write. struct hd_capture_note
 * says what happened to it, also why it ended, if heddle-dp ended it. It also ends when the reader closes the socket, or when
 * heddle-mgmt says so (CAPTURE_STOP) or is gone.
 *
 *	struct hd_capture_head
 *	for each worker, at data_offset + worker * ring_bytes: its ring of records
 *
 * A record is a multiple of HD_CAPTURE_ALIGN bytes and never wraps. Who reads believes nothing: every
 * byte may change while it is read.
 */
#ifndef HEDDLE_API_CAPTURE_H
#define HEDDLE_API_CAPTURE_H

#include "heddle/api/stats.h"
#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

#define HD_CAPTURES_MAX      8     /* at once */
#define HD_CAPTURE_PORTS_MAX 256   /* that one can name */
#define HD_CAPTURE_INSNS_MAX 1000  /* of a filter: some microseconds a frame, at the very most */
#define HD_CAPTURE_SNAP_MAX  65600 /* bytes of a frame: 64 KB of IP and two tags */
#define HD_CAPTURE_SNAP_MIN  16
#define HD_CAPTURE_WORKERS   16
#define HD_CAPTURE_TEXT      128

enum hd_capture_what {
	HD_CAPTURE_IN = 1 << 0,    /* as frames come in, before anything is decided */
	HD_CAPTURE_OUT = 1 << 1,   /* as they leave, once the receiver has taken them */
	HD_CAPTURE_DROPS = 1 << 2, /* where they are dropped, with the reason */
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
	uint32_t n_ports; /* 0: all, also those that come later */
	uint32_t n_insns; /* 0: no filter */
	char port[HD_CAPTURE_PORTS_MAX][HD_NAME_MAX];
	struct hd_capture_insn insn[HD_CAPTURE_INSNS_MAX];
};
struct hd_capture_started {
	uint64_t id;
};
/* Reply: with the socket. EBUSY: there are HD_CAPTURES_MAX; EINVAL: the text says what is wrong. */
HD_REQ(CAPTURE_START, HD_MSG_ID(HD_MODULE_CAPTURE, 1), struct hd_capture_start,
       struct hd_capture_started);

/* Not an error when it is gone already. */
struct hd_capture_stop {
	uint64_t id;
	char text[HD_CAPTURE_TEXT]; /* for the reader */
};
HD_REQ(CAPTURE_STOP, HD_MSG_ID(HD_MODULE_CAPTURE, 2), struct hd_capture_stop, struct hd_nothing);

/* dp -> mgmt: it ended, for any reason. */
HD_EVENT(CAPTURE_ENDED, HD_MSG_ID(HD_MODULE_CAPTURE, 3), struct hd_capture_started);

/* --- on the socket, SOCK_SEQPACKET: heddle-dp to the reader; the reader sends nothing --- */

#define HD_CAPTURE_MAGIC   0x6864636170747231ull /* "hdcaptr1" */
#define HD_CAPTURE_VERSION 2

struct hd_capture_hello {
	uint64_t magic;
	uint32_t version; /* of all that follows and lies in the memory */
	uint32_t
		workers; /* 1..HD_CAPTURE_WORKERS: so many eventfds come behind the memory's descriptor */
};

struct hd_capture_note {
	uint32_t end; /* 1: the capture has ended, and the socket is closed after this */
	uint32_t zero;
	char text[HD_CAPTURE_TEXT]; /* for people */
};

/* --- in the memory --- */

#define HD_CAPTURE_ALIGN 32

struct hd_capture_ring {
	uint64_t head; /* bytes that were ever written; the last ring_bytes of them are there */
	uint64_t lost; /* frames that there was no room for */
	uint64_t spare[6];
};

struct hd_capture_head {
	uint32_t workers;
	uint32_t ring_bytes;    /* of each, a power of two */
	uint64_t data_offset;   /* of the first ring */
	int64_t real_offset_ns; /* what time_ns of records lacks to the time since 1970 */
	uint64_t ingress[HD_DROP_REASONS_MAX / 64]; /* bits: counted where a frame came in */
	char reason[HD_DROP_REASONS_MAX][HD_DROP_NAME_MAX];
	struct hd_capture_ring ring[HD_CAPTURE_WORKERS];
};

enum hd_capture_kind {
	HD_CAPTURE_R_PAD,  /* nothing: what was not taken, or the rest of the ring */
	HD_CAPTURE_R_NAME, /* what follows is the port's name, before its first frame */
	HD_CAPTURE_R_IN,
	HD_CAPTURE_R_OUT,
	HD_CAPTURE_R_DROP,
};

struct hd_capture_record {
	uint32_t size;    /* with what follows */
	uint8_t kind;     /* enum hd_capture_kind */
	uint8_t reason;   /* of a drop: index of its name */
	uint16_t port;    /* id */
	uint64_t time_ns; /* of the worker's turn, CLOCK_MONOTONIC */
	uint32_t len;     /* of the frame; 0: nothing of it was ever there */
	uint32_t kept;    /* bytes that follow */
	uint32_t lost;    /* frames that were lost in this ring since the record before */
	uint32_t zero;
};

_Static_assert(sizeof(struct hd_capture_record) == HD_CAPTURE_ALIGN, "a record's head");
_Static_assert(sizeof(struct hd_capture_start) % 8 == 0, "a message");

#endif
