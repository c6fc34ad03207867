/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of heddle-mgmt.
 */
#ifndef MGMT_MAIN_OPTIONS_H
#define MGMT_MAIN_OPTIONS_H

#include <stdbool.h>

#include "heddle/base/err.h"

struct options {
	const char *config; /* NULL: the startup in state_dir */
	const char *run_dir;
	const char *state_dir;
	const char *initial_config; /* of the very first start; NULL: none */
	const char *yang_dir;       /* NULL: found */
	const char *vhost_dir;
	bool check;
	bool offline;
	bool help;
	bool version;
	int dp_fd;
	int log_level;
	char *made, *made_vhost; /* text that others point into */
};

/* Returns 0, or -EINVAL with @err. */
int options_parse(struct options *options, int argc, char **argv, struct hd_err *err);
void options_clear(struct options *options);

extern const char options_usage[];

#endif
