/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "dataplane/guard/anti_spoof/anti_spoof.h"

static int validate_mac(const uint8_t *bytes, uint32_t i, struct hd_err *err)
{
	char text[HD_MAC_STR_MAX];
	struct hd_mac mac;

	memcpy(mac.b, bytes, HD_ETH_ALEN);
	if (hd_mac_is_group(&mac) || hd_mac_is_zero(&mac))
		return hd_err_set(err, EINVAL, "anti-spoof: MAC %u, %s, is not a unicast address",
				  i + 1, hd_mac_str(&mac, text));
	return 0;
}

static int validate_ip(const struct hd_ip_prefix *p, uint32_t i, struct hd_err *err)
{
	unsigned int max = p->family == 4 ? 32 : 128;

	if (p->family != 4 && p->family != 6)
		return hd_err_set(err, EINVAL, "anti-spoof: IP %u: family %u is neither 4 nor 6",
				  i + 1, p->family);
	if (p->length > max)
		return hd_err_set(err, EINVAL, "anti-spoof: IP %u: prefix length %u is above %u",
				  i + 1, p->length, max);
	return 0;
}

int dp_anti_spoof_validate(const void *object, struct hd_err *err)
{
	const struct hd_anti_spoof_object *o = object;
	int rc = 0;

	if (o->n_macs < 1 || o->n_macs > HD_ANTI_SPOOF_MACS_MAX)
		return hd_err_set(err, EINVAL, "anti-spoof: %u MAC addresses, 1..%d are possible",
				  o->n_macs, HD_ANTI_SPOOF_MACS_MAX);
	if (o->n_ips > HD_ANTI_SPOOF_IPS_MAX)
		return hd_err_set(err, EINVAL, "anti-spoof: %u IP prefixes, up to %d are possible",
				  o->n_ips, HD_ANTI_SPOOF_IPS_MAX);
	for (uint32_t i = 0; i < o->n_macs && !rc; i++)
		rc = validate_mac(o->macs[i], i, err);
	for (uint32_t i = 0; i < o->n_ips && !rc; i++)
		rc = validate_ip(&o->ips[i], i, err);
	return rc;
}
