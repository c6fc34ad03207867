/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "supervisor/netdev.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_arp.h>

static int ask(int sock, unsigned long request, const char *name, struct ifreq *ifr)
{
	strncpy(ifr->ifr_name, name, sizeof(ifr->ifr_name) - 1);
	ifr->ifr_name[sizeof(ifr->ifr_name) - 1] = '\0';
	return ioctl(sock, request, ifr) < 0 ? -errno : 0;
}

/* Of a family without addresses: the kernel asks devices through any socket. */
int netdev_socket(const struct netns *netns, struct hd_err *err)
{
	return netns_socket(netns, AF_UNIX, SOCK_DGRAM, 0, err);
}

int netdev_index(int sock, const char *name, uint32_t *index)
{
	struct ifreq ifr = {0};
	int rc = ask(sock, SIOCGIFINDEX, name, &ifr);

	*index = (uint32_t)ifr.ifr_ifindex;
	return rc;
}

int netdev_mac_get(int sock, const char *name, uint8_t mac[6])
{
	struct ifreq ifr = {0};
	int rc = ask(sock, SIOCGIFHWADDR, name, &ifr);

	memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
	return rc;
}

int netdev_mac_set(int sock, const char *name, const uint8_t mac[6])
{
	struct ifreq ifr = {0};

	ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(ifr.ifr_hwaddr.sa_data, mac, 6);
	return ask(sock, SIOCSIFHWADDR, name, &ifr);
}

int netdev_mtu_get(int sock, const char *name, uint16_t *mtu)
{
	struct ifreq ifr = {0};
	int rc = ask(sock, SIOCGIFMTU, name, &ifr);

	*mtu = (uint16_t)(ifr.ifr_mtu > UINT16_MAX ? UINT16_MAX : ifr.ifr_mtu);
	return rc;
}

int netdev_mtu_set(int sock, const char *name, uint16_t mtu)
{
	struct ifreq ifr = {0};

	ifr.ifr_mtu = mtu;
	return ask(sock, SIOCSIFMTU, name, &ifr);
}

static int up_or_down(int sock, const char *name, bool up)
{
	struct ifreq ifr = {0};
	int rc = ask(sock, SIOCGIFFLAGS, name, &ifr);

	if (rc < 0 || !(ifr.ifr_flags & IFF_UP) == !up)
		return rc;
	ifr.ifr_flags ^= IFF_UP;
	return ask(sock, SIOCSIFFLAGS, name, &ifr);
}

int netdev_up(int sock, const char *name)
{
	return up_or_down(sock, name, true);
}

int netdev_down(int sock, const char *name)
{
	return up_or_down(sock, name, false);
}

int netdev_is_loopback(int sock, const char *name, bool *is)
{
	struct ifreq ifr = {0};

	memcpy(ifr.ifr_name, name, strnlen(name, sizeof(ifr.ifr_name) - 1));
	if (ioctl(sock, SIOCGIFFLAGS, &ifr) < 0)
		return -errno;
	*is = ifr.ifr_flags & IFF_LOOPBACK;
	return 0;
}
