/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/opener_int.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "heddle/base/log.h"
#include "supervisor/netdev.h"

/* Room for a burst while the worker is elsewhere; an unprivileged plane could not ask for it. */
#define BUFFER_SIZE (8 << 20)

struct job {
	struct netns netns;
	const struct opener *opener;
	const struct hd_open_packet *req;
	bool vm_tap; /* the device is one that we made for this very port */
	struct hd_opened *opened;
	int *fds;
	struct hd_err *err;
};

static int option(int fd, int name, const char *text, struct hd_err *err)
{
	int on = 1;

	if (setsockopt(fd, SOL_PACKET, name, &on, sizeof(on)) == 0)
		return 0;
	return hd_err_set(err, errno, "%s: %s: this kernel is too old or lacks it", text,
			  strerror(errno));
}

/* Not bound to anything until all is set: no frame comes in without its offload header. */
static int packet_socket(const struct netns *netns, struct hd_err *err)
{
	int size = BUFFER_SIZE;
	int fd = netns_socket(netns, AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0, err);

	if (fd < 0)
		return fd;
	if (option(fd, PACKET_VNET_HDR, "offload headers (PACKET_VNET_HDR)", err) < 0 ||
	    option(fd, PACKET_AUXDATA, "tags (PACKET_AUXDATA)", err) < 0) {
		close(fd);
		return -err->code;
	}
	/* Our own transmissions do not come back. The reader drops them, where a kernel does not. */
	option(fd, PACKET_IGNORE_OUTGOING, "", NULL);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return fd;
}

static int packet_bind(int fd, const struct job *job)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)job->opened->ifindex,
	};
	struct packet_mreq promiscuous = {
		.mr_ifindex = (int)job->opened->ifindex,
		.mr_type = PACKET_MR_PROMISC,
	};

	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof(promiscuous)) <
	    0)
		return hd_err_set(job->err, errno, "device %s: promiscuous mode: %s",
				  job->req->netdev, strerror(errno));
	/* ENETDOWN: the device is down. The socket is bound, and works once it is up. */
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 && errno != ENETDOWN)
		return hd_err_set(job->err, errno, "device %s: %s", job->req->netdev,
				  strerror(errno));
	return 0;
}

static int device_find(const struct job *job, int sock)
{
	struct hd_opened *opened = job->opened;
	const char *name = job->req->netdev;
	int rc = netdev_index(sock, name, &opened->ifindex);

	if (rc == 0)
		rc = netdev_mac_get(sock, name, opened->mac);
	if (rc == 0)
		rc = netdev_mtu_get(sock, name, &opened->mtu);
	if (rc == -ENODEV)
		return hd_err_set(job->err, ENODEV,
				  "there is no network device %s%s%s: it is tried "
				  "again",
				  name, job->req->netns[0] ? " in namespace " : "",
				  job->req->netns);
	if (rc < 0)
		return hd_err_set(job->err, -rc, "device %s: %s", name, strerror(-rc));
	return 0;
}

/* What is no network card of this machine is nobody's to take; the namespace does not matter. */
static int device_check(const struct job *job, int sock)
{
	const struct settings *settings = job->opener->settings;
	const char *name = job->req->netdev;
	const struct kept_tap *tap;
	bool loopback = false;
	int rc = netdev_is_loopback(sock, name, &loopback);

	if (rc < 0)
		return hd_err_set(job->err, -rc, "device %s: %s", name, strerror(-rc));
	if (loopback)
		return hd_err_set(job->err, EPERM,
				  "device %s is the loopback device, which no port may have", name);
	if (!settings_device_allowed(settings, name))
		return hd_err_set(
			job->err, EPERM,
			"device %s is not among allow-devices of %s: add it there, and start "
			"heddled again",
			name, settings->conf);
	tap = opener_cache_device(job->opener, &job->netns, job->opened->ifindex);
	if (tap)
		return hd_err_set(
			job->err, EPERM,
			"device %s is the TAP of port %s: it cannot be that of another port", name,
			tap->req.port);
	return 0;
}

static int open_inside(const struct job *job)
{
	int sock = netdev_socket(&job->netns, job->err), fd = -1, rc;

	if (sock < 0)
		return sock;
	rc = device_find(job, sock);
	if (rc == 0 && !job->vm_tap)
		rc = device_check(job, sock);
	if (rc == 0) {
		fd = packet_socket(&job->netns, job->err);
		rc = fd < 0 ? fd : packet_bind(fd, job);
	}
	if (rc < 0) {
		close(sock);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	job->fds[0] = fd;
	job->fds[1] = sock;
	return 0;
}

int opener_packet_open(const struct opener *opener, const struct hd_open_packet *req, bool vm_tap,
		       int fds[2], struct hd_opened *opened, struct hd_err *err)
{
	struct job job = {.opener = opener,
			  .req = req,
			  .vm_tap = vm_tap,
			  .opened = opened,
			  .fds = fds,
			  .err = err};
	int rc = netns_open(&job.netns, opener->settings->netns_dir, req->netns, err);

	if (rc < 0)
		return rc;
	rc = open_inside(&job);
	netns_close(&job.netns);
	return rc;
}
