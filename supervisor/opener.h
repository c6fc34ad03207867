/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The opener: what planes may ask heddled to open. See heddle/api/opener.h for the protocol.
 *
 *	opener.c	who may ask for what; handlers
 *	opener_check_core.c	arguments
 *	opener_cache.c	TAPs that outlive heddle-dp
 *	opener_tap.c, opener_packet.c, opener_shm.c
 *	opener_vhost.c	directories of vhost-user sockets
 *	capture.c	capture files
 *	opener_watch.c	names of namespaces that change hands
 *	opener_guard.c	rules of the packet filter that somebody flushes
 *	opener_orphans.c	TAPs that an earlier heddled left
 *	netns.c, netns_helper.c	finding a namespace, opening something inside
 */
#ifndef SUPERVISOR_OPENER_H
#define SUPERVISOR_OPENER_H

#include "heddle/api/opener.h"
#include "heddle/base/err.h"
#include "supervisor/heddled.h"

/*
 * @settings and @dirs must outlive it; heddle-dp runs as user @dp_uid. Returns NULL when out of memory.
 */
struct opener *opener_new(struct event_base *base, const struct settings *settings,
			  const struct dirs *dirs, uid_t dp_uid);

/* Closes all that is kept, and removes the directories of sockets that were made. NULL is fine. */
void opener_free(struct opener *opener);

/* Serves the requests of @plane, whose link is new. */
void opener_attach(struct opener *opener, struct plane *plane);

/*
 * Watches the folder of named namespaces: heddle-dp is told of each kept TAP whose namespace lost its
 * name. To be called again now and then: the folder may be made later. Cheap.
 */
void opener_watch_names(struct heddled *heddled);

/* Copies the first @size bytes of the shared memory @name that heddle-dp made. False: there is none. */
bool opener_shm_read(struct opener *opener, const char *name, void *to, size_t size);

/* @plane ended: what it asked for has to be asked for again. */
void opener_plane_ended(struct opener *opener, const struct plane *plane);

#endif
