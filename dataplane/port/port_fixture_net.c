/* SPDX-License-Identifier: BSD-3-Clause */
/* A network for tests of port kinds: a namespace of the test's own, and the other end of a wire. */
#define _GNU_SOURCE /* unshare */
#include "dataplane/port/port_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	if (fd >= 0)
		close(fd);
}

void fixture_namespace(void)
{
	unsigned int uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWNET | (uid != 0 ? CLONE_NEWUSER : 0)) != 0) {
		printf("SKIP: no network namespace of our own: %s\n", strerror(errno));
		exit(77);
	}
	if (uid != 0) {
		write_file("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "0 %u 1", uid);
		write_file("/proc/self/uid_map", map);
		snprintf(map, sizeof(map), "0 %u 1", gid);
		write_file("/proc/self/gid_map", map);
	}
	if (access("/dev/net/tun", R_OK | W_OK) != 0) {
		printf("SKIP: /dev/net/tun: %s\n", strerror(errno));
		exit(77);
	}
	fixture_ip("link set lo up");
}

void fixture_ip(const char *args)
{
	char command[256];

	snprintf(command, sizeof(command), "PATH=$PATH:/usr/sbin:/sbin ip %s", args);
	if (system(command) != 0) {
		fprintf(stderr, "failed: %s\n", command);
		exit(1);
	}
}

int fixture_wire(const char *netdev)
{
	static const int options[] = {PACKET_VNET_HDR, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING};
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1;

	at.sll_ifindex = (int)if_nametoindex(netdev);
	for (unsigned int i = 0; i < RTE_DIM(options); i++)
		if (setsockopt(fd, SOL_PACKET, options[i], &one, sizeof(one)) != 0)
			goto fail;
	if (at.sll_ifindex != 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
fail:
	perror(netdev);
	exit(1);
}
