/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/api/guard.h"
#include "dataplane/guard/bpdu_guard/bpdu_guard.h"

int dp_bpdu_guard_validate(const void *object, struct hd_err *err)
{
	/* it has nothing but its name, which is checked with all names */
	return 0;
}
