/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds namespaces that lost their name. A container that is started again has a new namespace with
 * the old name, and its TAP is still in the old namespace. inotify reports when a name is removed;
 * nothing is polled.
 */
#include "supervisor/opener_int.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "heddle/base/log.h"
#include "supervisor/plane.h"

#define WATCHED \
	(IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)

static void tell(const char *port, void *arg)
{
	struct plane *dp = heddled_plane(arg, HD_PLANE_DATA);
	struct hd_open_lost lost = {0};

	hd_log_port(HD_LOG_NOTICE, port, "its network namespace is gone");
	hd_str_copy(lost.port, sizeof(lost.port), port);
	if (dp->link.chan)
		hd_chan_event(dp->link.chan, OPEN_LOST, &lost);
}

static void on_names(evutil_socket_t fd, short what, void *arg)
{
	char buf[4096] __attribute__((aligned(8)));
	struct heddled *heddled = arg;

	while (read(fd, buf, sizeof(buf)) > 0)
		continue; /* which one it was does not matter: all are looked at */
	opener_cache_lost(heddled->opener, tell, heddled);
	opener_watch_names(heddled);
}

void opener_watch_names(struct heddled *heddled)
{
	struct opener *o = heddled->opener;

	if (o->inotify < 0) {
		o->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
		if (o->inotify < 0)
			return;
		o->names = event_new(heddled->base, o->inotify, EV_READ | EV_PERSIST, on_names,
				     heddled);
		if (!o->names || event_add(o->names, NULL) < 0)
			hd_log(HD_LOG_WARNING, "namespaces that go will not be noticed: %s",
			       "out of memory");
	}
	/*
	 * The folder may not be there yet, or be another one by now. Adding it again does no harm.
	 */
	inotify_add_watch(o->inotify, heddled->settings.netns_dir, WATCHED);
}

void opener_watch_end(struct opener *opener)
{
	if (opener->names)
		event_free(opener->names);
	if (opener->inotify >= 0)
		close(opener->inotify);
	opener->names = NULL;
	opener->inotify = -1;
}
