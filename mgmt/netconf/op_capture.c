/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * capture (heddle-capture): judged here, done by heddle-dp, read by the client itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/api/capture.h"
#include "heddle/base/log.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/capture.h"
#include "mgmt/netconf/event.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/session.h"

#define NS "urn:heddle:yang:heddle-capture"

struct capture {
	struct capture *next;
	struct nc_call *call; /* not answered yet, or NULL */
	struct nc_server *server;
	struct nc_peer *peer;
	uint32_t session_id;
	uint64_t id; /* of heddle-dp; 0: it has not begun */
	const struct lysc_node *rpc;
	struct hd_capture_start start;
};

struct nc_captures {
	struct nc_server *server;
	struct capture *list; /* that run */
	struct event *recheck;
	struct st_listener listener;
	struct bk_listener planes;
};

static void capture_free(struct capture *c)
{
	nc_peer_put(c->peer);
	free(c);
}

/* A port, or a host interface, is what interfaces has an entry for. */
static bool may_read(struct nc_server *server, const struct nacm_subject *who, const char *port)
{
	char path[NC_PATH_MAX];

	snprintf(path, sizeof(path), NC_PORT_PATH, port);
	return !server->nacm || nacm_may_read_path(server->nacm, who, path);
}

static void add_port(struct hd_capture_start *start, const char *name)
{
	hd_str_copy(start->port[start->n_ports++], HD_NAME_MAX, name);
}

/* What may not be read is not there, in words as well. */
static bool named_ports(const struct nc_call *call, const struct bd_model *model,
			struct hd_capture_start *start, struct ds_errors *errs)
{
	const struct lyd_node *node;

	ds_foreach(node, call->op, "port")
	{
		const char *name = lyd_get_value(node);

		if (!bd_port_find(model, name) || !may_read(call->server, &call->peer->who, name)) {
			ds_errors_add(errs, DS_INVALID_VALUE, NULL, "there is no port \"%s\"",
				      name);
			return false;
		}
		add_port(start, name);
	}
	return true;
}

/* Of whoever may not read all ports: those of now. */
static bool readable_ports(const struct nc_call *call, const struct bd_model *model,
			   struct hd_capture_start *start, struct ds_errors *errs)
{
	if (!call->server->nacm || nacm_reads_all(call->server->nacm, &call->peer->who))
		return true;
	for (size_t i = 0; i < model->n_ports; i++) {
		if (!may_read(call->server, &call->peer->who, model->ports[i].name))
			continue;
		if (start->n_ports == HD_CAPTURE_PORTS_MAX) {
			ds_errors_add(errs, DS_TOO_BIG, NULL,
				      "there are more than %d ports that you may capture: name "
				      "those that you want",
				      HD_CAPTURE_PORTS_MAX);
			return false;
		}
		add_port(start, model->ports[i].name);
	}
	if (!start->n_ports)
		ds_errors_add(errs, DS_ACCESS_DENIED, NULL, "there is no port that you may read");
	return start->n_ports != 0;
}

static bool read_ports(const struct nc_call *call, struct hd_capture_start *start,
		       struct ds_errors *errs)
{
	struct bd_model model;
	bool right;

	bd_model_init(&model, call->server->ctx, st_operational(call->server->st));
	right = (ds_child(call->op, NULL, "port") ? named_ports : readable_ports)(call, &model,
										  start, errs);
	bd_model_free(&model);
	return right;
}

static bool read_filter(const struct nc_call *call, struct hd_capture_start *start,
			struct ds_errors *errs)
{
	const struct lyd_node *node = ds_child(call->op, NULL, "filter");
	struct lyd_value_binary *value;
	struct hd_capture_insn insn;

	if (!node)
		return true;
	LYD_VALUE_GET(&((const struct lyd_node_term *)node)->value, value);
	if (value->size % sizeof(insn) || value->size / sizeof(insn) > HD_CAPTURE_INSNS_MAX) {
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "%zu bytes are no BPF program of 1 to %d instructions", value->size,
			      HD_CAPTURE_INSNS_MAX);
		return false;
	}
	start->n_insns = value->size / sizeof(insn);
	for (uint32_t i = 0; i < start->n_insns; i++) {
		memcpy(&insn, (const uint8_t *)value->data + i * sizeof(insn), sizeof(insn));
		insn.code = ntohs(insn.code);
		insn.k = ntohl(insn.k);
		start->insn[i] = insn;
	}
	return true;
}

static uint32_t read_what(const struct lyd_node *op)
{
	const struct lyd_node *node;
	uint32_t what = 0;

	ds_foreach(node, op, "what")
	{
		const char *word = lyd_get_value(node);

		what |= !strcmp(word, "in")    ? HD_CAPTURE_IN
			: !strcmp(word, "out") ? HD_CAPTURE_OUT
					       : HD_CAPTURE_DROPS;
	}
	return what ? what : HD_CAPTURE_IN | HD_CAPTURE_OUT | HD_CAPTURE_DROPS;
}

static void tell(const struct capture *c, const char *does)
{
	hd_log(HD_LOG_NOTICE, "netconf session %u of %s %s capture %llu of %s%s%s", c->session_id,
	       c->peer->user, does, (unsigned long long)c->id,
	       c->start.n_ports ? "port " : "all ports", c->start.n_ports ? c->start.port[0] : "",
	       c->start.n_ports > 1 ? " and others" : "");
}

static void on_started(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		       void *arg)
{
	const struct hd_capture_started *started = msg->body;
	const struct hd_msg_error *error = msg->body;
	struct capture *c = arg;
	struct nc_call *call = c->call;
	struct evbuffer *body;

	c->call = NULL;
	if (status < 0 || msg->n_fds != 1) {
		nc_call_error(call, status == -EBUSY ? DS_RESOURCE_DENIED : DS_OPERATION_FAILED,
			      "%.*s", (int)sizeof(error->text),
			      status < 0 ? error->text : "heddle-dp gave no socket");
		capture_free(c);
		return;
	}
	c->id = started->id;
	body = evbuffer_new();
	evbuffer_add_printf(body, "<id xmlns=\"" NS "\">%llu</id>", (unsigned long long)c->id);
	/* When it cannot be sent, heddle-dp sees that nobody has the other end. */
	if (nc_call_data_fd(call, body, msg->fds[0])) {
		c->next = c->server->captures->list;
		c->server->captures->list = c;
		tell(c, "begins");
		event_active(c->server->captures->recheck, EV_TIMEOUT, 0);
	} else {
		capture_free(c);
	}
	evbuffer_free(body);
}

static void start_capture(struct nc_call *call)
{
	struct hd_chan *chan = bk_data(call->server->bk);
	struct ds_errors errs = {.n = 0};
	struct capture *c;

	if (!chan) {
		nc_call_error(call, DS_OPERATION_FAILED,
			      "heddle-dp is not running: try again when `heddle show planes` "
			      "lists it as ready");
		return;
	}
	c = ds_alloc(sizeof(*c));
	c->call = call;
	c->server = call->server;
	c->peer = nc_peer_get(call->peer);
	c->session_id = call->session_id;
	c->rpc = call->op->schema;
	c->start.what = read_what(call->op);
	c->start.snap = ds_number(call->op, NULL, "snapshot-length", HD_CAPTURE_SNAP_MAX);
	if (!read_filter(call, &c->start, &errs) || !read_ports(call, &c->start, &errs)) {
		nc_call_errors(call, &errs);
		ds_errors_clear(&errs);
		capture_free(c);
	} else if (hd_chan_request(chan, CAPTURE_START, &c->start, on_started, c) < 0) {
		nc_call_error(call, DS_OPERATION_FAILED, "heddle-dp is gone: try again");
		capture_free(c);
	}
}

NC_REGISTER(capture_op) = {"heddle-capture", "capture", start_capture};

static void on_stopped(struct hd_chan *chan, int status, const struct hd_msg *msg, bool final,
		       void *arg)
{
	/* It is gone, by this or by something else. */
}

static void unlink_capture(struct nc_captures *captures, struct capture *c)
{
	struct capture **at = &captures->list;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	tell(c, "ends");
	capture_free(c);
}

static void stop(struct nc_captures *captures, struct capture *c, const char *why)
{
	struct hd_chan *chan = bk_data(captures->server->bk);
	struct hd_capture_stop request = {.id = c->id};

	hd_str_copy(request.text, sizeof(request.text), why);
	if (chan)
		hd_chan_request(chan, CAPTURE_STOP, &request, on_stopped, NULL);
	unlink_capture(captures, c);
}

void nc_captures_session_gone(struct nc_captures *captures, const struct nc_session *session)
{
	struct capture *next;

	for (struct capture *c = captures ? captures->list : NULL; c; c = next) {
		next = c->next;
		if (c->session_id == session->id)
			stop(captures, c, "the session with the switch has ended");
	}
}

bool nc_captures_has(const struct nc_captures *captures, const struct nc_session *session)
{
	for (const struct capture *c = captures ? captures->list : NULL; c; c = c->next)
		if (c->session_id == session->id)
			return true;
	return false;
}

static bool still_may(struct nc_server *server, const struct capture *c)
{
	const struct nacm_subject *who = &c->peer->who;

	if (!server->nacm)
		return true;
	if (!nacm_may_exec(server->nacm, who, c->rpc) ||
	    (!c->start.n_ports && !nacm_reads_all(server->nacm, who)))
		return false;
	for (uint32_t i = 0; i < c->start.n_ports; i++)
		if (!may_read(server, who, c->start.port[i]))
			return false;
	return true;
}

/* Rules may have changed: after everybody has been told of them. */
static void on_recheck(evutil_socket_t fd, short what, void *arg)
{
	struct nc_captures *captures = arg;
	struct capture *next;

	for (struct capture *c = captures->list; c; c = next) {
		next = c->next;
		if (!still_may(captures->server, c))
			stop(captures, c, "access rules no longer permit it");
	}
}

static void on_event(const struct st_event *event, void *arg)
{
	struct nc_captures *captures = arg;

	if (captures->list)
		event_active(captures->recheck, EV_TIMEOUT, 0);
}

static struct lyd_node *take_ended(struct nc_server *server, const void *body)
{
	const struct hd_capture_started *ended = body;

	for (struct capture *c = server->captures->list; c; c = c->next)
		if (c->id == ended->id) {
			unlink_capture(server->captures, c);
			break;
		}
	return NULL;
}

NC_EVENT_REGISTER(capture_ended) = {.event = NC_EVENT_OF(BK_DATA, CAPTURE_ENDED),
				    .take = take_ended};

static void on_plane(enum bk_plane_id id, bool up, void *arg)
{
	struct nc_captures *captures = arg;

	while (id == BK_DATA && captures->list)
		unlink_capture(captures, captures->list);
}

struct nc_captures *nc_captures_new(struct nc_server *server)
{
	struct nc_captures *captures = ds_alloc(sizeof(*captures));

	captures->server = server;
	captures->recheck = evtimer_new(server->base, on_recheck, captures);
	captures->listener = (struct st_listener){.fn = on_event, .arg = captures};
	captures->planes = (struct bk_listener){.plane = on_plane, .arg = captures};
	st_listen(server->st, &captures->listener);
	bk_listen(server->bk, &captures->planes);
	return captures;
}

void nc_captures_free(struct nc_captures *captures)
{
	st_unlisten(captures->server->st, &captures->listener);
	while (captures->list)
		unlink_capture(captures, captures->list);
	event_free(captures->recheck);
	free(captures);
}
