/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/main/sandbox.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include <cap-ng.h>

int cp_sandbox_enter(struct hd_err *err)
{
	capng_select_t sets = CAPNG_SELECT_CAPS;
	int may_admin;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return hd_err_set(err, errno, "PR_SET_NO_NEW_PRIVS: %s", strerror(errno));
	if (capng_get_caps_process() < 0)
		return hd_err_set(err, EPERM, "cannot read our own capabilities");
	may_admin = capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN);
	/* the bounding set can be changed with CAP_SETPCAP only; without it there is nothing to lose */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		sets = CAPNG_SELECT_BOTH;
	capng_clear(sets);
	if (may_admin)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_ADMIN);
	if (capng_apply(sets) < 0)
		return hd_err_set(err, EPERM, "cannot give up capabilities: %s", strerror(errno));
	return 0;
}
