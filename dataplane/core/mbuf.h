/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small helpers for packets.
 */
#ifndef DATAPLANE_CORE_MBUF_H
#define DATAPLANE_CORE_MBUF_H

#include <rte_mbuf.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/worker.h"

/* Has nobody else a reference to its first segment? */
static inline bool dp_mbuf_is_private(const struct rte_mbuf *m)
{
	return rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m);
}

/* The rare half of dp_mbuf_writable(). Worker. */
struct rte_mbuf *dp_mbuf_copy_head(struct rte_mempool *pool, struct rte_mbuf *m, uint32_t bytes);

/*
 * A packet that may be written to in its first @bytes: @m itself if nobody else has it, else a copy
 * of those (small packets whole) with the rest attached; @m's reference is given up then. The copy
 * has @m's meta. NULL when the pool is empty: @m is still the caller's. Worker.
 */
static inline struct rte_mbuf *dp_mbuf_writable(struct rte_mempool *pool, struct rte_mbuf *m,
						uint32_t bytes)
{
	if (likely(dp_mbuf_is_private(m)))
		return m;
	return dp_mbuf_copy_head(pool, m, bytes);
}

/*
 * A packet that may be kept for longer than the loop that received it: @m itself, or a copy when a part
 * of it is lent (RTE_MBUF_F_EXTERNAL): a guest's memory, which is given back after the loop. @m's
 * reference is given up then. NULL when the pool is empty: @m is still the caller's. Worker.
 */
struct rte_mbuf *dp_mbuf_own(struct dp_worker *w, struct rte_mbuf *m);

/*
 * Frees @n packets, as rte_pktmbuf_free_bulk() does: at once, when all are of one buffer of the frames'
 * pool and nobody else has them, which most are. Worker.
 */
static inline void dp_mbuf_free_bulk(struct dp_worker *w, struct rte_mbuf **m, unsigned int n)
{
	uint64_t other = 0;

	for (unsigned int i = 0; i < n; i++)
		other |= (uint64_t)(rte_mbuf_refcnt_read(m[i]) ^ 1) | (m[i]->nb_segs ^ 1u) |
			 (m[i]->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) |
			 ((uintptr_t)m[i]->pool ^ (uintptr_t)w->pool);
	if (likely(!other))
		rte_mempool_put_bulk(w->pool, (void **)m, n);
	else
		rte_pktmbuf_free_bulk(m, n);
}

#endif
