/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddled: starts the planes, opens devices and files for them, and starts planes again that died.
 *
 *	main.c		start and end, the event loop, signals
 *	settings_core.c	command line and heddled.conf
 *	dirs.c		makes and removes directories; the lock
 *	safe_dir.c	directories that nobody else can replace
 *	account.c	users that planes run as
 *	state_dir.c, front.c	directory and socket of heddle-mgmt
 *	plane.c		a plane's start, end and restart
 *	spawn.c		fork and exec
 *	watch.c		asks each plane once a second whether it lives; systemd's watchdog
 *	planes_api.c	messages of planes about themselves: PLANE_READY, PLANE_LIST and others
 *	opener*.c	opens devices and files for planes
 *	closer.c	deletes devices beside the loop
 *	netdev.c, rtnl.c, rtnl_guard.c	network devices, and rules of the packet filter
 *
 * heddled has one thread, and one that deletes devices (closer.c). Another process enters
 * namespaces for it (netns_helper.c).
 */
#ifndef SUPERVISOR_HEDDLED_H
#define SUPERVISOR_HEDDLED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <event2/event.h>

#include "heddle/api/supervisor.h"
#include "heddle/ipc/link.h"
#include "supervisor/account.h"
#include "supervisor/backoff_core.h"
#include "supervisor/dirs.h"
#include "supervisor/settings_core.h"

#define PLANES 3

struct heddled;
struct opener;

struct plane {
	struct heddled *heddled;
	enum hd_plane id;
	char path[512]; /* of its program */
	int program;    /* descriptor of the program: its user may lack rights to the folders */
	struct account account;
	pid_t pid; /* 0: it does not run */
	int statm; /* its /proc/PID/statm, opened while heddled still may; -1: none */
	struct hd_link link;
	struct event *restart;
	struct backoff backoff;
	uint64_t started_ns, ended_ns;
	uint64_t answered_ns; /* when it answered last */
	uint64_t worked_ns;   /* when its long work made progress last; 0: it does no long work */
	struct hd_plane_work work;
	uint64_t lost_ns; /* when its channel closed, if it still runs; else 0 */
	uint32_t restarts;
	uint32_t blame_seq; /* heddle-dp: number of the last death that heddled read (blame.h) */
	bool ready, ever_ready;
	bool pinged;  /* it has not answered the last PING yet */
	bool expired; /* heddled killed it because it did not answer */
	char text[128];
	char last_exit[128];
};

struct heddled {
	struct settings settings;
	struct dirs dirs;
	char instance[64]; /* a name that no other heddled has */
	struct event_base *base;
	struct plane planes[PLANES];
	struct opener *opener;
	pid_t netns_helper;
	uint64_t started_ns;
	uint64_t watched_ns; /* when watch.c looked at the planes last */
	bool announced;      /* READY=1 was sent to systemd */
	bool installed;      /* heddle-mgmt is an installed one, not of a build tree */
	bool stopping;
	int status; /* exit status */
};

/* The plane with this id. */
struct plane *heddled_plane(struct heddled *heddled, enum hd_plane id);

/*
 * Stops the planes; the event loop ends when the last one has ended. @status: heddled's exit
 * status. May be called again.
 */
void heddled_stop(struct heddled *heddled, int status);

#endif
