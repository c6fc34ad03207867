/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/nsfs.h>

#include "supervisor/netns_helper.h"
#include "supervisor/safe_dir.h"

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
	bool made;
	int dir;

	netns->fd = -1;
	if (name[0] == '\0')
		return identify(netns, OWN_NETNS, err);
	/* Who could put names there could have us work in any namespace. */
	dir = safe_dir_open(root, "directory of namespaces", 0, geteuid(), &made, err);
	if (dir == -EPERM)
		return dir;
	errno = dir < 0 ? -dir : 0;
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
		/* not EINVAL: `ip netns add` makes an empty file first, and waiting mends that */
		return hd_err_set(err, ENOENT,
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

static int explain(const struct netns_want *want, bool entered, int code, struct hd_err *err)
{
	if (!entered && code == EPERM)
		return hd_err_set(err, EPERM,
				  "entering a network namespace needs CAP_SYS_ADMIN: run "
				  "heddled as root");
	if (!entered)
		return hd_err_set(err, code, "entering the namespace: %s", strerror(code));
	if (want->what == NETNS_TUN && (code == ENOENT || code == ENODEV || code == ENXIO))
		return hd_err_set(err, ENODEV,
				  "there is no /dev/net/tun: modprobe tun (in a "
				  "container, the host passes the device in)");
	if (want->what == NETNS_TUN && (code == EACCES || code == EPERM))
		return hd_err_set(err, EPERM,
				  "/dev/net/tun: %s: chmod 0666 /dev/net/tun, or run heddled "
				  "as root",
				  strerror(code));
	if (want->what == NETNS_SOCKET && want->family == AF_PACKET &&
	    (code == EPERM || code == EACCES))
		return hd_err_set(err, EPERM,
				  "a packet socket needs CAP_NET_RAW: run heddled as "
				  "root, or all of it in `unshare -Urnm`");
	return hd_err_set(err, code, "%s: %s",
			  want->what == NETNS_TUN ? "/dev/net/tun" : "a socket", strerror(code));
}

static int open_in(const struct netns *netns, const struct netns_want *want, struct hd_err *err)
{
	bool entered;
	int fd = netns_helper_open(netns->fd, want, &entered);

	return fd < 0 ? explain(want, entered, -fd, err) : fd;
}

int netns_socket(const struct netns *netns, int family, int type, int protocol, struct hd_err *err)
{
	struct netns_want want = {.family = family, .type = type, .protocol = protocol};

	return open_in(netns, &want, err);
}

int netns_tun(const struct netns *netns, struct hd_err *err)
{
	struct netns_want want = {.what = NETNS_TUN};

	return open_in(netns, &want, err);
}
