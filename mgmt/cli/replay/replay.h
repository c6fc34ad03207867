/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of `heddle replay`.
 */
#ifndef MGMT_CLI_REPLAY_REPLAY_H
#define MGMT_CLI_REPLAY_REPLAY_H

#include "mgmt/cli/command/cli.h"

/* What replay_expect_compare() found. */
struct replay_expect {
	json_t *ports; /* an object for each capture, in order of names */
	unsigned int equal, different;
};

/*
 * Compares each capture in @want_dir with the one of the same name in @got_dir. Explains the first
 * difference of each port on cli->out, unless JSON is asked for. Returns 0, or -errno with @err
 * (the folder cannot be read, or has no captures).
 */
int replay_expect_compare(struct cli *cli, const char *want_dir, const char *got_dir,
			  bool ignore_time, struct replay_expect *result, struct hd_err *err);

/* Reads DIR/summary.json. NULL with @err. */
json_t *replay_summary_read(const char *dir, struct hd_err *err);

/* Prints it as tables: ports, drops by reason, what was learned. */
void replay_summary_print(struct cli *cli, const json_t *summary);

#endif
