/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Operations that ask heddle-dp, and are answered when it answers: its tables, a page at a time.
 */
#ifndef MGMT_NETCONF_QUERY_H
#define MGMT_NETCONF_QUERY_H

#include "mgmt/netconf/ask.h"
#include "mgmt/netconf/rpc.h"

struct nc_query {
	struct nc_call *call;
	struct nc_ask *ask; /* what is asked for it, with the query as argument */
	struct evbuffer *body;
	struct nc_known *known; /* NULL: the caller may read all */
	int status;             /* of the last answer */
	void *own;              /* of the operation, or NULL; freed with it */
};

/*
 * Begins: the caller asks heddle-dp, by nc_query_for() or nc_query_stream(), and then calls
 * nc_query_wait(). When all answers have come the call gets the body, or the error of the last one.
 * NULL: there are @errs, if any may be; the call was answered with them, and they were cleared.
 */
struct nc_query *nc_query_new(struct nc_call *call, struct ds_errors *errs);
void nc_query_wait(struct nc_query *query);

#define nc_query_for(query, NAME, body, last) \
	nc_ask_for((query)->ask, HD_PLANE_DATA, NAME, body, last, query)
#define nc_query_stream(query, NAME, body, item, last) \
	nc_ask_stream((query)->ask, HD_PLANE_DATA, NAME, body, item, last, query)

/* For each nc_last_fn: keeps the status; true when it is 0. */
bool nc_query_right(struct nc_query *query, int status);

/* May the caller read what @path speaks of? The same is asked often, so it is kept. */
bool nc_query_reads(struct nc_query *query, const char *path);

/* The same of the port, or gateway, of that name. */
bool nc_query_reads_port(struct nc_query *query, const char *name);

/* Adds <name>value</name> to @body, escaped. */
void nc_query_leaf(struct evbuffer *body, const char *name, const char *value);

/* Adds <name xmlns="@ns">value</name> to @body; without xmlns when @ns is NULL. */
void nc_query_number(struct evbuffer *body, const char *ns, const char *name, uint64_t value);

/* May the caller read what the path speaks of? @fmt has one name, or two. */
bool nc_reads_named(const struct nc_call *call, const char *fmt, const char *name,
		    const char *below);

#endif
