/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Operations: parsing a request, finding who serves it, sending the answer.
 *
 * A handler answers with exactly one of nc_call_ok(), nc_call_data() and nc_call_errors(), at once
 * or later; that frees the call. The session may be gone by then.
 */
#ifndef MGMT_NETCONF_RPC_H
#define MGMT_NETCONF_RPC_H

#include <event2/buffer.h>

#include "mgmt/datastore/errors.h"
#include "mgmt/netconf/peer.h"
#include "mgmt/netconf/server.h"
#include "mgmt/store/store.h"

struct nc_call {
	struct nc_server *server;
	uint32_t session_id;
	char *user;
	struct nc_peer *peer; /* peer->who asks; a share of its own */
	char *attributes;     /* of <rpc>, as XML, for the reply */
	struct lyd_node *rpc; /* the envelope */
	struct lyd_node *op;  /* the operation, validated */
};

typedef void (*nc_op_fn)(struct nc_call *call);

/* A call of @session, without an operation so far. Freed by its answer, or by nc_call_free(). */
struct nc_call *nc_call_new(const struct nc_session *session);

/* Serves one message of a session that has said hello. */
void nc_rpc(struct nc_session *session, char *text, size_t len);

/* Sends errors that are about no request that could be read. */
void nc_rpc_refuse(struct nc_session *session, const struct ds_errors *errs);

void nc_call_ok(struct nc_call *call);
void nc_call_data(struct nc_call *call,
		  struct evbuffer *body); /* content of <rpc-reply>; drained */
void nc_call_errors(struct nc_call *call, const struct ds_errors *errs);

/*
 * As nc_call_data(), with a duplicate of @fd. False: the client did not get it, and was answered with
 * an error.
 */
bool nc_call_data_fd(struct nc_call *call, struct evbuffer *body, int fd);

/* An answer in parts: nc_call_part() is false when the client is to be waited for. */
void nc_call_begin(struct nc_call *call);
bool nc_call_part(struct nc_call *call, struct evbuffer *part); /* drained */
void nc_call_end(struct nc_call *call, bool errors);

/* The answer cannot be given, or not to its end: the session goes. */
void nc_call_drop(struct nc_call *call);

/* Without an answer: the session is gone. */
void nc_call_free(struct nc_call *call);

/* One error, as ds_errors_add() makes it. */
void nc_call_error(struct nc_call *call, enum ds_tag tag, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What a datastore holds, as the caller's session sees it; valid until the loop goes on. */
const struct lyd_node *nc_call_tree(const struct nc_call *call, enum st_ds ds);

/* The session that holds the lock of a datastore, or 0. */
uint32_t nc_locked(const struct nc_server *server, enum st_ds ds, time_t *since);

/* Takes out of a copy what the caller may not read; nothing when it may read all. */
bool nc_call_reads_all(const struct nc_call *call);
void nc_call_prune(const struct nc_call *call, struct lyd_node **tree);

/* May the caller read what @path speaks of, whether it is there or not? */
bool nc_call_reads(const struct nc_call *call, const char *path);
#define NC_PORT_PATH    "/ietf-interfaces:interfaces/interface[name='%s']"
#define NC_SWITCH_PATH  "/heddle-switch:switches/switch[name='%s']"
#define NC_SEGMENT_PATH NC_SWITCH_PATH "/segment[name='%s']"
#define NC_PATH_MAX     (sizeof(NC_SEGMENT_PATH) + 2 * HD_NAME_MAX)

/* The session of a call, or NULL when it is gone. */
struct nc_session *nc_call_session(const struct nc_call *call);

/*
 * The parsing on its own, for nc_rpc() and for fuzzing: fills rpc, op and attributes, or adds to
 * @errs. @text ends with a NUL at @text[len]; values of attributes in it are normalized in place. True
 * when there is an operation.
 */
bool nc_rpc_parse(struct nc_call *call, const struct ly_ctx *ctx, char *text, size_t len,
		  struct ds_errors *errs);
void nc_call_clear(struct nc_call *call);

/* Who serves which operation. Each op_<x>.c registers its own, so that no list here names them. */
struct nc_op {
	const char *module, *name;
	nc_op_fn fn;
	struct nc_op *next;
};
void nc_register(struct nc_op *op);

#define NC_REGISTER(var)                                                 \
	static struct nc_op var;                                         \
	__attribute__((constructor)) static void nc_register_##var(void) \
	{                                                                \
		nc_register(&var);                                       \
	}                                                                \
	static struct nc_op var

#endif
