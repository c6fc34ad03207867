/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kind vhost-user: its configuration object, the features that it offers, its state for people.
 */
#include "dataplane/port/vhost_user/vhost_user.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dataplane/port/vhost_user/vhost_loop.h"
#include "dataplane/port/vnet.h"

#define BIT(n) (1ull << (n))

static int socket_check(const char socket[HD_NAME_MAX], struct hd_err *err)
{
	if (!hd_str_terminated(socket, HD_NAME_MAX))
		return hd_err_set(err, EINVAL, "socket: longer than %d characters",
				  HD_NAME_MAX - 1);
	if (!hd_name_valid(socket, HD_NAME_MAX))
		return hd_err_set(
			err, EINVAL,
			"socket: \"%s\" is not a file name of letters, digits and \"._-\", "
			"such as \"web1.sock\": it lies in a directory of the port's own",
			socket);
	return 0;
}

int vhost_user_validate(const void *params, struct hd_err *err)
{
	const struct hd_vhost_user_object *o = params;
	int ret = socket_check(o->socket, err);

	if (ret == 0)
		ret = dp_vnet_account_check(o->owner, "owner", err);
	if (ret == 0)
		ret = dp_vnet_account_check(o->group, "group", err);
	if (ret == 0)
		ret = dp_vnet_offloads_check(o->offloads, err);
	if (ret != 0)
		return ret;
	if (o->socket_mode & ~0777u)
		return hd_err_set(err, EINVAL, "socket-mode: %#o has more than permission bits",
				  o->socket_mode);
	if (o->server > 1)
		return hd_err_set(err, EINVAL, "mode: %u is not client (0) or server (1)",
				  o->server);
	if (!o->server && o->socket_mode)
		return hd_err_set(err, EINVAL,
				  "socket-mode: in client mode the guest's side makes the socket; "
				  "set it there, or use mode server");
	if (o->queues < 1 || o->queues > DP_PORT_QUEUES_MAX)
		return hd_err_set(err, EINVAL, "queues: %u is not in 1..%d", o->queues,
				  DP_PORT_QUEUES_MAX);
	return 0;
}

uint64_t vhost_user_offered(const struct hd_vhost_user_object *o)
{
	/*
	 * Never: fragments by UFO, congestion marks within super-frames, and the bit by which a
	 * guest of old may send any of that. The control queue is QEMU's own.
	 */
	uint64_t offered = BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_F_ANY_LAYOUT) |
			   BIT(VIRTIO_F_RING_PACKED) | BIT(VIRTIO_F_IN_ORDER) |
			   BIT(VIRTIO_RING_F_INDIRECT_DESC) | BIT(VIRTIO_RING_F_EVENT_IDX) |
			   BIT(VIRTIO_NET_F_MRG_RXBUF) | BIT(VIRTIO_NET_F_MTU) |
			   BIT(VIRTIO_NET_F_CTRL_VQ) | BIT(VIRTIO_NET_F_CTRL_RX) |
			   BIT(VIRTIO_NET_F_GUEST_ANNOUNCE) | BIT(VHOST_F_LOG_ALL) |
			   BIT(VHOST_F_PROTOCOL_FEATURES);

	if (o->offloads & HD_OFFLOAD_TSO)
		offered |= BIT(VIRTIO_NET_F_HOST_TSO4) | BIT(VIRTIO_NET_F_HOST_TSO6) |
			   BIT(VIRTIO_NET_F_GUEST_TSO4) | BIT(VIRTIO_NET_F_GUEST_TSO6);
	if (o->offloads & HD_OFFLOAD_CSUM)
		offered |= BIT(VIRTIO_NET_F_CSUM) | BIT(VIRTIO_NET_F_GUEST_CSUM);
	if (o->queues > 1)
		offered |= BIT(VIRTIO_NET_F_MQ);
	return offered;
}

uint32_t vhost_user_caps(uint64_t features)
{
	uint32_t caps = 0;

	if (!(features & BIT(VIRTIO_NET_F_GUEST_CSUM)))
		return caps;
	caps |= DP_CAP_CSUM;
	if (features & BIT(VIRTIO_NET_F_GUEST_TSO4))
		caps |= DP_CAP_TSO4;
	if (features & BIT(VIRTIO_NET_F_GUEST_TSO6))
		caps |= DP_CAP_TSO6;
	return caps;
}

int vhost_user_path(const char *dir, const char *port, const char *socket,
		    char path[VHOST_PATH_MAX], struct hd_err *err)
{
	int len = snprintf(path, VHOST_PATH_MAX, "%s/%s/%s", dir, port, socket);

	if (len < 0 || (size_t)len >= VHOST_PATH_MAX)
		return hd_err_set(
			err, ENAMETOOLONG,
			"the path %s/%s/%s has %d characters, a socket's may have %zu: use "
			"a shorter name, or a shorter --vhost-dir",
			dir, port, socket, len, VHOST_PATH_MAX - 1);
	return 0;
}

static bool is_used(const uint64_t *used, unsigned int ring)
{
	return used[ring / 64] >> (ring % 64) & 1;
}

struct vhost_queues vhost_user_queues(const uint64_t used[VHOST_RINGS_MAX / 64], uint16_t queues)
{
	struct vhost_queues q = {0};

	for (uint16_t pair = 0; pair < VHOST_RINGS_MAX / 2; pair++)
		if (is_used(used, 2 * pair + 1u))
			q.rings = pair + 1;
	/* Sending uses the pairs from the first on; a guest has at least that one. */
	while (q.tx < queues && is_used(used, 2u * q.tx))
		q.tx++;
	if (q.tx == 0)
		q.tx = 1;
	if (q.rings == 0)
		q.rings = 1;
	q.rx = q.rings < queues ? q.rings : queues;
	return q;
}

const char *vhost_user_broken(const struct vhost_port *v)
{
	unsigned int rings = 2u * atomic_load(&v->rings);

	for (unsigned int i = 0; i < rings; i++) {
		const struct vhost_vring *r = atomic_load(&v->vring[i]);

		if (r && r->ring.broken)
			return r->ring.broken;
	}
	return NULL;
}

static void describe(const struct vhost_port *v, char *text, size_t size)
{
	uint32_t caps = vhost_user_caps(v->features);
	uint16_t rings = atomic_load(&v->rings);
	const char *why = vhost_user_broken(v);

	if (why)
		snprintf(text, size, "a ring is stopped: %s; the guest has to reset its device",
			 why);
	else
		snprintf(text, size, "%u queue%s, %s%s%s%s%s, guest %llu MB", rings,
			 rings == 1 ? "" : "s", caps & DP_CAP_CSUM ? "csum" : "no offloads",
			 caps & DP_CAP_TSO4 ? " tso4" : "", caps & DP_CAP_TSO6 ? " tso6" : "",
			 v->merge ? " mrg" : "",
			 v->features & BIT(VIRTIO_F_RING_PACKED) ? " packed" : "",
			 (unsigned long long)(v->table ? v->table->bytes >> 20 : 0));
}

void vhost_user_detail(const struct dp_port *port, char *text, size_t size)
{
	struct vhost_port *v = dp_port_priv(port);

	if (vhost_memory_deaf(v)) {
		vhost_text_unshared(text, size);
		return;
	}
	vhost_lock();
	if (v->stage == VHOST_RUNNING)
		describe(v, text, size);
	else if (size)
		text[0] = '\0';
	vhost_unlock();
}

static uint16_t vhost_user_queue_pairs(const void *params)
{
	return ((const struct hd_vhost_user_object *)params)->queues;
}

static const struct dp_port_ops vhost_user_ops = {
	.name = "vhost-user",
	.params = HD_VHOST_USER,
	.params_size = sizeof(struct hd_vhost_user_object),
	.size = sizeof(struct vhost_port),
	.validate = vhost_user_validate,
	.queues = vhost_user_queue_pairs,
	.open = vhost_user_open,
	.close = vhost_user_close,
	.poll = vhost_user_poll,
	.rx_burst = vhost_user_rx,
	.tx_burst = vhost_user_tx,
	.event_fd = vhost_user_event_fd,
	.detail = vhost_user_detail,
};

RTE_INIT(vhost_user_register)
{
	dp_port_kind_register(&vhost_user_ops);
}
