/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens, polls and closes TAP ports: configuration, descriptors, link. Control thread. */
#include "dataplane/port/tap/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if_tun.h>
#include <net/if.h>

#include "heddle/base/log.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/rcu.h"
#include "dataplane/port/vnet.h"

int dp_tap_validate(const void *params, struct hd_err *err)
{
	const struct hd_tap_object *o = params;
	static const uint8_t zero[sizeof(o->zero)];
	int ret;

	ret = dp_vnet_place_check(o->netdev, o->netns, err);
	if (ret == 0)
		ret = dp_vnet_offloads_check(o->offloads, err);
	if (ret == 0)
		ret = dp_vnet_tap_check(o->mac, o->queues, HD_TAP_QUEUES_MAX, o->mtu, err);
	if (ret == 0 && memcmp(o->zero, zero, sizeof(zero)) != 0)
		ret = hd_err_set(err, EINVAL, "bytes that must be zero are not");
	return ret;
}

static void tap_close_fds(struct dp_tap *tap)
{
	for (unsigned int i = 0; i < tap->n_fds; i++)
		close(tap->fd[i]);
	if (tap->n_fds > 0)
		close(tap->sock);
	tap->n_fds = 0;
}

/* What heddled gave is what we need, and is set as the configuration says. */
static int tap_setup(struct dp_tap *tap, const struct hd_tap_object *o, struct hd_err *err)
{
	unsigned int offload = 0;

	if (o->offloads & HD_OFFLOAD_CSUM)
		offload |= TUN_F_CSUM;
	if (o->offloads & HD_OFFLOAD_TSO)
		offload |= TUN_F_TSO4 | TUN_F_TSO6;
	for (unsigned int i = 0; i < tap->n_fds; i++) {
		int hlen = 0;

		if (ioctl(tap->fd[i], TUNGETVNETHDRSZ, &hlen) != 0)
			return hd_err_set(err, errno, "queue %u of %s is not a TAP: %s", i,
					  o->netdev, strerror(errno));
		if (hlen != DP_VNET_HLEN_TAP)
			return hd_err_set(
				err, EPROTO,
				"queue %u of %s has an offload header of %d bytes, not %zu", i,
				o->netdev, hlen, DP_VNET_HLEN_TAP);
		if (ioctl(tap->fd[i], TUNSETOFFLOAD, offload) != 0)
			return hd_err_set(err, errno, "offloads of %s: %s", o->netdev,
					  strerror(errno));
		if (fcntl(tap->fd[i], F_SETFL, fcntl(tap->fd[i], F_GETFL) | O_NONBLOCK) != 0)
			return hd_err_set(err, errno, "%s: %s", o->netdev, strerror(errno));
	}
	return 0;
}

static int tap_request(struct dp_port *port, struct dp_tap *tap, struct hd_err *err)
{
	const struct hd_tap_object *o = dp_port_params(port);
	struct hd_open_tap req = {.queues = o->queues, .mtu = o->mtu};
	int fds[HD_TAP_QUEUES_MAX + 2];
	unsigned int n = RTE_DIM(fds);
	struct hd_opened opened = {0};
	int ret;

	hd_str_copy(req.port, sizeof(req.port), port->name);
	memcpy(req.netdev, o->netdev, sizeof(req.netdev));
	memcpy(req.netns, o->netns, sizeof(req.netns));
	memcpy(req.mac, o->mac, sizeof(req.mac));
	ret = dp_opener_tap(&req, fds, &n, &opened, err);
	if (ret < 0)
		return ret;
	if (n < o->queues + 1u) {
		while (n > 0)
			close(fds[--n]);
		return hd_err_set(err, EPROTO, "%s: fewer descriptors came than queues", o->netdev);
	}
	memcpy(tap->fd, fds, o->queues * sizeof(fds[0]));
	tap->n_fds = o->queues;
	tap->sock = fds[o->queues];
	while (n > o->queues + 1u)
		close(fds[--n]);
	tap->ifindex = opened.ifindex;
	return 0;
}

/*
 * What the kernel says about the interface. @here is false when it cannot be asked: it was moved to
 * another namespace. -ENODEV: it was deleted.
 */
static int tap_link_read(struct dp_tap *tap, struct dp_vnet_link *link, bool *here)
{
	struct ifreq ifr = {0};

	*here = true;
	if (dp_vnet_link_read(tap->sock, tap->netdev, link) == 0 && link->ifindex == tap->ifindex)
		return 0;
	/*
	 * not by this name: the descriptor knows (but asking it takes a lock of the whole kernel)
	 */
	if (ioctl(tap->fd[0], TUNGETIFF, &ifr) != 0)
		return -ENODEV;
	memcpy(tap->netdev, ifr.ifr_name, sizeof(tap->netdev));
	tap->netdev[sizeof(tap->netdev) - 1] = '\0';
	if (dp_vnet_link_read(tap->sock, tap->netdev, link) != 0 || link->ifindex != tap->ifindex)
		*here = false;
	return 0;
}

/* Tells the core when the link changed. @first: it does not know yet. */
static void tap_link_tell(struct dp_port *port, const struct dp_vnet_link *link, bool here,
			  bool first)
{
	const struct hd_tap_object *o = dp_port_params(port);
	struct dp_tap *tap = dp_port_priv(port);
	bool is_up = !here || (link->flags & IFF_UP);
	char text[160];

	if (!first && is_up == tap->is_up)
		return;
	tap->is_up = is_up;
	if (is_up) {
		dp_port_set_up(port, tap->n_fds, tap->n_fds, dp_vnet_caps(o->offloads));
		return;
	}
	snprintf(text, sizeof(text), "%s is down in the kernel: ip %s%s%slink set %s up",
		 tap->netdev, o->netns[0] ? "-n " : "", o->netns, o->netns[0] ? " " : "",
		 tap->netdev);
	dp_port_set_down(port, HD_PORT_LINK_DOWN, text);
}

/* Somebody gave the interface another MTU: the port's detail is another one. */
static void tap_mtu_tell(struct dp_port *port)
{
	const struct hd_tap_object *o = dp_port_params(port);
	struct dp_tap *tap = dp_port_priv(port);
	int mtu = dp_vnet_link_mtu(tap->sock, tap->netdev);

	if (mtu == tap->mtu || !tap->is_up)
		return;
	tap->mtu = mtu;
	dp_port_set_up(port, tap->n_fds, tap->n_fds, dp_vnet_caps(o->offloads));
}

/* One that was moved to another namespace keeps the address that it had. */
static void tap_mac_tell(struct dp_port *port)
{
	struct dp_tap *tap = dp_port_priv(port);
	uint8_t mac[6];

	if (dp_vnet_link_mac(tap->sock, tap->netdev, mac) == 0)
		dp_port_set_mac(port, mac);
}

static int tap_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	const struct hd_tap_object *o = dp_port_params(port);
	struct dp_tap *tap = dp_port_priv(port);
	struct dp_vnet_link link = {0};
	bool here;
	int ret = tap_request(port, tap, err);

	if (ret != 0) {
		*reason = dp_vnet_open_reason(ret);
		return ret;
	}
	memcpy(tap->netdev, o->netdev, sizeof(tap->netdev));
	ret = tap_setup(tap, o, err);
	if (ret == 0 && tap_link_read(tap, &link, &here) != 0)
		ret = hd_err_set(err, ENODEV, "%s was deleted", o->netdev);
	if (ret != 0) {
		/* what heddled keeps is of no use: the next try is to make a new one */
		tap_close_fds(tap);
		dp_opener_release(port->name);
		*reason = dp_vnet_open_reason(ret);
		return ret;
	}
	tap->mtu = o->mtu;
	tap_mac_tell(port);
	tap_link_tell(port, &link, here, true);
	return 0;
}

static void tap_close(struct dp_port *port)
{
	struct dp_tap *tap = dp_port_priv(port);

	tap_close_fds(tap);
	tap->is_up = false;
}

static int tap_poll(struct dp_port *port)
{
	struct dp_tap *tap = dp_port_priv(port);
	struct dp_vnet_link link = {0};
	char text[160];
	bool here;

	if (tap_link_read(tap, &link, &here) == 0) {
		tap_link_tell(port, &link, here, false);
		if (++tap->polls % DP_VNET_MTU_POLLS == 0) {
			tap_mtu_tell(port);
			tap_mac_tell(port);
		}
		return 0;
	}
	/* what heddled keeps is as dead as what we have */
	snprintf(text, sizeof(text), "%s was deleted; making it again", tap->netdev);
	dp_port_set_down(port, HD_PORT_NO_DEVICE, text);
	tap->is_up = false;
	dp_opener_release(port->name);
	return -ENODEV;
}

static int tap_event_fd(struct dp_port *port, uint16_t q, bool arm)
{
	const struct dp_tap *tap = dp_port_priv(port);

	return tap->fd[q];
}

static void tap_detail(const struct dp_port *port, char *text, size_t size)
{
	const struct hd_tap_object *o = dp_port_params(port);
	const struct dp_tap *tap = dp_port_priv(port);
	char caps[32];
	int n, mtu;

	dp_vnet_caps_str(dp_vnet_caps(o->offloads), caps, sizeof(caps));
	n = snprintf(text, size, "%s%s%s, %u queue%s, %s", tap->netdev,
		     o->netns[0] ? " in namespace " : "", o->netns, tap->n_fds,
		     tap->n_fds == 1 ? "" : "s", caps);
	if (n < 0 || (size_t)n >= size || tap->n_fds == 0)
		return;
	mtu = dp_vnet_link_mtu(tap->sock, tap->netdev);
	if (mtu < 0)
		snprintf(text + n, size - n, ", moved to another namespace");
	else if (mtu != o->mtu)
		snprintf(text + n, size - n, "; its mtu is %d, the port's is %u", mtu, o->mtu);
}

static const uint8_t *tap_mac(const void *params)
{
	return ((const struct hd_tap_object *)params)->mac;
}

static uint16_t tap_queues(const void *params)
{
	return ((const struct hd_tap_object *)params)->queues;
}

static const struct dp_port_ops tap_ops = {
	.name = "tap",
	.params = HD_TAP,
	.params_size = sizeof(struct hd_tap_object),
	.size = sizeof(struct dp_tap),
	.validate = dp_tap_validate,
	.mac = tap_mac,
	.queues = tap_queues,
	.open = tap_open,
	.close = tap_close,
	.poll = tap_poll,
	.rx_burst = dp_tap_rx_burst,
	.tx_burst = dp_tap_tx_burst,
	.event_fd = tap_event_fd,
	.looks_by_call = true,
	.detail = tap_detail,
};

RTE_INIT(dp_tap_register)
{
	dp_port_kind_register(&tap_ops);
}
