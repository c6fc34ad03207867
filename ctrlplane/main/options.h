/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of heddle-cp.
 */
#ifndef CTRLPLANE_MAIN_OPTIONS_H
#define CTRLPLANE_MAIN_OPTIONS_H

#include "heddle/base/log.h"

#define CP_OPTIONS_DONE 1 /* --help or --version was printed */

struct cp_options {
	const char *run_dir;
	enum hd_log_level log_level;
	int supervisor_fd;
};

/*
 * Reads the arguments, and HEDDLE_SUPERVISOR_FD of the environment. Returns 0, CP_OPTIONS_DONE, or
 * -EINVAL; then stderr says what is wrong.
 */
int cp_options_parse(struct cp_options *options, int argc, char **argv);

#endif
