/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include "heddle/api/guard.h"
#include "dataplane/guard/mac_limit/mac_limit.h"

int dp_mac_limit_validate(const void *object, struct hd_err *err)
{
	const struct hd_mac_limit_object *o = object;

	if (o->limit < 1 || o->limit > DP_MAC_LIMIT_MAX)
		return hd_err_set(err, EINVAL, "MAC limit %u is not in 1..%d", o->limit,
				  DP_MAC_LIMIT_MAX);
	return 0;
}
