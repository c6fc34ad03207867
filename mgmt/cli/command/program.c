/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heddle/base/program.h"

#ifndef HD_LIBEXEC_DIR
#define HD_LIBEXEC_DIR "/usr/libexec/heddle"
#endif

int cli_program_find(const char *name, char *path, size_t size, struct hd_err *err)
{
	static const char *const installed[] = {
		".", "../libexec/heddle", "../sbin", HD_LIBEXEC_DIR, "/usr/sbin", NULL};

	/* ROOT/mgmt/cli/heddle in a build tree */
	if (hd_program_find(name, 2, installed, path, size) >= 0)
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
