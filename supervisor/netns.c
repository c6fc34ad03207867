/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/nsfs.h>

#define OWN_NETNS "/proc/self/ns/net"

static int identify(struct netns *netns, const char *path, struct hd_err *err)
{
	struct stat st;
	int rc = netns->fd >= 0 ? fstat(netns->fd, &st) : stat(path, &st);

	if (rc < 0)
		return hd_err_set(err, errno, "%s: %s", path, strerror(errno));
	netns->dev = st.st_dev;
	netns->ino = st.st_ino;
	return 0;
}

int netns_open(struct netns *netns, const char *root, const char *name, struct hd_err *err)
{
	int dir;

	netns->fd = -1;
	if (name[0] == '\0')
		return identify(netns, OWN_NETNS, err);
	dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		/* One name without a slash, and no link followed: it cannot lead out of the root. */
		netns->fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (netns->fd < 0) {
			int code = errno;

			close(dir);
			errno = code;
		} else {
			close(dir);
		}
	}
	if (netns->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return hd_err_set(err, ENOENT,
				  "there is no network namespace %s (%s/%s): ip netns "
				  "add %s",
				  name, root, name, name);
	if (netns->fd < 0)
		return hd_err_set(err, errno, "network namespace %s/%s: %s", root, name,
				  strerror(errno));
	if (ioctl(netns->fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		netns_close(netns);
		return hd_err_set(err, EINVAL,
				  "%s/%s is no network namespace: ip netns add makes "
				  "one",
				  root, name);
	}
	return identify(netns, name, err);
}

void netns_close(struct netns *netns)
{
	if (netns->fd >= 0)
		close(netns->fd);
	netns->fd = -1;
}

struct visit {
	int fd;
	int (*fn)(void *arg);
	void *arg;
	int result;
	bool entered;
};

static void *visit_thread(void *arg)
{
	struct visit *visit = arg;

	if (setns(visit->fd, CLONE_NEWNET) < 0) {
		visit->result = -errno;
		return NULL;
	}
	visit->entered = true;
	visit->result = visit->fn(visit->arg);
	return NULL;
}

int netns_run(const struct netns *netns, int (*fn)(void *arg), void *arg, struct hd_err *err)
{
	struct visit visit = {.fd = netns->fd, .fn = fn, .arg = arg};
	sigset_t all, before;
	pthread_t thread;
	int rc;

	if (netns->fd < 0)
		return fn(arg);
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, NULL, visit_thread, &visit);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0)
		return hd_err_set(err, rc, "a thread to enter the namespace: %s", strerror(rc));
	pthread_join(thread, NULL);
	if (visit.entered)
		return visit.result;
	if (visit.result == -EPERM)
		return hd_err_set(err, EPERM,
				  "entering a network namespace needs CAP_SYS_ADMIN: run "
				  "heddled as root");
	return hd_err_set(err, -visit.result, "entering the namespace: %s",
			  strerror(-visit.result));
}
