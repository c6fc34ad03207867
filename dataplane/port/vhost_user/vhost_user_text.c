/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Texts about sockets that do not work. Most guests fail to attach because of wrong permissions, or
 * because both sides wait for the other one to connect. So each text says what would mend it.
 */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_user.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/clock.h"

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *user_name(uid_t uid, char *buf, size_t size)
{
	struct passwd pw, *found = NULL;
	char space[1024];

	if (getpwuid_r(uid, &pw, space, sizeof(space), &found) == 0 && found)
		snprintf(buf, size, "%s", found->pw_name);
	else
		snprintf(buf, size, "%u", uid);
	return buf;
}

static const char *group_name(gid_t gid, char *buf, size_t size)
{
	struct group gr, *found = NULL;
	char space[4096];

	if (getgrgid_r(gid, &gr, space, sizeof(space), &found) == 0 && found)
		snprintf(buf, size, "%s", found->gr_name);
	else
		snprintf(buf, size, "%u", gid);
	return buf;
}

void vhost_text_absent(const struct vhost_port *v, char *text, size_t size)
{
	snprintf(text, size,
		 "waiting for %s: the guest makes it (QEMU: -chardev "
		 "socket,path=...,server=on,wait=off). If it is to connect to us, set mode server",
		 v->shown);
}

void vhost_text_denied(const struct vhost_port *v, const struct stat *st, char *text, size_t size)
{
	char me[33], group[33], owner[33], owning[33];

	user_name(geteuid(), me, sizeof(me));
	group_name(getegid(), group, sizeof(group));
	if (!st) {
		snprintf(text, size, "%s %s (group %s) may not enter the folder of %s: chmod g+x",
			 "user", me, group, v->shown);
		return;
	}
	snprintf(text, size,
		 "user %s may not write to %s (%s:%s, mode %o): chgrp %s %s && chmod g+w", me,
		 v->shown, user_name(st->st_uid, owner, sizeof(owner)),
		 group_name(st->st_gid, owning, sizeof(owning)), st->st_mode & 0777, group,
		 file_name(v->shown));
}

void vhost_text_refused(const struct vhost_port *v, char *text, size_t size)
{
	snprintf(text, size,
		 "nobody listens on %s: the guest ended and left it, or it is not its server "
		 "(QEMU: server=on). It is tried again",
		 v->shown);
}

void vhost_text_silent(const struct vhost_port *v, bool server, char *text, size_t size)
{
	snprintf(text, size,
		 "connected by %s, but there is no device: the guest has not started its driver "
		 "yet, or the other side is a switch as well (%s)",
		 file_name(v->shown), server ? "it should be server" : "it should be a guest");
}

void vhost_text_waiting(const struct vhost_port *v, char *text, size_t size)
{
	snprintf(text, size,
		 "waiting for a guest to connect to %s (QEMU: -chardev "
		 "socket,path=...,reconnect=1, without server=on)",
		 v->shown);
}

void vhost_text_held(const struct vhost_port *v, uint64_t ns, char *text, size_t size)
{
	snprintf(text, size,
		 "the guest took away memory that it shares (%u times so far): it is held back for "
		 "%llu s",
		 v->faults, (unsigned long long)(ns / HD_NS_PER_S));
}

void vhost_text_taken(const struct vhost_port *v, int pid, char *text, size_t size)
{
	char who[32] = "another process";

	if (pid > 0)
		snprintf(who, sizeof(who), "process %d", pid);
	snprintf(text, size,
		 "%s listens on %s already: set mode client here (QEMU has server=on), or end it",
		 who, v->shown);
}
