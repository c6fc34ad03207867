/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plane that was taken over: heddled starts it under the name of a plane, it enters the sandbox of
 * that plane, tries what an attacker would try, each in a process of its own, and writes to stderr
 * what became of it:
 *
 *	heddle-dp: exec: killed by signal 31
 *	heddle-dp: read /etc/shadow: refused: Permission denied
 *	heddle-dp: thread: done
 *	heddle-dp: all tried
 *
 * Other processes are those of the next plane, once it is in its sandbox. Then it waits, and aborts
 * when SIGUSR1 comes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "heddle/base/sandbox.h"

static pid_t victim;

/* Each returns 0 when it got what it wanted, else -1 with errno. */
static int try_exec(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int try_execveat(void)
{
	char *argv[] = {(char *)"true", NULL};
	int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);

	return (int)syscall(SYS_execveat, fd, "", argv, argv, AT_EMPTY_PATH);
}

static int try_ptrace(void)
{
	return (int)ptrace(PTRACE_ATTACH, victim, NULL, NULL);
}

static int try_memory(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)victim);
	return open(path, O_RDWR | O_CLOEXEC);
}

static int try_vm_write(void)
{
	return (int)syscall(SYS_process_vm_writev, victim, NULL, 0, NULL, 0, 0);
}

static int try_kill(void)
{
	return kill(victim, 0);
}

static int try_kill_all(void)
{
	return kill(-1, 0);
}

static int try_pidfd(void)
{
	return (int)syscall(SYS_pidfd_open, victim, 0);
}

static int try_limits(void)
{
	struct rlimit limit;

	return prlimit(victim, RLIMIT_NOFILE, NULL, &limit);
}

static int try_mount(void)
{
	return mount("none", "/mnt", "tmpfs", 0, NULL);
}

static int try_unshare(void)
{
	return unshare(CLONE_NEWUSER);
}

/* Would be a process in a user namespace of its own, with all rights there. */
static int try_clone(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return (int)pid;
}

static int try_setns(void)
{
	return setns(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), CLONE_NEWNET);
}

static int try_bpf(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int try_io_uring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int try_packet_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
}

static int try_internet(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int try_terminal(void)
{
	return ioctl(STDERR_FILENO, TIOCSTI, "x") < 0 && errno == EPERM ? -1 : 0;
}

static int try_shadow(void)
{
	return open("/etc/shadow", O_RDONLY | O_CLOEXEC);
}

static int try_core_pattern(void)
{
	return open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC);
}

static int try_uid(void)
{
	return geteuid() != 0 ? setuid(0) : 0;
}

static void *nothing(void *arg)
{
	return arg;
}

/* What has to go on working. */
static int try_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL) ? -1 : 0;
}

static int try_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static const struct {
	const char *name;
	int (*fn)(void);
} tries[] = {
	{"exec", try_exec},
	{"execveat", try_execveat},
	{"ptrace", try_ptrace},
	{"memory of another process", try_memory},
	{"process_vm_writev", try_vm_write},
	{"kill", try_kill},
	{"kill all", try_kill_all},
	{"pidfd_open", try_pidfd},
	{"limits of another process", try_limits},
	{"mount", try_mount},
	{"unshare", try_unshare},
	{"clone into a namespace", try_clone},
	{"setns", try_setns},
	{"bpf", try_bpf},
	{"io_uring", try_io_uring},
	{"packet socket", try_packet_socket},
	{"internet socket", try_internet},
	{"typing into the terminal", try_terminal},
	{"read /etc/shadow", try_shadow},
	{"write core_pattern", try_core_pattern},
	{"become root", try_uid},
	{"thread", try_thread},
	{"unix socket", try_unix_socket},
};

static void try_one(const char *self, const char *name, int (*fn)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		if (fn() < 0)
			fprintf(stderr, "%s: %s: refused: %s\n", self, name, strerror(errno));
		else
			fprintf(stderr, "%s: %s: done\n", self, name);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		fprintf(stderr, "%s: %s: fork: %s\n", self, name, strerror(errno));
	else if (WIFSIGNALED(status))
		fprintf(stderr, "%s: %s: killed by signal %d\n", self, name, WTERMSIG(status));
}

/* A line of a process's status, as a number. */
static int status_number(int pid, const char *key)
{
	char path[64], line[256];
	int value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			sscanf(line + strlen(key), "%d", &value);
	if (file)
		fclose(file);
	return value;
}

/* A process of the same heddled that is in its sandbox already. */
static pid_t neighbour(void)
{
	const struct dirent *entry;
	pid_t found = 0;
	DIR *proc;

	while (!found) {
		proc = opendir("/proc");
		while (proc && !found && (entry = readdir(proc))) {
			int pid = atoi(entry->d_name);

			if (pid > 0 && pid != getpid() &&
			    status_number(pid, "PPid:") == getppid() &&
			    status_number(pid, "Seccomp:") == 2)
				found = pid;
		}
		if (proc)
			closedir(proc);
		usleep(10000);
	}
	return found;
}

static void on_signal(int sig)
{
}

int main(int argc, char **argv)
{
	const char *self = strrchr(argv[0], '/');
	enum hd_sandbox who = HD_SANDBOX_MGMT;
	struct hd_err err = {0};

	self = self ? self + 1 : argv[0];
	if (!strcmp(self, "heddle-dp"))
		who = HD_SANDBOX_DATA;
	else if (!strcmp(self, "heddle-cp"))
		who = HD_SANDBOX_CONTROL;
	hd_log_init(self);
	signal(SIGUSR1, on_signal);
	if (hd_sandbox_enter(who, &err) < 0) {
		fprintf(stderr, "%s: %s\n", self, err.text);
		return 1;
	}
	victim = neighbour();
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		try_one(self, tries[i].name, tries[i].fn);
	fprintf(stderr, "%s: all tried\n", self);
	pause();
	abort();
}
