/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the library says about connections, devices and rings. Its thread calls, or the control
 * thread while it unregisters a socket.
 */
#define _GNU_SOURCE
#include "dataplane/port/vhost_user/vhost_user.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_vhost.h>

#include "heddle/base/clock.h"
#include "heddle/base/log.h"
#include "dataplane/core/rcu.h"

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct vhost_port *list;
/* By the library's handle: whose connection it is. Under list_lock. */
static struct vhost_port *by_vid[RTE_MAX_VHOST_DEVICE];

void vhost_user_list_add(struct vhost_port *v)
{
	pthread_mutex_lock(&list_lock);
	v->next = list;
	list = v;
	pthread_mutex_unlock(&list_lock);
}

void vhost_user_list_remove(struct vhost_port *v)
{
	pthread_mutex_lock(&list_lock);
	for (struct vhost_port **p = &list; *p; p = &(*p)->next)
		if (*p == v) {
			*p = v->next;
			break;
		}
	for (unsigned int i = 0; i < RTE_MAX_VHOST_DEVICE; i++)
		if (by_vid[i] == v)
			by_vid[i] = NULL;
	pthread_mutex_unlock(&list_lock);
}

void vhost_user_path_set(struct vhost_port *v, const char *path)
{
	pthread_mutex_lock(&list_lock);
	hd_str_copy(v->path, sizeof(v->path), path);
	pthread_mutex_unlock(&list_lock);
}

struct vhost_port *vhost_user_of(int vid)
{
	struct vhost_port *v = NULL;

	pthread_mutex_lock(&list_lock);
	if (vid >= 0 && vid < RTE_MAX_VHOST_DEVICE)
		v = by_vid[vid];
	pthread_mutex_unlock(&list_lock);
	return v;
}

static void stage_set(struct vhost_port *v, enum vhost_stage stage)
{
	v->stage = stage;
	v->since_ns = hd_now_ns();
}

/* Forgets what the last guest had. Under v->lock. */
static void reset(struct vhost_port *v)
{
	memset(v->enabled, 0, sizeof(v->enabled));
	v->features = 0;
	v->guest_bytes = 0;
	atomic_store(&v->disarm, 0);
	atomic_store(&v->deaf, false);
	atomic_store(&v->rings, 1);
}

void vhost_user_forget(struct vhost_port *v)
{
	pthread_mutex_lock(&list_lock);
	for (unsigned int i = 0; i < RTE_MAX_VHOST_DEVICE; i++)
		if (by_vid[i] == v)
			by_vid[i] = NULL;
	pthread_mutex_unlock(&list_lock);
	pthread_mutex_lock(&v->lock);
	v->conn = -1;
	reset(v);
	stage_set(v, VHOST_CLOSED);
	pthread_mutex_unlock(&v->lock);
}

static int on_connect(int vid)
{
	static struct hd_log_limit limit;
	char path[PATH_MAX] = "";
	struct vhost_port *v;
	bool busy = false;

	if (vid < 0 || vid >= RTE_MAX_VHOST_DEVICE ||
	    rte_vhost_get_ifname(vid, path, sizeof(path)) != 0)
		return -1;
	pthread_mutex_lock(&list_lock);
	for (v = list; v; v = v->next)
		if (!strcmp(v->path, path))
			break;
	if (v) {
		pthread_mutex_lock(&v->lock);
		busy = v->conn >= 0;
		if (!busy) {
			by_vid[vid] = v;
			v->conn = vid;
			v->generation++;
			reset(v);
			v->memory = VHOST_MEMORY_UNASKED;
			stage_set(v, VHOST_CONNECTED);
		}
		pthread_mutex_unlock(&v->lock);
	}
	if (busy && hd_log_allowed(&limit))
		hd_log_port(HD_LOG_WARNING, v->port->name,
			    "a second guest wants to connect to %s and was turned away: a socket "
			    "serves one guest",
			    v->shown);
	pthread_mutex_unlock(&list_lock);
	return v && !busy ? vhost_memory_watch(vid) : -1;
}

static void on_disconnect(int vid)
{
	struct vhost_port *v = vhost_user_of(vid);
	const struct hd_vhost_user_object *o;

	hd_blame_leave(); /* of the message that could not be served */
	if (!v)
		return;
	o = hd_port_params(v->port);
	pthread_mutex_lock(&list_lock);
	by_vid[vid] = NULL;
	pthread_mutex_unlock(&list_lock);
	pthread_mutex_lock(&v->lock);
	v->conn = -1;
	reset(v);
	stage_set(v, o->server ? VHOST_LISTENING : VHOST_LOST);
	pthread_mutex_unlock(&v->lock);
}

static uint64_t guest_memory(int vid)
{
	struct rte_vhost_memory *mem = NULL;
	uint64_t bytes = 0;

	if (rte_vhost_get_mem_table(vid, &mem) != 0)
		return 0;
	for (uint32_t i = 0; i < mem->nregions; i++)
		bytes += mem->regions[i].size;
	free(mem);
	return bytes;
}

void vhost_user_bring_up(struct vhost_port *v, bool log)
{
	struct hd_port *port = v->port;
	struct vhost_queues q = vhost_user_queues(v->enabled, port->queues);

	atomic_store(&v->rings, q.rings);
	hd_port_set_up(port, q.rx, q.tx, vhost_user_caps(v->features));
	if (log && q.rings > port->queues)
		hd_log_port(HD_LOG_NOTICE, port->name,
			    "the guest uses %u queue pairs, the port has %u: they share", q.rings,
			    port->queues);
}

static int on_device(int vid)
{
	struct vhost_port *v = vhost_user_of(vid);
	uint64_t features = 0, bytes = guest_memory(vid);

	if (!v || rte_vhost_get_negotiated_features(vid, &features) != 0)
		return -1;
	pthread_mutex_lock(&v->lock);
	v->features = features;
	v->guest_bytes = bytes;
	stage_set(v, VHOST_RUNNING);
	/* of packed rings one cannot tell whether they are empty */
	atomic_store(&v->heard, (features & 1ull << VIRTIO_F_RING_PACKED) != 0);
	atomic_store(&v->deaf, false);
	atomic_store(&v->kicks, 0);
	memset(v->stale, 0, sizeof(v->stale));
	atomic_store(&v->disarm, v->was_disabled ? UINT32_MAX : UINT16_MAX);
	v->was_disabled = false;
	atomic_store(&v->vid, vid);
	vhost_user_bring_up(v, true);
	pthread_mutex_unlock(&v->lock);
	return 0;
}

static void on_device_gone(int vid)
{
	struct vhost_port *v = vhost_user_of(vid);

	if (!v)
		return;
	pthread_mutex_lock(&v->lock);
	if (v->stage == VHOST_RUNNING)
		stage_set(v, VHOST_CONNECTED);
	v->said = HD_PORT_NO_PEER;
	hd_str_copy(v->said_text, sizeof(v->said_text), "the guest stopped its device");
	hd_port_set_down(v->port, v->said, v->said_text);
	pthread_mutex_unlock(&v->lock);
	/* the rings go away when this returns */
	hd_rcu_synchronize();
	atomic_store(&v->vid, -1);
}

/* A duplicate of the ring's kick descriptor, in the place of the one that was there. */
static void kick_take(struct vhost_port *v, int vid, uint16_t ring)
{
	uint16_t q = ring / 2;
	int fd = atomic_load(&v->kick[q]);
	struct rte_vhost_vring vring;

	if (rte_vhost_get_vhost_vring(vid, ring, &vring) != 0 || vring.kickfd < 0)
		return;
	if (fd >= 0)
		dup3(vring.kickfd, fd, O_CLOEXEC);
	else
		atomic_store(&v->kick[q], fcntl(vring.kickfd, F_DUPFD_CLOEXEC, 0));
}

/* The ring's lock is held, and workers wait for it: this must not wait for them. */
static int on_ring(int vid, uint16_t ring, int enable)
{
	struct vhost_port *v = vhost_user_of(vid);
	uint64_t bit = 1ull << (ring % 64);

	if (!v || ring >= VHOST_RINGS_MAX)
		return 0;
	pthread_mutex_lock(&v->lock);
	if (enable)
		v->enabled[ring / 64] |= bit;
	else
		v->enabled[ring / 64] &= ~bit;
	if (enable && (ring & 1) && ring / 2 < v->port->queues)
		kick_take(v, vid, ring);
	if (v->stage == VHOST_RUNNING) {
		if (enable && (ring & 1))
			atomic_fetch_or(&v->disarm, 1u << (ring / 2 % v->port->queues));
		vhost_user_bring_up(v, false);
	}
	pthread_mutex_unlock(&v->lock);
	return 0;
}

const struct rte_vhost_device_ops vhost_user_callbacks = {
	.new_connection = on_connect,
	.destroy_connection = on_disconnect,
	.new_device = on_device,
	.destroy_device = on_device_gone,
	.vring_state_changed = on_ring,
};
