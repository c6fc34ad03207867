/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/vnet.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>

#include "heddle/base/name.h"

int dp_vnet_offloads_check(uint8_t offloads, struct hd_err *err)
{
	if (offloads & ~(HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO))
		return hd_err_set(err, EINVAL, "offloads 0x%x: only csum (1) and tso (2) exist",
				  offloads);
	if ((offloads & HD_OFFLOAD_TSO) && !(offloads & HD_OFFLOAD_CSUM))
		return hd_err_set(err, EINVAL,
				  "offloads: tso without csum cannot be; add csum or drop tso");
	return 0;
}

bool dp_vnet_netdev_valid(const char name[HD_NETDEV_MAX])
{
	if (!hd_str_terminated(name, HD_NETDEV_MAX) || name[0] == '\0' || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return false;
	for (const char *c = name; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == '/' || *c == ':' || *c == '%')
			return false;
	return true;
}

int dp_vnet_netns_check(const char netns[HD_NAME_MAX], struct hd_err *err)
{
	if (netns[0] == '\0' || hd_name_valid(netns, HD_NAME_MAX))
		return 0;
	return hd_err_set(
		err, EINVAL,
		"namespace: a name of letters, digits and \"._-\" (as of ip netns) is needed");
}

int dp_vnet_place_check(const char netdev[HD_NETDEV_MAX], const char netns[HD_NAME_MAX],
			struct hd_err *err)
{
	if (!dp_vnet_netdev_valid(netdev))
		return hd_err_set(err, EINVAL,
				  "device: 1 to 15 characters without '/', ':', '%%' and blanks");
	return dp_vnet_netns_check(netns, err);
}

int dp_vnet_tap_check(const uint8_t mac[6], uint16_t queues, uint16_t queues_max, uint16_t mtu,
		      struct hd_err *err)
{
	if (mac[0] & 1)
		return hd_err_set(err, EINVAL,
				  "mac-address: a multicast address cannot be an interface's own");
	if (queues < 1 || queues > queues_max)
		return hd_err_set(err, EINVAL, "queues: %u is not in 1..%u", queues, queues_max);
	if (mtu < HD_PORT_MTU_MIN || mtu > HD_PORT_MTU_MAX)
		return hd_err_set(err, EINVAL, "mtu: %u is not in %d..%d", mtu, HD_PORT_MTU_MIN,
				  HD_PORT_MTU_MAX);
	return 0;
}

int dp_vnet_account_check(const char name[32], const char *what, struct hd_err *err)
{
	if (!hd_str_terminated(name, 32))
		return hd_err_set(err, EINVAL, "%s: longer than 31 characters", what);
	for (const char *c = name; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || strchr("/:,\"'\\", *c) != NULL)
			return hd_err_set(err, EINVAL,
					  "%s: 0x%02x cannot be part of an account's name", what,
					  (uint8_t)*c);
	return 0;
}

enum hd_port_reason dp_vnet_open_reason(int error)
{
	switch (-error) {
	case ENOENT: return HD_PORT_NO_NAMESPACE;
	case EEXIST:
	case EBUSY: return HD_PORT_NAME_TAKEN;
	case EPERM:
	case EACCES: return HD_PORT_NO_PERMISSION;
	case ENODEV:
	case ENXIO: return HD_PORT_NO_DEVICE;
	default: return HD_PORT_ERROR;
	}
}

int dp_vnet_link_read(int sock, const char *netdev, struct dp_vnet_link *link)
{
	struct ifreq ifr = {0};

	hd_str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), netdev);
	if (ioctl(sock, SIOCGIFINDEX, &ifr) != 0)
		return -errno;
	link->ifindex = ifr.ifr_ifindex;
	if (ioctl(sock, SIOCGIFFLAGS, &ifr) != 0)
		return -errno;
	link->flags = (uint16_t)ifr.ifr_flags;
	return 0;
}

int dp_vnet_link_mtu(int sock, const char *netdev)
{
	struct ifreq ifr = {0};

	hd_str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), netdev);
	return ioctl(sock, SIOCGIFMTU, &ifr) == 0 ? ifr.ifr_mtu : -errno;
}

int dp_vnet_link_mac(int sock, const char *netdev, uint8_t mac[6])
{
	struct ifreq ifr = {0};

	hd_str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), netdev);
	if (ioctl(sock, SIOCGIFHWADDR, &ifr) != 0)
		return -errno;
	memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
	return 0;
}

uint32_t dp_vnet_link_speed(int sock, const char *netdev)
{
	struct {
		struct ethtool_link_settings s;
		uint32_t masks[3 * 127];
	} req = {.s = {.cmd = ETHTOOL_GLINKSETTINGS}};
	struct ifreq ifr = {.ifr_data = (void *)&req};

	hd_str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), netdev);
	/* The kernel first says how many words its masks have: a negative number. */
	if (ioctl(sock, SIOCETHTOOL, &ifr) != 0 || req.s.link_mode_masks_nwords >= 0)
		return 0;
	req.s.cmd = ETHTOOL_GLINKSETTINGS;
	req.s.link_mode_masks_nwords = (int8_t)-req.s.link_mode_masks_nwords;
	if (ioctl(sock, SIOCETHTOOL, &ifr) != 0 || req.s.speed == (uint32_t)SPEED_UNKNOWN)
		return 0;
	return req.s.speed;
}
