/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rings of a device, and its states. At first requests set the parts of rings one by one. When
 * the first pair of rings is complete, the device runs and the port is up. A GET_VRING_BASE, which
 * takes a ring back, ends that.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/idle.h"
#include "dataplane/core/rcu.h"
#include "dataplane/port/vhost_user/vhost_device.h"
#include "dataplane/port/vhost_user/vhost_signal.h"

#define BIT(n)           (1ull << (n))
#define STATUS_DRIVER_OK 4

/* The ring @i, made when it is used for the first time. NULL with errno. */
static struct vhost_vring *vring_get(struct vhost_port *v, unsigned int i)
{
	struct vhost_vring *r = vhost_vring_at(v, i);

	if (r)
		return r;
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->call = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	r->kick = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (r->call < 0 || r->kick < 0) {
		int error = errno;

		if (r->call >= 0)
			close(r->call);
		free(r);
		errno = error;
		return NULL;
	}
	atomic_store_explicit(&v->vring[i], r, memory_order_release);
	return r;
}

/* Is ring @i complete: can packets cross it as soon as it is enabled? */
static bool is_started(const struct vhost_port *v, unsigned int i)
{
	const struct vhost_vring *r = vhost_vring_at(v, i);

	return r && r->started && r->placed && r->size && v->table &&
	       (!vhost_session_has(&v->session, VHOST_PF_STATUS) || v->status & STATUS_DRIVER_OK);
}

static bool is_used(const struct vhost_port *v, unsigned int i)
{
	return is_started(v, i) && vhost_vring_at(v, i)->enabled;
}

/* Workers leave rings @first to @first + @n - 1. True: they have. */
bool vhost_rings_quiet(struct vhost_port *v, unsigned int first, unsigned int n)
{
	bool was_live = false;

	for (unsigned int i = first; i < first + n; i++)
		if (vhost_vring_at(v, i) && atomic_exchange(&vhost_vring_at(v, i)->live, false))
			was_live = true;
	if (was_live) {
		v->token = dp_rcu_start();
		v->waited = false;
	} else if (!v->waits || v->waited) {
		bool settled = true;

		for (unsigned int i = first; i < first + n; i++)
			if (vhost_vring_at(v, i))
				settled &= vhost_user_settle(v, vhost_vring_at(v, i));
		return settled;
	}
	return false;
}

bool vhost_rings_all_quiet(struct vhost_port *v)
{
	return vhost_rings_quiet(v, 0, VHOST_RINGS_MAX);
}

void vhost_rings_tell(struct vhost_port *v, bool begins)
{
	struct dp_port *port = v->port;
	uint64_t used[VHOST_RINGS_MAX / 64] = {0};
	struct vhost_queues q;

	for (unsigned int i = 0; i < VHOST_RINGS_MAX; i++)
		if (is_used(v, i))
			used[i / 64] |= BIT(i % 64);
	q = vhost_user_queues(used, port->queues);
	atomic_store(&v->rings, q.rings);
	dp_port_set_up(port, q.rx, q.tx, vhost_user_caps(v->features));
	if (begins && q.rings > port->queues)
		hd_log_port(HD_LOG_NOTICE, port->name,
			    "the guest uses %u queue pairs, the port has %u: they share", q.rings,
			    port->queues);
}

static void begin(struct vhost_port *v)
{
	v->stage = VHOST_RUNNING;
	v->since_ns = hd_now_ns();
	v->is_bad = false;
	/* of packed rings one cannot tell whether they are empty */
	atomic_store(&v->heard, (v->features & BIT(VIRTIO_F_RING_PACKED)) != 0);
	atomic_store(&v->deaf, false);
	atomic_store(&v->kicks, 0);
	for (unsigned int i = 1; i < VHOST_RINGS_MAX; i += 2)
		if (vhost_vring_at(v, i)) {
			vhost_vring_at(v, i)->stale = v->was_disabled;
			vhost_vring_at(v, i)->thrown = 0;
		}
	v->was_disabled = false;
}

void vhost_rings_end(struct vhost_port *v)
{
	v->stage = VHOST_CONNECTED;
	v->since_ns = hd_now_ns();
	v->said = HD_PORT_NO_PEER;
	hd_str_copy(v->said_text, sizeof(v->said_text), "the guest stopped its device");
	dp_port_set_down(v->port, v->said, v->said_text);
}

/* Finds ring @r in the guest's memory. No worker has it. */
static int place(struct vhost_port *v, struct vhost_vring *r, struct hd_err *err)
{
	int ret;

	r->ring.packed = (v->features & BIT(VIRTIO_F_RING_PACKED)) != 0;
	r->ring.event_idx = (v->features & BIT(VIRTIO_RING_F_EVENT_IDX)) != 0;
	ret = vhost_ring_place(&r->ring, v->table, r->size, r->addr.desc, r->addr.avail,
			       r->addr.used, err);
	if (ret != 0)
		r->placed = false;
	return ret;
}

static bool is_live(const struct vhost_port *v, unsigned int i)
{
	return vhost_vring_at(v, i) && atomic_load(&vhost_vring_at(v, i)->live);
}

/* After a change: rings that can be used are, and the port goes up or down. */
int vhost_rings_update(struct vhost_port *v, struct hd_err *err)
{
	bool runs = v->stage == VHOST_RUNNING, begins = false;
	int ret = 0;

	for (unsigned int i = 0; i < VHOST_RINGS_MAX; i++)
		if (is_started(v, i) && !is_live(v, i) && !vhost_vring_at(v, i)->lent)
			ret = place(v, vhost_vring_at(v, i), err) ? -err->code : ret;
	if (runs && !(is_started(v, 0) && is_started(v, 1))) {
		vhost_rings_end(v);
		runs = false;
	} else if (!runs && is_used(v, 0) && is_used(v, 1)) {
		begin(v);
		begins = runs = true;
	}
	for (unsigned int i = 0; runs && i < VHOST_RINGS_MAX; i++) {
		if (!is_used(v, i) || is_live(v, i))
			continue;
		vhost_vring_at(v, i)->fresh = true;
		atomic_store_explicit(&vhost_vring_at(v, i)->live, true, memory_order_release);
	}
	if (runs)
		vhost_rings_tell(v, begins);
	return ret;
}

/* A descriptor of the request, or none, in the place of @mine. */
static int set_event(struct vhost_port *v, int mine, _Atomic bool *has, const char *what,
		     struct hd_err *err)
{
	bool none = v->session.payload.u64 & VHOST_NO_FD;
	int fd = none ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : v->session.fd[0];
	int ret = 0;

	if (none)
		atomic_store(has, false);
	if (fd < 0)
		return hd_err_set(err, errno, "no descriptor left: %s", strerror(errno));
	if (!none && !vhost_signal_is_event(fd))
		return hd_err_set(err, EINVAL, "the %s descriptor is no event descriptor (eventfd)",
				  what);
	if (dup3(fd, mine, O_CLOEXEC) < 0)
		ret = hd_err_set(err, errno, "%s", strerror(errno));
	if (none)
		close(fd);
	else if (ret == 0)
		atomic_store(has, true);
	return ret;
}

static int set_kick(struct vhost_port *v, unsigned int i, struct hd_err *err)
{
	struct vhost_vring *r = vhost_vring_at(v, i);
	int ret;

	if (!vhost_rings_quiet(v, i, 1))
		return VHOST_NOT_YET;
	if (i % 2 && i / 2 < v->port->queues)
		dp_idle_forget(v->port, (uint16_t)(i / 2));
	ret = set_event(v, r->kick, &r->has_kick, "kick", err);
	if (ret != 0) {
		struct hd_err other;

		vhost_rings_update(v, &other); /* the ring goes on with the one that it has */
		return ret;
	}
	/* Without protocol features there is no SET_VRING_ENABLE. */
	if (!r->started && !(v->features & BIT(VHOST_F_PROTOCOL_FEATURES)))
		r->enabled = true;
	r->started = true;
	return vhost_rings_update(v, err);
}

/* Where the ring is. The same place again, with another wish for the log: nothing stops. */
static int set_addr(struct vhost_port *v, unsigned int i, struct hd_err *err)
{
	const struct vhost_vring_addr *a = &v->session.payload.addr;
	struct vhost_vring *r = vhost_vring_at(v, i);

	if (r->placed && a->desc == r->addr.desc && a->used == r->addr.used &&
	    a->avail == r->addr.avail) {
		r->addr = *a;
		return 0;
	}
	if (!vhost_rings_quiet(v, i, 1))
		return VHOST_NOT_YET;
	r->addr = *a;
	r->placed = true;
	return vhost_rings_update(v, err);
}

static int set_state(struct vhost_port *v, unsigned int i, struct hd_err *err)
{
	uint32_t num = v->session.payload.state.num;
	struct vhost_vring *r = vhost_vring_at(v, i);

	if (!vhost_rings_quiet(v, i, 1))
		return VHOST_NOT_YET;
	switch (v->session.header.request) {
	case VHOST_SET_VRING_NUM: r->size = num; break;
	case VHOST_SET_VRING_BASE:
		r->ring.packed = (v->features & BIT(VIRTIO_F_RING_PACKED)) != 0;
		vhost_ring_set_base(&r->ring, num);
		break;
	}
	return vhost_rings_update(v, err);
}

static int set_enable(struct vhost_port *v, unsigned int i, struct hd_err *err)
{
	struct vhost_vring *r = vhost_vring_at(v, i);
	int ret;

	r->enabled = v->session.payload.state.num != 0;
	ret = vhost_rings_update(v, err); /* the others know before the ring is quiet */
	if (ret != 0 || r->enabled)
		return ret;
	return vhost_rings_quiet(v, i, 1) ? 0 : VHOST_NOT_YET;
}

static int get_base(struct vhost_port *v, unsigned int i, struct vhost_reply *reply,
		    struct hd_err *err)
{
	struct vhost_vring *r = vhost_vring_at(v, i);
	int ret;

	r->started = false;
	ret = vhost_rings_update(v, err);
	if (ret != 0)
		return ret;
	if (!vhost_rings_quiet(v, i, 1))
		return VHOST_NOT_YET;
	reply->payload.state = (struct vhost_vring_state){i, vhost_ring_base(&r->ring)};
	reply->len = sizeof(reply->payload.state);
	return 0;
}

/* Requests about one ring. */
int vhost_rings_serve(struct vhost_port *v, unsigned int i, struct vhost_reply *reply,
		      struct hd_err *err)
{
	struct vhost_vring *r = vring_get(v, i);

	if (!r)
		return hd_err_set(err, errno, "a ring cannot be made: %s", strerror(errno));
	switch (v->session.header.request) {
	case VHOST_SET_VRING_ADDR: return set_addr(v, i, err);
	case VHOST_SET_VRING_ENABLE: return set_enable(v, i, err);
	case VHOST_GET_VRING_BASE: return get_base(v, i, reply, err);
	case VHOST_SET_VRING_KICK: return set_kick(v, i, err);
	case VHOST_SET_VRING_CALL: return set_event(v, r->call, &r->has_call, "call", err);
	default: return set_state(v, i, err);
	}
}
