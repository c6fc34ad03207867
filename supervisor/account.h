/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The account that heddle-mgmt runs as: it talks to users, so it gets nothing that heddled has.
 */
#ifndef SUPERVISOR_ACCOUNT_H
#define SUPERVISOR_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "heddle/base/err.h"
#include "supervisor/settings_core.h"

#define ACCOUNT_NAME       "heddle-mgmt"
#define ACCOUNT_GROUPS_MAX 64

struct account {
	bool own; /* false: it runs as heddled does */
	char name[SETTINGS_USER_MAX];
	uid_t uid;
	gid_t gid;
	gid_t groups[ACCOUNT_GROUPS_MAX];
	int n_groups;
};

/*
 * Looks the account up. One that settings name has to exist; otherwise it is ACCOUNT_NAME when there
 * is such a one, heddled is root, and heddle-mgmt is @installed (not of a build tree, which other
 * users need not be able to read). Returns 0, or -errno with @err.
 */
int account_find(struct account *account, const struct settings *settings, bool installed,
		 struct hd_err *err);

/*
 * In the child: becomes the account, without a capability and without a way to get one. Returns 0,
 * or -errno: then the program must not be started.
 */
int account_enter(const struct account *account);

#endif
