/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Injects frames of heddle-cp, and does what leases need: enters and withdraws MACs, sends resign
 * packets. Punt thread.
 *
 * A worker sends injected frames at the start of its loop, before it polls a port, and flushes them
 * at once. So they leave before the data of that loop.
 */
#ifndef DATAPLANE_PUNT_INJECT_H
#define DATAPLANE_PUNT_INJECT_H

#include "heddle/api/punt.h"
#include "heddle/base/err.h"
#include "dataplane/core/config.h"
#include "dataplane/punt/lease.h"

struct dp_fdb;

#define PUNT_INJECT_RATE  20000 /* frames/s that heddle-cp may inject, in all */
#define PUNT_INJECT_BURST 512

/*
 * Makes the pool of frames. Control thread, once, before the punt thread is started. 0 or -errno.
 */
int punt_inject_init(struct dp_fdb *fdb);

/* Sets the tree that later calls use; the caller may hold it meanwhile (rcu.h). */
void punt_inject_tree(const struct dp_config *tree);

/*
 * Checks a frame and sends it; every byte may be hostile. 0, or below 0 with @err: -EINVAL;
 * -ENOENT: there is no such port; -EACCES: the source is no MAC of the switch itself there;
 * -EAGAIN: heddle-cp sends too fast; -ENOMEM.
 */
int punt_inject(const struct hd_inject *request, uint64_t now_ns, struct hd_err *err);

/*
 * The functions of leases, on the forwarding database and the wire. The caller sets over() and
 * changed().
 */
extern struct lease_ops punt_lease_ops;

#endif
