/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "heddle/base/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cap-ng.h>

#include "heddle/base/log.h"
#include "lib/sandbox/filter.h"

#define CAP(name)    (1ull << (name))
#define FAMILY(name) (1ull << (name))

/* What stays. Each line here is a way to do harm: a new one needs a reason. */
static const struct row {
	const char *name; /* of the process */
	uint64_t caps;    /* as far as they are there */
	bool bounding;    /* they may pass to what it starts: they stay in the bounding set */
	struct filter filter;
} rows[] = {
	[HD_SANDBOX_DATA] =
		{
			.name = "heddle-dp",
			.filter = {.families = FAMILY(AF_UNIX)}, /* vhost-user */
		},
	[HD_SANDBOX_CONTROL] =
		{
			.name = "heddle-cp",
			.caps = CAP(CAP_NET_ADMIN), /* addresses of host interfaces */
			.filter = {.families = FAMILY(AF_UNIX) | FAMILY(AF_NETLINK)},
		},
	[HD_SANDBOX_MGMT] =
		{
			.name = "heddle-mgmt",
			/* It ends children of its own, and looks users up by what the host has for it. */
			.filter = {.families = FAMILY(AF_UNIX), .signals = true},
		},
	[HD_SANDBOX_SUPERVISOR] =
		{
			.name = "heddled",
			/*
		 * Devices and packet sockets; directories and sockets, and their owners; planes
		 * that are other users, and their end.
		 */
			.caps = CAP(CAP_NET_ADMIN) | CAP(CAP_NET_RAW) | CAP(CAP_CHOWN) |
				CAP(CAP_FOWNER) | CAP(CAP_FSETID) | CAP(CAP_DAC_OVERRIDE) |
				CAP(CAP_SETUID) | CAP(CAP_SETGID) | CAP(CAP_SETPCAP) |
				CAP(CAP_KILL),
			.bounding = true,
			.filter = {.families =
					   FAMILY(AF_UNIX) | FAMILY(AF_NETLINK) | FAMILY(AF_PACKET),
				   .signals = true,
				   .programs = true},
		},
	[HD_SANDBOX_NETNS] =
		{
			.name = "heddled-netns",
			/* The kernel asks of who uses a netlink socket, and of who opened it. */
			.caps = CAP(CAP_SYS_ADMIN) | CAP(CAP_NET_ADMIN) | CAP(CAP_NET_RAW),
			.filter = {.families =
					   FAMILY(AF_UNIX) | FAMILY(AF_NETLINK) | FAMILY(AF_PACKET),
				   .namespaces = true},
		},
};

/* Set by tests/tools/under-valgrind. */
#define VALGRIND_ENV "HEDDLE_TEST_VALGRIND"

/* Set for who shares its user, see keep_out(). */
#define SHARED_ENV "HEDDLE_SHARED_USER"

/* Those of @caps that this process has. */
static uint64_t had(uint64_t caps)
{
	uint64_t found = 0;

	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if ((caps >> cap & 1) && capng_have_capability(CAPNG_PERMITTED, cap))
			found |= 1ull << cap;
	return found;
}

static void add_caps(uint64_t caps, unsigned int sets)
{
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (caps >> cap & 1)
			capng_update(CAPNG_ADD, (capng_type_t)sets, cap);
}

static int keep_caps(uint64_t caps, bool bounding, struct hd_err *err)
{
	capng_select_t sets = CAPNG_SELECT_CAPS;
	uint64_t kept;

	if (capng_get_caps_process() < 0)
		return hd_err_set(err, EPERM, "the capabilities of this process are unknown");
	kept = had(caps);
	/* The bounding set is who has CAP_SETPCAP's to change; without it there is nothing to lose. */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		sets = CAPNG_SELECT_BOTH;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); /* not in a kernel before 4.3 */
	capng_clear(CAPNG_SELECT_BOTH);
	add_caps(kept, CAPNG_EFFECTIVE | CAPNG_PERMITTED | (bounding ? CAPNG_BOUNDING_SET : 0));
	if (capng_apply(sets) < 0)
		return hd_err_set(err, EPERM, "giving up capabilities failed: %s", strerror(errno));
	return 0;
}

static int become(const struct hd_identity *identity, struct hd_err *err)
{
	/* The capabilities stay permitted: what does not belong to the program goes in a moment. */
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
	    setgroups(identity->n_groups, identity->groups) < 0 ||
	    setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
	    setresuid(identity->uid, identity->uid, identity->uid) < 0)
		return hd_err_set(err, errno, "becoming user %u: %s", (unsigned int)identity->uid,
				  strerror(errno));
	if (identity->shared)
		setenv(SHARED_ENV, "1", 1);
	else
		unsetenv(SHARED_ENV);
	return 0;
}

int hd_sandbox_prepare(enum hd_sandbox who, const struct hd_identity *identity, struct hd_err *err)
{
	uint64_t kept;
	int rc;

	if (capng_get_caps_process() < 0)
		return hd_err_set(err, EPERM, "the capabilities of this process are unknown");
	kept = had(rows[who].caps);
	/* What is inheritable has to be in the bounding set when it becomes so, and not after that. */
	add_caps(kept, CAPNG_INHERITABLE);
	if (kept && capng_apply(CAPNG_SELECT_CAPS) < 0)
		return hd_err_set(err, EPERM, "passing capabilities on failed");
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP)) {
		capng_clear(CAPNG_SELECT_BOUNDS);
		if (capng_apply(CAPNG_SELECT_BOUNDS) < 0)
			return hd_err_set(err, EPERM, "emptying the bounding set failed");
	}
	rc = identity ? become(identity, err) : 0;
	if (rc < 0)
		return rc;
	capng_clear(CAPNG_SELECT_CAPS);
	add_caps(kept, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE);
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		return hd_err_set(err, EPERM, "giving up capabilities failed");
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if ((kept >> cap & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return hd_err_set(err, errno, "passing capability %u on: %s", cap,
					  strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return hd_err_set(err, errno, "giving up new privileges: %s", strerror(errno));
	return 0;
}

/* Two planes of the same user must not read each other's memory: what is not dumpable is root's. */
static void keep_out(void)
{
#ifdef HD_SANDBOX_SANITIZER
	return; /* LeakSanitizer reads it from a process of its own */
#endif
	if (getenv(SHARED_ENV))
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int hd_sandbox_enter(enum hd_sandbox who, struct hd_err *err)
{
	int rc;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return hd_err_set(err, errno, "giving up new privileges failed: %s",
				  strerror(errno));
	prctl(PR_SET_NAME, rows[who].name); /* heddled started a descriptor, which has none */
	keep_out();
	rc = keep_caps(rows[who].caps, rows[who].bounding, err);
	if (rc < 0)
		return rc;
	if (getenv(VALGRIND_ENV)) { /* it does not know the call, and would say so */
		hd_log(HD_LOG_WARNING, VALGRIND_ENV " is set: system calls are not filtered");
		return 0;
	}
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
