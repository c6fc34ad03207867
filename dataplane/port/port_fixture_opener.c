/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An opener for tests: opens in this process, as heddled would, but checks nothing and keeps
 * nothing.
 */
#define _GNU_SOURCE /* setns */
#include "dataplane/port/port_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>

#include "dataplane/core/opener.h"

#define BUFFER_BYTES (16 << 20)

/* Enters the namespace called @netns. Returns the way back, -1 for "stayed", or -errno - 1. */
static int enter(const char *netns)
{
	char path[128];
	int here, there;

	if (netns[0] == '\0')
		return -1;
	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (here < 0 || there < 0 || setns(there, CLONE_NEWNET) != 0) {
		if (here >= 0)
			close(here);
		if (there >= 0)
			close(there);
		return -ENOENT - 1;
	}
	close(there);
	return here;
}

static void leave(int here)
{
	if (here < 0)
		return;
	if (setns(here, CLONE_NEWNET) != 0)
		perror("setns");
	close(here);
}

static int link_up(int sock, const char *netdev, unsigned int mtu, uint32_t *ifindex)
{
	struct ifreq ifr = {0};

	hd_str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), netdev);
	if (ioctl(sock, SIOCGIFINDEX, &ifr) != 0)
		return -errno;
	*ifindex = (uint32_t)ifr.ifr_ifindex;
	if (mtu == 0)
		return 0;
	ifr.ifr_mtu = (int)mtu;
	if (ioctl(sock, SIOCSIFMTU, &ifr) != 0)
		return -errno;
	ifr.ifr_flags = IFF_UP;
	return ioctl(sock, SIOCSIFFLAGS, &ifr) == 0 ? 0 : -errno;
}

static int tap_queue(const struct hd_open_tap *req)
{
	struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
	int hlen = 12;
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (req->queues > 1)
		ifr.ifr_flags |= IFF_MULTI_QUEUE;
	hd_str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), req->netdev);
	if (ioctl(fd, TUNSETIFF, &ifr) != 0 || ioctl(fd, TUNSETVNETHDRSZ, &hlen) != 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

int dp_opener_tap(const struct hd_open_tap *req, int *fds, unsigned int *n_fds,
		  struct hd_opened *opened, struct hd_err *err)
{
	int here = enter(req->netns);
	unsigned int n = 0;
	int ret = 0;

	if (here < -1)
		return hd_err_set(err, -here - 1, "no namespace %s", req->netns);
	while (n < req->queues && ret >= 0) {
		ret = tap_queue(req);
		if (ret >= 0)
			fds[n++] = ret;
	}
	if (ret >= 0)
		fds[n++] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ret >= 0)
		ret = link_up(fds[n - 1], req->netdev, req->mtu, &opened->ifindex);
	leave(here);
	*n_fds = n;
	if (ret >= 0)
		return 0;
	while (n > 0)
		close(fds[--n]);
	return hd_err_set(err, -ret, "%s: %s", req->netdev, strerror(-ret));
}

static int packet_socket(int fd, uint32_t ifindex)
{
	static const int options[] = {PACKET_VNET_HDR, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING};
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = (int)ifindex};
	struct packet_mreq promisc = {.mr_ifindex = (int)ifindex, .mr_type = PACKET_MR_PROMISC};
	int one = 1, size = BUFFER_BYTES;

	for (unsigned int i = 0; i < RTE_DIM(options); i++)
		if (setsockopt(fd, SOL_PACKET, options[i], &one, sizeof(one)) != 0)
			return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc, sizeof(promisc)) != 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		return -errno;
	return 0;
}

int dp_opener_packet(const struct hd_open_packet *req, int fds[2], struct hd_opened *opened,
		     struct hd_err *err)
{
	int here = enter(req->netns);
	int ret;

	if (here < -1)
		return hd_err_set(err, -here - 1, "no namespace %s", req->netns);
	fds[0] = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	fds[1] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = fds[0] < 0 || fds[1] < 0 ? -errno : link_up(fds[1], req->netdev, 0, &opened->ifindex);
	if (ret == 0)
		ret = packet_socket(fds[0], opened->ifindex);
	leave(here);
	if (ret == 0)
		return 0;
	close(fds[0]);
	close(fds[1]);
	return hd_err_set(err, -ret, "%s: %s", req->netdev, strerror(-ret));
}

int dp_opener_capture(const char *name, bool write, struct hd_err *err)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fixture.capture_dir, name);
	fd = open(path, O_CLOEXEC | (write ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY), 0640);
	return fd < 0 ? hd_err_set(err, errno, "%s: %s", path, strerror(errno)) : fd;
}

void dp_opener_down(const char *port)
{
}

void dp_opener_release(const char *port)
{
	fixture.released++;
}
