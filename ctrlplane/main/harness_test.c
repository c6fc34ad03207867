/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE /* unshare */
#include "ctrlplane/main/harness_test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heddle/api/hostif.h"
#include "heddle/api/supervisor.h"
#include "heddle/base/clock.h"
#include "heddle/ipc/chan.h"

#define PATIENCE (5 * HD_NS_PER_S)

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		printf("skipped: %s: %s\n", path, strerror(errno));
		exit(77);
	}
	close(fd);
}

int harness_enter(void)
{
	char map[64];
	uid_t uid = geteuid();

	if (unshare(uid ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET) < 0) {
		printf("skipped: no network namespace of our own: %s\n", strerror(errno));
		exit(77);
	}
	if (uid) {
		write_file("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "0 %u 1", uid);
		write_file("/proc/self/uid_map", map);
	}
	if (access("/dev/net/tun", R_OK | W_OK) < 0) {
		printf("skipped: /dev/net/tun: %s\n", strerror(errno));
		exit(77);
	}
	return 0;
}

static void on_ready(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	((struct cp_under_test *)arg)->ready = true;
}

static void on_hello(struct hd_chan *chan, const struct hd_hello *hello, void *arg)
{
	struct cp_under_test *cp = arg;

	if (chan == cp->mgmt)
		cp->generation = hello->generation;
}

static struct hd_chan *chan_new(struct cp_under_test *cp, enum hd_plane self, int fd)
{
	struct hd_chan_config config = {.self = self, .hello = on_hello, .arg = cp};

	return hd_chan_new(fd, &config);
}

static bool is_ready(void *arg)
{
	return ((struct cp_under_test *)arg)->ready;
}

static bool is_connected(void *arg)
{
	return ((struct cp_under_test *)arg)->generation != UINT64_MAX;
}

static void run_child(const struct cp_under_test *cp, int fd, bool may_admin)
{
	const char *program = getenv("HEDDLE_CP");
	int log = open(cp->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	char text[16];

	if (!program || log < 0 || dup2(log, 2) < 0)
		_exit(99);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!may_admin && prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN) < 0)
		_exit(98);
	fcntl(fd, F_SETFD, 0);
	snprintf(text, sizeof(text), "%d", fd);
	setenv("HEDDLE_SUPERVISOR_FD", text, 1);
	execl(program, program, "--log-level", "debug", NULL);
	_exit(97);
}

bool harness_device(struct cp_under_test *cp, const char *port, const char *netdev)
{
	struct hd_hostif_device device = {.ifindex = if_nametoindex(netdev)};

	hd_str_copy(device.port, sizeof(device.port), port);
	return hd_chan_event(cp->heddled, HOSTIF_DEVICE, &device) == 0;
}

bool harness_mgmt(struct cp_under_test *cp)
{
	struct hd_peer peer = {.plane = HD_PLANE_MGMT};
	int pair[2];

	hd_chan_free(cp->mgmt);
	cp->generation = UINT64_MAX;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	cp->mgmt = chan_new(cp, HD_PLANE_MGMT, pair[0]);
	if (!cp->mgmt ||
	    hd_chan_event_raw(cp->heddled, HD_PEER, &peer, sizeof(peer), &pair[1], 1) < 0)
		return false;
	close(pair[1]);
	return harness_wait(cp, is_connected, cp);
}

bool harness_start(struct cp_under_test *cp, bool may_admin)
{
	static const struct hd_handler handlers[] = {HD_EVENT_HANDLER(PLANE_READY, on_ready)};
	int pair[2];

	memset(cp, 0, sizeof(*cp));
	snprintf(cp->log, sizeof(cp->log), "/tmp/heddle-cp-test.%d.log", (int)getpid());
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	cp->pid = fork();
	if (cp->pid == 0)
		run_child(cp, pair[1], may_admin);
	close(pair[1]);
	cp->heddled = chan_new(cp, HD_PLANE_SUPERVISOR, pair[0]);
	if (cp->pid < 0 || !cp->heddled)
		return false;
	hd_chan_handlers(cp->heddled, handlers, 1, cp);
	return harness_wait(cp, is_ready, cp) && harness_mgmt(cp);
}

bool harness_wait(struct cp_under_test *cp, bool (*done)(void *arg), void *arg)
{
	uint64_t end = hd_now_ns() + PATIENCE;

	while (!done(arg)) {
		struct pollfd fds[2] = {{.fd = -1}, {.fd = -1}};
		struct hd_chan *chans[2] = {cp->heddled, cp->mgmt};

		if (hd_now_ns() > end)
			return false;
		for (int i = 0; i < 2; i++)
			if (chans[i] && hd_chan_open(chans[i]))
				fds[i] = (struct pollfd){hd_chan_fd(chans[i]),
							 hd_chan_events(chans[i]), 0};
		poll(fds, 2, 20);
		for (int i = 0; i < 2; i++)
			if (fds[i].revents)
				hd_chan_process(chans[i]);
	}
	return true;
}

int harness_config(struct cp_under_test *cp, enum hd_config_mode mode, uint64_t base,
		   uint64_t generation, const struct hd_hostif_object *objects, unsigned int n,
		   char *text, size_t text_size)
{
	struct hd_config_begin begin = {.base = base, .generation = generation, .mode = mode};
	struct hd_config_result result;
	struct hd_err err = {0};
	int rc = hd_chan_call(cp->mgmt, CONFIG_BEGIN, &begin, NULL, NULL, NULL, 5000, &err);

	for (unsigned int i = 0; i < n && rc == 0; i++)
		rc = hd_chan_event(cp->mgmt, HOSTIF, &objects[i]);
	if (rc == 0)
		rc = hd_chan_call(cp->mgmt, CONFIG_PREPARE, NULL, &result, NULL, NULL, 5000, &err);
	if (rc == 0)
		rc = hd_chan_call(cp->mgmt, CONFIG_COMMIT, NULL, &result, NULL, NULL, 5000, &err);
	if (text)
		snprintf(text, text_size, "%s", err.text);
	return rc;
}

struct end {
	pid_t pid;
	int status;
};

static bool has_ended(void *arg)
{
	struct end *end = arg;

	return waitpid(end->pid, &end->status, WNOHANG) == end->pid;
}

int harness_end(struct cp_under_test *cp)
{
	struct end end = {.pid = cp->pid};

	if (!harness_wait(cp, has_ended, &end))
		return -1;
	cp->pid = 0;
	return end.status;
}

void harness_stop(struct cp_under_test *cp)
{
	if (cp->pid > 0) {
		kill(cp->pid, SIGKILL);
		waitpid(cp->pid, NULL, 0);
	}
	hd_chan_free(cp->mgmt);
	hd_chan_free(cp->heddled);
	unlink(cp->log);
	memset(cp, 0, sizeof(*cp));
}

unsigned int harness_logged(const struct cp_under_test *cp, const char *text)
{
	FILE *file = fopen(cp->log, "re");
	char line[1024];
	unsigned int n = 0;

	while (file && fgets(line, sizeof(line), file))
		n += strstr(line, text) != NULL;
	if (file)
		fclose(file);
	return n;
}

void harness_sh(const char *fmt, ...)
{
	char command[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	if (system(command) != 0) {
		printf("failed: %s\n", command);
		exit(1);
	}
}

bool harness_has(const char *netdev, const char *address)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "ip -o address show dev %s 2>/dev/null | grep -q 'inet6\\? %s '", netdev, address);
	return system(command) == 0;
}
