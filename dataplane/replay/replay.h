/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay: the same path on captures and their own clock, without devices, root or hugepages.
 */
#ifndef DATAPLANE_REPLAY_REPLAY_H
#define DATAPLANE_REPLAY_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/base/err.h"

struct hd_worker;
struct rte_mbuf;

/*
 * Serves heddle-mgmt --offline: takes the configuration, then runs the captures through it and writes
 * the results. Returns the exit status, or -errno with @err.
 */
int hd_replay_main(struct hd_err *err);

/* input.c: opens the captures of the command line, in the order of port names. 0 or -errno. */
int hd_replay_open_inputs(struct hd_err *err);
void hd_replay_close_inputs(void);

/* The time of the next packet of all captures, never going back; UINT64_MAX: no more. */
uint64_t hd_replay_next_ns(void);

/* The first error of reading, or 0. */
int hd_replay_input_error(struct hd_err *err);

/*
 * Takes the next packet if its time is below @until_ns: its bytes (NULL: none), the number of its
 * capture, its time and length, and whether the capture holds only its start. The bytes are valid
 * until the next call of this or of hd_replay_next_ns().
 */
const unsigned char *hd_replay_take(uint64_t until_ns, unsigned int *input, uint64_t *time_ns,
				    uint32_t *len, bool *cut);

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

/* output.c: files are below the output folder; the first error of writing, or 0. */
void hd_replay_flush_outputs(void);
int hd_replay_output_error(struct hd_err *err);

/* summary.c: writes summary.json into the output folder. 0 or -errno. */
int hd_replay_write_summary(struct hd_err *err);

#endif
