/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/hostif/hostif_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

_Static_assert(HD_HOSTIF_ADDRESSES_MAX <= 32, "hostif_diff() returns a bit for each");

const char *hostif_address_str(const struct hd_hostif_address *address,
			       char str[HOSTIF_ADDRESS_STR_MAX])
{
	char text[INET6_ADDRSTRLEN] = "?";

	inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->addr, text, sizeof(text));
	snprintf(str, HOSTIF_ADDRESS_STR_MAX, "%s/%u", text, address->length);
	return str;
}

bool hostif_address_equal(const struct hd_hostif_address *a, const struct hd_hostif_address *b)
{
	return a->family == b->family && a->length == b->length &&
	       memcmp(a->addr, b->addr, a->family == 4 ? 4 : 16) == 0;
}

static bool all_zero(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i])
			return false;
	return true;
}

/* True if all bits of @addr below the prefix are @bit. */
static bool host_part_is(const uint8_t *addr, unsigned int length, unsigned int bits,
			 unsigned int bit)
{
	for (unsigned int i = length; i < bits; i++)
		if ((addr[i / 8] >> (7 - i % 8) & 1u) != bit)
			return false;
	return true;
}

static int check_ipv4(const struct hd_hostif_address *a, const char *str, struct hd_err *err)
{
	if (a->addr[0] == 127)
		return hd_err_set(err, EINVAL, "%s is a loopback address", str);
	if (a->addr[0] >= 224 && a->addr[0] < 240)
		return hd_err_set(err, EINVAL, "%s is a multicast address", str);
	if (a->addr[0] == 0 || a->addr[0] >= 240)
		return hd_err_set(err, EINVAL, "%s is not an address that an interface can have",
				  str);
	if (a->length <= 30 && host_part_is(a->addr, a->length, 32, 0))
		return hd_err_set(err, EINVAL,
				  "%s is the address of the subnet itself; "
				  "choose one inside of it",
				  str);
	if (a->length <= 30 && host_part_is(a->addr, a->length, 32, 1))
		return hd_err_set(err, EINVAL,
				  "%s is the broadcast address of its subnet; "
				  "choose one inside of it",
				  str);
	return 0;
}

static int check_ipv6(const struct hd_hostif_address *a, const char *str, struct hd_err *err)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (a->addr[0] == 0xff)
		return hd_err_set(err, EINVAL, "%s is a multicast address", str);
	if (all_zero(a->addr, 15) && a->addr[15] <= 1)
		return hd_err_set(err, EINVAL, "%s is the %s address", str,
				  a->addr[15] ? "loopback" : "unspecified");
	if (memcmp(a->addr, mapped, sizeof(mapped)) == 0)
		return hd_err_set(err, EINVAL,
				  "%s is an IPv4 address in IPv6 form; write it as IPv4", str);
	return 0;
}

static int check_address(const struct hd_hostif_address *a, struct hd_err *err)
{
	char str[HOSTIF_ADDRESS_STR_MAX];
	unsigned int bits = a->family == 4 ? 32 : 128;

	if (a->family != 4 && a->family != 6)
		return hd_err_set(err, EINVAL,
				  "an address of the unknown family %u (4 and 6 exist)", a->family);
	hostif_address_str(a, str);
	if (a->length < 1 || a->length > bits)
		return hd_err_set(err, EINVAL, "%s: the prefix length is 1 to %u", str, bits);
	if (a->family == 4 && !all_zero(a->addr + 4, 12))
		return hd_err_set(err, EINVAL, "%s: more bytes than an IPv4 address has", str);
	return a->family == 4 ? check_ipv4(a, str, err) : check_ipv6(a, str, err);
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
		char str[HOSTIF_ADDRESS_STR_MAX];

		rc = check_address(&hostif->addresses[i], err);
		if (rc < 0)
			return rc;
		for (uint32_t j = 0; j < i; j++)
			if (memcmp(hostif->addresses[i].addr, hostif->addresses[j].addr, 16) == 0 &&
			    hostif->addresses[i].family == hostif->addresses[j].family)
				return hd_err_set(err, EINVAL, "%s is there twice",
						  hostif_address_str(&hostif->addresses[i], str));
	}
	return 0;
}

uint32_t hostif_diff(const struct hd_hostif_address *wanted, size_t n_wanted,
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

void hostif_refusal(struct hd_err *err, int code, const struct hd_hostif_address *address,
		    const char *netdev)
{
	char str[HOSTIF_ADDRESS_STR_MAX];

	hostif_address_str(address, str);
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
