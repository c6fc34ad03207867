/* SPDX-License-Identifier: BSD-3-Clause */
/* Shared by the files of the anti-spoofing core. */
#ifndef DATAPLANE_GUARD_ANTI_SPOOF_ANTI_SPOOF_INT_H
#define DATAPLANE_GUARD_ANTI_SPOOF_ANTI_SPOOF_INT_H

#include <stdbool.h>

#include "dataplane/guard/anti_spoof/anti_spoof.h"

/* True if @mac is in the list of @conf. */
bool dp_spoof_mac_allowed(const struct hd_anti_spoof_object *conf, const uint8_t mac[6]);

/* True if the address of @family (4 or 6) is in one of the prefixes of @conf. */
bool dp_spoof_ip_allowed(const struct hd_anti_spoof_object *conf, int family, const uint8_t *addr);

/* True if all addresses that are checked in the IPv6 packet at @off of @frame are allowed. */
bool dp_spoof_ipv6_ok(const struct hd_anti_spoof_object *conf, const struct dp_guard_frame *frame,
		      uint32_t off);

#endif
