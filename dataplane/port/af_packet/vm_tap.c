/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens, polls and closes vm-tap ports. Control thread. */
#include "dataplane/port/af_packet/af_packet.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dataplane/core/opener.h"

static int vm_tap_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	const struct hd_vm_tap_object *o = dp_port_params(port);
	/* what the guest did not agree to, the kernel does for it */
	const struct dp_af_packet_device device = {
		.netdev = o->netdev,
		.netns = o->netns,
		.caps = dp_vnet_caps(HD_OFFLOAD_CSUM | HD_OFFLOAD_TSO),
		.for_vm = true};
	struct hd_open_tap req = {.queues = o->queues, .mtu = o->mtu, .vm = 1};
	struct hd_opened opened = {0};
	unsigned int n = 2;
	int fds[2] = {-1, -1};
	int ret;

	hd_str_copy(req.port, sizeof(req.port), port->name);
	memcpy(req.netdev, o->netdev, sizeof(req.netdev));
	memcpy(req.netns, o->netns, sizeof(req.netns));
	memcpy(req.owner, o->owner, sizeof(req.owner));
	memcpy(req.group, o->group, sizeof(req.group));
	memcpy(req.mac, o->mac, sizeof(req.mac));
	ret = dp_opener_tap(&req, fds, &n, &opened, err);
	if (ret == 0 && n != 2) {
		while (n > 0)
			close(fds[--n]);
		ret = hd_err_set(err, EPROTO, "%s: other descriptors came than were asked for",
				 o->netdev);
	}
	if (ret < 0) {
		*reason = dp_vnet_open_reason(ret);
		return ret;
	}
	return dp_af_packet_take(port, &device, fds, opened.ifindex, reason, err);
}

/* A VM that closes the TAP is when heddled can do what the open one did not permit. */
static int vm_tap_poll(struct dp_port *port)
{
	const struct dp_af_packet *ap = dp_port_priv(port);
	bool was_up = ap->is_up;
	int ret = dp_af_packet_poll(port);

	return ret == 0 && was_up && !ap->is_up ? -EAGAIN : ret;
}

static const struct dp_port_ops vm_tap_ops = {
	.name = "vm-tap",
	.params = HD_VM_TAP,
	.params_size = sizeof(struct hd_vm_tap_object),
	.size = sizeof(struct dp_af_packet),
	.validate = dp_vm_tap_validate,
	.open = vm_tap_open,
	.close = dp_af_packet_close,
	.poll = vm_tap_poll,
	.rx_burst = dp_af_packet_rx_burst,
	.tx_burst = dp_af_packet_tx_burst,
	.event_fd = dp_af_packet_event_fd,
	.looks_by_call = true,
	.detail = dp_af_packet_detail,
};

RTE_INIT(dp_vm_tap_register)
{
	dp_port_kind_register(&vm_tap_ops);
}
