/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What heddle-dp asks heddled to open (heddle/api/opener.h). Control thread; a call waits for the
 * answer, at most 2 seconds, where it does not say otherwise. Without a heddled (replay, tests) they fail with -ENOTCONN.
 */
#ifndef DATAPLANE_CORE_OPENER_H
#define DATAPLANE_CORE_OPENER_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/api/opener.h"
#include "heddle/base/err.h"

struct hd_chan;

/* The channel to heddled, or NULL. */
void dp_opener_init(struct hd_chan *supervisor);

/*
 * A TAP: @fds takes its queues and then a socket in its namespace; *@n_fds is the room in @fds, and
 * then how many came. The caller owns them. 0 or -errno with @err.
 */
int dp_opener_tap(const struct hd_open_tap *req, int *fds, unsigned int *n_fds,
		  struct hd_opened *opened, struct hd_err *err);

/* A packet socket in @fds[0], a socket in its namespace in @fds[1]; the caller owns both. */
int dp_opener_packet(const struct hd_open_packet *req, int fds[2], struct hd_opened *opened,
		     struct hd_err *err);

/*
 * The port is gone for good: what heddled keeps for it goes with the next sweep, unless another port
 * asks for the same device before. Does not wait.
 */
void dp_opener_release(const char *port);

/*
 * The port is disabled: what heddled keeps for it stays, with its carrier down, until it is asked for.
 * Does not wait.
 */
void dp_opener_down(const char *port);

/*
 * heddled deletes what no port asked for: when all ports that are to be open have been tried, after
 * the first commit of a heddle-dp and whenever a port was released or opened. None of them waits.
 */
void dp_opener_sweep_later(void);
bool dp_opener_sweep_is_due(void);
void dp_opener_sweep(void);

/* The directory of a vhost-user port: a descriptor, which the caller owns, or -errno with @err. */
int dp_opener_vhost(const struct hd_open_vhost *req, struct hd_opened_vhost *opened,
		    struct hd_err *err);

/* Has heddled let us connect to the socket in the directory of @port. 0 or -errno with @err. */
int dp_opener_vhost_admit(const char *port, struct hd_err *err);

/* A capture file below the capture directory, open and locked; a descriptor, or -errno with @err. */
int dp_opener_capture(const char *name, bool write, struct hd_err *err);

/* Shared memory by name. The descriptor, or -errno. */
int dp_opener_shm(const char *name, uint32_t version, uint64_t size, bool *is_new,
		  struct hd_err *err);

#endif
