/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The accounts that planes run as: none is heddled's, so that a fault in one is no way to the host.
 */
#ifndef SUPERVISOR_ACCOUNT_H
#define SUPERVISOR_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "heddle/base/err.h"
#include "heddle/ipc/msg.h"
#include "supervisor/settings_core.h"

#define ACCOUNT_GROUPS_MAX 64

struct account {
	enum hd_plane plane; /* that runs as it */
	bool own;            /* false: it runs as heddled does, and the ids are those of heddled */
	bool shared;         /* not of this plane alone */
	char name[SETTINGS_USER_MAX];
	uid_t uid;
	gid_t gid;
	gid_t groups[ACCOUNT_GROUPS_MAX];
	int n_groups;
};

/*
 * Looks up the account of @plane. One that @settings name has to exist. Otherwise, where heddled is root
 * and can become somebody else, it is heddle-dp, heddle-cp or heddle-mgmt, or nobody where there is no such
 * user. heddle-mgmt of a build tree (not @installed) stays what heddled is: it has to read that tree.
 * Returns 0, or -errno with @err.
 */
int account_find(struct account *account, enum hd_plane plane, const struct settings *settings,
		 bool installed, struct hd_err *err);

/*
 * In the child: becomes the account, with the capabilities that the plane may keep and without a way to
 * get others. Returns 0, or -errno with @err: then the program must not be started.
 */
int account_enter(const struct account *account, struct hd_err *err);

#endif
