/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "dataplane/core/blame.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/port_life.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/stats.h"

#define NAME_BUCKETS 8192

static struct dp_port *table[HD_PORTS_MAX];
static bool reserved[HD_PORTS_MAX]; /* by a port that is prepared, but not started yet */
static uint32_t generations[HD_PORTS_MAX];
static uint16_t id_end;
static uint16_t lowest_free; /* no id below it is free */
static struct dp_port *by_name[NAME_BUCKETS];

struct dp_port *dp_port_by_id(uint16_t id)
{
	return id < HD_PORTS_MAX ? table[id] : NULL;
}

uint16_t dp_port_id_end(void)
{
	return id_end;
}

static struct dp_port **bucket(const char *name)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return &by_name[(hash ^ hash >> 16) % NAME_BUCKETS];
}

struct dp_port *dp_port_by_name(const char *name)
{
	struct dp_port *port = *bucket(name);

	while (port && strcmp(port->name, name) != 0)
		port = port->next_name;
	return port;
}

static void name_remove(struct dp_port *port)
{
	struct dp_port **at = bucket(port->name);

	while (*at && *at != port)
		at = &(*at)->next_name;
	if (*at)
		*at = port->next_name;
}

static void id_freed(uint16_t id)
{
	reserved[id] = false;
	if (id < lowest_free)
		lowest_free = id;
}

static int id_choose(const char *name)
{
	int id = dp_stats_port_find(name);

	if (id >= 0 && id < HD_PORTS_MAX && !table[id] && !reserved[id])
		return id;
	while (lowest_free < HD_PORTS_MAX && (table[lowest_free] || reserved[lowest_free]))
		lowest_free++;
	return lowest_free < HD_PORTS_MAX ? lowest_free : -ENOSPC;
}

struct dp_port *dp_port_new(const struct dp_port_ops *ops, const char *name, const void *params,
			    uint16_t queues, struct dp_port *replaces, struct hd_err *err)
{
	size_t size = sizeof(struct dp_port) + ops->params_size + 64 + ops->size;
	struct dp_port *port = aligned_alloc(64, (size + 63) & ~(size_t)63);
	int id = replaces ? replaces->id : id_choose(name);

	if (!port || id < 0) {
		free(port);
		hd_err_set(err, id < 0 ? ENOSPC : ENOMEM,
			   id < 0 ? "more than %d ports" : "out of memory", HD_PORTS_MAX);
		return NULL;
	}
	memset(port, 0, size);
	port->ops = ops;
	port->id = (uint16_t)id;
	port->queues = RTE_MIN(queues, (uint16_t)DP_PORT_QUEUES_MAX);
	port->generation = ++generations[id];
	port->reason = HD_PORT_OPENING;
	port->told = HD_PORT_OPENING;
	port->changed_ns = hd_now_ns();
	hd_str_copy(port->name, sizeof(port->name), name);
	if (ops->params_size)
		memcpy(port->params, params, ops->params_size);
	for (uint16_t q = 0; q < port->queues; q++)
		port->worker[q] = replaces && q < replaces->queues ? replaces->worker[q]
								   : dp_worker_for_queue();
	port->keeps_workers = replaces ? replaces->queues : 0;
	if (replaces) /* until it is opened */
		memcpy(port->mac, replaces->mac, sizeof(port->mac));
	reserved[id] = true;
	return port;
}

void dp_port_free(struct dp_port *port)
{
	if (!port)
		return;
	if (!port->started) {
		/*
		 * It was only prepared: give back what it took. What it shares belongs to the
		 * running port.
		 */
		for (uint16_t q = port->keeps_workers; q < port->queues; q++)
			dp_worker_queue_gone(port->worker[q]);
		if (!table[port->id])
			id_freed(port->id);
	} else if (port->gone && !port->replaced) {
		id_freed(port->id);
	}
	free(port);
}

void dp_port_start(struct dp_port *port, bool enabled, uint16_t mtu)
{
	struct dp_port **names = bucket(port->name);

	port->next_name = *names;
	*names = port;
	table[port->id] = port;
	reserved[port->id] = true;
	port->started = true;
	port->after = dp_port_closings_asked();
	if (port->id >= id_end)
		id_end = port->id + 1;
	dp_stats_port_assign(port->id, port->name);
	dp_port_adjust(port, enabled, mtu);
}

void dp_port_stop(struct dp_port *port, const struct dp_port *by)
{
	port->want_open = false;
	port->gone = true;
	port->replaced = by != NULL;
	port->kept = by && by->ops == port->ops;
	if (atomic_load(&port->up))
		dp_port_set_down(port, HD_PORT_DISABLED, NULL);
	for (uint16_t q = by ? port->keeps_workers_next : 0; q < port->queues; q++)
		dp_worker_queue_gone(port->worker[q]);
	name_remove(port);
	dp_port_close_later(port);
	if (by)
		return;
	dp_blame_forgive(port->name); /* a later port of this name is not the same port */
	/* The id stays reserved until the port is freed. */
	table[port->id] = NULL;
	dp_stats_port_release(port->id);
	while (id_end && !table[id_end - 1])
		id_end--;
}

void dp_port_describe(const struct dp_port *port, struct hd_port_state *out)
{
	bool up = atomic_load(&port->up);

	memset(out, 0, sizeof(*out));
	hd_str_copy(out->name, sizeof(out->name), port->name);
	hd_str_copy(out->kind, sizeof(out->kind), port->ops->name);
	out->up = up;
	out->reason = up ? HD_PORT_UP : port->reason;
	if (!up)
		hd_str_copy(out->text, sizeof(out->text), port->text);
	else if (port->ops->detail)
		port->ops->detail(port, out->detail, sizeof(out->detail));
	out->changed_ns = hd_now_ns() - port->changed_ns;
	out->flaps = port->flaps;
	out->generation = port->generation;
	out->id = port->id;
	out->mtu = port->mtu;
	out->queues = up ? atomic_load(&port->rx_queues) : 0;
	memcpy(out->mac, port->mac, sizeof(out->mac));
	out->speed = up ? port->speed : 0;
}
