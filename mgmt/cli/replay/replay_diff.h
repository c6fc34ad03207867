/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two captures, packet by packet: are they the same, and if not, what is the first difference.
 */
#ifndef MGMT_CLI_REPLAY_REPLAY_DIFF_H
#define MGMT_CLI_REPLAY_REPLAY_DIFF_H

#include <stdbool.h>

#include "heddle/net/capture_file.h"
#include "mgmt/cli/capture/decode.h"

enum cli_diff_kind {
	CLI_DIFF_EQUAL,
	CLI_DIFF_BYTES,   /* one packet has other bytes */
	CLI_DIFF_LENGTH,  /* one packet is the beginning of the other */
	CLI_DIFF_TIME,    /* only the time differs */
	CLI_DIFF_MISSING, /* expected packets did not come */
	CLI_DIFF_EXTRA,   /* packets came that were not expected */
	CLI_DIFF_ERROR,   /* a file cannot be read: text says which and why */
};

struct cli_diff_side {
	uint64_t packets; /* in the file, as far as it could be read */
	uint64_t number;  /* of the packet that differs, from 1; 0: it has none there */
	uint64_t time_ns;
	uint32_t len, wire_len;
	char line[CLI_DECODE_LINE_MAX];
	uint8_t bytes[16]; /* from @offset rounded down to 16 */
	unsigned int n_bytes;
};

struct cli_diff {
	enum cli_diff_kind kind;
	struct cli_diff_side want, got;
	size_t offset; /* first byte that differs */
	char field[CLI_DECODE_NAME_MAX];
	uint64_t run; /* MISSING and EXTRA: so many in a row, as far as can be told */
	char text[HD_ERR_TEXT_MAX];
};

/* Compares; both captures are read to their end. Times are left out with @ignore_time. */
void cli_diff_captures(struct hd_capture *want, struct hd_capture *got, bool ignore_time,
		       struct cli_diff *diff);

/* Opens a capture by its path, see hd_capture_open(). 0, or -errno with @err. */
int cli_diff_open(struct hd_capture **capture, const char *path, const char *interface,
		  struct hd_err *err);

/* The same by file names. A file that cannot be opened gives CLI_DIFF_ERROR. */
void cli_diff_files(const char *want, const char *got, bool ignore_time, struct cli_diff *diff);

/* Tells of the difference in a few lines; nothing for equal ones. */
void cli_diff_print(const struct cli_diff *diff, const char *port, FILE *out, bool color);

/* "bytes", "time", ...: as JSON has it. */
const char *cli_diff_kind_name(enum cli_diff_kind kind);

#endif
