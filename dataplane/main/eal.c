/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "heddle/base/log.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/options.h"
#include "dataplane/core/worker.h"
#include "dataplane/main/eal.h"

#define MEMORY_DEFAULT_MB 256
#define HUGE_DIR          "/sys/kernel/mm/hugepages/hugepages-2048kB"
#define POOL_CACHE        256
#define BIG_POOL_CACHE    32
#define BIG_POOL_SIZE     1024 /* segments of 32 KB */
#define BIG_POOL_REPLAY   64
#define POOL_MAX          262143
#define POOL_DEFAULT      32767
#define FRAME_BYTES_HUGE  2560 /* mbuf, headroom, room, and the pool's header */
#define FRAME_BYTES_PAGE  4160
#define EAL_ARGS_MAX      24

static struct rte_mempool *pool, *big_pool;

struct rte_mempool *dp_eal_pool(void)
{
	return pool;
}

struct rte_mempool *dp_eal_big_pool(void)
{
	return big_pool;
}

static long read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	long v = -1;

	if (f) {
		if (fscanf(f, "%ld", &v) != 1)
			v = -1;
		fclose(f);
	}
	return v;
}

static unsigned int memory_mb(void)
{
	return dp_options()->memory_mb ? dp_options()->memory_mb : MEMORY_DEFAULT_MB;
}

/*
 * Hugepages are used when they are there. EAL's own complaint would be long and name no command, so
 * what it needs is looked at first.
 */
static int want_huge(bool *huge, struct hd_err *err)
{
	long free_pages = read_number(HUGE_DIR "/free_hugepages");
	long need = (memory_mb() + 1) / 2;

	*huge = dp_options()->hugepages != DP_HUGEPAGES_NO && !dp_options()->replay &&
		free_pages >= need;
	if (dp_options()->hugepages != DP_HUGEPAGES_YES || *huge)
		return 0;
	return hd_err_set(
		err, ENOMEM,
		"%ld free hugepages of 2 MB, %ld are needed for --memory %u: "
		"echo %ld | sudo tee " HUGE_DIR "/nr_hugepages",
		free_pages < 0 ? 0 : free_pages, need, memory_mb(),
		(free_pages < 0 ? 0 : read_number(HUGE_DIR "/nr_hugepages") - free_pages) + need);
}

/* The CPUs of the workers: as told, else the last of those that we may use. */
static int choose_cpus(int *cpu, unsigned int n, struct hd_err *err)
{
	const char *list = dp_options()->cpus;
	unsigned int found = 0;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return hd_err_set(err, errno, "the CPUs of this process are unknown");
	for (const char *p = list; p && *p && found < n;) {
		char *end;
		long from = strtol(p, &end, 10), to = from;

		if (end != p && *end == '-')
			to = strtol(p = end + 1, &end, 10);
		if (end == p || (*end && *end != ',') || from < 0 || to < from || to >= CPU_SETSIZE)
			return hd_err_set(err, EINVAL, "'%s' is not a list of CPUs such as 2,4-6",
					  list);
		for (; from <= to && found < n; from++) {
			if (!CPU_ISSET(from, &set))
				return hd_err_set(err, EINVAL,
						  "CPU %ld is not one that this process may use",
						  from);
			cpu[found++] = (int)from;
		}
		p = *end ? end + 1 : end;
	}
	if (list && found < n)
		return hd_err_set(err, EINVAL, "%u CPUs for %u workers: name one for each", found,
				  n);
	for (int c = CPU_SETSIZE - 1; !list && c >= 0 && found < n; c--)
		if (CPU_ISSET(c, &set))
			cpu[found++] = c;
	/* More workers than CPUs: they share; slow, but right. */
	for (unsigned int i = 0; found && found < n; i++)
		cpu[found++] = cpu[i];
	return found ? 0 : hd_err_set(err, EINVAL, "no CPU is left for the workers");
}

/* "0@(all),1@3,2@2": lcore 0 is the control thread, on any CPU. */
static int lcores(char *text, size_t size, struct hd_err *err)
{
	unsigned int n = dp_options()->replay ? 0 : dp_options()->workers;
	int cpu[DP_WORKERS_MAX];
	size_t len = 0;
	cpu_set_t set;
	int rc;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return hd_err_set(err, errno, "the CPUs of this process are unknown");
	len += snprintf(text + len, size - len, "0@(");
	for (int c = 0, first = 1; c < CPU_SETSIZE && len < size; c++)
		if (CPU_ISSET(c, &set)) {
			len += snprintf(text + len, size - len, first ? "%d" : ",%d", c);
			first = 0;
		}
	if (len < size)
		len += snprintf(text + len, size - len, ")");
	rc = n ? choose_cpus(cpu, n, err) : 0;
	for (unsigned int i = 0; !rc && i < n && len < size; i++)
		len += snprintf(text + len, size - len, ",%u@%d", i + 1, cpu[i]);
	return rc ? rc : len < size ? 0 : hd_err_set(err, E2BIG, "too many CPUs");
}

/*
 * EAL makes a folder for files that we do not have, in a place that others than root share and that any of
 * them may have taken. It gets one of our own, for as long as it starts.
 */
static char runtime_dir[] = "/tmp/heddle-dp.XXXXXX";

static void runtime_dir_make(void)
{
	if (geteuid() != 0 && mkdtemp(runtime_dir))
		setenv("XDG_RUNTIME_DIR", runtime_dir, 1);
}

static void runtime_dir_remove(const char *prefix)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/dpdk/%s", runtime_dir, prefix);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/dpdk", runtime_dir);
	rmdir(path);
	rmdir(runtime_dir);
}

static int start_eal(bool huge, struct hd_err *err)
{
	static char memory[16], map[4096], prefix[64];
	char *argv[EAL_ARGS_MAX];
	int argc = 0, rc = lcores(map, sizeof(map), err);

	if (rc)
		return rc;
	snprintf(memory, sizeof(memory), "%u", memory_mb());
	snprintf(prefix, sizeof(prefix), "heddle-%d", getpid());
	argv[argc++] = (char *)"heddle-dp";
	argv[argc++] = (char *)"--no-pci";
	argv[argc++] = (char *)"--no-telemetry";
	argv[argc++] = (char *)(huge ? "--in-memory" : "--no-huge");
	if (!huge)
		argv[argc++] = (char *)"--no-shconf";
	argv[argc++] = (char *)"--file-prefix";
	argv[argc++] = prefix;
	argv[argc++] = (char *)"-m";
	argv[argc++] = memory;
	argv[argc++] = (char *)"--lcores";
	argv[argc++] = map;
	argv[argc++] = (char *)"--log-level";
	argv[argc++] = (char *)"*:error";
	argv[argc] = NULL;
	runtime_dir_make();
	rc = rte_eal_init(argc, argv);
	runtime_dir_remove(prefix);
	if (rc < 0)
		return hd_err_set(
			err, rte_errno ? rte_errno : EINVAL,
			"DPDK's environment did not start (%s); `heddle doctor` looks for why",
			rte_strerror(rte_errno));
	return 0;
}

static struct rte_mempool *make_pool(const char *name, unsigned int n, unsigned int cache,
				     unsigned int room)
{
	return rte_pktmbuf_pool_create(name, n, cache, 0, room + RTE_PKTMBUF_HEADROOM,
				       SOCKET_ID_ANY);
}

/*
 * How many frames fit: an ordinary page takes one, as a frame does not cross pages; in huge pages
 * they lie side by side.
 */
static unsigned int pool_size(bool huge, unsigned int big)
{
	uint64_t bytes = (uint64_t)memory_mb() << 20;
	uint64_t left = bytes - bytes / 8 - (uint64_t)big * (DP_BIG_ROOM + 512);
	uint64_t n =
		RTE_MIN(left / (huge ? FRAME_BYTES_HUGE : FRAME_BYTES_PAGE), (uint64_t)POOL_MAX);

	/* Without a word about memory: enough, and not more start-up than need be. */
	return (unsigned int)(dp_options()->memory_mb ? n : RTE_MIN(n, (uint64_t)POOL_DEFAULT));
}

static int make_pools(bool huge, struct hd_err *err)
{
	unsigned int big = dp_options()->replay ? BIG_POOL_REPLAY : BIG_POOL_SIZE;

	if (dp_meta_init() < 0)
		return hd_err_set(err, rte_errno, "no room for packet metadata");
	pool = make_pool("frames", pool_size(huge, big), POOL_CACHE, DP_FRAME_ROOM);
	big_pool = make_pool("segments", big, BIG_POOL_CACHE, DP_BIG_ROOM);
	if (!pool || !big_pool)
		return hd_err_set(
			err, ENOMEM,
			"%u MB do not hold the packet pools; start heddled with --memory %u",
			memory_mb(), memory_mb() * 2);
	return 0;
}

int dp_eal_start(struct hd_err *err)
{
	bool huge;
	int rc = want_huge(&huge, err);

	if (!rc)
		rc = start_eal(huge, err);
	if (!rc)
		rc = make_pools(huge, err);
	if (!rc && !dp_options()->replay)
		hd_log(HD_LOG_INFO, "%u MB in %s pages, %u worker%s", memory_mb(),
		       huge ? "huge" : "ordinary", dp_options()->workers,
		       dp_options()->workers == 1 ? "" : "s");
	return rc;
}

void dp_eal_stop(void)
{
	rte_eal_cleanup();
}
