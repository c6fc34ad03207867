/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest's memory: a table that workers get as a whole, and old tables and regions until workers
 * have left them. And the log of dirty pages.
 */
#include <errno.h>
#include <stdlib.h>

#include "heddle/base/clock.h"
#include "dataplane/core/closer.h"
#include "dataplane/core/rcu.h"
#include "dataplane/port/vhost_user/vhost_device.h"

void vhost_memory_log_show(struct vhost_port *v)
{
	atomic_store_explicit(&v->log, v->features & VHOST_LOGS ? v->bits : NULL,
			      memory_order_release);
}

static void table_show(struct vhost_port *v, struct vhost_mem *table)
{
	v->removed = v->table;
	v->table = table;
	atomic_store_explicit(&v->mem, table, memory_order_release);
}

static void table_drop(struct vhost_mem **table)
{
	if (*table)
		vhost_mem_close(*table, dp_unmap_later);
	free(*table);
	*table = NULL;
}

/* All of the guest's memory, anew. */
int vhost_memory_set(struct vhost_port *v, struct hd_err *err)
{
	const struct vhost_table *t = &v->session.payload.table;
	struct vhost_mem *table;
	int ret = 0;

	if (!vhost_rings_all_quiet(v))
		return VHOST_NOT_YET;
	table = calloc(1, sizeof(*table));
	if (!table)
		ret = hd_err_set(err, ENOMEM, "out of memory");
	for (uint32_t i = 0; ret == 0 && i < t->regions; i++)
		ret = vhost_mem_add(table, &t->region[i], v->session.fd[i], &v->fault, err);
	if (ret != 0) {
		struct hd_err other;

		table_drop(&table);
		if (ret == -EMEDIUMTYPE)
			v->memory = VHOST_MEMORY_REFUSED;
		else if (!v->table)
			v->memory = VHOST_MEMORY_UNASKED;
		v->due_ns = hd_now_ns();
		vhost_rings_update(v, &other); /* what was there before goes on */
		return ret;
	}
	table_show(v, table);
	table_drop(&v->removed);
	v->memory = VHOST_MEMORY_MAPPED;
	return vhost_rings_update(v, err);
}

/* A table that has what the one in use has. NULL with @err. */
static struct vhost_mem *table_copy(const struct vhost_port *v, struct hd_err *err)
{
	struct vhost_mem *table = calloc(1, sizeof(*table));

	if (!table)
		hd_err_set(err, ENOMEM, "out of memory");
	else if (v->table)
		*table = *v->table;
	return table;
}

int vhost_memory_wait(struct vhost_port *v)
{
	v->token = dp_rcu_start();
	return VHOST_NOT_YET;
}

int vhost_memory_add(struct vhost_port *v, struct hd_err *err)
{
	if (!v->waits) {
		struct vhost_mem *table = table_copy(v, err);
		int ret = table ? vhost_mem_add(table, &v->session.payload.single.region,
						v->session.fd[0], &v->fault, err)
				: -ENOMEM;

		if (ret != 0) {
			free(table);
			if (v->memory != VHOST_MEMORY_MAPPED && ret == -EMEDIUMTYPE)
				v->memory = VHOST_MEMORY_REFUSED;
			return ret;
		}
		table_show(v, table);
		v->memory = VHOST_MEMORY_MAPPED;
		return vhost_memory_wait(v);
	}
	free(v->removed); /* the mappings are in the new one, too */
	v->removed = NULL;
	return vhost_rings_update(v, err);
}

/* Is a part of the ring in the region? Then it must not be used without it. */
static bool ring_in(const struct vhost_vring *r, const struct vhost_region *region)
{
	const uint64_t at[] = {r->addr.desc, r->addr.avail, r->addr.used};

	for (unsigned int i = 0; i < RTE_DIM(at); i++)
		if (at[i] >= region->user && at[i] - region->user < region->size)
			return true;
	return false;
}

/* The table without the region is shown, and rings that lie in it stop. */
static int hide_region(struct vhost_port *v, const struct vhost_region *region, struct hd_err *err)
{
	struct hd_err other;
	struct vhost_mem *table = table_copy(v, err);

	if (!table || vhost_mem_remove(table, region, &v->gone, err) != 0) {
		free(table);
		return -err->code;
	}
	for (unsigned int i = 0; i < VHOST_RINGS_MAX; i++) {
		struct vhost_vring *r = vhost_vring_at(v, i);

		if (v->gone.base && r && r->placed && ring_in(r, region)) {
			r->placed = false;
			atomic_store(&r->live, false);
		}
	}
	table_show(v, table);
	vhost_rings_update(v, &other); /* a ring that is wrong does not keep the region */
	return 0;
}

int vhost_memory_remove(struct vhost_port *v, struct hd_err *err)
{
	if (!v->waits) {
		int ret = hide_region(v, &v->session.payload.single.region, err);

		return ret != 0 ? ret : vhost_memory_wait(v);
	}
	/* What such a ring lent goes back before the ring is unmapped. */
	for (unsigned int i = 0; i < VHOST_RINGS_MAX; i++)
		if (vhost_vring_at(v, i) && !vhost_vring_at(v, i)->placed &&
		    !vhost_user_settle(v, vhost_vring_at(v, i)))
			return VHOST_NOT_YET;
	if (v->gone.base)
		vhost_map_close(&v->gone, dp_unmap_later);
	v->gone.base = NULL;
	free(v->removed);
	v->removed = NULL;
	return 0;
}

int vhost_memory_log(struct vhost_port *v, struct vhost_reply *reply, struct hd_err *err)
{
	const struct vhost_log_base *l = &v->session.payload.log;
	struct vhost_log *bits;
	int ret;

	if (!v->waits) {
		bits = calloc(1, sizeof(*bits));
		if (!bits)
			return hd_err_set(err, ENOMEM, "out of memory");
		ret = vhost_log_open(bits, v->session.fd[0], l->offset, l->size, &v->fault, err);
		if (ret != 0) {
			free(bits);
			return ret;
		}
		v->bits_before = v->bits;
		v->bits = bits;
		vhost_memory_log_show(v);
		return vhost_memory_wait(v);
	}
	if (v->bits_before)
		vhost_log_close(v->bits_before);
	free(v->bits_before);
	v->bits_before = NULL;
	reply->payload.u64 = 0;
	reply->len = sizeof(reply->payload.u64);
	return 0;
}

void vhost_memory_clear(struct vhost_port *v)
{
	atomic_store(&v->mem, NULL);
	atomic_store(&v->log, NULL);
	if (v->gone.base)
		vhost_map_close(&v->gone, dp_unmap_later);
	v->gone.base = NULL;
	free(v->removed); /* its mappings are in the table, or were `gone` */
	v->removed = NULL;
	table_drop(&v->table);
	if (v->bits)
		vhost_log_close(v->bits);
	if (v->bits_before)
		vhost_log_close(v->bits_before);
	free(v->bits);
	free(v->bits_before);
	v->bits = v->bits_before = NULL;
}
