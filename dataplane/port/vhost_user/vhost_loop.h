/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The thread that serves the front-ends of all guests. Nothing in it waits for one of them: what comes
 * in part is kept, what is not read is not written, and each has a bounded share of a round.
 *
 * What it shares with the control thread is under one lock, which is held for as long as a few requests
 * take, and never while anything is waited for.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_LOOP_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_LOOP_H

#include "dataplane/port/vhost_user/vhost_user.h"

void vhost_lock(void);
void vhost_unlock(void);

/* Starts the thread, if it does not run. Control thread. 0 or -errno with @err. */
int vhost_loop_start(struct hd_err *err);

/* All below: control thread, with the lock. */

/* From now on guests can connect to @fd, which listens. It is the port's from here on. 0 or -errno. */
int vhost_loop_listen(struct vhost_port *v, int fd);

/* A guest is connected by @fd, which is the port's from here on. 0 or -errno, and @fd is closed. */
int vhost_loop_serve(struct vhost_port *v, int fd);

/* Ends the connection for the reason in @text, which the port and the log say. */
void vhost_loop_hang_up(struct vhost_port *v, const char *text);

/* The port is closed: no worker is in it. Ends the connection, and forgets the port. */
void vhost_loop_forget(struct vhost_port *v);

#endif
