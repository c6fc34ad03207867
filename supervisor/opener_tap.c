/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/opener_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <net/if.h>
#include <linux/if_tun.h>

#include "supervisor/netdev.h"

#define VHOST_NET_PATH "/dev/vhost-net"
#define VNET_HDR_SIZE  12 /* struct virtio_net_hdr_v1 */

/* What is to be made. */
struct job {
	struct kept_tap *tap;
	uid_t uid;
	gid_t gid;
	struct hd_err *err;
};

static const char *place(const struct hd_open_tap *req, char *text, size_t size)
{
	if (req->netns[0])
		snprintf(text, size, " in namespace %s", req->netns);
	else
		text[0] = '\0';
	return text;
}

static int queue_failed(const struct hd_open_tap *req, int code, struct hd_err *err)
{
	char in[HD_NAME_MAX + 16], ip[HD_NAME_MAX + 8] = "";

	place(req, in, sizeof(in));
	if (code == EPERM)
		return hd_err_set(err, EPERM,
				  "making TAP %s%s needs CAP_NET_ADMIN: run heddled as "
				  "root, or all of it in `unshare -Urnm`",
				  req->netdev, in);
	if (code != EBUSY && code != EINVAL)
		return hd_err_set(err, code, "making TAP %s%s: %s", req->netdev, in,
				  strerror(code));
	if (req->netns[0])
		snprintf(ip, sizeof(ip), " -n %s", req->netns);
	return hd_err_set(err, EEXIST,
			  "a device %s is there already%s: ip%s link del %s, or give the "
			  "port another device name",
			  req->netdev, in, ip, req->netdev);
}

static int queue_open(const struct job *job, unsigned int queue)
{
	const struct hd_open_tap *req = &job->tap->req;
	int size = VNET_HDR_SIZE, fd = netns_tun(&job->tap->netns, job->err), rc = 0;
	struct ifreq ifr = {0};

	if (fd < 0)
		return fd;
	memcpy(ifr.ifr_name, req->netdev, sizeof(ifr.ifr_name));
	/* The first queue makes the device, and takes none that is there. */
	ifr.ifr_flags =
		(short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
			(req->queues > 1 ? IFF_MULTI_QUEUE : 0) | (queue == 0 ? IFF_TUN_EXCL : 0));
	if (ioctl(fd, TUNSETIFF, &ifr) < 0)
		rc = queue_failed(req, errno, job->err);
	else if (ioctl(fd, TUNSETVNETHDRSZ, &size) < 0)
		rc = hd_err_set(job->err, errno, "TAP %s: offload headers: %s", req->netdev,
				strerror(errno));
	else if (queue == 0 && job->uid != (uid_t)-1 && ioctl(fd, TUNSETOWNER, job->uid) < 0)
		rc = hd_err_set(job->err, errno, "TAP %s: owner %s: %s", req->netdev, req->owner,
				strerror(errno));
	else if (queue == 0 && job->gid != (gid_t)-1 && ioctl(fd, TUNSETGROUP, job->gid) < 0)
		rc = hd_err_set(job->err, errno, "TAP %s: group %s: %s", req->netdev, req->group,
				strerror(errno));
	if (rc < 0)
		close(fd);
	return rc < 0 ? rc : fd;
}

/* The kernel's side: address, MTU, up. */
static int device_setup(struct kept_tap *tap, int sock, struct hd_err *err)
{
	static const uint8_t none[6];
	const struct hd_open_tap *req = &tap->req;
	struct hd_opened *opened = &tap->opened;
	int rc = 0;

	if (memcmp(req->mac, none, sizeof(none)) != 0)
		rc = netdev_mac_set(sock, req->netdev, req->mac);
	if (rc < 0)
		return hd_err_set(err, -rc, "TAP %s: MAC address: %s", req->netdev, strerror(-rc));
	rc = netdev_mtu_set(sock, req->netdev, req->mtu);
	if (rc < 0)
		return hd_err_set(err, -rc, "TAP %s: MTU %u: %s", req->netdev, req->mtu,
				  strerror(-rc));
	rc = netdev_up(sock, req->netdev);
	if (rc == 0)
		rc = netdev_index(sock, req->netdev, &opened->ifindex);
	if (rc == 0)
		rc = netdev_mac_get(sock, req->netdev, opened->mac);
	if (rc == 0)
		rc = netdev_mtu_get(sock, req->netdev, &opened->mtu);
	if (rc < 0)
		return hd_err_set(err, -rc, "TAP %s: %s", req->netdev, strerror(-rc));
	return 0;
}

static int create_inside(const struct job *job)
{
	struct kept_tap *tap = job->tap;
	int fd = 0, rc = 0;

	for (unsigned int i = 0; i < tap->req.queues && fd >= 0; i++) {
		fd = queue_open(job, i);
		if (fd >= 0)
			tap->fds[tap->n_fds++] = fd;
	}
	if (fd >= 0) {
		fd = netdev_socket(&tap->netns, job->err);
		if (fd >= 0)
			tap->fds[tap->n_fds++] = fd;
	}
	rc = fd < 0 ? fd : device_setup(tap, fd, job->err);
	if (rc < 0) {
		while (tap->n_fds)
			close(tap->fds[--tap->n_fds]);
	}
	return rc;
}

int opener_tap_create(const struct opener *opener, struct kept_tap *tap, struct hd_err *err)
{
	struct job job = {.tap = tap, .err = err};
	const struct kept_tap *holder;
	int rc;

	rc = opener_user(opener, tap->req.owner, &job.uid, err);
	if (rc == 0)
		rc = opener_group(opener, tap->req.group, &job.gid, err);
	if (rc == 0)
		rc = netns_open(&tap->netns, opener->settings->netns_dir, tap->req.netns, err);
	if (rc < 0)
		return rc;
	rc = create_inside(&job);
	netns_close(&tap->netns);
	if (rc == -EEXIST) {
		holder = opener_cache_holder(opener, &tap->req);
		if (holder)
			hd_err_set(err, EEXIST,
				   "device %s belongs to port %s: give one of them "
				   "another device name",
				   tap->req.netdev, holder->req.port);
	}
	return rc;
}

bool opener_tap_alive(const struct opener *opener, struct kept_tap *tap)
{
	struct netns now;
	uint32_t index;
	bool same;

	/* The namespace may have been deleted and made again: then the device is in the old one. */
	if (netns_open(&now, opener->settings->netns_dir, tap->req.netns, NULL) < 0)
		return false;
	same = now.ino == tap->netns.ino && now.dev == tap->netns.dev;
	netns_close(&now);
	return same && netdev_index(tap->fds[tap->n_fds - 1], tap->req.netdev, &index) == 0 &&
	       index == tap->opened.ifindex;
}

int opener_vhost_net(int *fds, unsigned int n, struct hd_err *err)
{
	for (unsigned int i = 0; i < n; i++) {
		fds[i] = open(VHOST_NET_PATH, O_RDWR | O_CLOEXEC);
		if (fds[i] < 0) {
			int code = errno;

			while (i > 0)
				close(fds[--i]);
			return hd_err_set(err, code == ENOENT ? ENODEV : code,
					  VHOST_NET_PATH ": %s: modprobe vhost_net",
					  strerror(code));
		}
	}
	return 0;
}
