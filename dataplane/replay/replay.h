/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay: runs captures through the same path, on the captures' own clock, without devices, root or
 * hugepages.
 */
#ifndef DATAPLANE_REPLAY_REPLAY_H
#define DATAPLANE_REPLAY_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "heddle/base/err.h"
#include "heddle/net/capture_file.h"

#define DP_REPLAY_SUFFIX  ".pcap"
#define DP_REPLAY_SUMMARY "summary.json"

struct dp_worker;
struct rte_mbuf;

/*
 * Serves heddle-mgmt --offline: gets the configuration, runs the captures through it, and writes
 * the results. Returns the exit status, or -errno with @err.
 */
int dp_replay_main(struct hd_err *err);

/*
 * input.c: opens the captures of the command line, in the order of port names, and reads each to
 * its end, to find errors first. 0, or -errno with @err: a capture cannot be used.
 */
int dp_replay_open_inputs(struct hd_err *err);
void dp_replay_close_inputs(void);

/* If the file is one of the captures, returns the port of that capture; else NULL. */
const char *dp_replay_input_of(dev_t dev, ino_t ino);

/* The latest time of all frames, nanoseconds since 1970. */
uint64_t dp_replay_latest_ns(void);

/* Finds the time of the next frame of all captures; it never goes back. False: there is none. */
bool dp_replay_next(uint64_t *time_ns);

/* The first error of reading, or 0. */
int dp_replay_input_error(struct hd_err *err);

/*
 * Takes the next frame if its time is below @until_ns (UINT64_MAX: at any time); NULL: there is
 * none. Sets the number of its capture, and its time, which never goes back. The frame is valid
 * until the next call of this or of dp_replay_next().
 */
const struct hd_capture_frame *dp_replay_take(uint64_t until_ns, unsigned int *input,
					      uint64_t *time_ns);

/*
 * explain.c: dp_replay_explains() is true if packet @number, from 1 in the order of time, is the
 * one to explain. Between the other two calls, for a packet at @time_ns, each stage of the path
 * says on stderr what it does. Worker.
 */
bool dp_replay_explains(uint64_t number);
void dp_replay_explain(struct dp_worker *w, uint64_t time_ns);
void dp_replay_explained(struct dp_worker *w);

/*
 * Resolves the port of each input when the configuration has come; 0, or -errno with @err. Then the
 * second returns the port id of an input.
 */
int dp_replay_bind_inputs(struct hd_err *err);
unsigned short dp_replay_input_port(unsigned int input);

struct dp_replay_progress {
	uint64_t packets, bytes;
	uint64_t file_bytes, file_total; /* bytes read so far, and of all captures */
};
const struct dp_replay_progress *dp_replay_progress(void);

/* replay_rx.c: sets the packets of one loop at most, and the time of the tick that ends a batch. */
void dp_replay_batch(unsigned int max, uint64_t until_ns);

/*
 * replay_rx.c: receives the next packets, as dp_replay_batch() limits them. The worker's source
 * (worker.h).
 */
void dp_replay_receive(struct dp_worker *w);

/*
 * folder.c: the folder of the results. _begin() removes the results of an earlier replay. It
 * refuses (-errno with @err) a folder to which another replay writes, or in which a result would
 * replace a capture that is read. _create() makes files in a folder inside; _end() moves them to
 * their places; _abort() removes them.
 */
int dp_replay_folder_begin(struct hd_err *err);
FILE *dp_replay_folder_create(const char *name, struct hd_err *err);
int dp_replay_folder_end(struct hd_err *err);
void dp_replay_folder_abort(void);

/*
 * output.c: writes a capture for each port. 0 or -errno with @err; _end() returns the first error
 * of writing.
 */
int dp_replay_begin_outputs(struct hd_err *err);
int dp_replay_end_outputs(struct hd_err *err);

/* summary.c: writes summary.json. 0 or -errno. */
int dp_replay_write_summary(struct hd_err *err);

#endif
