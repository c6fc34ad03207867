/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Drops: each has a reason with a name, a counter for each port, and a test that causes it.
 *
 * A reason is registered in the file that uses it:
 *
 *	DP_DROP_REGISTER(bpdu, "bpdu_guard", DP_DROP_INGRESS, "a bridge protocol frame ...");
 *	...
 *	dp_drop(worker, port_id, &bpdu, mbuf);
 *
 * dp_drop_init() numbers the reasons in alphabetical order, so that numbers are the same in each
 * run of a build.
 */
#ifndef DATAPLANE_CORE_DROP_H
#define DATAPLANE_CORE_DROP_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "dataplane/core/capture.h"
#include "dataplane/core/worker.h"

enum dp_drop_side {
	DP_DROP_INGRESS, /* counted at the port by which the frame came in */
	DP_DROP_EGRESS,  /* counted at the port by which the frame was to leave */
};

struct dp_drop_reason {
	const char *name; /* shorter than HD_DROP_NAME_MAX */
	const char *text; /* one sentence for people */
	enum dp_drop_side side;
	bool error; /* something is wrong with the frame itself, or with sending it */
	unsigned int index;
	struct dp_drop_reason *next;
};

void dp_drop_register(struct dp_drop_reason *reason);

#define DP_DROP_REGISTER(var, name_, side_, text_) DP_DROP_DEFINE(var, name_, side_, text_, false)

/*
 * Like DP_DROP_REGISTER(), for a reason that counts as an error and not as a discard (ifInErrors,
 * ifOutErrors of RFC 2863).
 */
#define DP_DROP_REGISTER_ERROR(var, name_, side_, text_) \
	DP_DROP_DEFINE(var, name_, side_, text_, true)

#define DP_DROP_DEFINE(var, name_, side_, text_, error_)                       \
	static struct dp_drop_reason var = {                                   \
		.name = name_, .text = text_, .side = side_, .error = error_}; \
	RTE_INIT(dp_drop_register_##var)                                       \
	{                                                                      \
		dp_drop_register(&var);                                        \
	}                                                                      \
	struct dp_drop_reason

/*
 * The frame came in by a disabled port, or was received before and waited when it was disabled.
 * Ingress.
 */
extern struct dp_drop_reason *const dp_drop_port_disabled;

/* The packet waited, and meanwhile a commit removed its port or domain. Ingress. */
extern struct dp_drop_reason *const dp_drop_outdated;

/*
 * Sorts and numbers the reasons. Once, at the start. 0, or -ENOSPC: there are more than
 * HD_DROP_REASONS_MAX.
 */
int dp_drop_init(void);

/* Returns the reason with this index; NULL: there is none. Any thread. */
const struct dp_drop_reason *dp_drop_by_index(unsigned int index);

/* Counts one packet as dropped and frees it. @port is an id below max_ports. Worker. */
static inline void dp_drop(struct dp_worker *w, uint16_t port, const struct dp_drop_reason *reason,
			   struct rte_mbuf *m)
{
	w->port_stats[port].drops[reason->index]++;
	w->stats->drops++;
	if (unlikely(w->capture))
		w->capture->drop(w, port, reason, &m, 1);
	rte_pktmbuf_free(m);
}

/* The same for @n packets. Worker. */
static inline void dp_drop_bulk(struct dp_worker *w, uint16_t port,
				const struct dp_drop_reason *reason, struct rte_mbuf **m,
				unsigned int n)
{
	w->port_stats[port].drops[reason->index] += n;
	w->stats->drops += n;
	if (unlikely(w->capture))
		w->capture->drop(w, port, reason, m, n);
	rte_pktmbuf_free_bulk(m, n);
}

/*
 * Counts @n packets as dropped that have no mbuf (any more), such as frames that the kernel
 * refused. Worker.
 */
static inline void dp_drop_count(struct dp_worker *w, uint16_t port,
				 const struct dp_drop_reason *reason, unsigned int n)
{
	w->port_stats[port].drops[reason->index] += n;
	w->stats->drops += n;
	if (unlikely(w->capture))
		w->capture->drop(w, port, reason, NULL, n);
}

#endif
