/* SPDX-License-Identifier: BSD-3-Clause */
#include "supervisor/rtnl.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

/* libnl's codes become the kernel's. */
static int code_of(int nl)
{
	switch (nl < 0 ? -nl : nl) {
	case 0: return 0;
	case NLE_NODEV:
	case NLE_OBJ_NOTFOUND: return -ENODEV;
	case NLE_NOACCESS:
	case NLE_PERM: return -EPERM;
	case NLE_NOMEM: return -ENOMEM;
	case NLE_EXIST: return -EEXIST;
	case NLE_BUSY: return -EBUSY;
	case NLE_RANGE: return -ERANGE;
	case NLE_OPNOTSUPP: return -EOPNOTSUPP;
	case NLE_AF_NOSUPPORT: return -EAFNOSUPPORT;
	default: return -EINVAL;
	}
}

struct nl_sock *rtnl_open(const struct netns *netns, struct hd_err *err)
{
	int fd = netns_socket(netns, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, err), rc;
	struct nl_sock *sock = fd < 0 ? NULL : nl_socket_alloc();

	if (fd < 0)
		return NULL;
	rc = sock ? nl_socket_set_fd(sock, NETLINK_ROUTE, fd) : -NLE_NOMEM;
	if (rc == 0) {
		nl_socket_disable_seq_check(sock); /* it expects an acknowledgement of each */
		return sock;
	}
	hd_err_set(err, -code_of(rc), "a netlink socket: %s", nl_geterror(rc));
	close(fd);
	nl_socket_free(sock);
	return NULL;
}

static bool flag(struct nlattr *const *attr, int type)
{
	return attr[type] && nla_get_u8(attr[type]);
}

static uint32_t number(struct nlattr *const *attr, int type)
{
	return attr[type] ? nla_get_u32(attr[type]) : 0;
}

static void read_tun(struct nlattr *data, struct rtnl_link *link)
{
	struct nlattr *attr[IFLA_TUN_MAX + 1];

	if (nla_parse_nested(attr, IFLA_TUN_MAX, data, NULL) < 0)
		return;
	link->is_tap = attr[IFLA_TUN_TYPE] && nla_get_u8(attr[IFLA_TUN_TYPE]) == IFF_TAP;
	link->multi_queue = flag(attr, IFLA_TUN_MULTI_QUEUE);
	link->queues =
		number(attr, IFLA_TUN_NUM_QUEUES) + number(attr, IFLA_TUN_NUM_DISABLED_QUEUES);
	if (attr[IFLA_TUN_OWNER])
		link->owner = nla_get_u32(attr[IFLA_TUN_OWNER]);
	if (attr[IFLA_TUN_GROUP])
		link->group = nla_get_u32(attr[IFLA_TUN_GROUP]);
}

static int read_link(struct nlmsghdr *hdr, struct rtnl_link *link)
{
	struct nlattr *attr[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	const struct ifinfomsg *ifi = nlmsg_data(hdr);

	if (hdr->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(hdr, sizeof(*ifi), attr, IFLA_MAX, NULL) < 0)
		return -EINVAL;
	memset(link, 0, sizeof(*link));
	link->ifindex = (uint32_t)ifi->ifi_index;
	link->flags = ifi->ifi_flags;
	link->owner = (uid_t)-1;
	link->group = (gid_t)-1;
	if (attr[IFLA_IFNAME])
		nla_strlcpy(link->name, attr[IFLA_IFNAME], sizeof(link->name));
	if (attr[IFLA_IFALIAS])
		nla_strlcpy(link->alias, attr[IFLA_IFALIAS], sizeof(link->alias));
	link->carrier = flag(attr, IFLA_CARRIER);
	link->mtu = number(attr, IFLA_MTU);
	if (attr[IFLA_LINKINFO] &&
	    nla_parse_nested(info, IFLA_INFO_MAX, attr[IFLA_LINKINFO], NULL) == 0 &&
	    info[IFLA_INFO_KIND] && !nla_strcmp(info[IFLA_INFO_KIND], "tun") &&
	    info[IFLA_INFO_DATA])
		read_tun(info[IFLA_INFO_DATA], link);
	return 0;
}

struct walk {
	void (*fn)(const struct rtnl_link *link, void *arg);
	void *arg;
};

static int on_link(struct nl_msg *msg, void *arg)
{
	const struct walk *walk = arg;
	struct rtnl_link link;

	if (read_link(nlmsg_hdr(msg), &link) == 0)
		walk->fn(&link, walk->arg);
	return NL_OK;
}

/* Sends @msg, which is freed, and calls @fn for each device that the answer tells of. */
static int ask(struct nl_sock *sock, struct nl_msg *msg,
	       void (*fn)(const struct rtnl_link *link, void *arg), void *arg)
{
	struct walk walk = {fn, arg};
	int rc;

	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_link, &walk);
	nl_socket_disable_auto_ack(sock); /* the answer is the devices themselves */
	rc = nl_send_auto(sock, msg);
	nlmsg_free(msg);
	if (rc >= 0)
		rc = nl_recvmsgs_default(sock);
	nl_socket_enable_auto_ack(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_DEFAULT, NULL, NULL);
	return code_of(rc < 0 ? rc : 0);
}

static struct nl_msg *link_msg(int type, int flags, uint32_t ifindex)
{
	struct ifinfomsg ifi = {.ifi_family = AF_UNSPEC, .ifi_index = (int)ifindex};
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) == 0)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static void keep(const struct rtnl_link *link, void *arg)
{
	*(struct rtnl_link *)arg = *link;
}

int rtnl_get(struct nl_sock *sock, const char *name, uint32_t ifindex, struct rtnl_link *link)
{
	struct nl_msg *msg = link_msg(RTM_GETLINK, 0, name ? 0 : ifindex);
	int rc;

	if (!msg)
		return -ENOMEM;
	if (name && nla_put_string(msg, IFLA_IFNAME, name) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	memset(link, 0, sizeof(*link));
	rc = ask(sock, msg, keep, link);
	if (rc == 0 && link->ifindex == 0)
		rc = -ENODEV;
	return rc;
}

int rtnl_each(struct nl_sock *sock, void (*fn)(const struct rtnl_link *link, void *arg), void *arg)
{
	struct nl_msg *msg = link_msg(RTM_GETLINK, NLM_F_DUMP, 0);

	return msg ? ask(sock, msg, fn, arg) : -ENOMEM;
}

int rtnl_alias(struct nl_sock *sock, uint32_t ifindex, const char *text)
{
	struct nl_msg *msg = link_msg(RTM_SETLINK, 0, ifindex);

	if (!msg)
		return -ENOMEM;
	if (nla_put(msg, IFLA_IFALIAS, (int)strlen(text), text) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return code_of(nl_send_sync(sock, msg));
}

int rtnl_no_ipv6_address(struct nl_sock *sock, uint32_t ifindex)
{
	struct nl_msg *msg = link_msg(RTM_SETLINK, 0, ifindex);
	struct nlattr *spec = msg ? nla_nest_start(msg, IFLA_AF_SPEC) : NULL;
	struct nlattr *inet6 = spec ? nla_nest_start(msg, AF_INET6) : NULL;
	int rc;

	if (!inet6 || nla_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	nla_nest_end(msg, inet6);
	nla_nest_end(msg, spec);
	rc = code_of(nl_send_sync(sock, msg));
	/* without IPv6, in the kernel or below an MTU of 1280, there is no address either */
	return rc == -EAFNOSUPPORT || rc == -EOPNOTSUPP ? 0 : rc;
}

int rtnl_delete(struct nl_sock *sock, uint32_t ifindex)
{
	struct nl_msg *msg = link_msg(RTM_DELLINK, 0, ifindex);

	return msg ? code_of(nl_send_sync(sock, msg)) : -ENOMEM;
}

/* A message that says the group of a device, or what to do with a group. */
static int group_send(struct nl_sock *sock, int type, uint32_t ifindex, uint32_t group)
{
	struct nl_msg *msg = link_msg(type, 0, ifindex);

	if (!msg)
		return -ENOMEM;
	if (nla_put_u32(msg, IFLA_GROUP, group) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return code_of(nl_send_sync(sock, msg));
}

int rtnl_group(struct nl_sock *sock, uint32_t ifindex, uint32_t group)
{
	return group_send(sock, RTM_SETLINK, ifindex, group);
}

int rtnl_delete_group(struct nl_sock *sock, uint32_t group)
{
	return group_send(sock, RTM_DELLINK, 0, group);
}
