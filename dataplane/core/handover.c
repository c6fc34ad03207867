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

HD_DROP_REGISTER(drop_full, "handover_full", HD_DROP_INGRESS,
		 "the worker that owns what the packet needs had no room for it");

static hd_handover_fn fns[HD_HANDOVER_KINDS];
static bool is_new[HD_HANDOVER_KINDS];
static uint8_t n_fns;

uint8_t hd_handover_register(hd_handover_fn fn)
{
	if (n_fns == HD_HANDOVER_KINDS)
		abort(); /* a mistake in the program */
	fns[n_fns] = fn;
	return n_fns++;
}

uint8_t hd_handover_register_new(hd_handover_fn fn)
{
	uint8_t kind = hd_handover_register(fn);

	is_new[kind] = true;
	return kind;
}

int hd_handover_init(struct hd_worker *w)
{
	char name[RTE_RING_NAMESIZE];

	/* RTS: who lost its processor in the middle of one makes no other producer wait. */
	snprintf(name, sizeof(name), "handed-%u", w->index);
	w->handed = rte_ring_create(name, HD_HANDOVER_RING, (int)rte_socket_id(),
				    RING_F_MP_RTS_ENQ | RING_F_SC_DEQ);
	return w->handed ? 0 : -rte_errno;
}

/* The other side looks at the ring after it said that it sleeps, and we after we put something there. */
static void wake(struct hd_worker *to)
{
	uint64_t one = 1;

	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&to->asleep, memory_order_relaxed) &&
	    write(to->wake_fd, &one, sizeof(one)) < 0)
		return; /* full: it will wake anyway */
}

bool hd_hand_over(struct hd_worker *w, unsigned int to, uint8_t kind, const struct hd_port *port,
		  struct rte_mbuf *m)
{
	struct hd_worker *other = hd_worker_get(to);
	struct rte_mbuf *own;

	hd_meta(m)->port = port->id;
	if (other == w) {
		fns[kind](w, m);
		return true;
	}
	own = w ? hd_mbuf_own(w, m) : m;
	if (own) {
		m = own;
		hd_meta(m)->next = kind;
		m->hash.usr = port->generation;
		if (rte_ring_enqueue(other->handed, m) == 0) {
			wake(other);
			return true;
		}
	}
	if (w)
		hd_path_drop(w, w->config->ports[port->id], &drop_full, m);
	else
		rte_pktmbuf_free(m);
	return false;
}

static void too_late(struct hd_worker *w, uint16_t id, struct rte_mbuf *m)
{
	if (is_new[hd_meta(m)->next]) {
		w->port_stats[id].rx_packets++;
		w->port_stats[id].rx_bytes += m->pkt_len;
	}
	hd_drop(w, id, hd_drop_outdated, m);
}

static void arrive(struct hd_worker *w, struct rte_mbuf *m)
{
	uint16_t id = hd_meta(m)->port;
	const struct hd_port_config *port = id < w->config->n_ports ? w->config->ports[id] : NULL;

	w->stats->injected += is_new[hd_meta(m)->next];
	if (likely(port && port->port->generation == m->hash.usr))
		fns[hd_meta(m)->next](w, m);
	else if (port)
		hd_path_drop(w, port, hd_drop_outdated, m);
	else
		too_late(w, id, m);
}

/* At most @max packets. Returns how many there were. */
static unsigned int run_some(struct hd_worker *w, unsigned int max)
{
	struct rte_mbuf *m[HD_BURST] = {NULL};
	unsigned int n = rte_ring_sc_dequeue_burst(w->handed, (void **)m,
						   RTE_MIN(max, (unsigned)HD_BURST), NULL);

	for (unsigned int i = 0; i < n && m[i]; i++)
		arrive(w, m[i]);
	return n;
}

unsigned int hd_handover_run(struct hd_worker *w)
{
	unsigned int total = rte_ring_count(w->handed), n;

	/* What was there at first and no more: all of it, since ids may change owner after this loop. */
	for (unsigned int left = total; left; left -= n) {
		n = run_some(w, left);
		if (!n)
			break;
	}
	return total;
}

bool hd_handover_waits(const struct hd_worker *w)
{
	return !rte_ring_empty(w->handed);
}
