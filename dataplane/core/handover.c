/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/core/handover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_ring.h>

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/path.h"

DP_DROP_REGISTER(drop_full, "handover_full", DP_DROP_INGRESS,
		 "the worker that owns what the packet needs had no room for it");

static dp_handover_fn fns[DP_HANDOVER_KINDS];
static bool is_new[DP_HANDOVER_KINDS];
static uint8_t n_fns;

uint8_t dp_handover_register(dp_handover_fn fn)
{
	if (n_fns == DP_HANDOVER_KINDS)
		abort(); /* a mistake in the program */
	fns[n_fns] = fn;
	return n_fns++;
}

uint8_t dp_handover_register_new(dp_handover_fn fn)
{
	uint8_t kind = dp_handover_register(fn);

	is_new[kind] = true;
	return kind;
}

int dp_handover_init(struct dp_worker *w)
{
	char name[RTE_RING_NAMESIZE];

	/*
	 * RTS: a producer that loses its processor while it enqueues does not make the others wait.
	 */
	snprintf(name, sizeof(name), "handed-%u", w->index);
	w->handed = rte_ring_create(name, DP_HANDOVER_RING, (int)rte_socket_id(),
				    RING_F_MP_RTS_ENQ | RING_F_SC_DEQ);
	return w->handed ? 0 : -rte_errno;
}

/*
 * A worker sets asleep and then looks at its ring; we fill the ring and then look at asleep. So one
 * of the two sees the other.
 */
static void wake(struct dp_worker *to)
{
	uint64_t one = 1;

	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&to->asleep, memory_order_relaxed) &&
	    write(to->wake_fd, &one, sizeof(one)) < 0)
		return; /* full: it will wake anyway */
}

bool dp_hand_over(struct dp_worker *w, unsigned int to, uint8_t kind, const struct dp_port *port,
		  struct rte_mbuf *m)
{
	struct dp_worker *other = dp_worker_get(to);
	struct rte_mbuf *own;

	dp_meta(m)->port = port->id;
	if (other == w) {
		fns[kind](w, m);
		return true;
	}
	own = w ? dp_mbuf_own(w, m) : m;
	if (own) {
		m = own;
		dp_meta(m)->next = kind;
		m->hash.usr = port->generation;
		if (rte_ring_enqueue(other->handed, m) == 0) {
			wake(other);
			return true;
		}
	}
	if (w)
		dp_path_drop(w, w->config->ports[port->id], &drop_full, m);
	else
		rte_pktmbuf_free(m);
	return false;
}

static void too_late(struct dp_worker *w, uint16_t id, struct rte_mbuf *m)
{
	if (is_new[dp_meta(m)->next]) {
		w->port_stats[id].rx_packets++;
		w->port_stats[id].rx_bytes += m->pkt_len;
	}
	dp_drop(w, id, dp_drop_outdated, m);
}

static void arrive(struct dp_worker *w, struct rte_mbuf *m)
{
	uint16_t id = dp_meta(m)->port;
	const struct dp_port_config *port = id < w->config->n_ports ? w->config->ports[id] : NULL;

	w->stats->injected += is_new[dp_meta(m)->next];
	if (likely(port && port->port->generation == m->hash.usr))
		fns[dp_meta(m)->next](w, m);
	else if (port)
		dp_path_drop(w, port, dp_drop_outdated, m);
	else
		too_late(w, id, m);
}

/* At most @max packets. Returns how many there were. */
static unsigned int run_some(struct dp_worker *w, unsigned int max)
{
	struct rte_mbuf *m[DP_BURST] = {NULL};
	unsigned int n = rte_ring_sc_dequeue_burst(w->handed, (void **)m,
						   RTE_MIN(max, (unsigned)DP_BURST), NULL);

	for (unsigned int i = 0; i < n && m[i]; i++)
		arrive(w, m[i]);
	return n;
}

unsigned int dp_handover_run(struct dp_worker *w)
{
	unsigned int total = rte_ring_count(w->handed), n;

	/*
	 * Takes all that was there at the start, and no more: after this loop an id may have
	 * another owner.
	 */
	for (unsigned int left = total; left; left -= n) {
		n = run_some(w, left);
		if (!n)
			break;
	}
	return total;
}

bool dp_handover_waits(const struct dp_worker *w)
{
	return !rte_ring_empty(w->handed);
}
