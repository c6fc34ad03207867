/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Puts the packet filter rules of VMs' TAPs back when somebody removes them: most firewalls start
 * with `nft flush ruleset`, which removes our rules, too. The kernel reports it.
 */
#include "supervisor/opener_int.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "heddle/base/log.h"

/* Of one namespace in which we have TAPs of VMs. */
struct guard_watch {
	LIST_ENTRY(guard_watch) next;
	struct opener *opener;
	dev_t dev;
	ino_t ino;
	int sock; /* hears of changes of the packet filter */
	struct event *event;
};

static struct guard_watch *find(const struct opener *opener, const struct netns *netns)
{
	struct guard_watch *watch;

	LIST_FOREACH(watch, &opener->guards, next)
		if (watch->ino == netns->ino && watch->dev == netns->dev)
			return watch;
	return NULL;
}

static void watch_free(struct guard_watch *watch)
{
	LIST_REMOVE(watch, next);
	if (watch->event)
		event_free(watch->event);
	if (watch->sock >= 0)
		close(watch->sock);
	free(watch);
}

/* The table of @netdev went, or one was missed (NULL): those of our TAPs are made again. */
static void restore(const char *netdev, void *arg)
{
	const struct guard_watch *watch = arg;

	opener_cache_guard(watch->opener, watch->dev, watch->ino, netdev);
}

static void on_change(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	rtnl_guard_news(fd, restore, arg);
}

void opener_guard_watch(struct opener *opener, const struct netns *netns)
{
	struct guard_watch *watch = find(opener, netns);

	if (watch)
		return;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return;
	LIST_INSERT_HEAD(&opener->guards, watch, next);
	watch->opener = opener;
	watch->dev = netns->dev;
	watch->ino = netns->ino;
	watch->sock = rtnl_guard_listen(netns);
	if (watch->sock >= 0)
		watch->event = event_new(opener->base, watch->sock, EV_READ | EV_PERSIST, on_change,
					 watch);
	if (!watch->event || event_add(watch->event, NULL) < 0) {
		hd_log(HD_LOG_WARNING,
		       "changes of the packet filter cannot be watched: when it is flushed, the rule "
		       "that keeps guests away from the host is gone until heddled restarts");
		watch_free(watch);
	}
}

void opener_guard_unwatch(struct opener *opener, const struct netns *netns)
{
	struct guard_watch *watch = find(opener, netns);

	if (watch)
		watch_free(watch);
}

void opener_guard_end(struct opener *opener)
{
	while (!LIST_EMPTY(&opener->guards))
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is taken out of its list first */
		watch_free(LIST_FIRST(&opener->guards));
}
