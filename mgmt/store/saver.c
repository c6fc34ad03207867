/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/saver.h"

#define PIPE_FD 3

struct sv {
	pid_t pid;
	int fd;
	struct event *event;
	sv_done_fn done;
	void *arg;
};

/* The child. Its answer is a struct hd_err; none at all is one as well. */
static void work(sv_work_fn fn, void *arg, int fd, pid_t parent)
{
	struct hd_err err = {0};

	/* Who was to be told is gone: what is beside the file is overwritten by the next one. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGPIPE && sig != SIGXFSZ)
			signal(sig, SIG_DFL);
	/* Sockets must close for the others when the parent closes them. */
	if (fd != PIPE_FD && dup2(fd, PIPE_FD) < 0)
		_exit(1);
	close_range(PIPE_FD + 1, ~0u, 0);
	if (fn(arg, &err) < 0 && !err.code)
		hd_err_set(&err, EIO, "it could not be written");
	_exit(write(PIPE_FD, &err, sizeof(err)) == sizeof(err) ? 0 : 1);
}

static void end(struct sv *sv)
{
	struct hd_err err = {0};
	ssize_t n;
	int status;

	do
		n = read(sv->fd, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	while (waitpid(sv->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (n != sizeof(err))
		hd_err_set(&err, EIO, "the process that was to write it was killed");
	err.text[sizeof(err.text) - 1] = '\0';
	event_free(sv->event);
	close(sv->fd);
	sv->done(&err, sv->arg);
	free(sv);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	end(arg);
}

struct sv *sv_start(struct event_base *base, sv_work_fn fn, void *work_arg, sv_done_fn done,
		    void *arg, struct hd_err *err)
{
	pid_t parent = getpid();
	struct sv *sv;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0) {
		hd_err_set(err, errno, "a pipe: %s", strerror(errno));
		return NULL;
	}
	sv = ds_alloc(sizeof(*sv));
	sv->pid = fork();
	if (sv->pid == 0)
		work(fn, work_arg, fds[1], parent);
	close(fds[1]);
	if (sv->pid < 0) {
		hd_err_set(err, errno, "fork: %s", strerror(errno));
		close(fds[0]);
		free(sv);
		return NULL;
	}
	sv->fd = fds[0];
	sv->done = done;
	sv->arg = arg;
	sv->event = event_new(base, sv->fd, EV_READ, on_readable, sv);
	event_add(sv->event, NULL);
	return sv;
}

void sv_finish(struct sv *sv)
{
	end(sv);
}
