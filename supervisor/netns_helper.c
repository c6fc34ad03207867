/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/netns_helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "heddle/base/name.h"
#include "heddle/base/sandbox.h"

struct answer {
	int code; /* 0, or a positive errno */
	bool entered;
};

union control {
	char buf[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static int helper = -1;     /* heddled's end */
static const char *service; /* its path, NULL: the helper is a child */

static int open_here(const struct netns_want *want)
{
	int fd = -1;

	switch (want->what) {
	case NETNS_SOCKET:
		fd = socket(want->family, want->type | SOCK_CLOEXEC, want->protocol);
		break;
	case NETNS_TUN: fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK); break;
	default: errno = EINVAL;
	}
	return fd < 0 ? -errno : fd;
}

/* Sends @size bytes, and @fd where it is not -1. Returns 0 or -errno. */
static int put(int sock, const void *body, size_t size, int fd)
{
	struct iovec iov = {.iov_base = (void *)(uintptr_t)body, .iov_len = size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	union control control = {.buf = {0}};
	ssize_t n;

	if (fd >= 0) {
		struct cmsghdr *cmsg;

		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	}
	do
		n = sendmsg(sock, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Receives @size bytes, and *@fd or -1. Returns 0, or -errno: -EPIPE at the end. */
static int get(int sock, void *body, size_t size, int *fd)
{
	struct iovec iov = {.iov_base = body, .iov_len = size};
	union control control;
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.buf,
			     .msg_controllen = sizeof(control.buf)};
	const struct cmsghdr *cmsg;
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(cmsg), sizeof(int));
	return (size_t)n == size ? 0 : -EPIPE;
}

/* Opens what is asked for. The way back home must not fail: the next request would be answered here. */
static int serve(int home, int netns, const struct netns_want *want, bool *entered)
{
	int fd;

	*entered = false;
	if (setns(netns, CLONE_NEWNET) < 0)
		return -errno;
	*entered = true;
	fd = open_here(want);
	if (setns(home, CLONE_NEWNET) < 0) {
		hd_log(HD_LOG_ERR, "the helper for namespaces cannot come back: %s",
		       strerror(errno));
		_exit(1);
	}
	return fd;
}

int netns_helper_serve(int sock)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), netns, fd;
	struct netns_want want;
	struct hd_err err;

	if (home < 0 || hd_sandbox_enter(HD_SANDBOX_NETNS, &err) < 0) {
		hd_log(HD_LOG_ERR, "the helper for namespaces: %s",
		       home < 0 ? strerror(errno) : err.text);
		return 1;
	}
	while (get(sock, &want, sizeof(want), &netns) == 0) {
		struct answer answer = {0};

		fd = serve(home, netns, &want, &answer.entered);
		answer.code = fd < 0 ? -fd : 0;
		if (put(sock, &answer, sizeof(answer), fd) < 0)
			break;
		if (fd >= 0)
			close(fd);
		close(netns);
	}
	return 0; /* heddled has ended */
}

/* In the child: alone with its socket and standard error. Does not return. */
static void child(int sock, pid_t parent)
{
	sigset_t none;

	prctl(PR_SET_NAME, "heddled-netns");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setpgid(0, 0); /* a Ctrl-C is heddled's */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(sock, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ||
	    close_range(STDERR_FILENO + 1, ~0u, 0) < 0)
		_exit(1);
	_exit(netns_helper_serve(STDIN_FILENO));
}

static int service_connect(struct hd_err *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return hd_err_set(err, errno, "a socket: %s", strerror(errno));
	if (hd_str_copy(addr.sun_path, sizeof(addr.sun_path), service) < 0)
		errno = ENAMETOOLONG;
	else if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	hd_err_set(err, errno,
		   "the helper for namespaces at %s: %s: systemctl start heddled-netns.socket",
		   service, strerror(errno));
	close(fd);
	return -err->code;
}

pid_t netns_helper_start(const char *path, struct hd_err *err)
{
	pid_t parent = getpid(), pid;
	int fds[2];

	if (path[0]) {
		service = path;
		helper = service_connect(err);
		return helper < 0 ? helper : 0;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return hd_err_set(err, errno, "a socket pair: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		child(fds[1], parent);
	close(fds[1]);
	if (pid < 0) {
		int code = errno;

		close(fds[0]);
		return hd_err_set(err, code, "fork: %s", strerror(code));
	}
	helper = fds[0];
	return pid;
}

static int ask(int netns, const struct netns_want *want, struct answer *answer, int *fd)
{
	int rc = put(helper, want, sizeof(*want), netns);

	return rc < 0 ? rc : get(helper, answer, sizeof(*answer), fd);
}

/* A service that was restarted has another process for us. */
static int ask_again(int netns, const struct netns_want *want, struct answer *answer, int *fd)
{
	struct hd_err err;
	int again = service_connect(&err);

	if (again < 0) {
		hd_log(HD_LOG_ERR, "%s", err.text);
		return again;
	}
	close(helper);
	helper = again;
	return ask(netns, want, answer, fd);
}

int netns_helper_open(int netns, const struct netns_want *want, bool *entered)
{
	int home = -1, fd = -1, rc;
	struct answer answer = {0};

	*entered = true;
	if (netns < 0 && !service)
		return open_here(want);
	if (netns < 0)
		netns = home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	rc = netns < 0 ? -errno : ask(netns, want, &answer, &fd);
	if (rc < 0 && netns >= 0 && service)
		rc = ask_again(netns, want, &answer, &fd);
	if (home >= 0)
		close(home);
	if (rc == 0 && answer.code == 0 && fd < 0)
		rc = -EMFILE; /* it came, and found no room */
	*entered = rc == 0 && answer.entered;
	if (rc == 0 && answer.code == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return rc < 0 ? rc : -answer.code;
}
