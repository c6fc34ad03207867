/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Operations that ask heddle-dp, and are answered when it answers: its tables, a page at a time.
 */
#ifndef MGMT_NETCONF_QUERY_H
#define MGMT_NETCONF_QUERY_H

#include "mgmt/netconf/rpc.h"

/* Lives until both the call is answered and heddle-dp has said the last word. */
struct nc_query {
	struct nc_call *call; /* NULL: answered */
	struct evbuffer *body;
	struct event *timer;
	struct nc_known *known; /* NULL: the caller may read all */
	bool asked;             /* heddle-dp owes an answer */
};

/*
 * Begins: gives the channel to heddle-dp. NULL: there is none, and the call was answered. After it
 * the caller asks, and calls nc_query_sent() with what that returned.
 */
struct nc_query *nc_query_new(struct nc_call *call, struct hd_chan **chan);
void nc_query_sent(struct nc_query *query, int rc);

/* heddle-dp has said the last word, with this status: the call gets the body, or an error. */
void nc_query_done(struct nc_query *query, int status);

/* May the caller read what @path speaks of? The same is asked often, so it is kept. */
bool nc_query_reads(struct nc_query *query, const char *path);

/* Adds <name>value</name> to @body, escaped. */
void nc_query_leaf(struct evbuffer *body, const char *name, const char *value);

/* May the caller read what the path speaks of? @fmt has one name, or two. */
bool nc_reads_named(const struct nc_call *call, const char *fmt, const char *name,
		    const char *below);

#endif
