/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddled's settings, from its command line and heddled.conf. Both use one table, so that a key of
 * the file and the option of the same name mean the same. Pure: text in, struct out.
 */
#ifndef SUPERVISOR_SETTINGS_CORE_H
#define SUPERVISOR_SETTINGS_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"

#define SETTINGS_PATH_MAX    256
#define SETTINGS_USERS_MAX   32
#define SETTINGS_DEVICES_MAX 64
#define SETTINGS_DEVICE_MAX  32 /* bytes of a pattern */
#define SETTINGS_USER_MAX    32
#define SETTINGS_CPUS_MAX    128

struct settings {
	char config[SETTINGS_PATH_MAX];         /* file; empty: heddle-mgmt manages it */
	char initial_config[SETTINGS_PATH_MAX]; /* file for the first start of a managed switch */
	char state_dir[SETTINGS_PATH_MAX];      /* empty: it depends on run_dir */
	char data_user[SETTINGS_USER_MAX];      /* heddle-dp's user; empty: see account.h */
	char control_user[SETTINGS_USER_MAX];   /* heddle-cp's user */
	char mgmt_user[SETTINGS_USER_MAX];      /* heddle-mgmt's user */
	char conf[SETTINGS_PATH_MAX];           /* heddled.conf */
	char run_dir[SETTINGS_PATH_MAX];
	char vhost_dir[SETTINGS_PATH_MAX]; /* empty: RUN-DIR/vhost */
	char netns_dir[SETTINGS_PATH_MAX];
	char netns_helper[SETTINGS_PATH_MAX]; /* socket of the service; empty: a child process */
	char capture_dir[SETTINGS_PATH_MAX];
	char yang_dir[SETTINGS_PATH_MAX];    /* empty: heddle-mgmt finds it */
	char vhost_group[SETTINGS_USER_MAX]; /* group of sockets that have no own group */
	char cpus[SETTINGS_CPUS_MAX];        /* empty: any */
	char hugepages[8];                   /* "auto", "yes", "no" */
	char users[SETTINGS_USERS_MAX][SETTINGS_USER_MAX]; /* may own TAPs and sockets */
	unsigned int n_users;                              /* 0: vhost_group and its members may */
	char devices[SETTINGS_DEVICES_MAX]
		    [SETTINGS_DEVICE_MAX]; /* patterns of devices that may be opened */
	unsigned int n_devices;            /* 0: any */
	unsigned int workers;
	unsigned int memory_mb; /* 0: heddle-dp chooses */
	unsigned int fdb_size;  /* 0: heddle-dp chooses */
	uint32_t vhost_mode;
	int log_level;
	bool idle_sleep;
	bool conf_given; /* --conf was given: the file must exist */
	bool vhost_group_given;
	bool help, version;
};

void settings_default(struct settings *settings);

enum settings_source {
	SETTINGS_ARGS = 1 << 0,
	SETTINGS_CONF = 1 << 1,
};

/*
 * Sets one value by name. Returns 0; -ENOENT: @source has no such name (@err names a similar one);
 * -EINVAL: @value is wrong (@err says what would be right).
 */
int settings_set(struct settings *settings, enum settings_source source, const char *name,
		 const char *value, struct hd_err *err);

/* Parses a command line, the program's name in argv[0]. Returns 0 or -EINVAL with @err. */
int settings_args(struct settings *settings, int argc, const char *const *argv, struct hd_err *err);

/* Parses heddled.conf. @path is for messages ("PATH:LINE: ..."). Returns 0 or -EINVAL with @err. */
int settings_conf(struct settings *settings, const char *text, size_t len, const char *path,
		  struct hd_err *err);

/*
 * True if a packet socket may be opened on the device @name: allow-devices has a pattern for it, or
 * is empty.
 */
bool settings_device_allowed(const struct settings *settings, const char *name);

/* True if @name, a user or a group, may own TAPs and sockets (allow-users). */
bool settings_user_allowed(const struct settings *settings, const char *name);

extern const char settings_usage[];

#endif
