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
	char run[SETTINGS_PATH_MAX]; /* absolute from here on */
	char vhost[SETTINGS_PATH_MAX];
	char config[SETTINGS_PATH_MAX]; /* empty: managed */
	char initial_config[SETTINGS_PATH_MAX];
	char state[SETTINGS_PATH_MAX];
	int run_fd, lock_fd;
	int netconf_fd;       /* listens; heddle-mgmt gets it */
	struct stat front;    /* of its name */
	int vhost_fd;         /* -1: cannot be used */
	char vhost_text[128]; /* why */
	bool run_made, vhost_made;
	bool state_passes; /* nothing of it is of use to another start */
};

/*
 * Makes what is not there, and takes the lock. Returns 0, or -errno with @err: -EBUSY when another
 * heddled has the lock, -EPERM when somebody else could replace a directory (safe_dir_open()). Then nothing is left open, and nothing that was made is left behind. What is
 * heddle-mgmt's is given to @account.
 */
int dirs_open(struct dirs *dirs, const struct settings *settings, const struct account *account,
	      struct hd_err *err);

/*
 * What of it was removed, or replaced, since is made anew; what fails is logged, and tried again by the next
 * call. To be called now and then. Cheap. Returns true when netconf_fd became another one.
 */
bool dirs_renew(struct dirs *dirs, const struct settings *settings, const struct account *account);

/*
 * Removes the NETCONF socket, the lock and the directories that were made, the run directory with the
 * files in it. Other people's sockets in the socket directory stay, and it with them.
 */
void dirs_close(struct dirs *dirs);

#endif
