/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/main/options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "heddle-build.h"

static const char usage[] =
	"usage: heddle-cp [--run-dir DIR] [--log-level error|warning|notice|info|debug]\n"
	"\n"
	"The control plane of Heddle. heddled starts it; to start the switch: heddled -c FILE\n";

static int supervisor_fd(void)
{
	const char *text = getenv("HEDDLE_SUPERVISOR_FD");
	char *end;
	long fd;

	if (!text) {
		fprintf(stderr, "heddle-cp: it is started by heddled (HEDDLE_SUPERVISOR_FD is not "
				"set); to start the switch, type: heddled -c FILE\n");
		return -EINVAL;
	}
	errno = 0;
	fd = strtol(text, &end, 10);
	if (errno || end == text || *end || fd < 0 || fd > INT_MAX || fcntl((int)fd, F_GETFD) < 0) {
		fprintf(stderr,
			"heddle-cp: HEDDLE_SUPERVISOR_FD is \"%s\", not an open descriptor\n",
			text);
		return -EINVAL;
	}
	unsetenv("HEDDLE_SUPERVISOR_FD");
	return (int)fd;
}

int cp_options_parse(struct cp_options *options, int argc, char **argv)
{
	static const struct option longs[] = {
		{"run-dir", required_argument, NULL, 'r'},
		{"log-level", required_argument, NULL, 'l'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option, level;

	*options = (struct cp_options){.run_dir = "/run/heddle", .log_level = HD_LOG_INFO};
	while ((option = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		switch (option) {
		case 'r': options->run_dir = optarg; break;
		case 'l':
			level = hd_log_level_parse(optarg);
			if (level < 0) {
				fprintf(stderr,
					"heddle-cp: no log level \"%s\"; there are: error, "
					"warning, notice, info, debug\n",
					optarg);
				return -EINVAL;
			}
			options->log_level = (enum hd_log_level)level;
			break;
		case 'V': puts("heddle-cp " HD_VERSION " (" HD_BUILD ")"); return CP_OPTIONS_DONE;
		case 'h': fputs(usage, stdout); return CP_OPTIONS_DONE;
		default: fputs(usage, stderr); return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "heddle-cp: \"%s\" is one argument too many\n%s", argv[optind],
			usage);
		return -EINVAL;
	}
	options->supervisor_fd = supervisor_fd();
	return options->supervisor_fd < 0 ? -EINVAL : 0;
}
