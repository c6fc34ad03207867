/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks of the machine: permission, devices, memory, CPUs.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mgmt/cli/doctor/doctor.h"

#define HUGE_DIR "/sys/kernel/mm/hugepages/hugepages-2048kB"

static bool has_cap(const struct doctor *d, unsigned int cap)
{
	return d->caps >> cap & 1;
}

static void check_userns(struct doctor *d)
{
	long clone = doctor_number(d, "/proc/sys/kernel/unprivileged_userns_clone", 1);
	long max = doctor_number(d, "/proc/sys/user/max_user_namespaces", 0);

	if (clone == 0)
		doctor_report(d, DOCTOR_WARNING, "user namespaces",
			      cli_strdup("sudo sysctl -w kernel.unprivileged_userns_clone=1"),
			      "ordinary users may not make them: a switch needs root then");
	else if (max == 0)
		doctor_report(d, DOCTOR_WARNING, "user namespaces",
			      cli_strdup("sudo sysctl -w user.max_user_namespaces=15000"),
			      "none may be made: a switch needs root then");
	else
		doctor_report(d, DOCTOR_OK, "user namespaces", NULL,
			      "an ordinary user can try a switch in one: unshare -Urnm");
}

void doctor_check_permission(struct doctor *d)
{
	bool admin = has_cap(d, CAP_NET_ADMIN), raw = has_cap(d, CAP_NET_RAW);

	if (admin && raw) {
		doctor_report(d, DOCTOR_OK, "permission", NULL, "%s",
			      d->uid == 0 ? "root" : "CAP_NET_ADMIN and CAP_NET_RAW");
	} else {
		bool needed = (!admin && d->n_tap) || (!raw && (d->n_af_packet || d->n_vm_tap));

		doctor_report(
			d, needed ? DOCTOR_PROBLEM : DOCTOR_WARNING, "permission",
			cli_strdup("sudo heddled ..., or as an ordinary user in a namespace of "
				   "its own: unshare -Urnm heddled ..."),
			"no %s: ports of kind %s cannot be opened",
			admin ? "CAP_NET_RAW" : "CAP_NET_ADMIN", admin ? "af-packet" : "tap");
	}
	if (d->uid != 0)
		check_userns(d);
}

void doctor_check_devices(struct doctor *d)
{
	char *path = doctor_path(d, "/dev/net/tun");
	enum doctor_level level = d->n_tap ? DOCTOR_PROBLEM : DOCTOR_WARNING;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		doctor_report(d, DOCTOR_OK, "/dev/net/tun", NULL, "can be opened");
	else if (errno == ENOENT)
		doctor_report(
			d, level, "/dev/net/tun",
			cli_strdup("sudo modprobe tun  (in a container: --device /dev/net/tun)"),
			"is not there: tap ports cannot be opened");
	else if (errno == ENODEV || errno == ENXIO)
		doctor_report(d, level, "/dev/net/tun", cli_strdup("sudo modprobe tun"),
			      "the kernel has no tun module loaded");
	else
		doctor_report(d, level, "/dev/net/tun", cli_strdup("sudo chmod 0666 /dev/net/tun"),
			      "cannot be opened: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
}

static void check_hugepages(struct doctor *d)
{
	long total = doctor_number(d, HUGE_DIR "/nr_hugepages", -1);
	long unused = doctor_number(d, HUGE_DIR "/free_hugepages", 0);
	long need = (long)(d->memory_mb + 1) / 2;
	char *mend;

	if (d->hugepages == DOCTOR_HUGE_NO) {
		doctor_report(d, DOCTOR_OK, "hugepages", NULL, "not wanted (--hugepages no)");
		return;
	}
	if (total >= 0 && unused >= need) {
		doctor_report(d, DOCTOR_OK, "hugepages", NULL,
			      "%ld of 2 MB are free, %ld are needed; no mount is needed", unused,
			      need);
		return;
	}
	if (total < 0) {
		doctor_report(d, d->hugepages == DOCTOR_HUGE_YES ? DOCTOR_PROBLEM : DOCTOR_OK,
			      "hugepages", NULL,
			      "the kernel has none of 2 MB; the switch runs without (slower)");
		return;
	}
	mend = cli_asprintf("echo %ld | sudo tee " HUGE_DIR "/nr_hugepages", total - unused + need);
	doctor_report(d, d->hugepages == DOCTOR_HUGE_YES ? DOCTOR_PROBLEM : DOCTOR_WARNING,
		      "hugepages", mend, "%ld of 2 MB are free, %ld are needed for --memory %lu%s",
		      unused, need, d->memory_mb,
		      d->hugepages == DOCTOR_HUGE_YES ? "" : "; without them it runs, but slower");
}

static long mem_available_mb(const struct doctor *d)
{
	char *path = doctor_path(d, "/proc/meminfo");
	FILE *file = fopen(path, "re");
	char text[256];
	long kb = -1;

	free(path);
	while (file && fgets(text, sizeof(text), file))
		if (sscanf(text, "MemAvailable: %ld kB", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb < 0 ? -1 : kb / 1024;
}

static void check_memlock(struct doctor *d)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return;
	if (d->uid == 0 || limit.rlim_cur == RLIM_INFINITY ||
	    limit.rlim_cur >= (rlim_t)d->memory_mb << 20)
		doctor_report(d, DOCTOR_OK, "memory lock limit", NULL, "%s",
			      d->uid == 0 ? "root is not limited" : "is large enough");
	else
		doctor_report(d, DOCTOR_WARNING, "memory lock limit",
			      cli_strdup("ulimit -l unlimited  (systemd: LimitMEMLOCK=infinity)"),
			      "is %llu MB; kinds of ports that lock memory need %lu MB",
			      (unsigned long long)limit.rlim_cur >> 20, d->memory_mb);
}

void doctor_check_memory(struct doctor *d)
{
	long mb = mem_available_mb(d);
	unsigned long need = d->memory_mb + 128; /* the programs themselves */

	check_hugepages(d);
	if (mb >= 0 && (unsigned long)mb < need)
		doctor_report(d, DOCTOR_PROBLEM, "memory",
			      cli_asprintf("heddled --memory %ld", mb > 192 ? mb - 128 : 64),
			      "%ld MB are available, about %lu MB are needed", mb, need);
	else if (mb >= 0)
		doctor_report(d, DOCTOR_OK, "memory", NULL, "%ld MB are available", mb);
	check_memlock(d);
}

int doctor_cpu_list(const char *list, bool cpus[1024])
{
	int n = 0;

	memset(cpus, 0, 1024 * sizeof(*cpus));
	while (*list) {
		char *end;
		long from = strtol(list, &end, 10), to = from;

		if (end == list)
			return -1;
		if (*end == '-') {
			list = end + 1;
			to = strtol(list, &end, 10);
		}
		if (end == list || from < 0 || to < from || to >= 1024 || (*end && *end != ','))
			return -1;
		for (; from <= to; from++) {
			n += !cpus[from];
			cpus[from] = true;
		}
		list = *end ? end + 1 : end;
	}
	return n;
}

static int usable_cpus(bool cpus[1024])
{
	cpu_set_t set;
	int n = 0;

	memset(cpus, 0, 1024 * sizeof(*cpus));
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 0;
	for (int i = 0; i < CPU_SETSIZE && i < 1024; i++) {
		cpus[i] = CPU_ISSET(i, &set);
		n += cpus[i];
	}
	return n;
}

static void check_chosen_cpus(struct doctor *d, const bool usable[1024])
{
	bool chosen[1024], isolated[1024];
	char text[256];
	int n = doctor_cpu_list(d->cpus, chosen), outside = 0, shared = 0;

	if (n < 0) {
		doctor_report(d, DOCTOR_PROBLEM, "cpus", NULL,
			      "--cpus %s is not a list of CPUs, such as 2,4-6", d->cpus);
		return;
	}
	doctor_read(d, "/sys/devices/system/cpu/isolated", text, sizeof(text));
	doctor_cpu_list(text, isolated);
	for (int i = 0; i < 1024; i++) {
		outside += chosen[i] && !usable[i];
		shared += chosen[i] && !isolated[i];
	}
	if (outside)
		doctor_report(d, DOCTOR_PROBLEM, "cpus", NULL,
			      "%d of the CPUs in --cpus %s cannot be used by this process", outside,
			      d->cpus);
	else if ((unsigned long)n != d->workers)
		doctor_report(d, DOCTOR_PROBLEM, "cpus",
			      cli_asprintf("heddled --workers %d --cpus %s", n, d->cpus),
			      "%d CPUs are named for %lu workers: one each is needed", n,
			      d->workers);
	else if (shared)
		doctor_report(
			d, DOCTOR_OK, "cpus", NULL,
			"%d chosen, %d of them shared with other programs (for steady latency "
			"isolate them: isolcpus=%s on the kernel's command line)",
			n, shared, d->cpus);
	else
		doctor_report(d, DOCTOR_OK, "cpus", NULL, "%d chosen, all isolated", n);
}

/* In a container: "200000 100000" means two CPUs' worth of time. */
static void check_quota(struct doctor *d)
{
	unsigned long quota, period;
	char text[64];

	if (!doctor_read(d, "/sys/fs/cgroup/cpu.max", text, sizeof(text)) ||
	    sscanf(text, "%lu %lu", &quota, &period) != 2 || !period)
		return;
	if (quota / period < d->workers + 1)
		doctor_report(
			d, DOCTOR_WARNING, "cpu quota", NULL,
			"the container gets %lu.%lu CPUs: %lu workers that poll are throttled, "
			"and packets wait meanwhile",
			quota / period, quota * 10 / period % 10, d->workers);
}

void doctor_check_cpus(struct doctor *d)
{
	bool usable[1024];
	int n = usable_cpus(usable);

	if ((unsigned long)n < d->workers)
		doctor_report(d, DOCTOR_WARNING, "cpus", cli_asprintf("heddled --workers %d", n),
			      "%lu workers share %d CPUs: it works, but slower than with fewer",
			      d->workers, n);
	else if (d->cpus)
		check_chosen_cpus(d, usable);
	else
		doctor_report(d, DOCTOR_OK, "cpus", NULL, "%d for %lu worker%s", n, d->workers,
			      d->workers == 1 ? "" : "s");
	check_quota(d);
}
