/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/session.h"

#define NS_BASE "urn:ietf:params:xml:ns:netconf:base:1.0"

static struct nc_op *operations;

void nc_register(struct nc_op *op)
{
	op->next = operations;
	operations = op;
}

void nc_call_clear(struct nc_call *call)
{
	free(call->user);
	free(call->attributes);
	lyd_free_all(call->rpc);
	lyd_free_all(call->op);
	memset(call, 0, sizeof(*call));
}

struct nc_session *nc_call_session(const struct nc_call *call)
{
	return nc_session_find(call->server, call->session_id);
}

static void send_reply(struct nc_session *session, const char *attributes, struct evbuffer *content)
{
	struct evbuffer *body = evbuffer_new();

	evbuffer_add_printf(body, "<rpc-reply xmlns=\"" NS_BASE "\"%s>",
			    attributes ? attributes : "");
	evbuffer_add_buffer(body, content);
	evbuffer_add_printf(body, "</rpc-reply>");
	nc_session_send(session, body);
	evbuffer_free(body);
}

void nc_call_data(struct nc_call *call, struct evbuffer *content)
{
	struct nc_session *session = nc_call_session(call);

	if (session) {
		send_reply(session, call->attributes, content);
		nc_session_answered(session);
	}
	nc_call_clear(call);
	free(call);
}

void nc_call_ok(struct nc_call *call)
{
	struct evbuffer *body = evbuffer_new();

	evbuffer_add_printf(body, "<ok/>");
	nc_call_data(call, body);
	evbuffer_free(body);
}

void nc_call_errors(struct nc_call *call, const struct ds_errors *errs)
{
	struct evbuffer *body = evbuffer_new();

	nc_errors(body, call->server->ctx, errs);
	nc_call_data(call, body);
	evbuffer_free(body);
}

void nc_call_error(struct nc_call *call, enum ds_tag tag, const char *fmt, ...)
{
	struct ds_errors errs = {.n = 0};
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	ds_errors_add(&errs, tag, NULL, "%s", text ? text : fmt);
	nc_call_errors(call, &errs);
	ds_errors_clear(&errs);
	free(text);
}

void nc_rpc_refuse(struct nc_session *session, const struct ds_errors *errs)
{
	struct evbuffer *body = evbuffer_new();

	nc_errors(body, session->server->ctx, errs);
	send_reply(session, NULL, body);
	evbuffer_free(body);
}

static nc_op_fn find(const struct lyd_node *op)
{
	for (const struct nc_op *o = operations; o; o = o->next)
		if (!strcmp(op->schema->name, o->name) &&
		    !strcmp(op->schema->module->name, o->module))
			return o->fn;
	return NULL;
}

void nc_rpc(struct nc_session *session, const char *text, size_t len)
{
	struct nc_call *call = ds_alloc(sizeof(*call));
	struct ds_errors errs = {.n = 0};
	nc_op_fn fn;

	call->server = session->server;
	call->session_id = session->id;
	call->user = ds_strdup(session->user);
	if (!nc_rpc_parse(call, session->server->ctx, text, len, &errs)) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	fn = find(call->op);
	if (fn)
		fn(call);
	else
		nc_call_error(
			call, DS_OPERATION_NOT_SUPPORTED,
			"%s is not supported: this server has the running configuration, with "
			"get, get-config, validate and edit-config that replaces all of it",
			call->op->schema->name);
}
