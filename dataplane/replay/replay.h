/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay: the same path on captures and their own clock, without devices, root or hugepages.
 */
#ifndef DATAPLANE_REPLAY_REPLAY_H
#define DATAPLANE_REPLAY_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "heddle/base/err.h"
#include "heddle/net/capture_file.h"

#define HD_REPLAY_SUFFIX  ".pcap"
#define HD_REPLAY_SUMMARY "summary.json"

struct hd_worker;
struct rte_mbuf;

/*
 * Serves heddle-mgmt --offline: takes the configuration, then runs the captures through it and writes
 * the results. Returns the exit status, or -errno with @err.
 */
int hd_replay_main(struct hd_err *err);

/*
 * input.c: opens the captures of the command line, in the order of port names, and looks each through
 * to its end. 0, or -errno with @err: one cannot be used.
 */
int hd_replay_open_inputs(struct hd_err *err);
void hd_replay_close_inputs(void);

/* The port that the file comes in by, if it is one of the captures; or NULL. */
const char *hd_replay_input_of(dev_t dev, ino_t ino);

/* The latest time of all frames. */
uint64_t hd_replay_latest_ns(void);

/* The time of the next frame of all captures, never going back. False: no more. */
bool hd_replay_next(uint64_t *time_ns);

/* The first error of reading, or 0. */
int hd_replay_input_error(struct hd_err *err);

/*
 * Takes the next frame if its time is below @until_ns (UINT64_MAX: whatever it is), NULL: none. Also
 * the number of its capture, and its time, which never goes back. The bytes are valid until the
 * next call of this or of hd_replay_next().
 */
const struct hd_capture_frame *hd_replay_take(uint64_t until_ns, unsigned int *input,
					      uint64_t *time_ns);

/*
 * explain.c: is packet @number, from 1 in the order of time, the one to explain? All that is done between the
 * other two, for one at @time_ns, is said on stderr. Worker.
 */
bool hd_replay_explains(uint64_t number);
void hd_replay_explain(struct hd_worker *w, uint64_t time_ns);
void hd_replay_explained(struct hd_worker *w);

/* The port id of an input, resolved once the configuration is there. 0 or -errno. */
int hd_replay_bind_inputs(struct hd_err *err);
unsigned short hd_replay_input_port(unsigned int input);

struct hd_replay_progress {
	uint64_t packets, bytes;
	uint64_t file_bytes, file_total; /* read, and of all captures */
};
const struct hd_replay_progress *hd_replay_progress(void);

/* replay_rx.c: packets at most in one loop; the tick that ends a batch. */
void hd_replay_batch(unsigned int max, uint64_t until_ns);

/* replay_rx.c: receives what is next, as hd_replay_batch() bounds it. The worker's source (worker.h). */
void hd_replay_receive(struct hd_worker *w);

/*
 * folder.c: the folder of the results. Refuses (-errno with @err) one in which a result would replace
 * a capture that is read, or that another replay writes to; removes what a replay before left. Then
 * files are created aside, and moved to their places by _end(), or removed by _abort().
 */
int hd_replay_folder_begin(struct hd_err *err);
FILE *hd_replay_folder_create(const char *name, struct hd_err *err);
int hd_replay_folder_end(struct hd_err *err);
void hd_replay_folder_abort(void);

/* output.c: a capture for each port; _end() tells of the first error of writing. 0 or -errno. */
int hd_replay_begin_outputs(struct hd_err *err);
int hd_replay_end_outputs(struct hd_err *err);

/* summary.c: writes summary.json. 0 or -errno. */
int hd_replay_write_summary(struct hd_err *err);

#endif
