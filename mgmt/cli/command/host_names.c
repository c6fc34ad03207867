/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of what the machine has, for completion.
 */
#include <dirent.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mgmt/cli/command/names.h"

#define NETNS_DIR "/run/netns" /* where ip netns keeps them */

static void tell_namespaces(void (*fn)(void *arg, const char *name), void *arg)
{
	struct dirent **list;
	int n = scandir(NETNS_DIR, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			fn(arg, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static bool is_tap(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/net/%s/tun_flags", name);
	return access(path, F_OK) == 0;
}

/* The interface of the host's own traffic is no end of a cable. */
static bool is_loopback(const char *name)
{
	return strcmp(name, "lo") == 0;
}

static void tell_devices(bool taps, void (*fn)(void *arg, const char *name), void *arg)
{
	struct if_nameindex *list = if_nameindex();

	for (struct if_nameindex *i = list; i && i->if_name; i++)
		if (taps ? is_tap(i->if_name) : !is_loopback(i->if_name))
			fn(arg, i->if_name);
	if (list)
		if_freenameindex(list);
}

void cli_host_names(const char *what, void (*fn)(void *arg, const char *name), void *arg)
{
	if (strcmp(what, "namespaces") == 0)
		tell_namespaces(fn, arg);
	else if (strcmp(what, "devices") == 0 || strcmp(what, "taps") == 0)
		tell_devices(*what == 't', fn, arg);
}
