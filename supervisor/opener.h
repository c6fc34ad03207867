/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The opener: heddled opens devices, files and memory for planes. heddle/api/opener.h has the
 * protocol.
 *
 *	opener.c	handlers of requests; which plane may ask for what
 *	opener_check_core.c	checks of arguments
 *	opener_cache.c	TAPs that outlive heddle-dp
 *	opener_tap.c, opener_packet.c, opener_shm.c
 *	opener_vhost.c	directories of vhost-user sockets
 *	capture.c	capture files
 *	opener_watch.c	finds namespaces that lost their name
 *	opener_guard.c	puts packet filter rules back that somebody flushed
 *	opener_orphans.c	TAPs that an earlier heddled left
 *	netns.c, netns_helper.c	find a namespace, and open sockets and TAPs in it
 */
#ifndef SUPERVISOR_OPENER_H
#define SUPERVISOR_OPENER_H

#include "heddle/api/opener.h"
#include "heddle/base/err.h"
#include "supervisor/heddled.h"

/*
 * Makes the opener. @settings and @dirs must outlive it; heddle-dp runs as user @dp_uid. NULL: no
 * memory.
 */
struct opener *opener_new(struct event_base *base, const struct settings *settings,
			  const struct dirs *dirs, uid_t dp_uid);

/*
 * Closes everything that is kept, and removes the vhost-user directories that it made. NULL is
 * fine.
 */
void opener_free(struct opener *opener);

/* Adds the handlers of requests to the new link of @plane. */
void opener_attach(struct opener *opener, struct plane *plane);

/*
 * Watches the folder of named namespaces: tells heddle-dp of each kept TAP whose namespace lost its
 * name (OPEN_LOST). Cheap; to be called now and then, since the folder may be made later.
 */
void opener_watch_names(struct heddled *heddled);

/* Copies the first @size bytes of heddle-dp's shared memory @name to @to. False: there is none. */
bool opener_shm_read(struct opener *opener, const char *name, void *to, size_t size);

/*
 * @plane ended. Everything that it had asked for is deleted by the next sweep, unless asked for
 * again.
 */
void opener_plane_ended(struct opener *opener, const struct plane *plane);

#endif
