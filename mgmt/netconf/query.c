/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/name.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/query.h"
#include "mgmt/netconf/text.h"

#define TIMEOUT_MS 10000
#define NO_DP_TEXT "heddle-dp is not running: try again when `heddle show planes` lists it as ready"

#define KNOWN 256

/* What was found out about a path. */
struct nc_known {
	char path[NC_PATH_MAX];
	bool may;
};

static void done(int status, void *arg)
{
	struct nc_query *q = arg;

	if (status == -ECANCELED)
		nc_call_free(q->call);
	else if (status == -ETIMEDOUT)
		nc_call_error(q->call, DS_OPERATION_FAILED, "heddle-dp does not answer");
	else if (q->status == 0)
		nc_call_data(q->call, q->body);
	else if (q->status == -EPIPE)
		nc_call_error(q->call, DS_OPERATION_FAILED, NO_DP_TEXT);
	else
		nc_call_error(q->call, DS_OPERATION_FAILED, "heddle-dp: %s", strerror(-q->status));
	evbuffer_free(q->body);
	free(q->known);
	free(q->own);
	free(q);
}

struct nc_query *nc_query_new(struct nc_call *call, struct ds_errors *errs)
{
	struct nc_query *q;

	if (errs && !ds_errors_none(errs)) {
		nc_call_errors(call, errs);
		ds_errors_clear(errs);
		return NULL;
	}
	q = ds_alloc(sizeof(*q));
	q->call = call;
	q->body = evbuffer_new();
	q->ask = nc_ask_new(call->server, call->session_id, TIMEOUT_MS, done, q);
	if (!nc_call_reads_all(call))
		q->known = ds_alloc(KNOWN * sizeof(*q->known));
	return q;
}

void nc_query_wait(struct nc_query *q)
{
	nc_ask_wait(q->ask);
}

bool nc_query_right(struct nc_query *q, int status)
{
	q->status = status;
	return status == 0;
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

bool nc_query_reads_port(struct nc_query *q, const char *name)
{
	char path[NC_PATH_MAX];

	snprintf(path, sizeof(path), NC_PORT_PATH, name);
	return nc_query_reads(q, path);
}

void nc_query_leaf(struct evbuffer *body, const char *name, const char *value)
{
	evbuffer_add_printf(body, "<%s>", name);
	nc_text(body, value);
	evbuffer_add_printf(body, "</%s>", name);
}

void nc_query_number(struct evbuffer *body, const char *ns, const char *name, uint64_t value)
{
	evbuffer_add_printf(body, ns ? "<%s xmlns=\"%s\">%llu</%s>" : "<%s%s>%llu</%s>", name,
			    ns ? ns : "", (unsigned long long)value, name);
}

bool nc_reads_named(const struct nc_call *call, const char *fmt, const char *name,
		    const char *below)
{
	char path[NC_PATH_MAX];

	/* cppcheck-suppress wrongPrintfScanfArgNum ; paths with one name have "" for the other */
	snprintf(path, sizeof(path), fmt, name, below);
	return nc_call_reads(call, path);
}
