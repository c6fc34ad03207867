/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/net/ether.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *hd_mac_str(const struct hd_mac *mac, char str[HD_MAC_STR_MAX])
{
	snprintf(str, HD_MAC_STR_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", mac->b[0], mac->b[1],
		 mac->b[2], mac->b[3], mac->b[4], mac->b[5]);
	return str;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hd_mac_parse(const char *str, struct hd_mac *mac)
{
	bool dots = strlen(str) == 14;
	struct hd_mac out;
	int high, low;

	for (int i = 0; i < HD_ETH_ALEN; i++) {
		if (i > 0 && (!dots || i % 2 == 0)) {
			if (dots ? *str != '.' : *str != ':' && *str != '-')
				return -EINVAL;
			str++;
		}
		high = hex_digit(str[0]);
		low = high < 0 ? -1 : hex_digit(str[1]);
		if (low < 0)
			return -EINVAL;
		out.b[i] = (uint8_t)(high << 4 | low);
		str += 2;
	}
	if (*str != '\0')
		return -EINVAL;
	*mac = out;
	return 0;
}
