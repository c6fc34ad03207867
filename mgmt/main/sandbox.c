/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include <cap-ng.h>

#include "heddle/base/log.h"
#include "mgmt/main/sandbox.h"

void sandbox_enter(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		hd_log(HD_LOG_WARNING, "cannot set no_new_privs: %s", strerror(errno));
	capng_clear(CAPNG_SELECT_BOTH);
	/* The bounding set is root's to change: without that right there is nothing in it to fear. */
	if (capng_apply(CAPNG_SELECT_BOTH) < 0 && capng_apply(CAPNG_SELECT_CAPS) < 0)
		hd_log(HD_LOG_WARNING, "cannot give up capabilities: %s", strerror(errno));
}
