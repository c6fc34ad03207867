/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of guards that are mbufs. */
#ifndef DATAPLANE_GUARD_MBUF_H
#define DATAPLANE_GUARD_MBUF_H

#include <rte_common.h>
#include <rte_mbuf.h>

#include "dataplane/guard/frame.h"

/*
 * A guard did not see in the first segment what it needed: makes more of @m readable in @frame, in
 * @copy. False: there is no more. Worker.
 */
static inline bool hd_guard_gather(struct rte_mbuf *m, struct hd_guard_frame *frame,
				   uint8_t copy[HD_GUARD_COPY_MAX])
{
	uint32_t n = RTE_MIN(m->pkt_len, (uint32_t)HD_GUARD_COPY_MAX);

	if (m->nb_segs == 1 || n <= frame->readable)
		return false;
	frame->p = rte_pktmbuf_read(m, 0, n, copy);
	frame->readable = n;
	return true;
}

#endif
