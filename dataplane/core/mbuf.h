/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small helpers for packets.
 */
#ifndef DATAPLANE_CORE_MBUF_H
#define DATAPLANE_CORE_MBUF_H

#include <rte_mbuf.h>

#include "dataplane/core/meta.h"

/*
 * A packet that may be written to in its first @bytes: @m itself if nobody else has it, else a copy
 * of those (small packets whole) with the rest attached; @m's reference is given up then. The copy
 * has @m's meta. NULL when the pool is empty: @m is still the caller's. Worker.
 */
struct rte_mbuf *hd_mbuf_writable(struct rte_mempool *pool, struct rte_mbuf *m, uint32_t bytes);

#endif
