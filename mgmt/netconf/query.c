/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/name.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/query.h"
#include "mgmt/netconf/text.h"

#define TIMEOUT_S  10
#define NO_DP_TEXT "heddle-dp is not running: try again when `heddle show planes` lists it as ready"

#define KNOWN 256

/* What was found out about a path. */
struct nc_known {
	char path[NC_PATH_MAX];
	bool may;
};

static void query_put(struct nc_query *q)
{
	if (q->call || q->asked)
		return;
	event_free(q->timer);
	evbuffer_free(q->body);
	free(q->known);
	free(q);
}

static void on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct nc_query *q = arg;
	struct nc_call *call = q->call;

	q->call = NULL;
	if (call)
		nc_call_error(call, DS_OPERATION_FAILED, "heddle-dp does not answer");
	query_put(q);
}

struct nc_query *nc_query_new(struct nc_call *call, struct hd_chan **chan)
{
	static const struct timeval patience = {TIMEOUT_S, 0};
	struct nc_query *q;

	*chan = bk_data(call->server->bk);
	if (!*chan) {
		nc_call_error(call, DS_OPERATION_FAILED, NO_DP_TEXT);
		return NULL;
	}
	q = ds_alloc(sizeof(*q));
	q->call = call;
	q->body = evbuffer_new();
	q->timer = evtimer_new(call->server->base, on_timeout, q);
	evtimer_add(q->timer, &patience);
	if (!nc_call_reads_all(call))
		q->known = ds_alloc(KNOWN * sizeof(*q->known));
	q->asked = true;
	return q;
}

void nc_query_sent(struct nc_query *q, int rc)
{
	if (rc < 0)
		nc_query_done(q, -EPIPE);
}

void nc_query_done(struct nc_query *q, int status)
{
	struct nc_call *call = q->call;

	q->call = NULL;
	q->asked = false;
	if (call && status == 0)
		nc_call_data(call, q->body);
	else if (call && status == -EPIPE)
		nc_call_error(call, DS_OPERATION_FAILED, NO_DP_TEXT);
	else if (call)
		nc_call_error(call, DS_OPERATION_FAILED, "heddle-dp: %s", strerror(-status));
	query_put(q);
}

/* A page has thousands of entries of few ports. */
bool nc_query_reads(struct nc_query *q, const char *path)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	struct nc_known *k;

	if (!q->known)
		return true;
	for (const char *c = path; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	k = &q->known[hash % KNOWN];
	if (strcmp(k->path, path) != 0) {
		hd_str_copy(k->path, sizeof(k->path), path);
		k->may = nc_call_reads(q->call, path);
	}
	return k->may;
}

void nc_query_leaf(struct evbuffer *body, const char *name, const char *value)
{
	evbuffer_add_printf(body, "<%s>", name);
	nc_text(body, value);
	evbuffer_add_printf(body, "</%s>", name);
}

bool nc_reads_named(const struct nc_call *call, const char *fmt, const char *name,
		    const char *below)
{
	char path[NC_PATH_MAX];

	/* cppcheck-suppress wrongPrintfScanfArgNum ; paths with one name have "" for the other */
	snprintf(path, sizeof(path), fmt, name, below);
	return nc_call_reads(call, path);
}
