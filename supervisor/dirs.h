/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The directories of one heddled, and the lock that makes it the only one there.
 */
#ifndef SUPERVISOR_DIRS_H
#define SUPERVISOR_DIRS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "heddle/base/err.h"
#include "supervisor/account.h"
#include "supervisor/settings_core.h"

struct dirs {
	char run[SETTINGS_PATH_MAX]; /* this path and those below are absolute */
	char vhost[SETTINGS_PATH_MAX];
	char config[SETTINGS_PATH_MAX]; /* empty: heddle-mgmt manages the configuration */
	char initial_config[SETTINGS_PATH_MAX];
	char state[SETTINGS_PATH_MAX];
	int run_fd, lock_fd;
	int netconf_fd;       /* the listening NETCONF socket, which heddle-mgmt gets */
	struct stat front;    /* of the socket's file */
	int vhost_fd;         /* -1: the directory cannot be used */
	char vhost_text[128]; /* why it cannot be used */
	bool run_made, vhost_made;
	bool state_passes; /* the state directory is only for this run, and removed at the end */
};

/*
 * Makes the directories that do not exist, gives heddle-mgmt's own to @account, and takes the lock.
 * Returns 0, or -errno with @err: -EBUSY: another heddled has the lock; -EPERM: somebody else could
 * replace a directory (safe_dir_open()). On failure everything is closed, and directories that this
 * made are removed.
 */
int dirs_open(struct dirs *dirs, const struct settings *settings, const struct account *account,
	      struct hd_err *err);

/*
 * Makes directories and the socket again that were removed or replaced since. A failure is logged,
 * and the next call tries again. Cheap; to be called now and then. Returns true if netconf_fd is a
 * new socket.
 */
bool dirs_renew(struct dirs *dirs, const struct settings *settings, const struct account *account);

/*
 * Removes the NETCONF socket, the lock, and the directories that dirs_open() made, the run
 * directory with the files in it. If the vhost directory has sockets of others, it stays with them.
 */
void dirs_close(struct dirs *dirs);

#endif
