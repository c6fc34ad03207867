/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/net/ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *hd_ip_prefix_str(const struct hd_ip_prefix *address, char str[HD_IP_PREFIX_STR_MAX])
{
	char text[INET6_ADDRSTRLEN] = "?";

	inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->addr, text, sizeof(text));
	snprintf(str, HD_IP_PREFIX_STR_MAX, "%s/%u", text, address->length);
	return str;
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

static int check_ipv4(const struct hd_ip_prefix *a, const char *str, struct hd_err *err)
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

static int check_ipv6(const struct hd_ip_prefix *a, const char *str, struct hd_err *err)
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

int hd_ip_prefix_check(const struct hd_ip_prefix *a, struct hd_err *err)
{
	char str[HD_IP_PREFIX_STR_MAX];
	unsigned int bits = a->family == 4 ? 32 : 128;

	if (a->family != 4 && a->family != 6)
		return hd_err_set(err, EINVAL,
				  "an address of the unknown family %u (4 and 6 exist)", a->family);
	hd_ip_prefix_str(a, str);
	if (a->length < 1 || a->length > bits)
		return hd_err_set(err, EINVAL, "%s: the prefix length is 1 to %u", str, bits);
	if (a->family == 4 && !all_zero(a->addr + 4, 12))
		return hd_err_set(err, EINVAL, "%s: more bytes than an IPv4 address has", str);
	return a->family == 4 ? check_ipv4(a, str, err) : check_ipv6(a, str, err);
}
