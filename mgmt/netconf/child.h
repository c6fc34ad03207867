/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads beside the loop. What may take long is evaluated and printed in a forked copy of the process,
 * which sees everything as it was at that instant and cannot hold up anybody: it has bounds on its
 * processor time, its memory and the time until it begins to answer. A few run at once, one less of
 * the same user; the rest waits, and who has the fewest running is next.
 *
 * A child that is stopped before it began to answer gives an error; one that is stopped later ends
 * the session, since a reply that has begun cannot be taken back. A child that crashed (libyang does,
 * on some XPaths) is the same, and its error names the signal.
 */
#ifndef MGMT_NETCONF_CHILD_H
#define MGMT_NETCONF_CHILD_H

#include <stdio.h>

#include "mgmt/netconf/rpc.h"

struct nc_child;
struct nc_children;

/* What is done in the child. It may do what it likes with memory, and must not touch the loop. */
struct nc_work {
	/* All that can go wrong: false with @errs. */
	bool (*evaluate)(struct nc_call *call, void *arg, struct ds_errors *errs);
	/* Writes the content of <rpc-reply>. */
	void (*print)(struct nc_call *call, void *arg, FILE *out);
	/* In the parent, whatever came of it: frees @arg. */
	void (*done)(void *arg);
	/*
	 * In the parent, may be NULL: the reply is whole and is not one of errors. It has not been
	 * ended yet, so nothing else is sent before its end.
	 */
	void (*agreed)(struct nc_call *call, void *arg);
};

struct nc_children *nc_children_new(struct nc_server *server);
void nc_children_free(struct nc_children *children);

/* Answers @call from a child, now or later. The call must not be used after this. */
void nc_child_run(struct nc_call *call, const struct nc_work *work, void *arg);

/*
 * Tries what may take unreasonably long: does @evaluate in a child that has @cpu_ms of processor
 * time, and says whether it came to an end in it. It does not wait for a place. @crash names the
 * signal that the child died by when that was a crash, else it is NULL. @refusal is not NULL when
 * @evaluate said false: the attributes of the call as it left them, a NUL, and its errors as XML.
 */
void nc_child_try(struct nc_call *call, const struct nc_work *work, void *arg, unsigned int cpu_ms,
		  void (*after)(struct nc_call *call, bool in_time, const char *crash,
				struct evbuffer *refusal));

/*
 * Evaluates for @session, not for a request of its: @take gets what was printed, with @why NULL, or
 * nothing and the reason. It runs where reads do. The child may be cancelled until then.
 */
struct nc_child *nc_child_ask(struct nc_session *session, const struct nc_work *work, void *arg,
			      void (*take)(void *arg, const char *why, struct evbuffer *printed));

/* The session's client takes more, or the session is gone. For session.c. */
void nc_child_resume(struct nc_child *child);
void nc_child_cancel(struct nc_child *child);

#endif
