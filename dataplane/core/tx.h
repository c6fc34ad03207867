/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transmit: bounded batches by port, fitted and sent when full or at the end of a loop.
 *
 * The path only puts packets here. Sending runs the port's output features, checks that the port is
 * a member of the packet's domain, fits tags, sizes and offloads to the port, and calls its kind.
 */
#ifndef DATAPLANE_CORE_TX_H
#define DATAPLANE_CORE_TX_H

#include <stdint.h>

#include "dataplane/core/config.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/port.h"
#include "dataplane/core/worker.h"

struct dp_tx_batch {
	uint16_t n;
	bool pending; /* in dp_tx.port */
	struct rte_mbuf *m[DP_BURST];
};

struct dp_tx {
	uint32_t n_pending;
	uint16_t port[HD_PORTS_MAX];
	struct dp_tx_batch batch[HD_PORTS_MAX];
};

/* Anonymous memory, touched where used. NULL with errno. */
struct dp_tx *dp_tx_new(void);
void dp_tx_free(struct dp_tx *tx);

/* Sends a port's batch. Worker. */
void dp_tx_flush_port(struct dp_worker *w, uint16_t port);

/* Sends all that is pending; at the end of each loop. Worker. */
void dp_tx_flush(struct dp_worker *w);

/*
 * Gives a classified packet to a port. The mbuf is the batch's from now on; the same one may be given
 * to several ports with its reference count raised. Worker.
 */
static inline void dp_tx_put(struct dp_worker *w, uint16_t port, struct rte_mbuf *m)
{
	struct dp_tx *tx = w->tx;
	struct dp_tx_batch *b = &tx->batch[port];
	uint16_t n = b->n;

	b->m[n] = m;
	b->n = n + 1;
	if (!b->pending) {
		b->pending = true;
		tx->port[tx->n_pending++] = port;
	}
	if (n + 1 == DP_BURST)
		dp_tx_flush_port(w, port);
}

/*
 * Gives @n classified frames, at most DP_BURST, to a port whose kind takes them itself (dp_port_ops.take).
 * The mbufs as for dp_tx_put(). Worker.
 */
void dp_tx_take(struct dp_worker *w, const struct dp_port_config *config, struct rte_mbuf **m,
		uint16_t n);

/* A kind has taken the frame: it counts as sent by the port. Worker, in take(). */
void dp_tx_taken(struct dp_worker *w, const struct dp_port_config *config,
		 const struct rte_mbuf *m);

/* Gives a classified packet to a port of any kind. Worker. */
static inline void dp_tx_give(struct dp_worker *w, uint16_t port, struct rte_mbuf *m)
{
	const struct dp_port_config *config =
		likely(port < w->config->n_ports) ? w->config->ports[port] : NULL;

	if (unlikely(config && config->take))
		dp_tx_take(w, config, &m, 1);
	else
		dp_tx_put(w, port, m);
}

/*
 * A packet that leaves by @port with its first @bytes writable (mbuf.h), and room for @room more in
 * front of them. NULL: there was no memory for that, and the packet was dropped. Worker.
 */
struct rte_mbuf *dp_tx_writable(struct dp_worker *w, uint16_t port, struct rte_mbuf *m,
				uint32_t bytes, uint16_t room);

/* Frames that a super-frame leaves @port as: 1, or the pieces that it is cut into. Worker. */
int32_t dp_tx_pieces(const struct dp_worker *w, uint16_t port, struct rte_mbuf *m);

/* How many sends it costs to give the packet to @port. Worker. */
static inline int32_t dp_tx_cost(const struct dp_worker *w, uint16_t port, struct rte_mbuf *m)
{
	return unlikely(dp_meta(m)->flags & DP_META_TSO) ? dp_tx_pieces(w, port, m) : 1;
}

#endif
