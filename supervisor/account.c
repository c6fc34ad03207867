/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define CAPS_MAX 64

/* True when we may become somebody else, as far as a namespace of users tells. */
static bool users_complete(void)
{
	unsigned long inside = 0, outside = 0, count = 0;
	FILE *file = fopen("/proc/self/uid_map", "re");
	int n;

	if (!file)
		return true;
	n = fscanf(file, "%lu %lu %lu", &inside, &outside, &count);
	fclose(file);
	return n != 3 || count >= 65536;
}

int account_find(struct account *account, const struct settings *settings, bool installed,
		 struct hd_err *err)
{
	bool given = settings->mgmt_user[0] != '\0';
	const char *name = given ? settings->mgmt_user : ACCOUNT_NAME;
	const struct passwd *pw;

	memset(account, 0, sizeof(*account));
	if (!given && (!installed || geteuid() != 0 || !users_complete()))
		return 0;
	pw = getpwnam(name);
	if (!pw && given)
		return hd_err_set(err, ENOENT,
				  "there is no user %s (mgmt-user): adduser --system %s, or name "
				  "another one",
				  name, name);
	if (!pw || pw->pw_uid == geteuid())
		return 0;
	if (geteuid() != 0)
		return hd_err_set(
			err, EPERM,
			"heddle-mgmt cannot run as user %s (mgmt-user): this needs heddled "
			"to be root",
			name);
	snprintf(account->name, sizeof(account->name), "%s", name);
	account->uid = pw->pw_uid;
	account->gid = pw->pw_gid;
	account->n_groups = ACCOUNT_GROUPS_MAX;
	if (getgrouplist(name, pw->pw_gid, account->groups, &account->n_groups) < 0)
		return hd_err_set(err, E2BIG, "user %s (mgmt-user) is in more than %d groups", name,
				  ACCOUNT_GROUPS_MAX);
	account->own = true;
	return 0;
}

int account_enter(const struct account *account)
{
	if (!account->own)
		return 0;
	for (unsigned long cap = 0; cap < CAPS_MAX; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0); /* those that the kernel knows */
	if (setgroups((size_t)account->n_groups, account->groups) < 0 ||
	    setresgid(account->gid, account->gid, account->gid) < 0 ||
	    setresuid(account->uid, account->uid, account->uid) < 0)
		return -errno;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}
