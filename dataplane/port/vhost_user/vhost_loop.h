/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loop: a thread that serves the front-ends of all guests. It never waits for one of them: it
 * keeps a part of a request until the rest comes, writes a reply only as far as the front-end
 * reads, and gives each front-end a bounded share of a round.
 *
 * One lock protects everything that the loop shares with the control thread. It is held for as long
 * as a few requests take, and never while a thread waits for something.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_LOOP_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_LOOP_H

#include "dataplane/port/vhost_user/vhost_user.h"

void vhost_lock(void);
void vhost_unlock(void);

/* Starts the thread, if it does not run. Control thread. 0 or -errno with @err. */
int vhost_loop_start(struct hd_err *err);

/* All below: control thread, with the lock. */

/* Lets guests connect to @fd, a listening socket, which the port owns from now on. 0 or -errno. */
int vhost_loop_listen(struct vhost_port *v, int fd);

/*
 * Serves the guest on @fd, a connection, which the port owns from now on. 0 or -errno; then @fd is
 * closed.
 */
int vhost_loop_serve(struct vhost_port *v, int fd);

/* Ends the connection for the reason in @text, which goes to the port's state and the log. */
void vhost_loop_hang_up(struct vhost_port *v, const char *text);

/* The port is closed and no worker uses it: ends the connection, and stops serving the port. */
void vhost_loop_forget(struct vhost_port *v);

#endif
