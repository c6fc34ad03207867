/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_errno.h>

#include "dataplane/core/meta.h"

int dp_meta_init(void)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "heddle_meta",
		.size = sizeof(struct dp_meta),
		.align = 8,
	};

	return rte_mbuf_dynfield_register_offset(&field, DP_META_OFFSET) < 0 ? -rte_errno : 0;
}
