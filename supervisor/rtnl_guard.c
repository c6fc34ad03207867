/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table that keeps a guest's frames away from the host's own stack. Without it the host would
 * answer the guest: Linux answers ARP for any of its addresses on any interface. In the words of
 * nft:
 *
 *	table netdev heddle-DEVICE { chain ingress {
 *		type filter hook ingress device DEVICE priority 0; policy drop; } }
 */
#include "supervisor/rtnl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#define BATCH_SIZE 4096
#define ANSWER_S   5
#define NEWS_MAX   16 /* read in one turn: who owns a namespace may change its filter all the time */
#define PREFIX     "heddle-"
#define CHAIN      "ingress"

/* Messages that the kernel takes all or none of. */
struct batch {
	char bytes[BATCH_SIZE];
	size_t len;
	uint32_t seq;
	int rc;
};

static struct nl_msg *new_msg(int type, int flags, int family, int res_id)
{
	struct nfgenmsg nfg = {
		.nfgen_family = (uint8_t)family, .version = NFNETLINK_V0, .res_id = htons(res_id)};
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | flags);

	if (msg && nlmsg_append(msg, &nfg, sizeof(nfg), NLMSG_ALIGNTO) == 0)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static struct nl_msg *nft_msg(int type, int flags)
{
	return new_msg(NFNL_SUBSYS_NFTABLES << 8 | type, flags, NFPROTO_NETDEV, 0);
}

/* @bad: a step of making it failed. Takes @msg. */
static void add(struct batch *b, struct nl_msg *msg, bool bad)
{
	struct nlmsghdr *hdr = msg ? nlmsg_hdr(msg) : NULL;

	if (!hdr || bad || b->len + NLMSG_ALIGN(hdr->nlmsg_len) > sizeof(b->bytes)) {
		b->rc = -ENOMEM;
	} else {
		hdr->nlmsg_seq = ++b->seq;
		memcpy(b->bytes + b->len, hdr, hdr->nlmsg_len);
		b->len += NLMSG_ALIGN(hdr->nlmsg_len);
	}
	nlmsg_free(msg);
}

static void add_table(struct batch *b, int type, int flags, const char *table)
{
	struct nl_msg *msg = nft_msg(type, flags);

	add(b, msg, msg && nla_put_string(msg, NFTA_TABLE_NAME, table) < 0);
}

static void add_chain(struct batch *b, int flags, const char *table, const char *netdev)
{
	struct nl_msg *msg = nft_msg(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_ACK | flags);
	struct nlattr *hook = NULL;
	bool bad = msg && (nla_put_string(msg, NFTA_CHAIN_TABLE, table) < 0 ||
			   nla_put_string(msg, NFTA_CHAIN_NAME, CHAIN) < 0 ||
			   nla_put_string(msg, NFTA_CHAIN_TYPE, "filter") < 0 ||
			   nla_put_u32(msg, NFTA_CHAIN_POLICY, htonl(NF_DROP)) < 0 ||
			   !(hook = nla_nest_start(msg, NFTA_CHAIN_HOOK)) ||
			   nla_put_u32(msg, NFTA_HOOK_HOOKNUM, htonl(NF_NETDEV_INGRESS)) < 0 ||
			   nla_put_u32(msg, NFTA_HOOK_PRIORITY, 0) < 0 ||
			   nla_put_string(msg, NFTA_HOOK_DEV, netdev) < 0);

	if (hook)
		nla_nest_end(msg, hook);
	add(b, msg, bad);
}

/* Waits for the last message's answer, or the first refusal. */
static int answer(int sock, uint32_t last)
{
	char bytes[8192] __attribute__((aligned(NLMSG_ALIGNTO)));

	for (;;) {
		int len = (int)recv(sock, bytes, sizeof(bytes), 0);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		for (struct nlmsghdr *hdr = (void *)bytes; nlmsg_ok(hdr, len);
		     hdr = nlmsg_next(hdr, &len)) {
			const struct nlmsgerr *e = nlmsg_data(hdr);

			if (hdr->nlmsg_type == NLMSG_ERROR && (e->error || hdr->nlmsg_seq == last))
				return e->error;
		}
	}
}

static void begin(struct batch *b)
{
	b->len = 0;
	b->seq = 0;
	b->rc = 0;
	add(b, new_msg(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES), false);
}

static int commit(int sock, struct batch *b)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	uint32_t last = b->seq;

	add(b, new_msg(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES), false);
	if (b->rc < 0)
		return b->rc;
	if (sendto(sock, b->bytes, b->len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return answer(sock, last);
}

int rtnl_guard_socket(const struct netns *netns, struct hd_err *err)
{
	struct timeval wait = {.tv_sec = ANSWER_S};
	int sock = netns_socket(netns, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, err);

	if (sock >= 0)
		setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return sock;
}

static void table_name(const char *netdev, char *text, size_t size)
{
	snprintf(text, size, PREFIX "%s", netdev);
}

/*
 * Adds what is not there. @table_flags, @chain_flags: NLM_F_EXCL where nothing may be; one of them
 * at the most, or there are two refusals, and one is read.
 */
static int add_guard(int sock, const char *netdev, int table_flags, int chain_flags)
{
	char table[IFNAMSIZ + 8];
	struct batch b;

	table_name(netdev, table, sizeof(table));
	begin(&b);
	add_table(&b, NFT_MSG_NEWTABLE, NLM_F_CREATE | table_flags, table);
	add_chain(&b, chain_flags, table, netdev);
	return commit(sock, &b);
}

int rtnl_guard_again(int sock, const char *netdev)
{
	return add_guard(sock, netdev, 0, NLM_F_EXCL);
}

int rtnl_guard(int sock, const char *netdev)
{
	char table[IFNAMSIZ + 8];
	struct batch b;
	int rc = add_guard(sock, netdev, NLM_F_EXCL, 0);

	if (rc != -EEXIST)
		return rc;
	/*
	 * what is there afterwards is ours alone. (Deleting costs some 15 ms when the socket is
	 * closed.)
	 */
	table_name(netdev, table, sizeof(table));
	begin(&b);
	add_table(&b, NFT_MSG_DELTABLE, 0, table);
	add_table(&b, NFT_MSG_NEWTABLE, NLM_F_CREATE, table);
	add_chain(&b, 0, table, netdev);
	return commit(sock, &b);
}

int rtnl_unguard(int sock, const char *netdev)
{
	char table[IFNAMSIZ + 8];
	struct batch b;

	table_name(netdev, table, sizeof(table));
	begin(&b);
	add_table(&b, NFT_MSG_DELTABLE, NLM_F_ACK, table);
	return commit(sock, &b);
}

int rtnl_guard_listen(const struct netns *netns)
{
	int sock =
		netns_socket(netns, AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_NETFILTER, NULL);
	struct sockaddr_nl any = {.nl_family = AF_NETLINK};
	int group = NFNLGRP_NFTABLES, rc;

	/* one without an address of its own is told nothing */
	if (sock >= 0 &&
	    (bind(sock, (struct sockaddr *)&any, sizeof(any)) < 0 ||
	     setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)) {
		rc = -errno;
		close(sock);
		return rc;
	}
	return sock;
}

/* The device whose table, or the table's chain, @hdr says went. NULL: it says something else. */
static const char *gone(const struct nlmsghdr *hdr, char table[NFT_NAME_MAXLEN])
{
	const struct nfgenmsg *nfg = nlmsg_data(hdr);
	const struct nlattr *name;

	if (hdr->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE) &&
	    hdr->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELCHAIN))
		return NULL;
	if (!nlmsg_valid_hdr(hdr, sizeof(*nfg)) || nfg->nfgen_family != NFPROTO_NETDEV)
		return NULL;
	name = nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)hdr, sizeof(*nfg), NFTA_TABLE_NAME);
	if (!name)
		return NULL;
	nla_strlcpy(table, name, NFT_NAME_MAXLEN);
	return strncmp(table, PREFIX, strlen(PREFIX)) ? NULL : table + strlen(PREFIX);
}

void rtnl_guard_news(int sock, void (*fn)(const char *netdev, void *arg), void *arg)
{
	char bytes[16384] __attribute__((aligned(NLMSG_ALIGNTO))), table[NFT_NAME_MAXLEN];
	const char *netdev;

	for (unsigned int i = 0; i < NEWS_MAX; i++) {
		int len = (int)recv(sock, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (len < 0 && errno == ENOBUFS) {
			fn(NULL, arg);
			continue;
		}
		if (len <= 0)
			return;
		for (struct nlmsghdr *hdr = (void *)bytes; nlmsg_ok(hdr, len);
		     hdr = nlmsg_next(hdr, &len)) {
			netdev = gone(hdr, table);
			if (netdev)
				fn(netdev, arg);
		}
	}
}
