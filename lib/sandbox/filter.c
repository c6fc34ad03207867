/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Filters of system calls. docs/decisions/0005 has the reasons.
 *
 * There are two filters, and the stricter result counts. The first lists the calls that are
 * allowed. Other calls fail with ENOSYS, so that a library tries another way; calls that only an
 * attacker makes end the process, so that people see the attack. The second checks arguments.
 */
#define _GNU_SOURCE
#include "lib/sandbox/filter.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <seccomp.h>

#define FAMILIES   46 /* AF_MAX of the kernel that this was written with */
#define LOW(value) SCMP_CMP_MASKED_EQ, 0xffffffffu, (value)

/* Names that an architecture does not have are passed over. */
static const char allowed[] =
	/* memory */
	"brk madvise mbind membarrier memfd_create mincore mlock mlock2 mlockall mmap "
	"mmap2 mprotect mremap msync munlock munlockall munmap get_mempolicy "
	"set_mempolicy move_pages migrate_pages set_mempolicy_home_node "
	/* threads, children, time */
	"arch_prctl clock_getres clock_gettime clock_nanosleep clone exit exit_group fork "
	"futex futex_waitv get_robust_list getcpu gettid gettimeofday nanosleep pause "
	"prctl restart_syscall rseq sched_get_priority_max sched_get_priority_min "
	"sched_getaffinity sched_getattr sched_getparam sched_getscheduler "
	"sched_setaffinity sched_yield set_robust_list set_tid_address time times vfork "
	"wait4 waitid getitimer setitimer alarm timer_create timer_delete "
	"timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime "
	"timerfd_settime "
	/* signals: to whom is looked at below */
	"kill tgkill rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend "
	"rt_sigtimedwait sigaltstack sigreturn signalfd signalfd4 "
	/* who we are */
	"capget capset getegid geteuid getgid getgroups getpgid getpgrp getpid getppid "
	"getpriority getresgid getresuid getrlimit getrusage getsid getuid prlimit64 "
	"setpgid setpriority setrlimit setsid sysinfo ugetrlimit umask uname getrandom "
	"seccomp "
	/* files */
	"_llseek access chdir chmod chown close close_range copy_file_range creat dup "
	"dup2 dup3 faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat "
	"fchmodat2 fchown fchownat fcntl fcntl64 fdatasync fgetxattr fsetxattr flock fstat fstat64 "
	"fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 getcwd getdents "
	"getdents64 getxattr setxattr ioctl lchown lgetxattr link linkat lseek lstat lstat64 mkdir "
	"mkdirat newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev "
	"pwritev2 read readahead readlink readlinkat readv rename renameat renameat2 "
	"rmdir sendfile splice stat stat64 statfs statfs64 statx symlink symlinkat sync "
	"sync_file_range syncfs tee truncate truncate64 unlink unlinkat utime utimensat "
	"utimes write writev "
	/* waiting */
	"_newselect epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 "
	"epoll_wait eventfd eventfd2 inotify_add_watch inotify_init inotify_init1 "
	"inotify_rm_watch io_destroy io_setup io_submit poll ppoll pselect6 select "
	/* sockets and pipes: which families is looked at below */
	"accept accept4 bind connect getpeername getsockname getsockopt listen pipe pipe2 "
	"recv recvfrom recvmmsg recvmsg send sendmmsg sendmsg sendto setsockopt shutdown "
	"socket socketpair "
#ifdef HD_SANDBOX_SANITIZER /* LeakSanitizer stops the threads and reads their registers */
	"ptrace process_vm_readv personality tkill "
#endif
	;

/* No library makes these on a way of its own: somebody else gives the orders. */
static const char attacks[] =
	"acct bpf chroot clock_settime delete_module finit_module fsconfig fsmount fsopen "
	"fspick init_module kexec_file_load kexec_load mount mount_setattr move_mount "
	"open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root "
	"process_vm_writev reboot settimeofday swapoff swapon umount2 unshare "
#ifndef HD_SANDBOX_SANITIZER
	"process_vm_readv ptrace "
#endif
	;

/* Attacks, but for the process whose work they are. */
static const char starting[] = "execve execveat setgroups setresgid setresuid setuid setgid ";
static const char entering[] = "setns ";

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* @names: with a blank behind each. */
static int add_names(scmp_filter_ctx ctx, const char *names, uint32_t action)
{
	char name[32];
	int rc = 0, used;

	while (rc == 0 && sscanf(names, "%31s %n", name, &used) == 1) {
		int number = seccomp_syscall_resolve_name(name);

		names += used;
		if (number >= 0) /* negative: this architecture has no such call */
			rc = seccomp_rule_add(ctx, action, number, 0);
	}
	return rc;
}

static int make_list(scmp_filter_ctx ctx, const struct filter *filter)
{
	int rc = add_names(ctx, allowed, SCMP_ACT_ALLOW);

	if (rc == 0)
		rc = add_names(ctx, attacks, SCMP_ACT_KILL_PROCESS);
	if (rc == 0)
		rc = add_names(ctx, starting,
			       filter->programs ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);
	if (rc == 0)
		rc = add_names(ctx, entering,
			       filter->namespaces ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);
	return rc;
}

static int refuse(scmp_filter_ctx ctx, int code, int call, struct scmp_arg_cmp arg)
{
	return seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(code), call, 1, &arg);
}

static int refuse_families(scmp_filter_ctx ctx, uint64_t families)
{
	int rc = refuse(ctx, EAFNOSUPPORT, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_GE, FAMILIES));

	for (unsigned int family = 0; family < FAMILIES && rc == 0; family++)
		if (!(families >> family & 1))
			rc = refuse(ctx, EAFNOSUPPORT, SCMP_SYS(socket), SCMP_A0(LOW(family)));
	return rc;
}

/* A thread is started by clone() too, a namespace is not. (clone3() does not exist: see above.) */
static int refuse_namespaces(scmp_filter_ctx ctx)
{
	static const unsigned long flags[] = {CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS,
					      CLONE_NEWIPC, CLONE_NEWUSER,   CLONE_NEWPID,
					      CLONE_NEWNET};
	int rc = 0;

	for (size_t i = 0; i < COUNT(flags) && rc == 0; i++)
		rc = refuse(ctx, EPERM, SCMP_SYS(clone),
			    SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
	return rc;
}

/* abort() and the like are signals, too: of the process to itself. */
static int refuse_signals(scmp_filter_ctx ctx, bool others)
{
	scmp_datum_t self = (scmp_datum_t)getpid();
	int rc;

	if (others) /* but not to all that it can reach */
		return refuse(ctx, EPERM, SCMP_SYS(kill), SCMP_A0(LOW(0xffffffffu)));
	rc = refuse(ctx, EPERM, SCMP_SYS(kill), SCMP_A0(SCMP_CMP_NE, self));
	return rc ? rc : refuse(ctx, EPERM, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_NE, self));
}

static int make_arguments(scmp_filter_ctx ctx, const struct filter *filter)
{
	int rc = refuse_families(ctx, filter->families);

	if (rc == 0)
		rc = refuse_namespaces(ctx);
	if (rc == 0)
		rc = refuse_signals(ctx, filter->signals);
	/* Typing into the terminal that heddled was started on. */
	if (rc == 0)
		rc = refuse(ctx, EPERM, SCMP_SYS(ioctl), SCMP_A1(LOW(TIOCSTI)));
	if (rc == 0)
		rc = refuse(ctx, EPERM, SCMP_SYS(ioctl), SCMP_A1(LOW(TIOCLINUX)));
	/* Another process's limits. */
	if (rc == 0)
		rc = refuse(ctx, EPERM, SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_NE, 0));
	return rc;
}

/* Takes the context, and the result of filling it. */
static int load(scmp_filter_ctx ctx, int rc, struct hd_err *err)
{
	/* A tree of numbers instead of one comparison after the other. */
	if (rc == 0)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	/* The kernel's own answer, where it refuses: ENOSYS and EINVAL are kernels without. */
	if (rc == 0)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc == -ENOSYS || rc == -EINVAL)
		return -ENOSYS;
	return rc < 0 ? hd_err_set(err, -rc, "a filter of system calls: %s", strerror(-rc)) : 0;
}

int filter_install(const struct filter *filter, struct hd_err *err)
{
	scmp_filter_ctx list = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	scmp_filter_ctx arguments = seccomp_init(SCMP_ACT_ALLOW);
	int rc;

	if (!list || !arguments) {
		seccomp_release(list);
		seccomp_release(arguments);
		return hd_err_set(err, ENOMEM, "out of memory");
	}
	rc = load(arguments, make_arguments(arguments, filter), err);
	if (rc < 0) {
		seccomp_release(list);
		return rc;
	}
	return load(list, make_list(list, filter), err);
}
