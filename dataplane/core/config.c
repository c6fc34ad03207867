/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prepare and commit of the configuration tree.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <rte_pause.h>

#include "dataplane/core/config_int.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/stats.h"

#define SETTLE_LOOKS 2000 /* some ten microseconds: most loops are shorter */

const struct hd_config *_Atomic hd_config_published;

static struct hd_config *running;
static struct hd_config *prepared;
static struct hd_config_listener *listeners;

/* What was running before a commit that is not settled yet, and the store that it came from. */
static struct hd_config *leaving;
static struct hd_store *leaving_store;
static uint64_t leaving_token;

/* The oldest tree that is not freed yet: of those that were running, or the one that is. */
static struct hd_config *oldest;

const struct hd_config *hd_config_running(void)
{
	return running;
}

void hd_config_listen(struct hd_config_listener *listener)
{
	listener->next = listeners;
	listeners = listener;
}

static void tree_free(struct hd_config *tree)
{
	if (!tree)
		return;
	for (unsigned int w = 0; w < HD_WORKERS_MAX; w++)
		free(tree->rx[w]);
	free(tree->ports);
	free(tree->domains);
	free(tree->switches);
	free(tree);
}

static struct hd_rx_list *rx_list_new(uint32_t n)
{
	struct hd_rx_list *list =
		calloc(1, sizeof(*list) + n * (sizeof(list->q[0]) + sizeof(*list->active)));

	if (list)
		list->active = (uint32_t *)&list->q[n];
	return list;
}

/* The queues of all ports, by the worker that polls them. */
static int build_rx(struct hd_config *tree)
{
	uint32_t n[HD_WORKERS_MAX] = {0};

	for (uint32_t id = 0; id < tree->n_ports; id++)
		for (uint16_t q = 0; tree->ports[id] && q < tree->ports[id]->port->queues; q++)
			n[tree->ports[id]->port->worker[q]]++;
	for (unsigned int w = 0; w < HD_WORKERS_MAX; w++) {
		tree->rx[w] = rx_list_new(n[w]);
		if (!tree->rx[w])
			return -ENOMEM;
	}
	for (uint32_t id = 0; id < tree->n_ports; id++) {
		const struct hd_port_config *c = tree->ports[id];

		for (uint16_t q = 0; c && q < c->port->queues; q++) {
			struct hd_rx_list *list = tree->rx[c->port->worker[q]];

			list->q[list->n++] =
				(struct hd_rx_queue){.config = c, .port = c->port, .queue = q};
		}
	}
	return 0;
}

/* The ports' queues are where they were: only their configurations are others. */
static bool same_queues(const struct hd_config *now, const struct hd_config *next)
{
	if (now->n_ports != next->n_ports)
		return false;
	for (uint32_t id = 0; id < next->n_ports; id++) {
		const struct hd_port_config *o = now->ports[id], *n = next->ports[id];

		if (o != n && (!o || !n || o->port != n->port))
			return false;
	}
	return true;
}

static void patch_rx(struct hd_rx_list *list, const struct hd_port_config *c)
{
	for (uint32_t i = hd_rx_first(list, c->id); i < list->n && list->q[i].port == c->port; i++)
		list->q[i].config = c;
}

static int copy_rx(struct hd_config *tree, const struct hd_config *now)
{
	for (unsigned int w = 0; w < HD_WORKERS_MAX; w++) {
		const struct hd_rx_list *from = now->rx[w];

		tree->rx[w] = rx_list_new(from->n);
		if (!tree->rx[w])
			return -ENOMEM;
		tree->rx[w]->n = from->n;
		for (uint32_t i = 0; i < from->n; i++)
			tree->rx[w]->q[i] = (struct hd_rx_queue){.config = from->q[i].config,
								 .port = from->q[i].port,
								 .queue = from->q[i].queue};
	}
	for (uint32_t id = 0; id < tree->n_ports; id++)
		for (unsigned int w = 0; tree->ports[id] != now->ports[id] && w < HD_WORKERS_MAX;
		     w++)
			patch_rx(tree->rx[w], tree->ports[id]);
	return 0;
}

static int build_queues(struct hd_config *tree, const struct hd_config *now)
{
	tree->ports_changed = !same_queues(now, tree);
	return tree->ports_changed ? build_rx(tree) : copy_rx(tree, now);
}

int hd_config_init(void)
{
	running = calloc(1, sizeof(*running));
	if (!running || build_rx(running) < 0)
		return -ENOMEM;
	oldest = running;
	atomic_store(&hd_config_published, running);
	return 0;
}

int hd_config_prepare(struct hd_store *store, struct hd_config_result *result)
{
	struct hd_builder b = {.store = store, .now = running, .result = result};
	int rc;

	hd_config_discard();
	if (!hd_store_in_bracket(store))
		return -EPROTO;
	rc = hd_store_failed(store, NULL);
	if (rc < 0)
		return rc;
	b.next = calloc(1, sizeof(*b.next));
	if (!b.next)
		return hd_store_refuse(store, ENOMEM, "out of memory");
	prepared = b.next;
	rc = hd_build_switches(&b);
	if (!rc)
		rc = hd_build_ports(&b);
	if (!rc)
		rc = hd_build_owners(&b);
	if (!rc)
		rc = hd_build_domains(&b);
	if (!rc)
		rc = build_queues(b.next, running);
	tdestroy(b.touched, free);
	if (rc < 0) {
		hd_config_discard();
		return hd_store_refuse(store, -rc, "out of memory");
	}
	return 0;
}

void hd_config_discard(void)
{
	if (!prepared)
		return;
	hd_build_release_domains(prepared, running);
	hd_build_free_owners(prepared, running);
	hd_build_free_ports(prepared, running, true);
	hd_build_free_domains(prepared, running);
	tree_free(prepared);
	prepared = NULL;
}

/* What the new tree has not, or has anew. */
static void stop_ports(const struct hd_config *old, const struct hd_config *tree)
{
	for (uint32_t id = 0; id < old->n_ports; id++) {
		const struct hd_port_config *o = old->ports[id];
		const struct hd_port_config *n = id < tree->n_ports ? tree->ports[id] : NULL;

		if (!o || n == o || (n && n->port == o->port))
			continue;
		if (n)
			o->port->keeps_workers_next = RTE_MIN(n->port->queues, o->port->queues);
		hd_port_stop(o->port, n ? n->port : NULL);
	}
}

static void start_ports(const struct hd_config *old, struct hd_config *tree)
{
	for (uint32_t id = 0; id < tree->n_ports; id++) {
		const struct hd_port_config *n = tree->ports[id];
		const struct hd_port_config *o = id < old->n_ports ? old->ports[id] : NULL;

		if (!n || n == o)
			continue;
		if (!o || o->port != n->port)
			hd_port_start(n->port, n->flags & HD_PORT_ENABLED, n->mtu);
		else {
			tree->ports_changed |= (o->flags ^ n->flags) & HD_PORT_ENABLED;
			hd_port_adjust(n->port, n->flags & HD_PORT_ENABLED, n->mtu);
		}
	}
}

void hd_config_commit(struct hd_store *store)
{
	struct hd_config *tree = prepared;

	if (!tree)
		return;
	hd_config_settle(true);
	prepared = NULL;
	leaving = running;
	running = tree;
	leaving_store = store;
	hd_store_commit(store);
	tree->generation = hd_store_generation(store);
	atomic_store_explicit(&hd_config_published, tree, memory_order_release);
	/* One that sleeps is not in the old tree; without new queues it may go on sleeping. */
	if (tree->ports_changed)
		hd_workers_wake();
	leaving_token = hd_rcu_start();
}

/* Workers have the new tree: what only the old one had goes, what is new begins. */
static void settle(void)
{
	stop_ports(leaving, running);
	start_ports(leaving, running);
	for (struct hd_config_listener *l = listeners; l; l = l->next)
		l->committed(running, leaving_store);
	hd_stats_generation(running->generation);
	leaving->after = running;
	leaving->token = hd_rcu_start();
	leaving = NULL;
}

/*
 * Frees old trees, and with them the ids of their domains. A worker may have missed the tree that came
 * after, and found the next one: so the token is of a time when each had a tree without these domains,
 * and when it is over each has dropped the frames that it held for them (hold.h).
 */
static void free_old(void)
{
	while (oldest != running && oldest != leaving && hd_rcu_over(oldest->token)) {
		struct hd_config *tree = oldest;

		oldest = tree->after;
		hd_build_release_domains(tree, oldest);
		hd_build_free_owners(tree, oldest);
		hd_build_free_ports(tree, oldest, false);
		hd_build_free_domains(tree, oldest);
		tree_free(tree);
	}
}

bool hd_config_settle(bool wait)
{
	for (unsigned int looks = 0; leaving && !hd_rcu_over(leaving_token); looks++) {
		if (!wait && looks == SETTLE_LOOKS)
			return false;
		rte_pause();
		if (looks > SETTLE_LOOKS)
			sched_yield();
	}
	if (leaving)
		settle();
	free_old();
	return true;
}

bool hd_config_all_freed(void)
{
	return oldest == running;
}
