/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Opens TAPs. A TAP is persistent: it outlives heddle-dp and heddled, with its addresses and
 * routes. heddled finds it again by its name, and recognizes it by its mark (names_core.h).
 */
#define _GNU_SOURCE
#include "supervisor/opener_int.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <netlink/socket.h>

#include "heddle/base/log.h"
#include "supervisor/names_core.h"
#include "supervisor/netdev.h"
#include "supervisor/rtnl.h"

#define VNET_HDR_SIZE 12   /* struct virtio_net_hdr_v1 */
#define IPV6_MTU_MIN  1280 /* below, a device has no IPv6 at all */

/* What is to be made, or taken. */
struct job {
	struct opener *opener;
	struct kept_tap *tap;
	const struct hd_open_tap *req;
	uid_t uid; /* that may attach; -1: any */
	gid_t gid;
	struct nl_sock *rtnl;
	bool made; /* the device is new */
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

static int failed(const struct job *job, int rc, const char *what)
{
	return hd_err_set(job->err, -rc, "TAP %s: %s: %s", job->req->netdev, what, strerror(-rc));
}

static int name_taken(const struct job *job, const char *what)
{
	char in[HD_NAME_MAX + 16], ip[HD_NAME_MAX + 8] = "";
	const struct hd_open_tap *req = job->req;

	place(req, in, sizeof(in));
	if (req->netns[0])
		snprintf(ip, sizeof(ip), " -n %s", req->netns);
	return hd_err_set(job->err, EEXIST,
			  "a device %s is there already%s%s: ip%s link del %s, or give the "
			  "port another device name",
			  req->netdev, in, what, ip, req->netdev);
}

static int queue_failed(const struct job *job, int code)
{
	const struct hd_open_tap *req = job->req;
	char in[HD_NAME_MAX + 16];

	place(req, in, sizeof(in));
	if (code == EPERM)
		return hd_err_set(job->err, EPERM,
				  "making TAP %s%s needs CAP_NET_ADMIN: run heddled as "
				  "root, or all of it in `unshare -Urnm`",
				  req->netdev, in);
	if (code == EBUSY && !job->made)
		return hd_err_set(job->err, EBUSY,
				  "another process still has TAP %s%s open: it is tried again",
				  req->netdev, in);
	if (code == EBUSY || code == EINVAL)
		return name_taken(job, "");
	return hd_err_set(job->err, code, "making TAP %s%s: %s", req->netdev, in, strerror(code));
}

/* Opens a queue of the device. With @make it is the first one: fails if the device exists. */
static int queue_open(const struct job *job, bool make)
{
	const struct hd_open_tap *req = job->req;
	int size = VNET_HDR_SIZE, fd = netns_tun(&job->tap->netns, job->err), rc = 0;
	struct ifreq ifr = {0};

	if (fd < 0)
		return fd;
	memcpy(ifr.ifr_name, req->netdev, sizeof(ifr.ifr_name));
	ifr.ifr_flags =
		(short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR |
			(req->queues > 1 ? IFF_MULTI_QUEUE : 0) | (make ? IFF_TUN_EXCL : 0));
	if (ioctl(fd, TUNSETIFF, &ifr) < 0)
		rc = queue_failed(job, errno);
	else if (make && job->uid != (uid_t)-1 && ioctl(fd, TUNSETOWNER, job->uid) < 0)
		rc = failed(job, -errno, "owner");
	else if (make && job->gid != (gid_t)-1 && ioctl(fd, TUNSETGROUP, job->gid) < 0)
		rc = failed(job, -errno, "group");
	else if (ioctl(fd, TUNSETVNETHDRSZ, &size) < 0)
		rc = failed(job, -errno, "offload headers");
	if (rc < 0)
		close(fd);
	return rc < 0 ? rc : fd;
}

static void queues_close(struct kept_tap *tap, unsigned int keep)
{
	while (tap->n_queues > keep)
		close(tap->queue[--tap->n_queues]);
}

/* As many queues as are asked for. A guest's TAP has none of ours. */
static int queues_open(struct job *job)
{
	struct kept_tap *tap = job->tap;
	unsigned int n = job->req->vm ? 0 : job->req->queues;

	queues_close(tap, n);
	while (tap->n_queues < n) {
		uint32_t ifindex = 0;
		int fd = queue_open(job, false);

		if (fd < 0)
			return fd;
		tap->queue[tap->n_queues++] = fd;
		/* one that was deleted just now would have been made again by this */
		if (netdev_index(tap->sock, job->req->netdev, &ifindex) < 0 ||
		    ifindex != tap->opened.ifindex)
			return failed(job, -EAGAIN, "it was deleted");
	}
	return 0;
}

static int guard(const struct job *job)
{
	int sock = rtnl_guard_socket(&job->tap->netns, NULL), rc;

	if (sock < 0)
		return sock;
	rc = rtnl_guard(sock, job->req->netdev);
	close(sock);
	return rc;
}

/* The kernel's side of it: all that may change while the device lives. */
static int device_setup(const struct job *job)
{
	static const uint8_t none[6];
	const struct hd_open_tap *req = job->req;
	struct hd_opened *opened = &job->tap->opened;
	int sock = job->tap->sock, rc = 0;

	rc = netdev_mac_get(sock, req->netdev, opened->mac);
	if (rc == 0 && memcmp(req->mac, none, sizeof(none)) != 0 &&
	    memcmp(req->mac, opened->mac, sizeof(opened->mac)) != 0)
		rc = netdev_mac_set(sock, req->netdev, req->mac);
	if (rc < 0)
		return failed(job, rc, "MAC address");
	rc = netdev_mtu_get(sock, req->netdev, &opened->mtu);
	/* IPv6 that begins on a guest's device that is up would begin with an address */
	if (rc == 0 && req->vm && opened->mtu < IPV6_MTU_MIN && req->mtu >= IPV6_MTU_MIN)
		rc = netdev_down(sock, req->netdev);
	if (rc == 0 && opened->mtu != req->mtu)
		rc = netdev_mtu_set(sock, req->netdev, req->mtu);
	if (rc < 0)
		return failed(job, rc, "MTU");
	if (req->vm) {
		rc = rtnl_no_ipv6_address(job->rtnl, opened->ifindex);
		if (rc < 0)
			return failed(job, rc, "no IPv6 address");
		rc = guard(job);
	}
	if (rc < 0)
		return hd_err_set(job->err, -rc,
				  "TAP %s: the rule that keeps the guest's frames away from the "
				  "host (nftables, netdev ingress): %s: modprobe nf_tables",
				  req->netdev, strerror(-rc));
	rc = netdev_up(sock, req->netdev);
	if (rc == 0)
		rc = netdev_mac_get(sock, req->netdev, opened->mac);
	if (rc == 0)
		rc = netdev_mtu_get(sock, req->netdev, &opened->mtu);
	return rc < 0 ? failed(job, rc, "it cannot be set up") : 0;
}

static int mark_set(const struct job *job)
{
	char mark[RTNL_ALIAS_MAX];
	int rc;

	tap_mark(job->opener->dirs->run, job->req->vm, job->req->port, mark, sizeof(mark));
	rc = rtnl_alias(job->rtnl, job->tap->opened.ifindex, mark);
	return rc < 0 ? failed(job, rc, "marking it as ours") : 0;
}

/* A device with several queues has no owner at first: any user may attach, and change that. */
static int alone(const struct job *job)
{
	struct rtnl_link link;
	int rc = rtnl_get(job->rtnl, NULL, job->tap->opened.ifindex, &link);

	if (rc < 0)
		return failed(job, rc, "looking at it");
	if (link.queues <= 1 && link.owner == job->uid && link.group == job->gid)
		return 0;
	rtnl_delete(job->rtnl, link.ifindex); /* a stranger's queue would keep it */
	return hd_err_set(job->err, EBUSY,
			  "another process attached to the new TAP %s: it is made again",
			  job->req->netdev);
}

/* Until it is persistent, it goes with its descriptor, whatever happens to us. */
static int device_make(struct job *job)
{
	struct kept_tap *tap = job->tap;
	int fd, rc;

	job->made = true;
	queues_close(tap, 0);
	fd = queue_open(job, true);
	if (fd < 0)
		return fd;
	rc = netdev_index(tap->sock, job->req->netdev, &tap->opened.ifindex);
	if (rc < 0)
		failed(job, rc, "it was deleted");
	if (rc == 0)
		rc = alone(job);
	if (rc == 0)
		rc = mark_set(job);
	if (rc == 0)
		rc = device_setup(job);
	if (rc == 0 && ioctl(fd, TUNSETPERSIST, 1) < 0)
		rc = failed(job, -errno, "keeping it");
	if (rc < 0)
		tap->opened.ifindex = 0;
	if (rc < 0 || job->req->vm)
		close(fd);
	else
		tap->queue[tap->n_queues++] = fd;
	return rc;
}

/* Does it differ in what a TAP has for life? */
static bool differs(const struct job *job, const struct rtnl_link *link, bool vm)
{
	return vm != job->req->vm || link->multi_queue != (job->req->queues > 1) ||
	       (vm && (link->owner != job->uid || link->group != job->gid));
}

/* It is beside the loop, and takes the kernel a while: whoever asked asks again. */
static int being_deleted(const struct job *job)
{
	return hd_err_set(job->err, EBUSY,
			  "the device %s that was there before is being deleted: it is tried again",
			  job->req->netdev);
}

/* A device of that name is there. Ours: it is as the port needs it, or is deleted. */
static int device_take(struct job *job, const struct rtnl_link *link)
{
	bool vm;
	int rc;

	if (closer_has(job->opener->closer, job->tap->netns.dev, job->tap->netns.ino,
		       link->ifindex))
		return being_deleted(job);
	if (!link->is_tap || !tap_mark_ours(job->opener->dirs->run, link->alias, &vm))
		return name_taken(job, !strncmp(link->alias, "heddle ", 7)
					       ? " and another heddled made it"
					       : "");
	job->tap->opened.ifindex = link->ifindex;
	if (differs(job, link, vm)) {
		/* a guest is not cut off for it */
		if (vm && job->req->vm && link->carrier) {
			hd_log_port(HD_LOG_NOTICE, job->req->port,
				    "a VM has TAP %s open: its owner, group and whether it has "
				    "several queues change when the VM closes it",
				    job->req->netdev);
			job->tap->deferred = true;
		} else {
			opener_tap_remove(job->opener, job->tap, vm);
			job->tap->opened.ifindex = 0;
			return being_deleted(job);
		}
	}
	rc = mark_set(job);
	return rc < 0 ? rc : device_setup(job);
}

static int open_inside(struct job *job)
{
	struct kept_tap *tap = job->tap;
	struct rtnl_link link;
	int rc;

	if (tap->sock < 0)
		tap->sock = netdev_socket(&tap->netns, job->err);
	if (tap->sock < 0)
		return tap->sock;
	job->rtnl = rtnl_open(&tap->netns, job->err);
	if (!job->rtnl)
		return -job->err->code;
	rc = rtnl_get(job->rtnl, job->req->netdev, 0, &link);
	if (rc == 0)
		rc = device_take(job, &link);
	else if (rc == -ENODEV && closer_guards(job->opener->closer, tap->netns.dev, tap->netns.ino,
						job->req->netdev))
		rc = being_deleted(job);
	else if (rc == -ENODEV)
		rc = device_make(job);
	else
		failed(job, rc, "looking for it");
	if (rc == 0)
		rc = queues_open(job);
	nl_socket_free(job->rtnl);
	return rc;
}

/* Who may attach. The kernel asks for both where both are set. */
static int accounts(struct job *job)
{
	const struct hd_open_tap *req = job->req;
	struct group *group;
	int rc;

	job->uid = (uid_t)-1;
	job->gid = (gid_t)-1;
	if (req->vm) {
		rc = opener_user(job->opener, req->owner, &job->uid, job->err);
		if (rc == 0)
			rc = opener_group(job->opener, req->group, &job->gid, job->err);
		if (rc < 0)
			return rc;
		group = req->owner[0] || req->group[0]
				? NULL
				: getgrnam(job->opener->settings->vhost_group);
		if (group)
			job->gid = group->gr_gid;
	}
	/* to a TAP of nobody, anybody might attach */
	if (job->uid == (uid_t)-1 && job->gid == (gid_t)-1)
		job->uid = geteuid();
	return 0;
}

int opener_tap_open(struct opener *opener, struct kept_tap *tap, const struct hd_open_tap *req,
		    struct hd_err *err)
{
	struct job job = {.opener = opener, .tap = tap, .req = req, .err = err};
	int rc;

	rc = accounts(&job);
	if (rc == 0)
		rc = netns_open(&tap->netns, opener->settings->netns_dir, req->netns, err);
	if (rc < 0)
		return rc;
	tap->opened.flags = 0;
	tap->deferred = false;
	rc = open_inside(&job);
	netns_close(&tap->netns);
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
	return same && netdev_index(tap->sock, tap->req.netdev, &index) == 0 &&
	       index == tap->opened.ifindex;
}

/* Opens the namespace that has the device, whatever its name stands for now. False: unknown. */
static bool namespace_of(const struct kept_tap *tap, struct netns *netns)
{
	*netns = tap->netns;
	netns->fd = -1;
	if (!tap->req.netns[0])
		return true;
	if (tap->sock >= 0)
		netns->fd = ioctl(tap->sock, SIOCGSKNS);
	return netns->fd >= 0;
}

void opener_tap_guard(const struct kept_tap *tap)
{
	static struct hd_log_limit limit;
	struct netns netns;
	int sock = namespace_of(tap, &netns) ? rtnl_guard_socket(&netns, NULL) : -1;
	int rc = sock < 0 ? sock : rtnl_guard_again(sock, tap->req.netdev);

	if (sock >= 0)
		close(sock);
	netns_close(&netns);
	if (rc == -EEXIST || !hd_log_allowed(&limit))
		return; /* we replaced it ourselves */
	hd_log_port(rc < 0 ? HD_LOG_ERR : HD_LOG_NOTICE, tap->req.port,
		    "the packet filter was flushed; the rule that keeps the guest on %s away from "
		    "the host %s",
		    tap->req.netdev, rc < 0 ? "cannot be made again" : "is there again");
}

bool opener_tap_in_use(const struct kept_tap *tap)
{
	struct netns netns;
	struct nl_sock *rtnl = namespace_of(tap, &netns) ? rtnl_open(&netns, NULL) : NULL;
	struct rtnl_link link;
	bool used = rtnl && rtnl_get(rtnl, NULL, tap->opened.ifindex, &link) == 0 && link.carrier;

	nl_socket_free(rtnl);
	netns_close(&netns);
	return used;
}

/* @netns: where it is; NULL: not known any more, but we have a queue of it. */
static struct closing *closing_new(const struct netns *netns, uint32_t ifindex, const char *netdev,
				   bool vm)
{
	struct closing *closing = calloc(1, sizeof(*closing));

	if (!closing)
		return NULL;
	closing->guard = -1;
	closing->ifindex = ifindex;
	if (!netns)
		return closing;
	closing->dev = netns->dev;
	closing->ino = netns->ino;
	closing->rtnl = rtnl_open(netns, NULL);
	if (vm)
		closing->guard = rtnl_guard_socket(netns, NULL);
	hd_str_copy(closing->netdev, sizeof(closing->netdev), netdev);
	return closing;
}

void opener_device_remove(struct opener *opener, const struct netns *netns, uint32_t ifindex,
			  const char *netdev, bool vm)
{
	struct closing *closing = closing_new(netns, ifindex, netdev, vm);

	if (closing)
		closer_add(opener->closer, closing);
}

void opener_tap_remove(struct opener *opener, struct kept_tap *tap, bool vm)
{
	struct netns netns;
	bool known = namespace_of(tap, &netns);
	struct closing *closing =
		closing_new(known ? &netns : NULL, tap->opened.ifindex, tap->req.netdev, vm);

	netns_close(&netns);
	if (!closing)
		return;
	memcpy(closing->queue, tap->queue, sizeof(closing->queue));
	closing->n_queues = tap->n_queues;
	tap->n_queues = 0;
	closer_add(opener->closer, closing);
}

void opener_tap_down(struct kept_tap *tap)
{
	uint32_t index;

	queues_close(tap, 0);
	/* by its name there may be another one now */
	if (tap->req.vm && tap->sock >= 0 &&
	    netdev_index(tap->sock, tap->req.netdev, &index) == 0 && index == tap->opened.ifindex)
		netdev_down(tap->sock, tap->req.netdev);
}

void opener_tap_close(struct kept_tap *tap)
{
	queues_close(tap, 0);
	if (tap->sock >= 0)
		close(tap->sock);
	tap->sock = -1;
}
