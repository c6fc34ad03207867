/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle doctor: checks of this machine. Each looks, reports, and changes nothing.
 */
#ifndef MGMT_CLI_DOCTOR_DOCTOR_H
#define MGMT_CLI_DOCTOR_DOCTOR_H

#include <stdint.h>
#include <sys/types.h>

#include "mgmt/cli/command/cli.h"

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_WARNING,
	DOCTOR_PROBLEM,
};

struct doctor_result {
	enum doctor_level level;
	const char *check;
	char *text;
	char *mend; /* a command, or NULL */
};

enum doctor_hugepages {
	DOCTOR_HUGE_AUTO,
	DOCTOR_HUGE_YES,
	DOCTOR_HUGE_NO,
};

struct doctor_setting {
	char *key, *value;
};

struct doctor {
	struct doctor_setting *settings; /* of heddled.conf */
	size_t n_settings;

	/* What heddled is to be started with. */
	const char *run_dir, *vhost_dir, *netns_dir, *config, *cpus;
	const char *vhost_group; /* NULL: the usual one */
	unsigned long workers, memory_mb;
	enum doctor_hugepages hugepages;

	/* Of the configuration. */
	struct lyd_node *tree; /* <config>, or NULL */
	unsigned int n_tap, n_vm_tap, n_af_packet, n_vhost_user;

	const char *root; /* put in front of /proc, /sys and /dev: "" but in tests */
	uid_t uid;
	uint64_t caps; /* effective ones */

	struct doctor_result *results;
	size_t n_results;
};

/* Adds a result. @mend may be NULL; it is taken over (malloced). */
void doctor_report(struct doctor *d, enum doctor_level level, const char *check, char *mend,
		   const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* root + path. Allocated. */
char *doctor_path(const struct doctor *d, const char *path);

/* The first line of a file below the root, without its newline; false when it cannot be read. */
bool doctor_read(const struct doctor *d, const char *path, char *text, size_t size);

/* The number in a file below the root, or @missing. */
long doctor_number(const struct doctor *d, const char *path, long missing);

/*
 * Bits of the CPUs in a list such as "0,2-4" (below 1024). Returns how many, or -1 when it is not
 * such a list.
 */
int doctor_cpu_list(const char *list, bool cpus[1024]);

/* The checks, in the order of the report. */
void doctor_check_install(struct doctor *d);    /* programs, versions, YANG modules */
void doctor_check_permission(struct doctor *d); /* root, capabilities, user namespaces */
void doctor_check_devices(struct doctor *d);    /* /dev/net/tun */
void doctor_check_memory(struct doctor *d);     /* hugepages, memory, lock limit */
void doctor_check_cpus(struct doctor *d);
void doctor_check_folders(struct doctor *d); /* run-dir, vhost-dir, socket paths, who runs there */
void doctor_check_config(struct doctor *d);  /* the file itself, and each port */

/*
 * Reads heddled.conf, and reports what is wrong with it. Without @given it need not exist. Free with
 * doctor_free_conf().
 */
void doctor_read_conf(struct doctor *d, const char *path, bool given);
void doctor_free_conf(struct doctor *d);

/* The value of a key in it, or NULL. */
const char *doctor_setting(const struct doctor *d, const char *key);

/* A whole number in it; *@n stays when there is none, or, after a report, when it is not right. */
void doctor_setting_number(struct doctor *d, const char *key, unsigned long min, unsigned long max,
			   unsigned long *n);

/* Reads the configuration: @d->tree and the counts. 0, or -errno with @err. */
int doctor_read_config(struct doctor *d, struct hd_err *err);

/* One port of the configuration (doctor_port.c). */
void doctor_check_port(struct doctor *d, const struct lyd_node *interface);

#endif
