/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/api/stats.h"

#include <stddef.h>

/* Each worker's part starts on a cache line of its own. */
#define STATS_ALIGN 64u

/* Ids of ports are 16 bit; more workers than that is no machine, but a broken argument. */
#define STATS_WORKERS_MAX 1024u
#define STATS_PORTS_MAX   65536u

static uint64_t align_up(uint64_t n)
{
	return (n + STATS_ALIGN - 1) & ~(uint64_t)(STATS_ALIGN - 1);
}

uint64_t hd_stats_layout(struct hd_stats_header *header, uint32_t workers, uint32_t max_ports)
{
	uint64_t slots, worker, ports, stride;

	if (workers > STATS_WORKERS_MAX || max_ports > STATS_PORTS_MAX)
		return 0;
	slots = align_up(sizeof(struct hd_stats_header) + HD_DROP_REASONS_MAX * HD_DROP_NAME_MAX);
	worker = align_up(slots + (uint64_t)max_ports * sizeof(struct hd_stats_port_slot));
	ports = align_up(sizeof(struct hd_stats_worker));
	stride = align_up(ports + (uint64_t)max_ports * sizeof(struct hd_stats_port));
	if (header) {
		header->workers = workers;
		header->max_ports = max_ports;
		header->slot_offset = slots;
		header->worker_offset = worker;
		header->worker_stride = stride;
		header->port_offset = ports;
	}
	return worker + workers * stride;
}
