/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddled and the planes: channels between planes, and the state of planes.
 *
 * HEDDLE_SUPERVISOR_FD in a plane's environment is the descriptor of its channel to heddled. For
 * each other plane heddled sends it one end of a new socket pair, at the start and whenever the
 * other plane was restarted; then an older channel to that plane is closed. The pairs are
 * data-mgmt, data-control and control-mgmt.
 */
#ifndef HEDDLE_API_SUPERVISOR_H
#define HEDDLE_API_SUPERVISOR_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

/* heddled -> plane, with one descriptor: the channel to @plane. */
struct hd_peer {
	uint32_t plane; /* enum hd_plane */
	uint32_t zero;
};
HD_EVENT(PEER, HD_MSG_ID(HD_MODULE_SUPERVISOR, 1), struct hd_peer);

/* plane -> heddled: the plane is ready. heddled tells systemd when all planes are. */
struct hd_plane_ready {
	uint64_t generation;
	char text[128]; /* a line for the log and for `systemctl status` */
};
HD_EVENT(PLANE_READY, HD_MSG_ID(HD_MODULE_SUPERVISOR, 2), struct hd_plane_ready);

/* heddled -> plane: finish what is under way and exit with 0. */
HD_EVENT(PLANE_STOP, HD_MSG_ID(HD_MODULE_SUPERVISOR, 3), struct hd_nothing);

/* mgmt -> heddled: lists the planes and heddled itself, one item each. */
struct hd_plane_state {
	uint32_t plane; /* enum hd_plane */
	int32_t pid;    /* 0: not running */
	uint32_t restarts;
	uint32_t ready;
	uint64_t uptime_ns; /* since its process was started, or, if none runs, since it ended */
	uint64_t rss_bytes;
	char last_exit[128]; /* "killed by signal 9", "exit status 1", or empty */
	char doing[64];      /* "closing ports: 300 of 750", or empty */
};
HD_REQ_STREAM(PLANE_LIST, HD_MSG_ID(HD_MODULE_SUPERVISOR, 4), struct hd_nothing,
	      struct hd_plane_state, struct hd_nothing);

/*
 * plane -> heddled: the plane is doing something long, and how far it is; an empty @what: it has
 * finished. Progress, or other work, counts as a sign of life, like an answer to PING, but for some
 * minutes at most. A plane that makes no progress and does not answer is killed.
 */
struct hd_plane_work {
	uint64_t done, total; /* steps; total 0: unknown */
	char what[40];        /* "closing ports" */
};
HD_EVENT(PLANE_WORK, HD_MSG_ID(HD_MODULE_SUPERVISOR, 5), struct hd_plane_work);

/* heddled -> mgmt, with one descriptor: a listening socket, which replaces the one before. */
HD_EVENT(NETCONF_LISTEN, HD_MSG_ID(HD_MODULE_SUPERVISOR, 6), struct hd_nothing);

#endif
