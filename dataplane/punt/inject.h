/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames from heddle-cp on their way out, and the addresses of leases. Punt thread.
 *
 * A worker sends what was injected at the start of its loop, before it looks at a port, and flushes it
 * at once: so it is ahead of the data of that loop.
 */
#ifndef DATAPLANE_PUNT_INJECT_H
#define DATAPLANE_PUNT_INJECT_H

#include "heddle/api/punt.h"
#include "heddle/base/err.h"
#include "dataplane/core/config.h"
#include "dataplane/punt/lease.h"

struct hd_fdb;

#define PUNT_INJECT_RATE  20000 /* frames/s of heddle-cp, of all kinds */
#define PUNT_INJECT_BURST 512

/* Control thread, once, before the punt thread is started. 0 or -errno: no memory for frames. */
int punt_inject_init(struct hd_fdb *fdb);

/* The tree for what follows; the caller may hold it (rcu.h). */
void punt_inject_tree(const struct hd_config *tree);

/*
 * Checks and sends. Every byte may be hostile. 0, or below 0 with @err: -EINVAL; -ENOENT: no such port;
 * -EACCES: the source is no address of ours there; -EAGAIN: too many; -ENOMEM.
 */
int punt_inject(const struct hd_inject *request, uint64_t now_ns, struct hd_err *err);

/* What leases do to the forwarding database and on the wire; over() is the caller's to set. */
extern struct lease_ops punt_lease_ops;

#endif
