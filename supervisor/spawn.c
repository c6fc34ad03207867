/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "heddle/base/program.h"

#define ARGS_MAX 32

int spawn_find(struct heddled *heddled, struct hd_err *err)
{
	static const enum hd_plane ids[PLANES] = {HD_PLANE_DATA, HD_PLANE_CONTROL, HD_PLANE_MGMT};
	static const char *const installed[] = {HD_LIBEXEC_DIR, NULL};

	for (int i = 0; i < PLANES; i++) {
		struct plane *plane = &heddled->planes[i];
		const char *name = hd_plane_name(ids[i]);
		/* ROOT/supervisor/heddled in a build tree */
		int place = hd_program_find(name, 1, installed, plane->path, sizeof(plane->path));

		if (place < 0)
			return hd_err_set(err, ENOENT,
					  "%s is neither in the build tree of this heddled (or "
					  "HEDDLE_BUILD_DIR) nor in " HD_LIBEXEC_DIR
					  ": build or install all of Heddle",
					  name);
		plane->id = ids[i];
		heddled->installed |= place == HD_PROGRAM_INSTALLED;
		plane->program = open(plane->path, O_PATH | O_CLOEXEC);
		if (plane->program < 0)
			return hd_err_set(err, errno, "%s: %s", plane->path, strerror(errno));
	}
	return 0;
}

int spawn_may_start(const struct plane *plane, struct hd_err *err)
{
	struct stat st;

	if (!plane->account.own || fstat(plane->program, &st) < 0 || (st.st_mode & S_IXOTH))
		return 0;
	return hd_err_set(err, EACCES, "user %s cannot run %s: chmod o+rx %s", plane->account.name,
			  plane->path, plane->path);
}

/* A command line under construction; numbers live in @text. */
struct args {
	const char *argv[ARGS_MAX + 1];
	unsigned int n;
	char text[ARGS_MAX][16];
};

static void add(struct args *args, const char *name, const char *value)
{
	if (args->n + 2 > ARGS_MAX)
		abort(); /* a mistake in this file */
	args->argv[args->n++] = name;
	if (value)
		args->argv[args->n++] = value;
}

static void add_number(struct args *args, const char *name, unsigned int value)
{
	char *text = args->text[args->n];

	snprintf(text, sizeof(args->text[0]), "%u", value);
	add(args, name, text);
}

static void add_data(struct args *args, const struct heddled *heddled)
{
	const struct settings *s = &heddled->settings;

	add_number(args, "--workers", s->workers);
	if (s->cpus[0])
		add(args, "--cpus", s->cpus);
	add(args, "--hugepages", s->hugepages);
	if (s->memory_mb)
		add_number(args, "--memory", s->memory_mb);
	if (s->fdb_size)
		add_number(args, "--fdb-size", s->fdb_size);
	add(args, "--vhost-dir", heddled->dirs.vhost);
	if (!s->idle_sleep)
		add(args, "--no-idle-sleep", NULL);
}

static const char *level_name(int level)
{
	static const char *const names[] = {"error", "warning", "notice", "info", "debug"};

	return names[level - HD_LOG_ERR];
}

static void args_make(struct args *args, const struct plane *plane)
{
	const struct heddled *heddled = plane->heddled;

	args->n = 0;
	add(args, plane->path, NULL);
	if (plane->id == HD_PLANE_MGMT) {
		if (heddled->dirs.config[0])
			add(args, "-c", heddled->dirs.config);
		else
			add(args, "--initial-config", heddled->dirs.initial_config);
		add(args, "--state-dir", heddled->dirs.state);
		add(args, "--vhost-dir", heddled->dirs.vhost);
		if (heddled->settings.yang_dir[0])
			add(args, "--yang-dir", heddled->settings.yang_dir);
	}
	add(args, "--run-dir", heddled->dirs.run);
	add(args, "--log-level", level_name(heddled->settings.log_level));
	if (plane->id == HD_PLANE_DATA)
		add_data(args, heddled);
	args->argv[args->n] = NULL;
}

/* In the child: a descriptor that the plane gets, whose number it finds in its environment. */
static void hand_fd(const char *name, int fd)
{
	char number[16];

	if (fd < 0)
		return;
	if (fcntl(fd, F_SETFD, 0) < 0)
		_exit(1);
	snprintf(number, sizeof(number), "%d", fd);
	setenv(name, number, 1);
}

/* The same of what heddle-mgmt alone gets. Files of root are opened for it. */
static void hand_mgmt(const struct plane *plane)
{
	const struct heddled *heddled = plane->heddled;
	const struct dirs *dirs = &heddled->dirs;
	char number[16];

	hand_fd("HEDDLE_NETCONF_FD", dirs->netconf_fd);
	setenv("HEDDLE_INSTANCE", heddled->instance, 1);
	snprintf(number, sizeof(number), "%u", plane->restarts);
	setenv("HEDDLE_RESTARTS", number, 1);
	if (plane->account.own)
		hand_fd("HEDDLE_CONFIG_FD",
			open(dirs->config[0] ? dirs->config : dirs->initial_config,
			     O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

/* A script cannot be started as a descriptor that is closed by it. */
static void start(const struct plane *plane, char *const *argv)
{
	syscall(SYS_execveat, plane->program, "", argv, environ, AT_EMPTY_PATH);
	if (errno == ENOENT || errno == ENOSYS)
		execv(plane->path, argv);
}

/* In the child. Does not return. */
static void child_run(const struct plane *plane, struct args *args, int fd, int go, pid_t parent)
{
	struct hd_err err = {0};
	sigset_t none;
	char byte;
	int null;

	/* Until heddled has opened what it reads of us in /proc: another user's may be hidden from it. */
	while (read(go, &byte, 1) < 0 && errno == EINTR)
		continue;

	/* Out of reach of a Ctrl-C on the terminal: heddled ends its planes in order. */
	setpgid(0, 0);
	if (plane->id == HD_PLANE_MGMT)
		hand_mgmt(plane);
	if (account_enter(&plane->account, &err) < 0) {
		fprintf(stderr, "heddled: error: %s cannot become user %s: %s\n",
			hd_plane_name(plane->id), plane->account.name, err.text);
		_exit(1);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* becoming another user would have undone it */
	if (getppid() != parent)
		_exit(1);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		_exit(1);
	hand_fd("HEDDLE_SUPERVISOR_FD", fd);
	unsetenv("NOTIFY_SOCKET"); /* systemd hears from heddled alone */
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	start(plane, (char *const *)(uintptr_t)args->argv);
	fprintf(stderr, "heddled: error: %s: %s\n", args->argv[0], strerror(errno));
	_exit(127);
}

static int statm_open(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int not_spawned(struct plane *plane, const struct hd_err *err)
{
	hd_link_close(&plane->link);
	return -err->code;
}

int spawn_plane(struct plane *plane, struct hd_err *err)
{
	pid_t parent = getpid(), pid;
	struct args args;
	int fds[2], go[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return hd_err_set(err, errno, "a socket pair: %s", strerror(errno));
	if (hd_link_open(&plane->link, fds[0], 0) < 0) {
		close(fds[1]);
		return hd_err_set(err, ENOMEM, "out of memory");
	}
	if (pipe2(go, O_CLOEXEC) < 0) {
		hd_err_set(err, errno, "a pipe: %s", strerror(errno));
		close(fds[1]);
		return not_spawned(plane, err);
	}
	args_make(&args, plane);
	pid = fork();
	if (pid < 0)
		hd_err_set(err, errno, "fork: %s", strerror(errno));
	if (pid == 0) {
		close(go[1]);
		child_run(plane, &args, fds[1], go[0], parent);
	}
	close(fds[1]);
	close(go[0]);
	plane->statm = pid > 0 ? statm_open(pid) : -1;
	close(go[1]);
	if (pid < 0)
		return not_spawned(plane, err);
	plane->pid = pid;
	return 0;
}
