/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "heddle/base/sandbox.h"
#include "supervisor/safe_dir.h"

#define NOBODY    "nobody"
#define USERS_MIN 65536 /* with fewer there may be no nobody: a namespace of one user, mostly */

/* What heddled.conf calls the setting, and what it says. */
static const char *setting(enum hd_plane plane, const struct settings *settings, const char **key)
{
	switch (plane) {
	case HD_PLANE_DATA: *key = "data-user"; return settings->data_user;
	case HD_PLANE_CONTROL: *key = "control-user"; return settings->control_user;
	default: *key = "mgmt-user"; return settings->mgmt_user;
	}
}

static int become(struct account *account, const struct passwd *pw, const char *key,
		  struct hd_err *err)
{
	if (pw->pw_uid == geteuid())
		return 0;
	if (geteuid() != 0)
		return hd_err_set(err, EPERM,
				  "%s cannot run as user %s (%s): this needs heddled to be root",
				  hd_plane_name(account->plane), pw->pw_name, key);
	snprintf(account->name, sizeof(account->name), "%s", pw->pw_name);
	account->uid = pw->pw_uid;
	account->gid = pw->pw_gid;
	account->n_groups = ACCOUNT_GROUPS_MAX;
	if (getgrouplist(account->name, pw->pw_gid, account->groups, &account->n_groups) < 0)
		return hd_err_set(err, E2BIG, "user %s (%s) is in more than %d groups",
				  account->name, key, ACCOUNT_GROUPS_MAX);
	account->own = true;
	return 0;
}

int account_find(struct account *account, enum hd_plane plane, const struct settings *settings,
		 bool installed, struct hd_err *err)
{
	const struct passwd *pw;
	const char *key, *given = setting(plane, settings, &key);
	const char *name = given[0] ? given : hd_plane_name(plane);

	memset(account, 0, sizeof(*account));
	account->plane = plane;
	account->uid = geteuid();
	account->gid = getegid();
	if (!given[0] && (geteuid() != 0 || users_known(UID_MAP) < USERS_MIN ||
			  (plane == HD_PLANE_MGMT && !installed)))
		return 0;
	pw = getpwnam(name);
	if (!pw && given[0])
		return hd_err_set(err, ENOENT,
				  "there is no user %s (%s): adduser --system %s, or name another "
				  "one",
				  name, key, name);
	if (!pw) {
		pw = getpwnam(NOBODY);
		if (!pw)
			return hd_err_set(err, ENOENT,
					  "there is neither a user %s nor " NOBODY
					  ": adduser --system %s, or name another one with %s",
					  name, name, key);
		hd_log(installed ? HD_LOG_WARNING : HD_LOG_INFO,
		       "there is no user %s: %s runs as " NOBODY, name, name);
		account->shared = true;
	}
	return become(account, pw, key, err);
}

int account_enter(const struct account *account, struct hd_err *err)
{
	struct hd_identity identity = {
		.uid = account->uid,
		.gid = account->gid,
		.groups = account->groups,
		.n_groups = (unsigned int)account->n_groups,
		.shared = account->shared,
	};
	enum hd_sandbox who = account->plane == HD_PLANE_DATA      ? HD_SANDBOX_DATA
			      : account->plane == HD_PLANE_CONTROL ? HD_SANDBOX_CONTROL
								   : HD_SANDBOX_MGMT;

	return hd_sandbox_prepare(who, account->own ? &identity : NULL, err);
}
