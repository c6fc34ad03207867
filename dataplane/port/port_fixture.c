/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/port_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/core/idle.h"
#include "dataplane/core/options.h"
#include "dataplane/core/rcu.h"
#include "tests/unit/eal.h"

struct fixture fixture;
static const struct dp_port_ops *kinds[8];
static unsigned int n_kinds;
static uint16_t next_id;
static struct dp_port_ops watched[FIXTURE_PORTS]; /* the kind's, but that calls are counted */
static const struct dp_port_ops *kind_of[FIXTURE_PORTS];
static _Atomic uint64_t calls; /* of a worker into a port, and back: odd while it is in one */

static uint16_t watched_rx(struct dp_worker *w, struct dp_port *port, uint16_t q,
			   struct rte_mbuf **m, uint16_t n)
{
	uint16_t got;

	calls++;
	got = kind_of[port->id]->rx_burst(w, port, q, m, n);
	calls++;
	return got;
}

static uint16_t watched_tx(struct dp_worker *w, struct dp_port *port, uint16_t q,
			   struct rte_mbuf **m, uint16_t n)
{
	uint16_t sent;

	calls++;
	sent = kind_of[port->id]->tx_burst(w, port, q, m, n);
	calls++;
	return sent;
}

static int watched_fd(struct dp_port *port, uint16_t q, bool arm)
{
	int fd;

	calls++;
	fd = kind_of[port->id]->event_fd(port, q, arm);
	calls++;
	return fd;
}

/* What a thread of the kind may ask for, as in loop.c: has the worker left since? */
uint64_t dp_rcu_start(void)
{
	uint64_t now = atomic_load(&calls);

	return now & 1 ? now : 0;
}

bool dp_rcu_over(uint64_t token)
{
	return !token || atomic_load(&calls) != token;
}

void fixture_worker_step(void)
{
	calls++;
}

void dp_idle_forget(struct dp_port *port, uint16_t q)
{
	RTE_SET_USED(port);
	RTE_SET_USED(q);
}

int fixture_init(unsigned int frames, unsigned int big, unsigned int cache)
{
	struct dp_worker *w = &fixture.worker;

	if (unit_eal_init() != 0 || dp_drop_init() != 0)
		return -1;
	w->stats = &fixture.stats;
	w->port_stats = fixture.port_stats;
	w->pool = rte_pktmbuf_pool_create("frames", frames, cache, 0,
					  DP_FRAME_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	w->big_pool = rte_pktmbuf_pool_create("big", big, cache, 0,
					      DP_BIG_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	if (w->pool == NULL || w->big_pool == NULL) {
		fprintf(stderr, "pools: %s\n", rte_strerror(rte_errno));
		return -1;
	}
	return 0;
}

struct dp_port *fixture_port(const char *kind, const char *name, const void *params,
			     uint16_t queues, uint16_t mtu)
{
	const struct dp_port_ops *ops = dp_port_kind_by_name(kind);
	struct dp_port *port;
	size_t size;

	if (ops == NULL || next_id == FIXTURE_PORTS) {
		fprintf(stderr, "no port kind %s, or more than %d ports\n", kind, FIXTURE_PORTS);
		exit(1);
	}
	size = sizeof(*port) + ops->params_size + 64 + ops->size;
	port = aligned_alloc(64, (size + 63) & ~(size_t)63);
	if (port == NULL)
		exit(1);
	memset(port, 0, size);
	port->id = next_id++;
	kind_of[port->id] = ops;
	watched[port->id] = *ops;
	watched[port->id].rx_burst = watched_rx;
	watched[port->id].tx_burst = watched_tx;
	if (ops->event_fd)
		watched[port->id].event_fd = watched_fd;
	port->ops = &watched[port->id];
	port->queues = queues;
	port->mtu = mtu;
	hd_str_copy(port->name, sizeof(port->name), name);
	memcpy(port->params, params, ops->params_size);
	memset(&fixture.port_stats[port->id], 0, sizeof(fixture.port_stats[0]));
	return port;
}

int fixture_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	int ret;

	memset(err, 0, sizeof(*err));
	*reason = HD_PORT_ERROR;
	ret = port->ops->open(port, reason, err);
	port->is_open = ret == 0;
	return ret;
}

void fixture_close(struct dp_port *port)
{
	if (port->is_open)
		port->ops->close(port);
	port->is_open = false;
	atomic_store(&port->up, false);
}

void fixture_port_free(struct dp_port *port)
{
	fixture_close(port);
	if (port->id + 1 == next_id)
		next_id--;
	free(port);
}

uint64_t fixture_drops(const struct dp_port *port, const char *name)
{
	const struct dp_drop_reason *r;

	for (unsigned int i = 0; (r = dp_drop_by_index(i)) != NULL; i++)
		if (!strcmp(r->name, name))
			return fixture.port_stats[port->id].drops[i];
	fprintf(stderr, "no drop reason %s\n", name);
	exit(1);
}

/* --- what heddle-dp has for kinds ------------------------------------------------------------- */

void dp_port_kind_register(const struct dp_port_ops *ops)
{
	if (n_kinds == RTE_DIM(kinds))
		abort();
	kinds[n_kinds++] = ops;
}

const struct dp_port_ops *dp_port_kind_by_name(const char *name)
{
	for (unsigned int i = 0; i < n_kinds; i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

void dp_port_set_mac(struct dp_port *port, const uint8_t mac[6])
{
	memcpy(port->mac, mac, sizeof(port->mac));
}

void dp_port_call(struct dp_port *port)
{
	atomic_fetch_add(&port->calls, 1);
}

void dp_port_set_up(struct dp_port *port, uint16_t rx_queues, uint16_t tx_queues, uint32_t caps)
{
	atomic_store(&port->caps, caps);
	atomic_store(&port->rx_queues, rx_queues);
	atomic_store(&port->tx_queues, tx_queues);
	port->reason = HD_PORT_UP;
	port->text[0] = '\0';
	atomic_store(&port->up, true);
}

void dp_port_set_down(struct dp_port *port, enum hd_port_reason reason, const char *text)
{
	atomic_store(&port->up, false);
	port->reason = reason;
	hd_str_copy(port->text, sizeof(port->text), text != NULL ? text : "");
}

void dp_port_rx_extra(struct dp_worker *w, const struct dp_port *port, unsigned int n,
		      uint64_t bytes)
{
	w->port_stats[port->id].rx_packets += n;
	w->port_stats[port->id].rx_bytes += bytes;
	w->stats->rx += n;
}

void dp_blame_enter(const struct dp_port *port, enum hd_doing doing)
{
}

void dp_blame_leave(void)
{
}
