/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/client.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "mgmt/cli/command/deframe.h"
#include "mgmt/cli/term/interrupt.h"

#define CAP_BASE_11 "urn:ietf:params:netconf:base:1.1"
#define CAP_CLI     "urn:heddle:client:cli" /* so that the history says how a commit was made */
#define TIMEOUT_MS  60000

struct cli_client {
	int fd;
	unsigned int message_id;
	bool partial; /* of a message, when Ctrl-C came */
	bool broken;
	bool waits; /* for what comes when it comes */
	int came;   /* a descriptor that came along; -1: none */
	struct lyd_node *hello;
	struct cli_deframer in;
	char buf[65536]; /* read, and not yet used */
	size_t at, n;
};

static int explain_permission(const char *socket, struct hd_err *err)
{
	char *copy = cli_strdup(socket);
	struct stat st;
	struct group *group;
	struct passwd *user = getpwuid(geteuid());

	if (stat(socket, &st) < 0 && stat(dirname(copy), &st) < 0)
		st.st_gid = 0;
	free(copy);
	group = getgrgid(st.st_gid);
	if (!group || st.st_gid == 0)
		return hd_err_set(err, EACCES,
				  "permission denied on %s: only root may use it. Run the command "
				  "with sudo",
				  socket);
	return hd_err_set(err, EACCES,
			  "permission denied on %s: it is for the group %s. Join it with: sudo "
			  "usermod -aG %s %s  and log in again",
			  socket, group->gr_name, group->gr_name, user ? user->pw_name : "USER");
}

static int explain_connect(const char *socket, int code, struct hd_err *err)
{
	char *copy, *dir;

	if (code == EACCES || code == EPERM)
		return explain_permission(socket, err);
	copy = cli_strdup(socket);
	dir = dirname(copy);
	if (code == ENOENT || code == ECONNREFUSED)
		hd_err_set(err, code, "no switch answers on %s (%s). Start it with: %s%s", socket,
			   code == ENOENT ? "there is no such socket"
					  : "nobody listens on the socket",
			   strcmp(dir, "/run/heddle") == 0
				   ? "systemctl start heddled, or heddled -c FILE --run-dir "
				   : "heddled -c FILE --run-dir ",
			   dir);
	else
		hd_err_set(err, code, "cannot connect to %s: %s", socket, strerror(code));
	free(copy);
	return -code;
}

static int send_all(int fd, const char *bytes, size_t n, struct hd_err *err)
{
	while (n) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR && cli_interrupted())
			return hd_err_set(err, ECANCELED, "interrupted while asking the switch");
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return hd_err_set(err, EPIPE, "the switch closed the session: %s",
					  strerror(errno));
		bytes += sent;
		n -= (size_t)sent;
	}
	return 0;
}

/* As recv(), and keeps a descriptor that comes along. */
static ssize_t receive_bytes(struct cli_client *c)
{
	union {
		struct cmsghdr head;
		char data[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = {c->buf, sizeof(c->buf)};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *head = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len == CMSG_LEN(sizeof(int))) {
		if (c->came >= 0)
			close(c->came);
		memcpy(&c->came, CMSG_DATA(head), sizeof(c->came));
	}
	return n;
}

int cli_client_take_fd(struct cli_client *c)
{
	int fd = c->came;

	c->came = -1;
	return fd;
}

static int fill(struct cli_client *c, struct hd_err *err)
{
	struct pollfd pfds[] = {
		{.fd = c->fd, .events = POLLIN},
		{.fd = cli_interrupt_fd(), .events = POLLIN},
	};
	int rc = poll(pfds, 2, c->waits ? -1 : TIMEOUT_MS);
	ssize_t n;

	if (cli_interrupted())
		return hd_err_set(err, EINTR, "interrupted; what was asked may still be done");
	if (rc < 0 && errno == EINTR)
		return 0;
	if (rc == 0)
		return hd_err_set(err, ETIMEDOUT, "the switch did not answer within %d s",
				  TIMEOUT_MS / 1000);
	n = receive_bytes(c);
	if (n < 0 && errno == EINTR)
		return 0;
	if (n <= 0)
		return hd_err_set(err, EPIPE,
				  "the switch closed the session without an answer: its log says "
				  "why (journalctl -u heddled)");
	c->at = 0;
	c->n = (size_t)n;
	return 0;
}

/* The next message of the server, in c->in.message; one that was interrupted goes on. */
static int receive(struct cli_client *c, bool chunked, struct hd_err *err)
{
	if (!c->partial)
		cli_deframer_next(&c->in, chunked);
	c->partial = false;
	for (;;) {
		size_t used;
		int rc = cli_deframe(&c->in, c->buf + c->at, c->n - c->at, &used);

		c->at += used;
		if (rc == 1)
			return 0;
		if (rc < 0)
			return hd_err_set(err, -rc, "what came from the switch is not NETCONF");
		rc = fill(c, err);
		c->partial = rc == -EINTR;
		if (rc < 0)
			return rc;
	}
}

bool cli_client_can(const struct cli_client *c, const char *capability)
{
	size_t len = strlen(capability);

	cli_xml_foreach(cap, cli_xml_child(c->hello, "capabilities"), "capability")
	{
		const char *text = cli_xml_own_text(cap);

		text += strspn(text, " \t\r\n");
		if (strncmp(text, capability, len) == 0 &&
		    (text[len] == '\0' || strchr("?& \t\r\n", text[len])))
			return true;
	}
	return false;
}

/* A server that does not let us in says why in place of its hello. */
static const char *refusal(const struct cli_client *c)
{
	const struct lyd_node *error = cli_xml_child(c->hello, "rpc-error");

	return error ? cli_xml_text(error, "error-message") : NULL;
}

static int hello(struct cli_client *c, struct hd_err *err)
{
	static const char ours[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><hello xmlns=\"" CLI_NS_NETCONF
		"\"><capabilities><capability>" CAP_BASE_11 "</capability><capability>" CAP_CLI
		"</capability></capabilities></hello>]]>]]>";
	struct hd_err unsent = {0};
	int sent = send_all(c->fd, ours, sizeof(ours) - 1, &unsent), rc;

	/* It may have closed already; what it said can be read all the same. */
	rc = receive(c, false, err);
	if (rc == 0)
		rc = cli_xml_parse(c->in.message.text, &c->hello, err);
	if (rc == 0 && refusal(c))
		return hd_err_set(err, EACCES, "%s", refusal(c));
	if (rc == 0 && sent < 0) {
		*err = unsent;
		return sent;
	}
	if (rc == 0 && !cli_client_can(c, CAP_BASE_11))
		rc = hd_err_set(err, EPROTO,
				"what answers on the socket does not speak NETCONF 1.1: is it "
				"heddle-mgmt?");
	return rc;
}

int cli_client_open(struct cli_client **client, const char *socket_path, struct hd_err *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct cli_client *c;
	int rc;

	*client = NULL;
	if (strlen(socket_path) >= sizeof(addr.sun_path))
		return hd_err_set(err, ENAMETOOLONG,
				  "the path of the socket has %zu bytes, at most %zu fit: choose a "
				  "shorter --run-dir",
				  strlen(socket_path), sizeof(addr.sun_path) - 1);
	strcpy(addr.sun_path, socket_path);
	c = cli_calloc(1, sizeof(*c));
	c->came = -1;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		rc = hd_err_set(err, errno, "socket: %s", strerror(errno));
	else if (connect(c->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		rc = explain_connect(socket_path, errno, err);
	else
		rc = hello(c, err);
	if (rc < 0)
		cli_client_close(c);
	else
		*client = c;
	return rc;
}

/* A carriage return that stands for itself is a line feed to who reads it (XML 1.0 2.11). */
static void add_body(struct cli_str *rpc, const char *body)
{
	for (size_t n; n = strcspn(body, "\r"), body[n]; body += n + 1) {
		cli_str_add(rpc, body, n);
		cli_str_puts(rpc, "&#13;");
	}
	cli_str_puts(rpc, body);
}

static int send_rpc(struct cli_client *c, const char *body, struct hd_err *err)
{
	struct cli_str rpc = {0}, framed = {0};
	int rc;

	cli_str_printf(&rpc, "<rpc xmlns=\"" CLI_NS_NETCONF "\" message-id=\"%u\">",
		       ++c->message_id);
	add_body(&rpc, body);
	cli_str_puts(&rpc, "</rpc>");
	cli_str_printf(&framed, "\n#%zu\n", rpc.len);
	cli_str_add(&framed, rpc.text, rpc.len);
	cli_str_puts(&framed, "\n##\n");
	rc = send_all(c->fd, framed.text, framed.len, err);
	cli_str_free(&rpc);
	cli_str_free(&framed);
	return rc;
}

void cli_client_close(struct cli_client *c)
{
	struct hd_err err;

	if (!c)
		return;
	if (c->fd >= 0 && c->message_id && !c->broken && !c->partial)
		send_rpc(c, "<close-session/>", &err); /* nobody waits for the answer */
	if (c->fd >= 0)
		close(c->fd);
	if (c->came >= 0)
		close(c->came);
	lyd_free_all(c->hello);
	cli_deframer_next(&c->in, true);
	free(c);
}

/* An answer to a request that was interrupted before, which nobody waits for any more. */
static bool is_late(const struct cli_client *c, const struct lyd_node *reply)
{
	const char *id = cli_xml_attribute(reply, "message-id");

	return id && strtoul(id, NULL, 10) < c->message_id;
}

static int receive_reply(struct cli_client *c, struct lyd_node **reply, struct hd_err *err)
{
	int rc;

	do {
		lyd_free_all(*reply);
		*reply = NULL;
		rc = receive(c, true, err);
		if (rc == 0)
			rc = cli_xml_parse(c->in.message.text, reply, err);
	} while (rc == 0 && strcmp(cli_xml_name(*reply), "rpc-reply") == 0 && is_late(c, *reply));
	return rc;
}

bool cli_client_alive(const struct cli_client *c)
{
	char byte;
	ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return !c->broken && (n > 0 || (n < 0 && errno == EAGAIN));
}

bool cli_client_broken(const struct cli_client *c)
{
	return c->broken;
}

int cli_client_rpc(struct cli_client *c, const char *body, struct lyd_node **reply,
		   struct hd_err *err)
{
	int rc = send_rpc(c, body, err);

	*reply = NULL;
	if (rc == 0)
		rc = receive_reply(c, reply, err);
	if (rc == 0 && strcmp(cli_xml_name(*reply), "rpc-reply") != 0) {
		lyd_free_all(*reply);
		*reply = NULL;
		rc = hd_err_set(err, EBADMSG, "the switch sent something that is not an answer");
	}
	if (rc < 0 && rc != -EINTR)
		c->broken = true;
	return rc;
}

int cli_client_notification(struct cli_client *c, struct lyd_node **notification,
			    struct hd_err *err)
{
	int rc;

	*notification = NULL;
	c->waits = true;
	do {
		lyd_free_all(*notification);
		*notification = NULL;
		rc = receive(c, true, err);
		if (rc == 0)
			rc = cli_xml_parse(c->in.message.text, notification, err);
	} while (rc == 0 && strcmp(cli_xml_name(*notification), "notification") != 0);
	c->waits = false;
	if (rc < 0 && rc != -EINTR)
		c->broken = true;
	return rc;
}
