/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks of folders and sockets, and of what is installed.
 */
#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "heddle-build.h"
#include "mgmt/cli/doctor/doctor.h"
#include "mgmt/cli/command/program.h"
#include "mgmt/datastore/schema.h"

#define VM_GROUP "heddle-vm"
#define SUN_PATH (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

static void check_programs(struct doctor *d)
{
	static const char *const names[] = {"heddled", "heddle-dp", "heddle-cp", "heddle-mgmt"};
	unsigned int good = 0;

	for (size_t i = 0; i < 4; i++) {
		char text[256];
		struct hd_err err;

		if (cli_program_version(names[i], text, sizeof(text), &err) < 0)
			doctor_report(d, DOCTOR_PROBLEM, "programs",
				      cli_strdup("make install, or set HEDDLE_BUILD_DIR"), "%s",
				      err.text);
		else if (!strstr(text, HD_VERSION) ||
			 (strchr(text, '(') && !strstr(text, HD_BUILD)))
			doctor_report(d, DOCTOR_PROBLEM, "programs",
				      cli_strdup("make && sudo make install"),
				      "%s is of another build (%s) than this command (%s, %s): the "
				      "planes talk only to their own",
				      names[i], text, HD_VERSION, HD_BUILD);
		else
			good++;
	}
	if (good == 4)
		doctor_report(d, DOCTOR_OK, "programs", NULL, "all are of version %s, build %s",
			      HD_VERSION, HD_BUILD);
}

static void check_yang(struct doctor *d)
{
	static const char *const needed[] = {
		"/usr/share/yuma/nmda-modules/ietf/ietf-interfaces@2018-02-20.yang",
		"/usr/share/yuma/modules/ietf/ietf-netconf@2011-06-01.yang",
	};
	char dir[512];
	struct hd_err err;
	bool standard = true;

	for (size_t i = 0; i < 2; i++) {
		char *path = doctor_path(d, needed[i]);

		if (standard && access(path, R_OK) < 0) {
			standard = false;
			doctor_report(d, DOCTOR_PROBLEM, "YANG modules",
				      cli_strdup("sudo apt install libyuma-base"),
				      "the standard ones are missing: %s", path);
		}
		free(path);
	}
	if (ds_schema_find_dir(NULL, dir, sizeof(dir), &err) < 0)
		doctor_report(d, DOCTOR_PROBLEM, "YANG modules", cli_strdup("sudo make install"),
			      "%s", err.text);
	else if (standard)
		doctor_report(d, DOCTOR_OK, "YANG modules", NULL, "in %s", dir);
}

void doctor_check_install(struct doctor *d)
{
	check_programs(d);
	check_yang(d);
}

/* The folder, or the nearest one above it that exists. Allocated. */
static char *nearest(const char *path)
{
	char *copy = cli_strdup(path);

	while (access(copy, F_OK) < 0 && strcmp(copy, "/") != 0 && strcmp(copy, ".") != 0) {
		char *up = cli_strdup(dirname(copy));

		free(copy);
		copy = up;
	}
	return copy;
}

static void check_folder(struct doctor *d, const char *check, const char *path)
{
	char *there = nearest(path);
	bool exists = strcmp(there, path) == 0;
	struct stat st;

	if (exists && (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)))
		doctor_report(d, DOCTOR_PROBLEM, check, NULL, "%s is not a folder", path);
	else if (access(there, W_OK | X_OK) == 0)
		doctor_report(d, DOCTOR_OK, check, NULL, "%s %s", path,
			      exists ? "is writable" : "can be made");
	else if (errno == EROFS)
		doctor_report(d, DOCTOR_PROBLEM, check, NULL,
			      "%s is on a file system that is read-only: choose another", path);
	else
		doctor_report(d, DOCTOR_PROBLEM, check,
			      cli_asprintf("sudo install -d -o %u %s, or choose one of yours: "
					   "--run-dir DIR",
					   (unsigned int)d->uid, path),
			      "%s cannot be %s by this user", path, exists ? "written" : "made");
	free(there);
}

static void check_vhost_group(struct doctor *d)
{
	const char *name = d->vhost_group ? d->vhost_group : VM_GROUP;
	struct group *group = getgrnam(name);
	struct stat st;

	if (!group) {
		bool matters = d->n_vhost_user && d->uid == 0;

		doctor_report(
			d, matters ? DOCTOR_WARNING : DOCTOR_OK, "vhost sockets",
			matters ? cli_asprintf("sudo groupadd --system %s", name) : NULL,
			"there is no group %s: sockets belong to who starts the switch, and a VM "
			"must run as the same user",
			name);
		return;
	}
	if (stat(d->vhost_dir, &st) < 0 || d->uid != 0)
		return;
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		doctor_report(d, DOCTOR_PROBLEM, "vhost sockets",
			      cli_asprintf("sudo chmod 2751 %s", d->vhost_dir),
			      "%s has mode %04o: others could take the place of a port's directory",
			      d->vhost_dir, (unsigned int)st.st_mode & 07777);
	else
		doctor_report(d, DOCTOR_OK, "vhost sockets", NULL,
			      "each port has a directory of its own in %s, for group %s",
			      d->vhost_dir, name);
}

static void check_socket_path(struct doctor *d)
{
	char *path = cli_asprintf("%s/netconf.sock", d->run_dir);

	if (strlen(path) > SUN_PATH)
		doctor_report(d, DOCTOR_PROBLEM, "socket path",
			      cli_strdup("heddled --run-dir DIR, with a shorter DIR"),
			      "%s has %zu bytes, a socket's path at most %zu", path, strlen(path),
			      SUN_PATH);
	free(path);
}

/*
 * The process that holds heddled's lock in the run-dir, 0 if none does. Read from the kernel's list:
 * trying the lock could be in the way of a heddled that starts just now.
 */
static int lock_holder(struct doctor *d)
{
	char *path = cli_asprintf("%s/heddled.lock", d->run_dir), text[256];
	unsigned int major_id, minor_id;
	unsigned long inode;
	struct stat st;
	FILE *file = stat(path, &st) == 0 ? fopen("/proc/locks", "re") : NULL;
	int pid, holder = 0;

	while (file && fgets(text, sizeof(text), file))
		if (sscanf(text, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major_id, &minor_id,
			   &inode) == 4 &&
		    inode == st.st_ino && makedev(major_id, minor_id) == st.st_dev)
			holder = pid;
	if (file)
		fclose(file);
	free(path);
	return holder;
}

static void check_running(struct doctor *d)
{
	int holder = lock_holder(d);
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd;

	if (snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/netconf.sock", d->run_dir) >=
	    (int)sizeof(addr.sun_path))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (holder)
		doctor_report(d, DOCTOR_WARNING, "other switch",
			      cli_strdup("heddled --run-dir DIR, with another DIR; or stop it: "
					 "systemctl stop heddled"),
			      "one runs on %s already: heddled is process %d", d->run_dir, holder);
	else if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		doctor_report(d, DOCTOR_WARNING, "other switch",
			      cli_strdup("heddled --run-dir DIR, with another DIR; or stop it: "
					 "systemctl stop heddled"),
			      "one runs on %s already", d->run_dir);
	else if (errno == EACCES)
		doctor_report(d, DOCTOR_WARNING, "other switch", NULL,
			      "%s may belong to one: permission denied", addr.sun_path);
	else
		doctor_report(d, DOCTOR_OK, "other switch", NULL, "none runs on %s", d->run_dir);
	if (fd >= 0)
		close(fd);
}

void doctor_check_folders(struct doctor *d)
{
	check_folder(d, "run-dir", d->run_dir);
	check_folder(d, "vhost-dir", d->vhost_dir);
	check_vhost_group(d);
	check_socket_path(d);
	check_running(d);
}
