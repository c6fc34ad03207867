/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a guest's front-end asks for, done. All under the lock of vhost_loop.c.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_DEVICE_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_DEVICE_H

#include "dataplane/port/vhost_user/vhost_user.h"

#define VHOST_NOT_YET 1 /* the request goes on when v->token is over */

/* A reply's payload. */
struct vhost_reply {
	union vhost_payload payload;
	size_t len;
};

/*
 * Does what the session's request asks for. 0, or -errno with @err; VHOST_NOT_YET: workers have to
 * leave first, and it is called again then, with v->waited set.
 */
int vhost_device_serve(struct vhost_port *v, struct vhost_reply *reply, struct hd_err *err);

/* Nothing of the guest is to be used any more: v->token says when nothing is. */
void vhost_device_stop(struct vhost_port *v);

/* Forgets the guest: closes and unmaps what it gave. No worker can use it. False: not yet. */
bool vhost_device_clear(struct vhost_port *v);

/* Closes the rings, too. */
void vhost_device_free(struct vhost_port *v);

/* --- what the parts of it have in common --- */

#define VHOST_LOGS (1ull << VHOST_F_LOG_ALL)

/* Ring @i, or NULL: it was never used. */
static inline struct vhost_vring *vhost_vring_at(const struct vhost_port *v, unsigned int i)
{
	return atomic_load_explicit(&v->vring[i], memory_order_relaxed);
}

/* vhost_device_ring.c */

/*
 * Workers are to leave rings @first to @first + @n - 1, which give back what they lent. True: they have.
 * False: v->token says when they will have.
 */
bool vhost_rings_quiet(struct vhost_port *v, unsigned int first, unsigned int n);
bool vhost_rings_all_quiet(struct vhost_port *v);

/*
 * After a change: rings that can be used are, and the port goes up or down. -errno with @err: a ring is
 * not where it could be; the others are used all the same.
 */
int vhost_rings_update(struct vhost_port *v, struct hd_err *err);

/* Tells the port what its guest has. @begins: for the first time. */
void vhost_rings_tell(struct vhost_port *v, bool begins);

/* The device does not run any more, and the port is down. */
void vhost_rings_end(struct vhost_port *v);

/* A request about ring @i. */
int vhost_rings_serve(struct vhost_port *v, unsigned int i, struct vhost_reply *reply,
		      struct hd_err *err);

/* vhost_device_memory.c: requests, as vhost_device_serve() */
int vhost_memory_set(struct vhost_port *v, struct hd_err *err);
int vhost_memory_add(struct vhost_port *v, struct hd_err *err);
int vhost_memory_remove(struct vhost_port *v, struct hd_err *err);
int vhost_memory_log(struct vhost_port *v, struct vhost_reply *reply, struct hd_err *err);

/* The log is in use while the guest is on the move: when LOG_ALL is among its features. */
void vhost_memory_log_show(struct vhost_port *v);

/* Goes on with a request when workers have left what they read before. Returns VHOST_NOT_YET. */
int vhost_memory_wait(struct vhost_port *v);

/* Unmaps all. No worker is in it. */
void vhost_memory_clear(struct vhost_port *v);

#endif
