/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The accounts (users) that planes run as. A plane does not run as heddled's user, so that a fault
 * in a plane is no way into the host.
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
	enum hd_plane plane; /* the plane that runs as this user */
	bool own;    /* false: the plane runs as heddled's user, and the ids are heddled's */
	bool shared; /* other processes may run as this user, too */
	char name[SETTINGS_USER_MAX];
	uid_t uid;
	gid_t gid;
	gid_t groups[ACCOUNT_GROUPS_MAX];
	int n_groups;
};

/*
 * Looks up the account of @plane. If @settings name a user, it must exist. If they name none, and
 * heddled is root and can change its user, the user is heddle-dp, heddle-cp or heddle-mgmt, or
 * nobody if there is no such user. heddle-mgmt of a build tree (not @installed) keeps heddled's
 * user, since it must read that tree. Returns 0, or -errno with @err.
 */
int account_find(struct account *account, enum hd_plane plane, const struct settings *settings,
		 bool installed, struct hd_err *err);

/*
 * Makes the calling process run as @account, with the capabilities that the plane may keep and
 * without a way to get others. Call in the forked child. Returns 0, or -errno with @err; then the
 * program must not be started.
 */
int account_enter(const struct account *account, struct hd_err *err);

#endif
