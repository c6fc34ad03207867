/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Drops: each has a reason with a name, a counter per port and a test that provokes it.
 *
 * A reason is registered in the file that drops for it:
 *
 *	DP_DROP_REGISTER(bpdu, "bpdu_guard", DP_DROP_INGRESS, "a bridge protocol frame ...");
 *	...
 *	dp_drop(worker, port_id, &bpdu, mbuf);
 *
 * Indices are given in alphabetical order when all constructors have run, so that they are the same
 * in each run of a build.
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
	DP_DROP_INGRESS, /* counted at the port that it came in by */
	DP_DROP_EGRESS,  /* counted at the port that it was to leave by */
};

struct dp_drop_reason {
	const char *name; /* below HD_DROP_NAME_MAX */
	const char *text; /* one sentence for people */
	enum dp_drop_side side;
	bool error; /* something is wrong with the frame itself, or with sending it */
	unsigned int index;
	struct dp_drop_reason *next;
};

void dp_drop_register(struct dp_drop_reason *reason);

#define DP_DROP_REGISTER(var, name_, side_, text_) DP_DROP_DEFINE(var, name_, side_, text_, false)

/* The same of a reason that counts as an error (ifInErrors, ifOutErrors of RFC 2863), not a discard. */
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

/* The frame came in by a port that is disabled, or had waited there since it was. Ingress. */
extern struct dp_drop_reason *const dp_drop_port_disabled;

/* The packet waited when a commit took away what it was for. Ingress. */
extern struct dp_drop_reason *const dp_drop_outdated;

/* Sorts and numbers. Once, at the start. -ENOSPC: more than HD_DROP_REASONS_MAX. */
int dp_drop_init(void);

/* The reasons in the order of their index; NULL past the end. */
const struct dp_drop_reason *dp_drop_by_index(unsigned int index);

/* Counts one packet and frees it. @port is an id below max_ports. Worker. */
static inline void dp_drop(struct dp_worker *w, uint16_t port, const struct dp_drop_reason *reason,
			   struct rte_mbuf *m)
{
	w->port_stats[port].drops[reason->index]++;
	w->stats->drops++;
	if (unlikely(w->capture))
		w->capture->drop(w, port, reason, &m, 1);
	rte_pktmbuf_free(m);
}

/* The same for @n packets. */
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
 * Counts packets that were never an mbuf, or are gone already (a frame that the kernel refused).
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
