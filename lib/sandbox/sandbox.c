/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/base/sandbox.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <cap-ng.h>

#include "heddle/base/log.h"
#include "lib/sandbox/filter.h"

#define CAP(name)    (1ull << (name))
#define FAMILY(name) (1ull << (name))

/* What stays. Each line here is a way to do harm: a new one needs a reason. */
static const struct row {
	uint64_t caps; /* as far as they are there */
	bool bounding; /* they may pass to what it starts: they stay in the bounding set */
	struct filter filter;
} rows[] = {
	[HD_SANDBOX_DATA] =
		{
			/*
		 * In client mode the socket is the VM's side's, and is often somebody else's with
		 * mode 0755.
		 */
			.caps = CAP(CAP_DAC_OVERRIDE),
			.filter = {.families = FAMILY(AF_UNIX)}, /* vhost-user */
		},
	[HD_SANDBOX_CONTROL] =
		{
			.caps = CAP(CAP_NET_ADMIN), /* addresses of host interfaces */
			.filter = {.families = FAMILY(AF_UNIX) | FAMILY(AF_NETLINK)},
		},
	[HD_SANDBOX_MGMT] =
		{
			/* It ends children of its own, and looks users up by what the host has for it. */
			.filter = {.families = FAMILY(AF_UNIX), .signals = true},
		},
	[HD_SANDBOX_SUPERVISOR] =
		{
			/*
		 * Devices and packet sockets; directories and sockets, and their owners; planes
		 * that are other users, and their end.
		 */
			.caps = CAP(CAP_NET_ADMIN) | CAP(CAP_NET_RAW) | CAP(CAP_CHOWN) |
				CAP(CAP_FOWNER) | CAP(CAP_FSETID) | CAP(CAP_DAC_OVERRIDE) |
				CAP(CAP_SETUID) | CAP(CAP_SETGID) | CAP(CAP_SETPCAP) |
				CAP(CAP_KILL),
			.bounding = true,
			.filter = {.families = FAMILY(AF_UNIX) | FAMILY(AF_NETLINK) |
					       FAMILY(AF_INET) | FAMILY(AF_INET6) |
					       FAMILY(AF_PACKET),
				   .signals = true,
				   .programs = true},
		},
	[HD_SANDBOX_NETNS] =
		{
			/* The kernel asks of who uses a netlink socket, and of who opened it. */
			.caps = CAP(CAP_SYS_ADMIN) | CAP(CAP_NET_ADMIN) | CAP(CAP_NET_RAW),
			.filter = {.families = FAMILY(AF_UNIX) | FAMILY(AF_NETLINK) |
					       FAMILY(AF_INET) | FAMILY(AF_PACKET),
				   .namespaces = true},
		},
};

static int keep_caps(uint64_t caps, bool bounding, struct hd_err *err)
{
	capng_select_t sets = CAPNG_SELECT_CAPS;
	uint64_t kept = 0;

	if (capng_get_caps_process() < 0)
		return hd_err_set(err, EPERM, "the capabilities of this process are unknown");
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if ((caps >> cap & 1) && capng_have_capability(CAPNG_PERMITTED, cap))
			kept |= 1ull << cap;
	/* The bounding set is who has CAP_SETPCAP's to change; without it there is nothing to lose. */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		sets = CAPNG_SELECT_BOTH;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); /* not in a kernel before 4.3 */
	capng_clear(CAPNG_SELECT_BOTH);
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (kept >> cap & 1)
			capng_update(CAPNG_ADD,
				     CAPNG_EFFECTIVE | CAPNG_PERMITTED |
					     (bounding ? CAPNG_BOUNDING_SET : 0),
				     cap);
	if (capng_apply(sets) < 0)
		return hd_err_set(err, EPERM, "giving up capabilities failed: %s", strerror(errno));
	return 0;
}

int hd_sandbox_enter(enum hd_sandbox who, struct hd_err *err)
{
	int rc;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return hd_err_set(err, errno, "giving up new privileges failed: %s",
				  strerror(errno));
	rc = keep_caps(rows[who].caps, rows[who].bounding, err);
	if (rc < 0)
		return rc;
	rc = filter_install(&rows[who].filter, err);
	if (rc == -ENOSYS)
		hd_log(HD_LOG_WARNING, "this kernel has no filters of system calls (seccomp): this "
				       "process may make any");
	else if (rc < 0)
		return rc;
#ifdef HD_SANDBOX_SANITIZER
	hd_log(HD_LOG_INFO, "built with a sanitizer: ptrace() is allowed, for LeakSanitizer");
#endif
	return 0;
}
