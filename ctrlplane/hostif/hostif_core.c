/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/hostif/hostif_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

_Static_assert(HD_HOSTIF_ADDRESSES_MAX <= 32, "hostif_diff() returns a bit for each");

bool hostif_address_equal(const struct hd_ip_prefix *a, const struct hd_ip_prefix *b)
{
	return a->family == b->family && a->length == b->length &&
	       memcmp(a->addr, b->addr, a->family == 4 ? 4 : 16) == 0;
}

/* What the kernel takes as the name of an interface. */
static int check_netdev(const char *name, struct hd_err *err)
{
	size_t length = strlen(name);

	if (length >= HD_NETDEV_MAX)
		return hd_err_set(err, EINVAL, "an interface's name has at most %d characters",
				  HD_NETDEV_MAX - 1);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return hd_err_set(err, EINVAL, "not a name for an interface");
	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '/' || name[i] == ':')
			return hd_err_set(err, EINVAL,
					  "an interface's name has no spaces, slashes or colons");
	return 0;
}

int hostif_validate(const void *object, struct hd_err *err)
{
	const struct hd_hostif_object *hostif = object;
	int rc = check_netdev(hostif->head.key, err);

	if (rc < 0)
		return rc;
	if (hostif->n_addresses > HD_HOSTIF_ADDRESSES_MAX)
		return hd_err_set(err, EINVAL, "%u addresses, more than %d", hostif->n_addresses,
				  HD_HOSTIF_ADDRESSES_MAX);
	for (uint32_t i = 0; i < hostif->n_addresses; i++) {
		char str[HD_IP_PREFIX_STR_MAX];

		rc = hd_ip_prefix_check(&hostif->addresses[i], err);
		if (rc < 0)
			return rc;
		for (uint32_t j = 0; j < i; j++)
			if (memcmp(hostif->addresses[i].addr, hostif->addresses[j].addr, 16) == 0 &&
			    hostif->addresses[i].family == hostif->addresses[j].family)
				return hd_err_set(err, EINVAL, "%s is there twice",
						  hd_ip_prefix_str(&hostif->addresses[i], str));
	}
	return 0;
}

uint32_t hostif_diff(const struct hd_ip_prefix *wanted, size_t n_wanted,
		     struct hostif_present *present, size_t n_present)
{
	uint32_t add = n_wanted >= 32 ? UINT32_MAX : (1u << n_wanted) - 1;

	for (size_t i = 0; i < n_present; i++) {
		bool is_wanted = false;

		for (size_t j = 0; j < n_wanted; j++)
			if (hostif_address_equal(&present[i].address, &wanted[j])) {
				is_wanted = true;
				add &= ~(1u << j);
			}
		present[i].remove = present[i].ours && !is_wanted;
	}
	return add;
}

void hostif_refusal(struct hd_err *err, int code, const struct hd_ip_prefix *address,
		    const char *netdev)
{
	char str[HD_IP_PREFIX_STR_MAX];

	hd_ip_prefix_str(address, str);
	switch (code) {
	case EPERM:
		hd_err_set(err, code,
			   "%s: cannot put %s on it: no permission (CAP_NET_ADMIN in this network "
			   "namespace); start heddled as root, or type: "
			   "sudo ip address add %s dev %s",
			   netdev, str, str, netdev);
		break;
	case EEXIST:
		hd_err_set(err, code,
			   "%s: cannot put %s on it: the address is there with another prefix "
			   "length; `ip address show dev %s` shows it, `ip address del` removes it",
			   netdev, str, netdev);
		break;
	case EACCES:
		hd_err_set(err, code,
			   "%s: cannot put %s on it: IPv6 is off there; "
			   "type: sysctl -w net.ipv6.conf.%s.disable_ipv6=0",
			   netdev, str, netdev);
		break;
	case EADDRINUSE:
		hd_err_set(
			err, code,
			"%s: %s is in use by another machine on the segment: the kernel does not "
			"use it (duplicate address detection); choose another address",
			netdev, str);
		break;
	default: hd_err_set(err, code, "%s: cannot put %s on it: %s", netdev, str, strerror(code));
	}
}
