/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mgmt/netconf/bounds.h"

#define NICE 5

#if defined(__SANITIZE_ADDRESS__)
/* Shadow memory makes address space a measure of nothing. */
static void limit_memory(const struct nc_limits *limits)
{
}

bool nc_bounds_memory_short(const struct nc_limits *limits)
{
	return false;
}
#else
/* Of address space, in kB: the row @name of /proc/self/status. 0 when it cannot be read. */
static unsigned long status_kb(const char *name)
{
	FILE *status = fopen("/proc/self/status", "re");
	unsigned long kb = 0;
	char line[128], format[32];

	snprintf(format, sizeof(format), "%s: %%lu kB", name);
	while (status && !kb && fgets(line, sizeof(line), status))
		sscanf(line, format, &kb);
	if (status)
		fclose(status);
	return kb;
}

static void limit_memory(const struct nc_limits *limits)
{
	unsigned long kb = status_kb("VmSize");
	struct rlimit limit = {.rlim_cur = ((rlim_t)kb + limits->read_mb * 1024ul) * 1024};

	limit.rlim_max = limit.rlim_cur;
	if (kb)
		setrlimit(RLIMIT_AS, &limit);
}

bool nc_bounds_memory_short(const struct nc_limits *limits)
{
	unsigned long peak = status_kb("VmPeak");
	struct rlimit limit;

	if (!peak || getrlimit(RLIMIT_AS, &limit) < 0)
		return true;
	return peak + limits->read_mb * 1024ul * 3 / 4 > limit.rlim_cur / 1024;
}
#endif

void nc_bounds_set(const struct nc_limits *limits, bool polite)
{
	struct rlimit cpu = {limits->read_cpu_s, limits->read_cpu_s + 1}, none = {0, 0};

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &none);
	limit_memory(limits);
	if (polite && nice(NICE) < 0)
		errno = 0; /* it need not be */
}
