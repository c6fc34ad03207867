/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP addresses of interfaces, as objects and states carry them.
 */
#ifndef HEDDLE_NET_IP_H
#define HEDDLE_NET_IP_H

#include <stdint.h>

#include "heddle/base/err.h"

/*
 * An address and the length of its subnet's prefix. An IPv4 address is in the first 4 bytes; the
 * others are 0.
 */
struct hd_ip_prefix {
	uint8_t addr[16];
	uint8_t family; /* 4 or 6 */
	uint8_t length;
	uint8_t zero[6];
};

/*
 * Checks whether an interface can have @address. Returns 0, or -EINVAL with @err: the family or the
 * length is not valid, or the address is not one host's (loopback, multicast, the subnet's own,
 * broadcast). Any thread.
 */
int hd_ip_prefix_check(const struct hd_ip_prefix *address, struct hd_err *err);

#define HD_IP_PREFIX_STR_MAX 64

/* Writes "192.0.2.1/24" and returns @str. Any thread. */
const char *hd_ip_prefix_str(const struct hd_ip_prefix *address, char str[HD_IP_PREFIX_STR_MAX]);

#endif
