/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddled: starts the planes, opens what they need, starts again what dies.
 *
 *	main.c		put together, the loop, signals
 *	settings_core.c	command line and heddled.conf
 *	dirs.c		directories, the lock, what is removed at the end
 *	safe_dir.c	directories that nobody else can replace
 *	account.c	users that planes run as
 *	state_dir.c, front.c	directory and socket of heddle-mgmt
 *	plane.c		life of a plane: start, ready, end, restart
 *	spawn.c		fork and exec
 *	watch.c		once a second: are they there? systemd's watchdog
 *	planes_api.c	PLANE_READY, PLANE_LIST
 *	opener*.c	what it opens for them
 *	closer.c	deletes devices beside the loop
 *	netdev.c, rtnl.c, rtnl_guard.c	network devices, and rules of the packet filter
 *
 * One thread, and one that deletes devices (closer.c). Namespaces are entered by another process
 * (netns_helper.c).
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
	char path[512]; /* of the program */
	int program;    /* the same, open: its user need not be able to walk there */
	struct account account;
	pid_t pid; /* 0: does not run */
	int statm; /* its memory, in /proc: opened while we may still see it; -1: none */
	struct hd_link link;
	struct event *restart;
	struct backoff backoff;
	uint64_t started_ns, ended_ns;
	uint64_t answered_ns; /* the last answer */
	uint64_t worked_ns;   /* it was a step further then; 0: it does nothing for long */
	struct hd_plane_work work;
	uint64_t lost_ns; /* its channel closed then, and it still runs; 0: not so */
	uint32_t restarts;
	uint32_t blame_seq; /* deaths of heddle-dp that are known to be blamed on a port */
	bool ready, ever_ready;
	bool pinged;  /* a ping is under way */
	bool expired; /* it was killed because it did not answer */
	char text[128];
	char last_exit[128];
};

struct heddled {
	struct settings settings;
	struct dirs dirs;
	char instance[64]; /* no other heddled has the same */
	struct event_base *base;
	struct plane planes[PLANES];
	struct opener *opener;
	pid_t netns_helper;
	uint64_t started_ns;
	uint64_t watched_ns; /* when the planes were looked at last */
	bool announced;      /* READY=1 was sent */
	bool installed;      /* heddle-mgmt is not one of a build tree */
	bool stopping;
	int status; /* exit status */
};

/* The plane with this id. */
struct plane *heddled_plane(struct heddled *heddled, enum hd_plane id);

/* Begins the end; the loop ends when the last plane is gone. @status: exit status. Idempotent. */
void heddled_stop(struct heddled *heddled, int status);

#endif
