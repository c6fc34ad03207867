/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The other planes, as heddle-mgmt sees them: channels to heddle-dp and heddle-cp that may go and
 * come, the configuration that they hold, and transactions that change it on both or on neither.
 *
 * A plane that comes with another generation than the one in force is given all of it again, by
 * itself. Everything is called from the loop's thread; nothing blocks.
 */
#ifndef MGMT_BACKEND_BACKEND_H
#define MGMT_BACKEND_BACKEND_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <event2/event.h>

#include "heddle/api/config.h"
#include "heddle/api/port.h"
#include "heddle/base/err.h"
#include "heddle/ipc/chan.h"
#include "heddle/ipc/link.h"
#include "mgmt/backend/ports.h"
#include "mgmt/backend/stats.h"
#include "mgmt/bind/objects.h"

#define BK_WAIT_MS    2000  /* for a plane that is down, before a commit is refused */
#define BK_PREPARE_MS 60000 /* for a plane that works on a commit */

enum bk_plane_id { BK_DATA, BK_CONTROL, BK_PLANES };

struct bk_plane {
	struct hd_link link;
	const char *name;    /* "heddle-dp" */
	uint64_t generation; /* that it holds; 0: none, or not known */
};

struct bk_txn;

/*
 * A message that a plane sends by itself, with who takes it: registered from a constructor. handler.fn
 * is called with the struct bk; it is bk_event_tell() where a listener takes the message.
 */
struct bk_event {
	enum bk_plane_id plane;
	struct hd_handler handler; /* HD_EVENT_HANDLER() */
	struct bk_event *next;
};

/* A type that another has already stays the other's, which is logged. */
void bk_event_register(struct bk_event *event);
void bk_event_tell(struct hd_chan *chan, const struct hd_msg *msg, void *arg);

/* Who wants to be told of what happens. Functions may be NULL. */
struct bk_listener {
	struct bk_listener *next;
	/* heddle-dp told of a port; @before is NULL when nothing was known of it. */
	void (*port)(const struct hd_port_state *before, const struct hd_port_state *now,
		     void *arg);
	/* A plane came or went. */
	void (*plane)(enum bk_plane_id id, bool up, void *arg);
	/* A plane sent this; the size of @body was checked, what is in it was not. */
	void (*event)(struct bk_event *event, const void *body, void *arg);
	void *arg;
};

struct bk {
	struct event_base *base;
	struct bk_plane planes[BK_PLANES];
	struct hd_chan *supervisor;       /* NULL in tests */
	const struct bd_objects *objects; /* in force; NULL before the first commit */
	uint64_t generation;              /* of them */
	time_t configured;                /* when they came into force */
	struct bk_txn *txn;               /* under way, or NULL */
	struct event *resync;             /* looks for a plane that lacks something */
	struct bk_ports ports;            /* what heddle-dp told of them */
	struct bk_stats stats;
	struct bk_listener *listeners;
};

/* It stays the caller's, and outlives the backend. */
void bk_listen(struct bk *bk, struct bk_listener *listener);

/* @supervisor may be NULL; it must outlive the backend. */
struct bk *bk_new(struct event_base *base, struct hd_chan *supervisor);

/* Ends a transaction (done is called with -ECANCELED) and closes the channels. */
void bk_free(struct bk *bk);

/* heddled handed us a channel to @plane (HD_PLANE_DATA or HD_PLANE_CONTROL); @fd is taken over. */
void bk_peer(struct bk *bk, enum hd_plane plane, int fd);

/* True when both planes are there. */
bool bk_complete(const struct bk *bk);

/*
 * Called once: 0 and what the planes did, or -errno and @err. On success @next is in force, and must
 * stay valid until another is; on failure what was in force still is.
 */
typedef void (*bk_done_fn)(int status, const struct hd_err *err,
			   const struct hd_config_result *result, void *arg);

/*
 * Makes @next the configuration of both planes, as a difference where they have what we think they
 * have. One at a time: -EBUSY while another is under way (not called for a plane that is given what
 * it lost: that is waited for). @wait_ms: how long planes that are down are waited for; below 0 for
 * ever. @done is called later, never from here.
 */
int bk_commit(struct bk *bk, const struct bd_objects *next, int wait_ms, bk_done_fn done,
	      void *arg);

/*
 * After a restart of heddle-mgmt: @objects were in force as @generation, which planes may still hold.
 * One that does is left alone, the others are given all of it. Before the first commit.
 */
void bk_adopt(struct bk *bk, const struct bd_objects *objects, uint64_t generation);

/* True while a commit is under way. */
bool bk_busy(const struct bk *bk);

/* The channel to heddle-dp, or NULL while it is not there. */
struct hd_chan *bk_data(const struct bk *bk);

#endif
