/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddled and the planes: who is who, who is alive.
 *
 * A plane is started with the descriptor of its channel to heddled in the environment
 * (HEDDLE_SUPERVISOR_FD). heddled hands it one end of a new socket pair for each other plane, at
 * the start and whenever the other plane was restarted; an older channel to the same peer is dead
 * then. The pairs are data-mgmt, data-control and control-mgmt.
 */
#ifndef HEDDLE_API_SUPERVISOR_H
#define HEDDLE_API_SUPERVISOR_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

/* heddled -> plane, with one descriptor: talk to @plane here. */
struct hd_peer {
	uint32_t plane; /* enum hd_plane */
	uint32_t zero;
};
HD_EVENT(PEER, HD_MSG_ID(HD_MODULE_SUPERVISOR, 1), struct hd_peer);

/* plane -> heddled: start-up is over (systemd is told when all planes said so). */
struct hd_plane_ready {
	uint64_t generation;
	char text[128]; /* a line for the log and for systemctl status */
};
HD_EVENT(PLANE_READY, HD_MSG_ID(HD_MODULE_SUPERVISOR, 2), struct hd_plane_ready);

/* heddled -> plane: finish what is under way and exit with 0. */
HD_EVENT(PLANE_STOP, HD_MSG_ID(HD_MODULE_SUPERVISOR, 3), struct hd_nothing);

/* mgmt -> heddled: the planes as they are; one item each, heddled itself included. */
struct hd_plane_state {
	uint32_t plane; /* enum hd_plane */
	int32_t pid;    /* 0: not running */
	uint32_t restarts;
	uint32_t ready;
	uint64_t uptime_ns; /* of the process that runs, or since it ended */
	uint64_t rss_bytes;
	char last_exit[128]; /* "killed by signal 9", "exit status 1", or empty */
	char doing[64];      /* "closing ports: 300 of 750", or empty */
};
HD_REQ_STREAM(PLANE_LIST, HD_MSG_ID(HD_MODULE_SUPERVISOR, 4), struct hd_nothing,
	      struct hd_plane_state, struct hd_nothing);

/*
 * plane -> heddled: what it does for long, and how far it is. A step further, or something else to do,
 * is a sign of life, as an answer is; but only for some minutes, and a plane that goes no further and
 * does not answer either is killed all the same. Empty: nothing any more.
 */
struct hd_plane_work {
	uint64_t done, total; /* total 0: not known */
	char what[40];        /* "closing ports" */
};
HD_EVENT(PLANE_WORK, HD_MSG_ID(HD_MODULE_SUPERVISOR, 5), struct hd_plane_work);

/* heddled -> mgmt, with one descriptor: a socket that listens, in place of the one it had before. */
HD_EVENT(NETCONF_LISTEN, HD_MSG_ID(HD_MODULE_SUPERVISOR, 6), struct hd_nothing);

#endif
