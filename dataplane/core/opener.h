/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The requests of heddle-dp to heddled, which opens devices for it (heddle/api/opener.h). Control
 * thread. A call waits for the answer, at most 2 seconds, unless its comment says otherwise.
 * Without heddled (replay, tests) calls fail with -ENOTCONN.
 */
#ifndef DATAPLANE_CORE_OPENER_H
#define DATAPLANE_CORE_OPENER_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/opener.h"
#include "heddle/base/err.h"

struct hd_chan;

/* Sets the channel to heddled; NULL: there is none. */
void dp_opener_init(struct hd_chan *supervisor);

/*
 * Opens a TAP: puts the descriptors of its queues, and then a socket in its namespace, into @fds.
 * *@n_fds is the room in @fds, and then the number of descriptors. The caller owns them. 0 or
 * -errno with @err.
 */
int dp_opener_tap(const struct hd_open_tap *req, int *fds, unsigned int *n_fds,
		  struct hd_opened *opened, struct hd_err *err);

/*
 * Opens a packet socket, @fds[0], and a socket in its namespace, @fds[1]. The caller owns both. 0
 * or -errno with @err.
 */
int dp_opener_packet(const struct hd_open_packet *req, int fds[2], struct hd_opened *opened,
		     struct hd_err *err);

/*
 * The port is removed: the next sweep deletes what heddled keeps for it, unless another port asks
 * for the same device before. Does not wait.
 */
void dp_opener_release(const char *port);

/*
 * The port is disabled: heddled keeps its device, with the carrier down, until the port asks for it
 * again. Does not wait.
 */
void dp_opener_down(const char *port);

/*
 * A sweep: heddled deletes all devices that no port asked for. One is due after the first commit of
 * a heddle-dp, and whenever a port was released or opened; do it when each port that should be open
 * was tried. None of these functions waits.
 */
void dp_opener_sweep_later(void);
bool dp_opener_sweep_is_due(void);
void dp_opener_sweep(void);

/*
 * Opens the directory of a vhost-user port. Returns a descriptor, which the caller owns, or -errno
 * with @err.
 */
int dp_opener_vhost(const struct hd_open_vhost *req, struct hd_opened_vhost *opened,
		    struct hd_err *err);

/*
 * Asks heddled for permission to connect to the socket in the directory of @port. 0 or -errno with
 * @err.
 */
int dp_opener_vhost_admit(const char *port, struct hd_err *err);

/*
 * Opens and locks a capture file below the capture directory. Returns a descriptor, which the
 * caller owns, or -errno with @err.
 */
int dp_opener_capture(const char *name, bool write, struct hd_err *err);

/*
 * Opens shared memory by name. *@is_new: it was made now. Returns a descriptor, which the caller
 * owns, or -errno with @err.
 */
int dp_opener_shm(const char *name, uint32_t version, uint64_t size, bool *is_new,
		  struct hd_err *err);

#endif
