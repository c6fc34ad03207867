/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deletes TAPs that an earlier heddled of this run directory left and no port has asked for. TAPs
 * of disabled ports are kept.
 */
#include "supervisor/opener_int.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/socket.h>

#include "heddle/base/log.h"
#include "supervisor/names_core.h"

#define STEP_NAMESPACES 8 /* looked at in one turn of the loop */

struct orphans {
	DIR *dir; /* of the namespaces; NULL: there is none */
	struct event *step;
};

struct look {
	struct opener *opener;
	const struct netns *netns;
	const char *name;
};

static void on_link(const struct rtnl_link *link, void *arg)
{
	const struct look *look = arg;
	struct opener *opener = look->opener;
	const struct netns *netns = look->netns;
	bool vm;

	if (!link->is_tap || !tap_mark_ours(opener->dirs->run, link->alias, &vm) ||
	    opener_cache_knows(opener, netns, look->name, link) ||
	    closer_has(opener->closer, netns->dev, netns->ino, link->ifindex) ||
	    opener_cache_adopt(opener, netns, look->name, link, vm))
		return;
	if (vm && link->carrier) {
		hd_log(HD_LOG_NOTICE,
		       "TAP %s is of no port, and a VM has it open: ip link del %s when the VM "
		       "needs it no longer",
		       link->name, link->name);
		return;
	}
	hd_log(HD_LOG_NOTICE, "TAP %s is of no port any more: deleted", link->name);
	opener_device_remove(opener, netns, link->ifindex, link->name, vm);
}

/* @name: of a namespace, empty: ours. */
static void look_into(struct opener *opener, const char *name)
{
	struct nl_sock *rtnl = NULL;
	struct netns netns;
	struct look look = {opener, &netns, name};

	if (netns_open(&netns, opener->settings->netns_dir, name, NULL) < 0)
		return;
	rtnl = rtnl_open(&netns, NULL);
	if (rtnl)
		rtnl_each(rtnl, on_link, &look);
	nl_socket_free(rtnl);
	netns_close(&netns);
}

static void on_step(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval soon = {.tv_usec = 1000};
	struct heddled *heddled = arg;
	struct orphans *orphans = heddled->opener->orphans;
	const struct dirent *entry;

	(void)fd;
	(void)what;
	for (int i = 0; orphans->dir && i < STEP_NAMESPACES; i++) {
		entry = readdir(orphans->dir);
		if (!entry) {
			closedir(orphans->dir);
			orphans->dir = NULL;
		} else if (hd_name_valid(entry->d_name, HD_NAME_MAX)) {
			look_into(heddled->opener, entry->d_name);
		}
	}
	if (orphans->dir)
		event_add(orphans->step, &soon);
}

void opener_orphans_find(struct heddled *heddled)
{
	struct opener *opener = heddled->opener;
	struct orphans *orphans;

	if (opener->orphans)
		return;
	orphans = calloc(1, sizeof(*orphans));
	if (!orphans)
		return;
	opener->orphans = orphans;
	orphans->step = evtimer_new(heddled->base, on_step, heddled);
	if (!orphans->step)
		return;
	orphans->dir = opendir(opener->settings->netns_dir);
	look_into(opener, "");
	on_step(-1, 0, heddled);
}

void opener_orphans_end(struct opener *opener)
{
	if (!opener->orphans)
		return;
	if (opener->orphans->step)
		event_free(opener->orphans->step);
	if (opener->orphans->dir)
		closedir(opener->orphans->dir);
	free(opener->orphans);
	opener->orphans = NULL;
}
