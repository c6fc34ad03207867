/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens, polls and closes af-packet ports: socket and link. Control thread. */
#include "dataplane/port/af_packet/af_packet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>

#include "dataplane/core/closer.h"
#include "dataplane/core/opener.h"

static const char *in_netns(const struct dp_af_packet *ap)
{
	return ap->device.netns[0] ? " in namespace " : "";
}

static void ap_close_fds(struct dp_af_packet *ap)
{
	dp_close_later(ap->fd);
	close(ap->sock);
	for (unsigned int i = 0; i < DP_AF_PACKET_RX; i++)
		dp_vnet_buf_drain(&ap->buf[i]);
	while (ap->pending_first < ap->pending_end)
		rte_pktmbuf_free(ap->pending[ap->pending_first++]);
	ap->pending_first = 0;
	ap->pending_end = 0;
}

/* Without these the path would see broken frames, so what came must have them. */
static int ap_check(const struct dp_af_packet *ap, const char *netdev, struct hd_err *err)
{
	static const struct {
		int option;
		const char *name;
	} need[] = {{PACKET_VNET_HDR, "offload headers (PACKET_VNET_HDR)"},
		    {PACKET_AUXDATA, "tags (PACKET_AUXDATA)"}};

	for (unsigned int i = 0; i < RTE_DIM(need); i++) {
		int value = 0;
		socklen_t len = sizeof(value);

		if (getsockopt(ap->fd, SOL_PACKET, need[i].option, &value, &len) != 0 || !value)
			return hd_err_set(err, EPROTO, "the packet socket on %s is without %s",
					  netdev, need[i].name);
	}
	return 0;
}

/*
 * Is a VM there? The flags of the interface know of a change up to a second later, and take a TAP
 * that was made just now, and closed, for one that somebody has open.
 */
static bool ap_carrier(const struct dp_af_packet *ap)
{
	struct ethtool_value value = {.cmd = ETHTOOL_GLINK};
	struct ifreq ifr = {.ifr_data = (void *)&value};

	hd_str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), ap->device.netdev);
	return ioctl(ap->sock, SIOCETHTOOL, &ifr) == 0 && value.data;
}

/* Tells the core when the link changed. @first: it does not know yet. */
/* A VM's TAP has no link of its own, and says 10 Mbit/s. */
static void ap_look(struct dp_port *port)
{
	struct dp_af_packet *ap = dp_port_priv(port);
	const struct dp_af_packet_device *d = &ap->device;
	uint8_t mac[6];

	if (dp_vnet_link_mac(ap->sock, d->netdev, mac) == 0)
		dp_port_set_mac(port, mac);
	port->speed = d->for_vm ? 0 : dp_vnet_link_speed(ap->sock, d->netdev);
}

static void ap_link_tell(struct dp_port *port, const struct dp_vnet_link *link, bool first)
{
	struct dp_af_packet *ap = dp_port_priv(port);
	const struct dp_af_packet_device *d = &ap->device;
	bool is_up = (link->flags & IFF_UP) && (link->flags & IFF_RUNNING);
	char text[160];

	if (is_up && d->for_vm && !ap->is_up)
		is_up = ap_carrier(ap);
	if (!first && is_up == ap->is_up)
		return;
	ap->is_up = is_up;
	ap_look(port);
	if (is_up) {
		dp_port_set_up(port, 1, 1, d->caps);
		return;
	}
	if (!(link->flags & IFF_UP))
		snprintf(text, sizeof(text), "%s is down in the kernel: ip %s%s%slink set %s up",
			 d->netdev, d->netns[0] ? "-n " : "", d->netns, d->netns[0] ? " " : "",
			 d->netdev);
	else if (d->for_vm)
		snprintf(text, sizeof(text), "no VM has %s open%s%s: start the VM", d->netdev,
			 in_netns(ap), d->netns);
	else
		snprintf(text, sizeof(text), "%s has no carrier: nothing is connected to it",
			 d->netdev);
	dp_port_set_down(port,
			 d->for_vm && (link->flags & IFF_UP) ? HD_PORT_NO_PEER : HD_PORT_LINK_DOWN,
			 text);
}

int dp_af_packet_take(struct dp_port *port, const struct dp_af_packet_device *device,
		      const int fds[2], uint32_t ifindex, enum hd_port_reason *reason,
		      struct hd_err *err)
{
	struct dp_af_packet *ap = dp_port_priv(port);
	struct dp_vnet_link link = {0};
	int ret;

	ap->device = *device;
	ap->fd = fds[0];
	ap->sock = fds[1];
	ap->ifindex = ifindex;
	ap->kernel_drops = 0;
	ap->told_drops = 0;
	for (unsigned int i = 0; i < DP_AF_PACKET_RX; i++)
		dp_vnet_buf_init(&ap->buf[i], DP_VNET_HLEN_PACKET);
	ret = ap_check(ap, device->netdev, err);
	if (ret == 0 && (dp_vnet_link_read(ap->sock, device->netdev, &link) != 0 ||
			 link.ifindex != ap->ifindex))
		ret = hd_err_set(err, ENODEV, "%s was deleted", device->netdev);
	if (ret != 0) {
		ap_close_fds(ap);
		*reason = dp_vnet_open_reason(ret);
		return ret;
	}
	ap->mtu = dp_vnet_link_mtu(ap->sock, device->netdev);
	ap_link_tell(port, &link, true);
	return 0;
}

static int ap_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	const struct hd_af_packet_object *o = dp_port_params(port);
	const struct dp_af_packet_device device = {
		.netdev = o->netdev, .netns = o->netns, .caps = dp_vnet_caps(o->offloads)};
	struct hd_open_packet req = {0};
	struct hd_opened opened = {0};
	int fds[2];
	int ret;

	hd_str_copy(req.port, sizeof(req.port), port->name);
	memcpy(req.netdev, o->netdev, sizeof(req.netdev));
	memcpy(req.netns, o->netns, sizeof(req.netns));
	ret = dp_opener_packet(&req, fds, &opened, err);
	if (ret < 0) {
		*reason = dp_vnet_open_reason(ret);
		return ret;
	}
	return dp_af_packet_take(port, &device, fds, opened.ifindex, reason, err);
}

void dp_af_packet_close(struct dp_port *port)
{
	struct dp_af_packet *ap = dp_port_priv(port);

	ap_close_fds(ap);
	ap->is_up = false;
}

/* Adds up the frames that the kernel had no room for in the socket. */
static void ap_kernel_drops(struct dp_af_packet *ap)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	/* reading them sets them to 0 */
	if (getsockopt(ap->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0)
		ap->kernel_drops += stats.tp_drops;
}

/* Once a second: is the port's detail another one? */
static void ap_detail_tell(struct dp_port *port)
{
	struct dp_af_packet *ap = dp_port_priv(port);
	int mtu = dp_vnet_link_mtu(ap->sock, ap->device.netdev);

	ap_kernel_drops(ap);
	/* telling costs a line in the log: each time that they doubled */
	if (!ap->is_up || (mtu == ap->mtu && ap->kernel_drops <= 2 * ap->told_drops))
		return;
	ap->mtu = mtu;
	ap->told_drops = ap->kernel_drops;
	dp_port_set_up(port, 1, 1, ap->device.caps);
}

int dp_af_packet_poll(struct dp_port *port)
{
	struct dp_af_packet *ap = dp_port_priv(port);
	const struct dp_af_packet_device *d = &ap->device;
	struct dp_vnet_link link = {0};
	char text[160];

	if (dp_vnet_link_read(ap->sock, d->netdev, &link) == 0 && link.ifindex == ap->ifindex) {
		ap_link_tell(port, &link, false);
		if (++ap->polls % DP_VNET_MTU_POLLS == 0)
			ap_detail_tell(port);
		return 0;
	}
	/* deleted, renamed, moved, or another one of that name: the socket hears nothing of it */
	snprintf(text, sizeof(text), "there is no interface %s%s%s", d->netdev, in_netns(ap),
		 d->netns);
	dp_port_set_down(port, HD_PORT_NO_DEVICE, text);
	ap->is_up = false;
	return -ENODEV;
}

int dp_af_packet_event_fd(struct dp_port *port, uint16_t q, bool arm)
{
	const struct dp_af_packet *ap = dp_port_priv(port);

	return ap->fd;
}

void dp_af_packet_detail(const struct dp_port *port, char *text, size_t size)
{
	struct dp_af_packet *ap = dp_port_priv(port);
	const struct dp_af_packet_device *d = &ap->device;
	char caps[32];
	int n, mtu;

	if (!port->is_open)
		return;
	dp_vnet_caps_str(d->caps, caps, sizeof(caps));
	n = snprintf(text, size, "%s%s%s, %s", d->netdev, in_netns(ap), d->netns, caps);
	if (n < 0 || (size_t)n >= size)
		return;
	mtu = dp_vnet_link_mtu(ap->sock, d->netdev);
	if (mtu > 0 && mtu != port->mtu)
		n += snprintf(text + n, size - n, "; its mtu is %d, the port's is %u", mtu,
			      port->mtu);
	ap_kernel_drops(ap);
	if (ap->kernel_drops > 0 && (size_t)n < size)
		snprintf(text + n, size - n, "; the kernel had no room for %llu frames",
			 (unsigned long long)ap->kernel_drops);
}

static const struct dp_port_ops ap_ops = {
	.name = "af-packet",
	.params = HD_AF_PACKET,
	.params_size = sizeof(struct hd_af_packet_object),
	.size = sizeof(struct dp_af_packet),
	.validate = dp_af_packet_validate,
	.open = ap_open,
	.close = dp_af_packet_close,
	.poll = dp_af_packet_poll,
	.rx_burst = dp_af_packet_rx_burst,
	.tx_burst = dp_af_packet_tx_burst,
	.event_fd = dp_af_packet_event_fd,
	.looks_by_call = true,
	.detail = dp_af_packet_detail,
};

RTE_INIT(dp_af_packet_register)
{
	dp_port_kind_register(&ap_ops);
}
