/* SPDX-License-Identifier: BSD-3-Clause */
/* Gives guards the bytes of an mbuf. */
#ifndef DATAPLANE_GUARD_MBUF_H
#define DATAPLANE_GUARD_MBUF_H

#include <rte_common.h>
#include <rte_mbuf.h>

#include "dataplane/guard/frame.h"

/*
 * For a guard to which the bytes of the first segment are not enough: makes more bytes of @m
 * readable in @frame, in @copy if needed. False: there are no more. Worker.
 */
static inline bool dp_guard_gather(struct rte_mbuf *m, struct dp_guard_frame *frame,
				   uint8_t copy[DP_GUARD_COPY_MAX])
{
	uint32_t n = RTE_MIN(m->pkt_len, (uint32_t)DP_GUARD_COPY_MAX);

	if (m->nb_segs == 1 || n <= frame->readable)
		return false;
	frame->p = rte_pktmbuf_read(m, 0, n, copy);
	frame->readable = n;
	return true;
}

#endif
