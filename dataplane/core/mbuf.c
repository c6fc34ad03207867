/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>

#include <rte_common.h>

#include "dataplane/core/mbuf.h"

#define COPY_WHOLE 1024u /* bytes up to which copying is cheaper than attaching */
#define COPY_HEAD  256u

/*
 * Makes an indirect copy of what follows the first @head bytes; the first segment has at least
 * these.
 */
static struct rte_mbuf *rest_of(struct rte_mempool *pool, struct rte_mbuf *m, uint32_t head)
{
	struct rte_mbuf *rest = rte_pktmbuf_clone(m, pool), *first = rest;

	if (!rest)
		return NULL;
	if (head < rest->data_len || !rest->next) {
		rte_pktmbuf_adj(rest, head);
		return rest;
	}
	rest = first->next;
	rest->pkt_len = first->pkt_len - head;
	rest->nb_segs = first->nb_segs - 1;
	first->next = NULL;
	first->nb_segs = 1;
	rte_pktmbuf_free(first);
	return rest;
}

struct rte_mbuf *dp_mbuf_copy_head(struct rte_mempool *pool, struct rte_mbuf *m, uint32_t bytes)
{
	uint32_t head = m->pkt_len;
	struct rte_mbuf *copy, *rest;

	if (head > COPY_WHOLE) {
		head = RTE_MAX(bytes, COPY_HEAD);
		head = RTE_MIN(head, (uint32_t)m->data_len);
	}
	copy = rte_pktmbuf_copy(m, pool, 0, head);
	if (!copy)
		return NULL;
	if (head < m->pkt_len) {
		rest = rest_of(pool, m, head);
		if (!rest || rte_pktmbuf_chain(copy, rest) < 0) {
			rte_pktmbuf_free(rest);
			rte_pktmbuf_free(copy);
			return NULL;
		}
	}
	*dp_meta(copy) = *dp_meta(m);
	rte_pktmbuf_free(m);
	return copy;
}

static bool is_lent(const struct rte_mbuf *m)
{
	for (; m; m = m->next)
		if (RTE_MBUF_HAS_EXTBUF(m))
			return true;
	return false;
}

struct rte_mbuf *dp_mbuf_own(struct dp_worker *w, struct rte_mbuf *m)
{
	struct rte_mbuf *copy;

	if (!is_lent(m))
		return m;
	copy = rte_pktmbuf_copy(m, m->pkt_len <= DP_FRAME_ROOM ? w->pool : w->big_pool, 0,
				UINT32_MAX);
	if (!copy)
		return NULL;
	*dp_meta(copy) = *dp_meta(m);
	rte_pktmbuf_free(m);
	return copy;
}
