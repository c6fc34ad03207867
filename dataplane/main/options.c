/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle-build.h"
#include "heddle/base/log.h"
#include "dataplane/core/options.h"
#include "dataplane/core/worker.h"
#include "dataplane/main/options.h"

static struct dp_options options = {
	.run_dir = "/run/heddle",
	.workers = 1,
	.fdb_size = 65536,
	.idle_sleep = true,
	.mgmt_fd = -1,
	.batch = 64,
};
static char vhost_dir[512];

enum {
	OPT_RUN_DIR = 256,
	OPT_VHOST_DIR,
	OPT_WORKERS,
	OPT_CPUS,
	OPT_HUGEPAGES,
	OPT_MEMORY,
	OPT_FDB_SIZE,
	OPT_LOG_LEVEL,
	OPT_NO_IDLE_SLEEP,
	OPT_REPLAY,
	OPT_MGMT_FD,
	OPT_BATCH,
	OPT_PROGRESS,
	OPT_EXPLAIN,
};

static const struct option longopts[] = {
	{"run-dir", required_argument, NULL, OPT_RUN_DIR},
	{"vhost-dir", required_argument, NULL, OPT_VHOST_DIR},
	{"workers", required_argument, NULL, OPT_WORKERS},
	{"cpus", required_argument, NULL, OPT_CPUS},
	{"hugepages", required_argument, NULL, OPT_HUGEPAGES},
	{"memory", required_argument, NULL, OPT_MEMORY},
	{"fdb-size", required_argument, NULL, OPT_FDB_SIZE},
	{"log-level", required_argument, NULL, OPT_LOG_LEVEL},
	{"no-idle-sleep", no_argument, NULL, OPT_NO_IDLE_SLEEP},
	{"replay", no_argument, NULL, OPT_REPLAY},
	{"mgmt-fd", required_argument, NULL, OPT_MGMT_FD},
	{"batch", required_argument, NULL, OPT_BATCH},
	{"progress", no_argument, NULL, OPT_PROGRESS},
	{"explain", required_argument, NULL, OPT_EXPLAIN},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{0},
};

static void usage(void)
{
	puts("usage: heddle-dp [OPTION...]\n"
	     "The data plane of heddle. It is started by heddled, or by `heddle replay`.\n"
	     "\n"
	     "  --run-dir DIR          where sockets and state lie (/run/heddle)\n"
	     "  --vhost-dir DIR        root of vhost-user sockets (RUN-DIR/vhost)\n"
	     "  --workers N            forwarding threads, 1..16 (1)\n"
	     "  --cpus LIST            CPUs of the workers, such as 2,4-6; one each\n"
	     "  --hugepages MODE       auto, yes or no (auto)\n"
	     "  --memory MB            for packets and tables (256)\n"
	     "  --fdb-size N           addresses in the forwarding database (65536)\n"
	     "  --log-level LEVEL      error, warning, notice, info or debug\n"
	     "  --no-idle-sleep        workers poll all ports, the quiet ones as well\n"
	     "\n"
	     "Replay:\n"
	     "  --replay               captures instead of devices, virtual time\n"
	     "  --mgmt-fd FD           channel to heddle-mgmt --offline\n"
	     "  -i PORT=FILE           capture that comes in by PORT; may be repeated.\n"
	     "                         PORT@INTERFACE=FILE: one interface of a pcapng file\n"
	     "  -o DIR                 where PORT.pcap and summary.json are written\n"
	     "  --batch N              packets of a loop, 1..256 (64)\n"
	     "  --explain N            say on stderr what is done to packet N, from 1\n"
	     "  --progress             a progress bar on stderr");
}

static int bad(const char *what, const char *value, const char *right)
{
	fprintf(stderr, "heddle-dp: %s '%s' is not valid: %s\n", what, value, right);
	return 2 + 1;
}

static int number(const char *what, const char *text, unsigned long min, unsigned long max,
		  unsigned int *out)
{
	char *end, right[64];
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	snprintf(right, sizeof(right), "a number in %lu..%lu is needed", min, max);
	if (errno || *end || end == text || v < min || v > max)
		return bad(what, text, right);
	*out = (unsigned int)v;
	return 0;
}

static int add_input(char *text)
{
	char *eq = strchr(text, '='), *at = strchr(text, '@');

	if (!eq || eq == text || !eq[1] || at == text || at == eq - 1)
		return bad("input", text, "PORT=FILE or PORT@INTERFACE=FILE is needed");
	if (options.n_inputs == DP_REPLAY_PORTS_MAX)
		return bad("input", text, "there are too many captures");
	at = at && at < eq ? at : NULL;
	*eq = '\0';
	if (at)
		*at++ = '\0';
	options.input[options.n_inputs++] = (struct dp_replay_input){text, at, eq + 1};
	return 0;
}

static int set_hugepages(const char *text)
{
	static const char *const names[] = {"auto", "yes", "no"};

	for (unsigned int i = 0; i < 3; i++) {
		if (!strcmp(text, names[i])) {
			options.hugepages = i;
			return 0;
		}
	}
	return bad("hugepages mode", text, "auto, yes or no is needed");
}

static int set_log_level(const char *text)
{
	int level = hd_log_level_parse(text);

	if (level < 0)
		return bad("log level", text, "error, warning, notice, info or debug is needed");
	hd_log_level_set(level);
	return 0;
}

static int set_option(int opt, char *arg)
{
	unsigned int v = 0;

	switch (opt) {
	case OPT_RUN_DIR: options.run_dir = arg; return 0;
	case OPT_VHOST_DIR: options.vhost_dir = arg; return 0;
	case OPT_WORKERS: return number("worker count", arg, 1, DP_WORKERS_MAX, &options.workers);
	case OPT_CPUS: options.cpus = arg; return 0;
	case OPT_HUGEPAGES: return set_hugepages(arg);
	case OPT_MEMORY: return number("memory size", arg, 64, 1 << 20, &options.memory_mb);
	case OPT_FDB_SIZE: return number("database size", arg, 256, 8388608, &options.fdb_size);
	case OPT_LOG_LEVEL: return set_log_level(arg);
	case OPT_NO_IDLE_SLEEP: options.idle_sleep = false; return 0;
	case OPT_REPLAY: options.replay = true; return 0;
	case OPT_MGMT_FD:
		if (number("descriptor", arg, 0, 65535, &v))
			return 2 + 1;
		options.mgmt_fd = (int)v;
		return 0;
	case OPT_BATCH: return number("batch", arg, 1, 256, &options.batch);
	case OPT_EXPLAIN: return number("packet", arg, 1, UINT32_MAX, &options.explain);
	case OPT_PROGRESS: options.progress = true; return 0;
	case 'i': return add_input(arg);
	case 'o': options.out_dir = arg; return 0;
	case 'h': usage(); return 0 + 1;
	case 'V': printf("heddle-dp %s (%s)\n", HD_VERSION, HD_BUILD); return 0 + 1;
	default: fprintf(stderr, "Try 'heddle-dp --help'.\n"); return 2 + 1;
	}
}

int dp_options_parse(int argc, char **argv)
{
	int opt, rc;

	while ((opt = getopt_long(argc, argv, "i:o:hV", longopts, NULL)) != -1) {
		rc = set_option(opt, optarg);
		if (rc)
			return rc;
	}
	if (optind < argc) {
		fprintf(stderr, "heddle-dp: '%s' is not an option\n", argv[optind]);
		return 2 + 1;
	}
	if (options.replay && (!options.out_dir || options.mgmt_fd < 0)) {
		fprintf(stderr, "heddle-dp: --replay needs -o DIR and --mgmt-fd FD\n");
		return 2 + 1;
	}
	if (!options.vhost_dir) {
		snprintf(vhost_dir, sizeof(vhost_dir), "%s/vhost", options.run_dir);
		options.vhost_dir = vhost_dir;
	}
	if (options.replay)
		options.workers = 1;
	dp_options_set(&options);
	return 0;
}
