/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdbool.h>
#include <sys/prctl.h>

#include <cap-ng.h>

#include "dataplane/main/sandbox.h"

int hd_sandbox(struct hd_err *err)
{
	bool override;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return hd_err_set(err, errno, "giving up new privileges failed");
	/*
	 * CAP_DAC_OVERRIDE stays when root has it: in client mode the socket is the VM's side's, and
	 * is often somebody else's with mode 0755.
	 */
	if (capng_get_caps_process() < 0)
		return hd_err_set(err, EPERM, "the capabilities of this process are unknown");
	override = capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE);
	capng_clear(CAPNG_SELECT_CAPS);
	if (override)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_OVERRIDE);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return hd_err_set(err, EPERM, "giving up capabilities failed");
	return 0;
}
