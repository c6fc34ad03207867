/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MAC limit: limits the learned addresses of a port, so that it cannot fill the forwarding
 * database.
 */
#ifndef DATAPLANE_GUARD_MAC_LIMIT_MAC_LIMIT_H
#define DATAPLANE_GUARD_MAC_LIMIT_MAC_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/base/err.h"

#define DP_MAC_LIMIT_MAX 1048576

/* True if a port that has @learned addresses must not get another one. Pure. */
bool dp_mac_limit_reached(uint32_t learned, uint32_t limit);

/* Checks a struct hd_mac_limit_object. 0, or -EINVAL with @err. Pure. */
int dp_mac_limit_validate(const void *object, struct hd_err *err);

#endif
