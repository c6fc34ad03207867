/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Helpers for mbufs: copies, and frees in bulk.
 */
#ifndef DATAPLANE_CORE_MBUF_H
#define DATAPLANE_CORE_MBUF_H

#include <rte_mbuf.h>

#include "dataplane/core/meta.h"
#include "dataplane/core/worker.h"

/* True if nobody else has a reference to the packet's first segment. */
static inline bool dp_mbuf_is_private(const struct rte_mbuf *m)
{
	return rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m);
}

/* The rare case of dp_mbuf_writable(): copies. Worker. */
struct rte_mbuf *dp_mbuf_copy_head(struct rte_mempool *pool, struct rte_mbuf *m, uint32_t bytes);

/*
 * Returns a packet whose first @bytes may be written: @m itself if nobody else has it, else a copy
 * of these bytes (of all bytes, if the packet is small) with the rest attached, which has @m's
 * meta; then @m is freed. NULL: the pool is empty, and @m still belongs to the caller. Worker.
 */
static inline struct rte_mbuf *dp_mbuf_writable(struct rte_mempool *pool, struct rte_mbuf *m,
						uint32_t bytes)
{
	if (likely(dp_mbuf_is_private(m)))
		return m;
	return dp_mbuf_copy_head(pool, m, bytes);
}

/*
 * Returns a packet that may be kept longer than the loop that received it: @m itself, or a copy if
 * part of @m lies in a guest's memory (RTE_MBUF_F_EXTERNAL), which is given back after the loop;
 * then @m is freed. NULL: the pool is empty, and @m still belongs to the caller. Worker.
 */
struct rte_mbuf *dp_mbuf_own(struct dp_worker *w, struct rte_mbuf *m);

/*
 * Frees @n packets like rte_pktmbuf_free_bulk(), but faster in the most frequent case: each packet
 * is one mbuf of the frames' pool, and nobody else has it. Worker.
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
