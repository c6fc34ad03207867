/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notifications (RFC 5277): one stream, NETCONF, with a log of bounded size in memory.
 *
 * A subscription is a place in the log. Delivery goes on from there as the client reads, so a replay
 * and a live event are the same thing, and a client that does not read costs nothing. When the log
 * has moved on past its place, it is told how many events it lost (events-lost of heddle-events);
 * nobody else notices.
 *
 * A filter that can cost or break anything (NC_COST_OPEN) is evaluated in children (child.h), of many
 * events at once when many come. When such a child does not come to its end, the subscription ends,
 * and its session is told why (subscription-ended).
 */
#ifndef MGMT_NETCONF_NOTIFY_H
#define MGMT_NETCONF_NOTIFY_H

#include <stdbool.h>
#include <time.h>

#include <libyang/libyang.h>

#include "mgmt/netconf/filter.h"
#include "mgmt/netconf/server.h"

#define NC_STREAM "NETCONF"

struct nc_log;
struct nc_session;
struct nc_config_watch;
struct nc_subscription;
struct nc_watch;

struct nc_log *nc_log_new(const struct nc_limits *limits);
void nc_log_free(struct nc_log *log);

/* A notification to be filled with nc_leaf() and the like, and published. NULL: no such module. */
struct lyd_node *nc_event(const struct nc_server *server, const char *module, const char *name);

/* Puts it into the log, and sends it to whom it is for. Taken over; may be NULL. */
void nc_publish(struct nc_server *server, struct lyd_node *event);

/* A subscription as create-subscription asks for it. */
struct nc_subscribe {
	struct nc_filter filter; /* points into @op */
	bool replay, stops;
	struct timespec start, stop;
};

/*
 * Evaluates @filter on each event of the log, as will be done for each event to come. False with @errs
 * when that cannot be. In a child, as what a client wrote may crash.
 */
bool nc_log_try(const struct nc_log *log, const struct nc_filter *filter, struct ds_errors *errs);

/* Starts to send. @op (the operation, for its filter) is taken over. The session has none yet. */
void nc_subscribe(struct nc_session *session, const struct nc_subscribe *wish, struct lyd_node *op);
void nc_subscription_free(struct nc_subscription *sub);

/* When the log began: what was before cannot be replayed. */
struct timespec nc_log_began(const struct nc_log *log);

/* Sends what a session's client takes. For session.c. */
void nc_notify_deliver(struct nc_session *session);

/* netconf-session-start, netconf-session-end (RFC 6470). */
void nc_notify_session_start(struct nc_session *session);
void nc_notify_session_end(struct nc_session *session);

/* Tells of ports, addresses and planes from now on. It is freed after the backend. */
struct nc_watch *nc_watch_new(struct nc_server *server);
void nc_watch_free(struct nc_watch *watch);

/* The startup configuration was refused, @text says why; the switch started with @used. */
void nc_publish_fallback(struct nc_server *server, const char *used, const char *text);

/*
 * What is left of an event for those who may not read all: itself, a copy without what they may not
 * read (*@copy, for the caller to free), or NULL. @nacm may be NULL. In the loop and in children.
 */
const struct lyd_node *nc_event_left(struct nacm *nacm, const struct nacm_subject *who,
				     const struct lyd_node *event, struct lyd_node **copy);

/* Tells of changes of the configuration, and of confirmed commits (RFC 6470). */
struct nc_config_watch *nc_config_watch_new(struct nc_server *server);
void nc_config_watch_free(struct nc_config_watch *watch);

#endif
