/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/nacm/nacm.h"
#include "mgmt/netconf/child.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/rpc_check.h"
#include "mgmt/netconf/session.h"

#define NS_BASE "urn:ietf:params:xml:ns:netconf:base:1.0"

#define TRY_MIN    65536 /* bytes of a message that is tried first */
#define TRY_MS     250   /* of processor time for it, besides what its length gives */
#define REPLY_HEAD "<rpc-reply xmlns=\"" NS_BASE "\""
#define REPLY_TAIL "</rpc-reply>"

static struct nc_op *operations;

void nc_register(struct nc_op *op)
{
	op->next = operations;
	operations = op;
}

void nc_call_clear(struct nc_call *call)
{
	free(call->user);
	nc_peer_put(call->peer);
	free(call->attributes);
	lyd_free_all(call->rpc);
	lyd_free_all(call->op);
	memset(call, 0, sizeof(*call));
}

struct nc_call *nc_call_new(const struct nc_session *session)
{
	struct nc_call *call = ds_alloc(sizeof(*call));

	call->server = session->server;
	call->session_id = session->id;
	call->user = ds_strdup(session->user);
	call->peer = nc_peer_get(session->peer);
	return call;
}

struct nc_session *nc_call_session(const struct nc_call *call)
{
	return nc_session_find(call->server, call->session_id);
}

static void put_head(struct evbuffer *body, const char *attributes)
{
	evbuffer_add(body, REPLY_HEAD, sizeof(REPLY_HEAD) - 1);
	if (attributes)
		evbuffer_add(body, attributes, strlen(attributes));
	evbuffer_add(body, ">", 1);
}

static void send_reply(struct nc_session *session, const char *attributes, struct evbuffer *content)
{
	struct evbuffer *body = evbuffer_new();

	put_head(body, attributes);
	evbuffer_add_buffer(body, content);
	evbuffer_add(body, REPLY_TAIL, sizeof(REPLY_TAIL) - 1);
	nc_session_send(session, body);
	evbuffer_free(body);
}

void nc_call_free(struct nc_call *call)
{
	nc_call_clear(call);
	free(call);
}

void nc_call_begin(struct nc_call *call)
{
	struct nc_session *session = nc_call_session(call);
	struct evbuffer *body;

	if (!session)
		return;
	body = evbuffer_new();
	put_head(body, call->attributes);
	session->streaming = true;
	nc_session_part(session, body);
	evbuffer_free(body);
}

bool nc_call_part(struct nc_call *call, struct evbuffer *part)
{
	struct nc_session *session = nc_call_session(call);

	if (session && evbuffer_get_length(part))
		nc_session_part(session, part);
	evbuffer_drain(part, evbuffer_get_length(part));
	return !session || nc_session_takes(session);
}

static void count_errors(struct nc_call *call, struct nc_session *session, unsigned int n)
{
	call->server->counters.out_rpc_errors += n;
	if (session)
		session->counters.out_rpc_errors += n;
}

void nc_call_end(struct nc_call *call, bool errors)
{
	struct nc_session *session = nc_call_session(call);
	struct evbuffer *body;

	if (errors)
		count_errors(call, session, 1);
	if (session) {
		body = evbuffer_new();
		evbuffer_add(body, REPLY_TAIL, sizeof(REPLY_TAIL) - 1);
		nc_session_part(session, body);
		nc_session_end(session);
		evbuffer_free(body);
		nc_session_answered(session);
	}
	nc_call_free(call);
}

void nc_call_drop(struct nc_call *call)
{
	struct nc_session *session = nc_call_session(call);

	if (session) {
		session->end = NC_END_OTHER;
		nc_session_free(session);
	}
	nc_call_free(call);
}

void nc_call_data(struct nc_call *call, struct evbuffer *content)
{
	struct nc_session *session = nc_call_session(call);

	if (session) {
		send_reply(session, call->attributes, content);
		nc_session_answered(session);
	}
	nc_call_free(call);
}

bool nc_call_data_fd(struct nc_call *call, struct evbuffer *content, int fd)
{
	struct nc_session *session = nc_call_session(call);
	struct evbuffer *body = evbuffer_new();
	bool sent;

	put_head(body, call->attributes);
	evbuffer_add_buffer(body, content);
	evbuffer_add(body, REPLY_TAIL, sizeof(REPLY_TAIL) - 1);
	sent = session && nc_session_send_fd(session, body, fd);
	evbuffer_free(body);
	if (!sent) {
		nc_call_error(
			call, DS_OPERATION_FAILED,
			"the descriptor cannot be sent while earlier replies wait to be read");
		return false;
	}
	nc_session_answered(session);
	nc_call_free(call);
	return true;
}

void nc_call_ok(struct nc_call *call)
{
	struct evbuffer *body = evbuffer_new();

	evbuffer_add(body, "<ok/>", 5);
	nc_call_data(call, body);
	evbuffer_free(body);
}

static bool reads(struct nc_call *call, const char *path)
{
	return !path || nc_call_reads(call, path);
}

/* An error tells of nothing that who asked may not read, but for what they may change themselves. */
static void add_shown(struct nc_call *call, const struct ds_error *err, struct ds_errors *shown)
{
	bool all = reads(call, err->about[0]) && reads(call, err->about[1]);
	const char *text = all || !err->plain ? err->message : err->plain;
	struct ds_error *copy;

	if (err->tag != DS_ACCESS_DENIED && !reads(call, err->path) &&
	    !nacm_may_update_path(call->server->nacm, &call->peer->who, err->path)) {
		ds_errors_add(shown, err->tag, NULL,
			      "something that you may not read would be wrong: ask who may");
		return;
	}
	copy = ds_errors_add(shown, err->tag, err->path, "%s", text);
	ds_error_app_tag(copy, err->app_tag);
	ds_error_bad(copy, err->bad);
	ds_error_element(copy, err->element);
}

void nc_call_errors(struct nc_call *call, const struct ds_errors *errs)
{
	const struct nc_session *session = nc_call_session(call);
	struct evbuffer *body = evbuffer_new();
	struct ds_errors shown = {.more = errs->more};
	bool all = nc_call_reads_all(call);

	for (size_t i = 0; i < errs->n && !all; i++)
		add_shown(call, &errs->list[i], &shown);
	count_errors(call, nc_call_session(call), errs->n);
	nc_errors(body, call->server->ctx, all ? errs : &shown, session && session->frame.chunked);
	nc_call_data(call, body);
	evbuffer_free(body);
	ds_errors_clear(&shown);
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

	nc_errors(body, session->server->ctx, errs, session->frame.chunked);
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

static void count_bad(struct nc_session *session)
{
	session->counters.in_bad_rpcs++;
	session->server->counters.in_bad_rpcs++;
}

static void serve(struct nc_call *call, struct nc_session *session, char *text, size_t len)
{
	struct ds_errors errs = {.n = 0};
	nc_op_fn fn;

	if (!nc_rpc_parse(call, session->server->ctx, text, len, &errs)) {
		count_bad(session);
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	if (call->server->nacm &&
	    !nacm_check_exec(call->server->nacm, &call->peer->who, call->op, &errs)) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		return;
	}
	fn = find(call->op);
	if (fn)
		fn(call);
	else
		nc_call_error(call, DS_OPERATION_NOT_SUPPORTED,
			      "%s is not supported by this server", call->op->schema->name);
}

/* In a child: what reading the message costs is found out there. */
static bool read_once(struct nc_call *call, void *arg, struct ds_errors *errs)
{
	const struct nc_frame *frame = arg;

	ly_err_clean((struct ly_ctx *)call->server->ctx, NULL);
	if (nc_rpc_parse(call, call->server->ctx, frame->text, frame->len, errs))
		return true;
	/* What libyang did not say is for want of memory, of which the loop has more, or found soon. */
	return !ly_errmsg(call->server->ctx);
}

static void read_done(void *arg)
{
}

static const struct nc_work reading = {.evaluate = read_once, .done = read_done};

static void refuse_crash(struct nc_call *call, const struct nc_session *session, const char *crash)
{
	nc_rpc_head(call, session->frame.text, session->frame.len);
	nc_call_error(call, DS_OPERATION_FAILED,
		      "the message cannot be read: %s; that is a mistake in Heddle, or in a "
		      "library that it uses: please report it",
		      crash);
}

static void refuse_long(struct nc_call *call, const struct nc_session *session)
{
	hd_log_limited(HD_LOG_WARNING,
		       "netconf session %u of %s: a message takes too long to read: refused",
		       session->id, session->user);
	nc_rpc_head(call, session->frame.text, session->frame.len);
	nc_call_error(
		call, DS_RESOURCE_DENIED,
		"the message takes longer to read than its %zu bytes should: it may have many "
		"elements of one name where one belongs; or send it in parts",
		session->frame.len);
}

/* A child read it, and found what is wrong: it is not read again to say the same. */
static void refuse_as_read(struct nc_call *call, struct nc_session *session,
			   struct evbuffer *refusal)
{
	struct evbuffer_ptr end = evbuffer_search(refusal, "", 1, NULL);

	if (end.pos >= 0) {
		free(call->attributes);
		call->attributes = ds_alloc(end.pos + 1);
		evbuffer_remove(refusal, call->attributes, end.pos + 1);
	}
	count_bad(session);
	count_errors(call, session, 1);
	nc_call_data(call, refusal);
}

static void after_reading(struct nc_call *call, bool in_time, const char *crash,
			  struct evbuffer *refusal)
{
	struct nc_session *session = nc_call_session(call);

	if (in_time && refusal)
		refuse_as_read(call, session, refusal);
	else if (in_time)
		serve(call, session, session->frame.text, session->frame.len);
	else if (crash)
		refuse_crash(call, session, crash);
	else
		refuse_long(call, session);
	nc_session_message_done(session);
}

/*
 * libyang takes quadratic time for some documents that make no sense (ten thousand equal entries).
 * No check of ours could know all of them, so a long message is read in a child first.
 */
void nc_rpc(struct nc_session *session, char *text, size_t len)
{
	struct nc_call *call = nc_call_new(session);

	session->counters.in_rpcs++;
	session->server->counters.in_rpcs++;
	if (len > TRY_MIN) {
		session->trying = true;
		nc_child_try(call, &reading, &session->frame,
			     TRY_MS + len / 1000 * session->server->limits.parse_ns / 1000,
			     after_reading);
	} else {
		serve(call, session, text, len);
	}
}
