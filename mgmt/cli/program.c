/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef HD_LIBEXEC_DIR
#define HD_LIBEXEC_DIR "/usr/libexec/heddle"
#endif

/* Where the build tree has them, from its root. */
static const struct {
	const char *name, *folder;
} build_tree[] = {
	{"heddled", "supervisor"},
	{"heddle-dp", "dataplane"},
	{"heddle-cp", "ctrlplane"},
	{"heddle-mgmt", "mgmt"},
};

static bool try_path(char *path, size_t size, const char *dir, const char *folder, const char *name)
{
	int n = snprintf(path, size, "%s%s%s/%s", dir, *folder ? "/" : "", folder, name);

	return n > 0 && (size_t)n < size && access(path, X_OK) == 0;
}

static void own_dir(char *dir, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", dir, size - 1);

	dir[n > 0 ? n : 0] = '\0';
	if (n > 0 && strrchr(dir, '/'))
		*strrchr(dir, '/') = '\0';
}

int cli_program_find(const char *name, char *path, size_t size, struct hd_err *err)
{
	static const char *const beside[] = {"", "../libexec/heddle", "../sbin"};
	const char *build = getenv("HEDDLE_BUILD_DIR"), *folder = "";
	char dir[PATH_MAX], root[PATH_MAX + 8];

	for (size_t i = 0; i < sizeof(build_tree) / sizeof(build_tree[0]); i++)
		if (strcmp(build_tree[i].name, name) == 0)
			folder = build_tree[i].folder;
	if (build && *build && try_path(path, size, build, folder, name))
		return 0;
	own_dir(dir, sizeof(dir));
	snprintf(root, sizeof(root), "%s/../..", dir); /* ROOT/mgmt/cli/heddle */
	if (try_path(path, size, root, folder, name))
		return 0;
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (try_path(path, size, dir, beside[i], name))
			return 0;
	if (try_path(path, size, HD_LIBEXEC_DIR, "", name) ||
	    try_path(path, size, "/usr/sbin", "", name))
		return 0;
	return hd_err_set(err, ENOENT,
			  "%s is not there: neither beside this program nor in " HD_LIBEXEC_DIR
			  " (set HEDDLE_BUILD_DIR to use a build tree)",
			  name);
}

pid_t cli_program_start(const char *name, const char *const args[], int fd, struct hd_err *err)
{
	char path[PATH_MAX];
	pid_t pid, self;
	int rc = cli_program_find(name, path, sizeof(path), err);

	if (rc < 0)
		return rc;
	self = getpid();
	pid = fork();
	if (pid < 0)
		return hd_err_set(err, errno, "cannot start %s: %s", name, strerror(errno));
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		/* nothing stays when this command is killed */
		if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != self)
			_exit(127);
		if (fd >= 0)
			fcntl(fd, F_SETFD, 0);
		execv(path, (char *const *)args);
		fprintf(stderr, "heddle: cannot start %s: %s\n", path, strerror(errno));
		_exit(127);
	}
	return pid;
}

int cli_program_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int cli_program_run(const char *name, const char *const args[], struct hd_err *err)
{
	pid_t pid = cli_program_start(name, args, -1, err);

	return pid < 0 ? pid : cli_program_wait(pid);
}

/* Reads until the end; what does not fit is thrown away. */
static void read_line(int fd, char *text, size_t size)
{
	char piece[256] = "";
	size_t at = 0;
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		size_t take = (size_t)n < size - 1 - at ? (size_t)n : size - 1 - at;

		memcpy(text + at, piece, take);
		at += take;
	}
	text[at] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

int cli_program_version(const char *name, char *text, size_t size, struct hd_err *err)
{
	char path[PATH_MAX];
	int pipe_fds[2];
	pid_t pid;
	int rc = cli_program_find(name, path, sizeof(path), err);

	if (rc < 0)
		return rc;
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return hd_err_set(err, errno, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDIN_FILENO);
		dup2(pipe_fds[1], STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl(path, name, "--version", (char *)NULL);
		_exit(127);
	}
	close(pipe_fds[1]);
	text[0] = '\0';
	if (pid > 0)
		read_line(pipe_fds[0], text, size);
	close(pipe_fds[0]);
	if (pid < 0 || cli_program_wait(pid) != 0 || !*text)
		return hd_err_set(err, EIO, "%s --version fails", path);
	return 0;
}
