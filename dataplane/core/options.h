/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options of heddle-dp's command line; read-only after main() has parsed them.
 */
#ifndef DATAPLANE_CORE_OPTIONS_H
#define DATAPLANE_CORE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define DP_REPLAY_PORTS_MAX 256

enum dp_hugepages { DP_HUGEPAGES_AUTO, DP_HUGEPAGES_YES, DP_HUGEPAGES_NO };

struct dp_replay_input {
	const char *port;
	const char *interface; /* the file's interface to read; NULL: all */
	const char *file;
};

struct dp_options {
	const char *run_dir;
	const char *vhost_dir;
	const char *cpus; /* list of CPUs for the workers; NULL: heddle-dp chooses */
	unsigned int workers;
	unsigned int memory_mb; /* 0: heddle-dp chooses */
	uint32_t fdb_size;      /* entries */
	enum dp_hugepages hugepages;
	bool idle_sleep;

	bool replay;
	bool progress;
	int mgmt_fd; /* replay: the channel to heddle-mgmt --offline */
	const char *out_dir;
	unsigned int batch;   /* replay: packets of a loop, 1..256 */
	unsigned int explain; /* replay: the packet to explain; 0: none */
	unsigned int n_inputs;
	struct dp_replay_input input[DP_REPLAY_PORTS_MAX];
};

/* Returns the options. Any thread. */
const struct dp_options *dp_options(void);

/* Sets the options, which must live as long as the program. Once, before any thread is made. */
void dp_options_set(const struct dp_options *options);

/* The directory that names of sockets in the configuration are below; never NULL after parsing. */
const char *dp_options_vhost_dir(void);

#endif
