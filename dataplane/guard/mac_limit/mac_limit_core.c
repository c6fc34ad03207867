/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/guard/mac_limit/mac_limit.h"

bool dp_mac_limit_reached(uint32_t learned, uint32_t limit)
{
	/* above the limit: it was lowered, or two workers learned at once */
	return learned >= limit;
}
