/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "dataplane/core/rcu.h"
#include "dataplane/port/vhost_user/vhost_device.h"

#define BIT(n) (1ull << (n))

static int set_features(struct vhost_port *v, uint64_t features, struct hd_err *err)
{
	uint64_t change = features ^ v->features;
	int ret;

	if (change & ~VHOST_LOGS && !vhost_rings_all_quiet(v))
		return VHOST_NOT_YET;
	v->features = features;
	v->hlen = features & (BIT(VIRTIO_NET_F_MRG_RXBUF) | BIT(VIRTIO_F_VERSION_1))
			  ? sizeof(struct virtio_net_hdr_mrg_rxbuf)
			  : sizeof(struct virtio_net_hdr);
	v->merge = (features & BIT(VIRTIO_NET_F_MRG_RXBUF)) != 0;
	v->offload = (features & BIT(VIRTIO_NET_F_CSUM)) != 0;
	if (v->memory == VHOST_MEMORY_UNASKED) {
		v->memory = VHOST_MEMORY_DUE;
		v->due_ns = hd_now_ns();
	}
	vhost_memory_log_show(v);
	ret = vhost_rings_update(v, err);
	if (ret == 0 && change & features & VHOST_LOGS)
		return vhost_memory_wait(v); /* for those that write without the log */
	return ret;
}

static int reset(struct vhost_port *v, struct hd_err *err)
{
	int ret;

	for (unsigned int i = 0; i < VHOST_RINGS_MAX; i++)
		if (vhost_vring_at(v, i))
			vhost_vring_at(v, i)->started = vhost_vring_at(v, i)->enabled = false;
	ret = vhost_rings_update(v, err);
	if (ret != 0)
		return ret;
	return vhost_rings_all_quiet(v) ? 0 : VHOST_NOT_YET;
}

static void answer(struct vhost_reply *reply, uint64_t value)
{
	reply->payload.u64 = value;
	reply->len = sizeof(value);
}

static int serve_status(struct vhost_port *v, struct hd_err *err)
{
	uint64_t status = v->session.payload.u64;
	int ret = 0;

	if (!status)
		ret = reset(v, err);
	if (ret != 0)
		return ret;
	v->status = status;
	return vhost_rings_update(v, err);
}

static int serve_rarp(struct vhost_port *v)
{
	uint64_t mac = 0;

	memcpy(&mac, v->session.payload.bytes, 6);
	atomic_store(&v->rarp, mac | BIT(48));
	dp_port_call(v->port);
	return 0;
}

/* The guest was told this MTU; what the port lets pass is the port's own. */
static int check_mtu(uint64_t mtu, struct hd_err *err)
{
	if (mtu < HD_PORT_MTU_MIN || mtu > UINT16_MAX)
		return hd_err_set(err, EINVAL, "an MTU of %llu, and %u to %u are right",
				  (unsigned long long)mtu, HD_PORT_MTU_MIN, UINT16_MAX);
	return 0;
}

int vhost_device_serve(struct vhost_port *v, struct vhost_reply *reply, struct hd_err *err)
{
	const union vhost_payload *in = &v->session.payload;

	switch (v->session.header.request) {
	case VHOST_GET_FEATURES: answer(reply, v->session.offered); return 0;
	case VHOST_SET_FEATURES: return set_features(v, in->u64, err);
	case VHOST_GET_PROTOCOL_FEATURES: answer(reply, v->session.protocol_offered); return 0;
	case VHOST_GET_QUEUE_NUM: answer(reply, v->session.rings / 2); return 0;
	case VHOST_GET_MAX_MEM_SLOTS: answer(reply, VHOST_MAPS_MAX); return 0;
	case VHOST_SET_MEM_TABLE: return vhost_memory_set(v, err);
	case VHOST_ADD_MEM_REG: return vhost_memory_add(v, err);
	case VHOST_REM_MEM_REG: return vhost_memory_remove(v, err);
	case VHOST_SET_LOG_BASE: return vhost_memory_log(v, reply, err);
	case VHOST_SET_VRING_NUM:
	case VHOST_SET_VRING_BASE:
	case VHOST_GET_VRING_BASE:
	case VHOST_SET_VRING_ENABLE: return vhost_rings_serve(v, in->state.index, reply, err);
	case VHOST_SET_VRING_ADDR: return vhost_rings_serve(v, in->addr.index, reply, err);
	case VHOST_SET_VRING_KICK:
	case VHOST_SET_VRING_CALL:
		return vhost_rings_serve(v, (unsigned int)(in->u64 & VHOST_RING_MASK), reply, err);
	case VHOST_SEND_RARP: return serve_rarp(v);
	case VHOST_NET_SET_MTU: return check_mtu(in->u64, err);
	case VHOST_RESET_OWNER:
	case VHOST_RESET_DEVICE: return reset(v, err);
	case VHOST_SET_STATUS: return serve_status(v, err);
	case VHOST_GET_STATUS: answer(reply, v->status); return 0;
	default: return 0; /* SET_OWNER, SET_LOG_FD, SET_VRING_ERR, SET_PROTOCOL_FEATURES */
	}
}

void vhost_device_stop(struct vhost_port *v)
{
	if (v->stage == VHOST_RUNNING)
		vhost_rings_end(v);
	for (unsigned int i = 0; i < VHOST_RINGS_MAX; i++)
		if (vhost_vring_at(v, i))
			atomic_store(&vhost_vring_at(v, i)->live, false);
	v->token = dp_rcu_start();
}

bool vhost_device_clear(struct vhost_port *v)
{
	for (unsigned int i = 0; i < VHOST_RINGS_MAX; i++) {
		struct vhost_vring *r = vhost_vring_at(v, i);

		if (!r)
			continue;
		if (atomic_load(&r->loans))
			return false;
		r->lent = 0;
		r->enabled = r->started = r->placed = false;
		r->size = 0;
		r->less = 0;
		r->ring.mem = NULL;
		r->ring.bad = 0;
		vhost_ring_set_base(&r->ring, 0);
		atomic_store(&r->has_call, false);
		atomic_store(&r->has_kick, false);
	}
	vhost_session_end(&v->session);
	vhost_memory_clear(v);
	if (v->fault_told) /* else the control thread has not seen it yet */
		atomic_store(&v->fault, false);
	v->fault_told = false;
	atomic_store(&v->deaf, false);
	atomic_store(&v->rarp, 0);
	atomic_store(&v->rings, 1);
	v->features = v->status = 0;
	v->waits = v->waited = false;
	return true;
}

void vhost_device_free(struct vhost_port *v)
{
	for (unsigned int i = 0; i < VHOST_RINGS_MAX; i++) {
		struct vhost_vring *r = atomic_exchange(&v->vring[i], NULL);

		if (!r)
			continue;
		close(r->call);
		close(r->kick);
		free(r);
	}
}
