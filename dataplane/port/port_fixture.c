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
static const struct hd_port_ops *kinds[8];
static unsigned int n_kinds;
static uint16_t next_id;
static struct hd_port_ops watched[FIXTURE_PORTS]; /* the kind's, but that calls are counted */
static const struct hd_port_ops *kind_of[FIXTURE_PORTS];
static _Atomic uint64_t calls; /* of a worker into a port, and back: odd while it is in one */

static uint16_t watched_rx(struct hd_worker *w, struct hd_port *port, uint16_t q,
			   struct rte_mbuf **m, uint16_t n)
{
	uint16_t got;

	calls++;
	got = kind_of[port->id]->rx_burst(w, port, q, m, n);
	calls++;
	return got;
}

static uint16_t watched_tx(struct hd_worker *w, struct hd_port *port, uint16_t q,
			   struct rte_mbuf **m, uint16_t n)
{
	uint16_t sent;

	calls++;
	sent = kind_of[port->id]->tx_burst(w, port, q, m, n);
	calls++;
	return sent;
}

static int watched_fd(struct hd_port *port, uint16_t q, bool arm)
{
	int fd;

	calls++;
	fd = kind_of[port->id]->event_fd(port, q, arm);
	calls++;
	return fd;
}

/* What a thread of the kind may ask for, as in loop.c: has the worker left since? */
uint64_t hd_rcu_start(void)
{
	uint64_t now = atomic_load(&calls);

	return now & 1 ? now : 0;
}

bool hd_rcu_over(uint64_t token)
{
	return !token || atomic_load(&calls) != token;
}

void fixture_worker_step(void)
{
	calls++;
}

void hd_idle_forget(struct hd_port *port, uint16_t q)
{
	RTE_SET_USED(port);
	RTE_SET_USED(q);
}

int fixture_init(unsigned int frames, unsigned int big, unsigned int cache)
{
	struct hd_worker *w = &fixture.worker;

	if (unit_eal_init() != 0 || hd_drop_init() != 0)
		return -1;
	w->stats = &fixture.stats;
	w->port_stats = fixture.port_stats;
	w->pool = rte_pktmbuf_pool_create("frames", frames, cache, 0,
					  HD_FRAME_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	w->big_pool = rte_pktmbuf_pool_create("big", big, cache, 0,
					      HD_BIG_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	if (w->pool == NULL || w->big_pool == NULL) {
		fprintf(stderr, "pools: %s\n", rte_strerror(rte_errno));
		return -1;
	}
	return 0;
}

struct hd_port *fixture_port(const char *kind, const char *name, const void *params,
			     uint16_t queues, uint16_t mtu)
{
	const struct hd_port_ops *ops = hd_port_kind_by_name(kind);
	struct hd_port *port;
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

int fixture_open(struct hd_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	int ret;

	memset(err, 0, sizeof(*err));
	*reason = HD_PORT_ERROR;
	ret = port->ops->open(port, reason, err);
	port->is_open = ret == 0;
	return ret;
}

void fixture_close(struct hd_port *port)
{
	if (port->is_open)
		port->ops->close(port);
	port->is_open = false;
	atomic_store(&port->up, false);
}

void fixture_port_free(struct hd_port *port)
{
	fixture_close(port);
	if (port->id + 1 == next_id)
		next_id--;
	free(port);
}

uint64_t fixture_drops(const struct hd_port *port, const char *name)
{
	const struct hd_drop_reason *r;

	for (unsigned int i = 0; (r = hd_drop_by_index(i)) != NULL; i++)
		if (!strcmp(r->name, name))
			return fixture.port_stats[port->id].drops[i];
	fprintf(stderr, "no drop reason %s\n", name);
	exit(1);
}

/* --- what heddle-dp has for kinds ------------------------------------------------------------- */

void hd_port_kind_register(const struct hd_port_ops *ops)
{
	if (n_kinds == RTE_DIM(kinds))
		abort();
	kinds[n_kinds++] = ops;
}

const struct hd_port_ops *hd_port_kind_by_name(const char *name)
{
	for (unsigned int i = 0; i < n_kinds; i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

void hd_port_set_mac(struct hd_port *port, const uint8_t mac[6])
{
	memcpy(port->mac, mac, sizeof(port->mac));
}

void hd_port_call(struct hd_port *port)
{
	atomic_fetch_add(&port->calls, 1);
}

void hd_port_set_up(struct hd_port *port, uint16_t rx_queues, uint16_t tx_queues, uint32_t caps)
{
	atomic_store(&port->caps, caps);
	atomic_store(&port->rx_queues, rx_queues);
	atomic_store(&port->tx_queues, tx_queues);
	port->reason = HD_PORT_UP;
	port->text[0] = '\0';
	atomic_store(&port->up, true);
}

void hd_port_set_down(struct hd_port *port, enum hd_port_reason reason, const char *text)
{
	atomic_store(&port->up, false);
	port->reason = reason;
	hd_str_copy(port->text, sizeof(port->text), text != NULL ? text : "");
}

void hd_port_rx_extra(struct hd_worker *w, const struct hd_port *port, unsigned int n,
		      uint64_t bytes)
{
	w->port_stats[port->id].rx_packets += n;
	w->port_stats[port->id].rx_bytes += bytes;
	w->stats->rx += n;
}

void hd_blame_enter(const struct hd_port *port, enum hd_doing doing)
{
}

void hd_blame_leave(void)
{
}
