/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures: the path's frames, copied into memory that one reader may read (heddle/api/capture.h).
 *
 * Each capture has a ring for each worker, so no worker waits for another one. Nor for the reader: a
 * frame that there is no room for is lost to the capture, and counted. What the reader has read it
 * says by an eventfd, at which a worker looks, at most once a loop, when its ring seems to be full.
 *
 * The control thread makes a set of all captures whenever one comes or goes, or ports do, and publishes
 * it to the workers by one pointer (dataplane/core/capture.h).
 */
#ifndef DATAPLANE_CAPTURE_CAPTURE_H
#define DATAPLANE_CAPTURE_CAPTURE_H

#include <stdbool.h>

#include <pcap/pcap.h>

#include "heddle/api/capture.h"
#include "heddle/base/err.h"
#include "dataplane/core/capture.h"
#include "dataplane/core/port.h"
#include "dataplane/core/worker.h"

/* A worker's end of a ring. Of its thread, but for what a comment says. */
struct dp_capture_writer {
	uint8_t *data;
	uint32_t bytes;                 /* a power of two */
	int ack_fd;                     /* what the reader has read since it was looked at */
	uint64_t at;                    /* written */
	uint64_t head;                  /* and published */
	uint64_t tail;                  /* read by the reader */
	uint64_t looked_ns;             /* the loop in which ack_fd was looked at */
	struct hd_capture_ring *shared; /* only written */
	uint64_t lost;
	uint32_t lost_since; /* the record before */
	_Atomic bool broken; /* the reader says what cannot be; read by the control thread */
	uint64_t generation; /* of the set for which ... */
	uint8_t named[HD_PORTS_MAX / 8]; /* ... the names of these ports are in the ring */
};

/*
 * Room for a record with @kept bytes behind it, with its size and what was lost before it filled in; not
 * visible to the reader until dp_capture_publish(). NULL: there is none; counted as lost. Pure but for a
 * look at ack_fd.
 */
struct hd_capture_record *dp_capture_reserve(struct dp_capture_writer *w, uint32_t kept,
					     uint64_t now_ns);
void dp_capture_publish(struct dp_capture_writer *w);

/* Checks a received struct hd_capture_start; every byte may be hostile. Pure. 0, or -EINVAL with @err. */
int dp_capture_check(const struct hd_capture_start *start, struct hd_err *err);

struct hd_capture {
	uint64_t id;
	uint32_t what, snap;
	uint32_t n_insns;
	struct bpf_insn insn[HD_CAPTURE_INSNS_MAX];
	uint32_t n_workers;
	struct dp_capture_writer *writer; /* [n_workers] */

	/* control thread */
	uint32_t n_ports; /* 0: all */
	char (*port)[HD_NAME_MAX];
	bool *there; /* whether the port was there when last looked for */
	int sock;
	void *memory;
	size_t size;
	uint64_t token; /* it is freed when this is over (rcu.h) */
	struct hd_capture *next;
};

enum dp_capture_point {
	DP_CAPTURE_AT_IN,
	DP_CAPTURE_AT_OUT,
	DP_CAPTURE_AT_DROP,
	DP_CAPTURE_POINTS
};

struct dp_capture_set {
	struct dp_capture_hooks hooks; /* first: it is what is published */
	uint64_t generation;
	uint8_t want[DP_CAPTURE_POINTS][HD_PORTS_MAX]; /* bits of captures */
	struct hd_capture *capture[HD_CAPTURES_MAX];
	/* control thread */
	uint64_t token;
	struct dp_capture_set *next;
};

extern const struct dp_capture_hooks dp_capture_hooks;

/*
 * What a worker needs while it captures: made before the first set is published, kept. Control thread.
 * 0 or -ENOMEM.
 */
int dp_capture_workers_init(unsigned int n);

#endif
