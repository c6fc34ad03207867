/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transmit: a batch of limited size for each port, which is sent when it is full and at the end of
 * a loop.
 *
 * The path only puts packets into batches. To send a batch runs the port's features at OUTPUT,
 * checks that the port is a member of the packet's domain, fits tags, sizes and offloads to the
 * port, and calls the port's kind.
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
	bool pending; /* the port is in dp_tx.port */
	struct rte_mbuf *m[DP_BURST];
};

struct dp_tx {
	uint32_t n_pending;
	uint16_t port[HD_PORTS_MAX];
	struct dp_tx_batch batch[HD_PORTS_MAX];
};

/*
 * Makes a worker's batches, in anonymous memory that is used only where it is touched. NULL with
 * errno. Control thread.
 */
struct dp_tx *dp_tx_new(void);
void dp_tx_free(struct dp_tx *tx);

/* Sends the port's batch. Worker. */
void dp_tx_flush_port(struct dp_worker *w, uint16_t port);

/* Sends all pending batches, at the end of each loop. Worker. */
void dp_tx_flush(struct dp_worker *w);

/*
 * Puts a classified packet into the batch of a port, which owns the reference. To give the mbuf to
 * several ports, raise its reference count before. Worker.
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
 * Gives @n classified frames, at most DP_BURST, to a port whose kind has take() (dp_port_ops).
 * References as for dp_tx_put(). Worker.
 */
void dp_tx_take(struct dp_worker *w, const struct dp_port_config *config, struct rte_mbuf **m,
		uint16_t n);

/* Counts a frame that the kind has taken as sent by the port. Worker, in take(). */
void dp_tx_taken(struct dp_worker *w, const struct dp_port_config *config,
		 const struct rte_mbuf *m);

/* Gives a classified packet to a port of any kind; references as for dp_tx_put(). Worker. */
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
 * Returns a packet that leaves by @port and whose first @bytes may be written (mbuf.h), with room
 * for @room more bytes before them. NULL: there was no memory, and the packet was dropped. Worker.
 */
struct rte_mbuf *dp_tx_writable(struct dp_worker *w, uint16_t port, struct rte_mbuf *m,
				uint32_t bytes, uint16_t room);

/*
 * Returns the number of frames that @port sends for a super-frame: 1, or the number of pieces.
 * Worker.
 */
int32_t dp_tx_pieces(const struct dp_worker *w, uint16_t port, struct rte_mbuf *m);

/* Returns the number of sends that it costs to give the packet to @port. Worker. */
static inline int32_t dp_tx_cost(const struct dp_worker *w, uint16_t port, struct rte_mbuf *m)
{
	return unlikely(dp_meta(m)->flags & DP_META_TSO) ? dp_tx_pieces(w, port, m) : 1;
}

#endif
