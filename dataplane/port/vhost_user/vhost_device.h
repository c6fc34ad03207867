/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device of a guest: does what the requests of the guest's front-end ask for. Call everything
 * under the lock of vhost_loop.c.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_DEVICE_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_DEVICE_H

#include "dataplane/port/vhost_user/vhost_user.h"

#define VHOST_NOT_YET 1 /* the request has to wait until v->token is over */

/* A reply's payload. */
struct vhost_reply {
	union vhost_payload payload;
	size_t len;
};

/*
 * Does what the session's request asks for. 0, or -errno with @err. VHOST_NOT_YET: workers have to
 * leave the guest's memory first; then the loop calls it again, with v->waited set.
 */
int vhost_device_serve(struct vhost_port *v, struct vhost_reply *reply, struct hd_err *err);

/* Stops the use of everything of the guest. Workers have left it when v->token is over. */
void vhost_device_stop(struct vhost_port *v);

/*
 * Closes and unmaps everything that the guest gave; no worker can use it. False: it cannot do that
 * yet, call it again.
 */
bool vhost_device_clear(struct vhost_port *v);

/* Does the same, and closes the rings. */
void vhost_device_free(struct vhost_port *v);

/* --- shared by vhost_device*.c --- */

#define VHOST_LOGS (1ull << VHOST_F_LOG_ALL)

/* Ring @i, or NULL: it was never used. */
static inline struct vhost_vring *vhost_vring_at(const struct vhost_port *v, unsigned int i)
{
	return atomic_load_explicit(&v->vring[i], memory_order_relaxed);
}

/* vhost_device_ring.c */

/*
 * Makes workers leave rings @first to @first + @n - 1, and takes back the memory that mbufs
 * borrowed. True: they have left. False: they have left when v->token is over.
 */
bool vhost_rings_quiet(struct vhost_port *v, unsigned int first, unsigned int n);
bool vhost_rings_all_quiet(struct vhost_port *v);

/*
 * Called after a change: starts to use all rings that can be used, and sets the port up or down. 0,
 * or -errno with @err: the place of a ring is wrong; the other rings are used all the same.
 */
int vhost_rings_update(struct vhost_port *v, struct hd_err *err);

/* Tells the port its guest's queues and features. @begins: the device has just started. */
void vhost_rings_tell(struct vhost_port *v, bool begins);

/* Ends the running device: sets the port down. */
void vhost_rings_end(struct vhost_port *v);

/* Serves a request about ring @i, as vhost_device_serve(). */
int vhost_rings_serve(struct vhost_port *v, unsigned int i, struct vhost_reply *reply,
		      struct hd_err *err);

/* vhost_device_memory.c: serve requests, as vhost_device_serve() */
int vhost_memory_set(struct vhost_port *v, struct hd_err *err);
int vhost_memory_add(struct vhost_port *v, struct hd_err *err);
int vhost_memory_remove(struct vhost_port *v, struct hd_err *err);
int vhost_memory_log(struct vhost_port *v, struct vhost_reply *reply, struct hd_err *err);

/* Uses the log of pages if LOG_ALL is among the features: the guest is being migrated. */
void vhost_memory_log_show(struct vhost_port *v);

/* Makes the request wait until workers have left the old table. Returns VHOST_NOT_YET. */
int vhost_memory_wait(struct vhost_port *v);

/* Unmaps all memory. No worker may use it any more. */
void vhost_memory_clear(struct vhost_port *v);

#endif
