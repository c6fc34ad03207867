/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_errno.h>

#include "dataplane/core/meta.h"

int hd_meta_offset = -1;

int hd_meta_init(void)
{
	static const struct rte_mbuf_dynfield field = {
		.name = "heddle_meta",
		.size = sizeof(struct hd_meta),
		.align = 8,
	};

	hd_meta_offset = rte_mbuf_dynfield_register(&field);
	return hd_meta_offset < 0 ? -rte_errno : 0;
}
