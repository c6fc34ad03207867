/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * confine SYSCALL... -- COMMAND [ARGUMENT...]
 *
 * Runs the command as a unit of systemd would with SystemCallFilter= (these calls, else EPERM),
 * RestrictSUIDSGID=, MemoryDenyWriteExecute= and NoNewPrivileges=: where systemd itself does not run.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <seccomp.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE              65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

static int allow(char **names)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = 0;

	for (; *names && strcmp(*names, "--") != 0 && rc == 0; names++) {
		int number = seccomp_syscall_resolve_name(*names);

		if (number >= 0)
			rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, number, 0);
	}
	return rc == 0 ? seccomp_load(ctx) : rc;
}

/* Modes with these bits, wherever a call takes one. */
static int refuse_bits(void)
{
	static const struct {
		int call;
		unsigned int arg;
	} calls[] = {
		{SCMP_SYS(chmod), 1},   {SCMP_SYS(fchmod), 1},  {SCMP_SYS(fchmodat), 2},
		{SCMP_SYS(mkdir), 1},   {SCMP_SYS(mkdirat), 2}, {SCMP_SYS(open), 2},
		{SCMP_SYS(openat), 3},  {SCMP_SYS(creat), 1},   {SCMP_SYS(mknod), 1},
		{SCMP_SYS(mknodat), 2},
	};
	static const unsigned int bits[] = {S_ISUID, S_ISGID};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int rc = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (size_t bit = 0; bit < 2 && rc == 0; bit++)
			rc = seccomp_rule_add(
				ctx, SCMP_ACT_ERRNO(EPERM), calls[i].call, 1,
				SCMP_CMP(calls[i].arg, SCMP_CMP_MASKED_EQ, bits[bit], bits[bit]));
	return rc == 0 ? seccomp_load(ctx) : rc;
}

int main(int argc, char **argv)
{
	char **command = argv + 1;

	while (*command && strcmp(*command, "--") != 0)
		command++;
	if (!*command || !command[1])
		return 2;
	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) < 0)
		fprintf(stderr, "confine: this kernel has no PR_SET_MDWE: not tried\n");
	if (refuse_bits() < 0 || allow(argv + 1) < 0) {
		fprintf(stderr, "confine: a filter could not be installed\n");
		return 1;
	}
	execv(command[1], command + 1);
	perror(command[1]);
	return 127;
}
