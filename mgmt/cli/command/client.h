/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NETCONF session with heddle-mgmt on its UNIX socket. One request at a time.
 */
#ifndef MGMT_CLI_COMMAND_CLIENT_H
#define MGMT_CLI_COMMAND_CLIENT_H

#include <stdio.h>

#include "mgmt/cli/command/xml.h"

#define CLI_NS_NETCONF "urn:ietf:params:xml:ns:netconf:base:1.0"

struct cli_client;

/*
 * Connects and exchanges hellos. -errno with @err, which says what is wrong and what would mend it.
 */
int cli_client_open(struct cli_client **client, const char *socket, struct hd_err *err);
void cli_client_close(struct cli_client *client);

/* True if the server's hello has the capability. */
bool cli_client_can(const struct cli_client *client, const char *capability);

/*
 * Sends <rpc> with @body in it and waits for the answer. @reply is the <rpc-reply> element; free it
 * with lyd_free_all(). Refusals of the server are in the reply: see cli_reply_errors(). -errno with
 * @err when there is no answer (-EPIPE, -ETIMEDOUT; -EINTR after Ctrl-C, and the session can be used
 * on) or it is not NETCONF (-EBADMSG).
 */
int cli_client_rpc(struct cli_client *client, const char *body, struct lyd_node **reply,
		   struct hd_err *err);

/*
 * Waits, as long as it takes, for a <notification>. Only in a session that has subscribed and asks
 * nothing else. -errno with @err; -EINTR after Ctrl-C.
 */
int cli_client_notification(struct cli_client *client, struct lyd_node **notification,
			    struct hd_err *err);

/* The descriptor that came with the last answer, which is the caller's from now on; -1: none did. */
int cli_client_take_fd(struct cli_client *client);

/* False when the other side has closed the session. */
bool cli_client_alive(const struct cli_client *client);

/* True when a request failed in a way that leaves the session of no use: open another. */
bool cli_client_broken(const struct cli_client *client);

/* The errors in a reply: how many, without warnings. */
unsigned int cli_reply_errors(const struct lyd_node *reply);

/*
 * The path of an <rpc-error> with names of modules, as configuration files have them, in place of
 * prefixes. Allocated; "" when there is none.
 */
char *cli_error_path(const struct lyd_node *error);

/* The same of an element whose text is a path; "" for NULL. */
char *cli_path_text(const struct lyd_node *node);

/*
 * Writes each error of a reply: where, in the words of the configuration, and what; the kind of
 * error when there are no words.
 */
void cli_reply_print_errors(const struct lyd_node *reply, FILE *out);

#endif
