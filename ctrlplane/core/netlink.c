/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/core/netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/event.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "heddle/base/log.h"
#include "ctrlplane/core/netlink_int.h"

#define EVENT_BUFFER (1 << 20) /* bytes: some thousand changes at once */

static struct nl_sock *listener, *asker;
static struct event *readable;
static cp_netlink_fn on_change;
static void *on_change_arg;

static int open_socket(struct nl_sock **sock)
{
	int rc;

	*sock = nl_socket_alloc();
	if (!*sock)
		return -ENOMEM;
	rc = nl_connect(*sock, NETLINK_ROUTE);
	return rc < 0 ? -(errno ? errno : EPROTO) : 0;
}

static int on_event_message(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *hdr = nlmsg_hdr(msg);
	const struct ifinfomsg *link;
	const struct nlattr *name;
	struct cp_address address;

	if (cp_netlink_address_parse(hdr, &address)) {
		on_change(CP_ADDRESS_CHANGED, address.ifindex, NULL, on_change_arg);
	} else if ((hdr->nlmsg_type == RTM_NEWLINK || hdr->nlmsg_type == RTM_DELLINK) &&
		   nlmsg_valid_hdr(hdr, sizeof(*link))) {
		link = nlmsg_data(hdr);
		name = nlmsg_find_attr((struct nlmsghdr *)hdr, sizeof(*link), IFLA_IFNAME);
		if (name && strnlen(nla_data(name), (size_t)nla_len(name)) < (size_t)nla_len(name))
			on_change(CP_LINK_CHANGED, (uint32_t)link->ifi_index, nla_data(name),
				  on_change_arg);
	}
	return NL_OK;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	int rc = nl_recvmsgs_default(listener);

	/* messages were lost (ENOBUFS), or something is wrong that a new look puts right */
	if (rc < 0 && rc != -NLE_AGAIN && rc != -NLE_INTR)
		on_change(CP_EVERYTHING_CHANGED, 0, NULL, on_change_arg);
}

int cp_netlink_open(struct event_base *base, cp_netlink_fn fn, void *arg, struct hd_err *err)
{
	int rc;

	on_change = fn;
	on_change_arg = arg;
	rc = open_socket(&listener);
	if (rc == 0)
		rc = open_socket(&asker);
	if (rc < 0)
		goto fail;
	nl_socket_disable_seq_check(listener);
	nl_socket_modify_cb(listener, NL_CB_VALID, NL_CB_CUSTOM, on_event_message, NULL);
	nl_socket_set_buffer_size(listener, EVENT_BUFFER, 0);
	rc = nl_socket_add_memberships(listener, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
				       RTNLGRP_IPV6_IFADDR, 0);
	if (rc < 0 || nl_socket_set_nonblocking(listener) < 0) {
		rc = -EPROTO;
		goto fail;
	}
	readable = event_new(base, nl_socket_get_fd(listener), EV_READ | EV_PERSIST, on_readable,
			     NULL);
	if (!readable || event_add(readable, NULL) < 0) {
		rc = -ENOMEM;
		goto fail;
	}
	return 0;
fail:
	cp_netlink_close();
	return hd_err_set(err, -rc, "cannot listen to the kernel's interfaces (netlink): %s",
			  strerror(-rc));
}

void cp_netlink_close(void)
{
	if (readable)
		event_free(readable);
	nl_socket_free(listener);
	nl_socket_free(asker);
	readable = NULL;
	listener = NULL;
	asker = NULL;
}

struct dump {
	cp_address_fn fn;
	void *arg;
	int error;
	bool done;
};

static int on_dump_message(struct nl_msg *msg, void *arg)
{
	struct dump *dump = arg;
	struct cp_address address;

	if (cp_netlink_address_parse(nlmsg_hdr(msg), &address))
		dump->fn(&address, dump->arg);
	return NL_OK;
}

static int on_done(struct nl_msg *msg, void *arg)
{
	((struct dump *)arg)->done = true;
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	struct dump *dump = arg;

	dump->error = error->error;
	dump->done = true;
	return NL_STOP;
}

/* Sends @msg (and frees it) and reads until the answer is complete. */
static int transact(struct nl_msg *msg, struct dump *dump)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int rc;

	if (!cb || !msg) {
		nl_cb_put(cb);
		nlmsg_free(msg);
		return -ENOMEM;
	}
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_dump_message, dump);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_done, dump);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_done, dump);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, dump);
	rc = nl_send_auto(asker, msg);
	while (rc >= 0 && !dump->done)
		rc = nl_recvmsgs(asker, cb);
	nlmsg_free(msg);
	nl_cb_put(cb);
	if (dump->error)
		return dump->error;
	return dump->done ? 0 : -EIO;
}

int cp_netlink_addresses(cp_address_fn fn, void *arg)
{
	struct dump dump = {.fn = fn, .arg = arg};
	struct ifaddrmsg all = {.ifa_family = AF_UNSPEC};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_DUMP);

	if (msg && nlmsg_append(msg, &all, sizeof(all), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return transact(msg, &dump);
}

int cp_netlink_address_add(const struct cp_address *address)
{
	struct dump dump = {0};

	return transact(cp_netlink_address_message(address, RTM_NEWADDR,
						   NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK),
			&dump);
}

int cp_netlink_address_remove(const struct cp_address *address)
{
	struct dump dump = {0};

	return transact(cp_netlink_address_message(address, RTM_DELADDR, NLM_F_ACK), &dump);
}
