/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tests of the packet path: that every packet is accounted for.
 */
#ifndef TESTS_UNIT_BOOKS_H
#define TESTS_UNIT_BOOKS_H

#include <string.h>

#include "heddle/api/stats.h"
#include "dataplane/core/drop.h"
#include "tests/unit/unit.h"

/* What a port has dropped for the reason of that name, which there has to be. */
static inline uint64_t unit_drops(const struct hd_stats_port *port, const char *name)
{
	for (unsigned int i = 0; dp_drop_by_index(i); i++)
		if (!strcmp(dp_drop_by_index(i)->name, name))
			return port->drops[i];
	CU_FAIL_FATAL("no such reason");
	return 0;
}

/* Counters of workers, and of ports by worker: [workers][ports]. */
struct unit_books {
	const struct hd_stats_worker *worker;
	const struct hd_stats_port *port;
	unsigned int workers, ports;
};

/*
 * Checks all equations of heddle/api/stats.h; of what port @at has received, @n packets wait before
 * they are admitted. Returns how many packets are held.
 */
static inline uint64_t unit_books_check(const struct unit_books *b, unsigned int at, unsigned int n)
{
	uint64_t in = 0, out = 0, held = 0;

	for (unsigned int i = 0; i < b->workers; i++) {
		const struct hd_stats_worker *w = &b->worker[i];

		in += w->rx + w->injected + w->copies + w->generated;
		out += w->tx + w->drops + w->held + w->consumed;
		held += w->held;
	}
	CU_ASSERT_EQUAL(in, out);
	for (unsigned int p = 0; p < b->ports; p++) {
		uint64_t rx = 0, tx = 0;

		for (unsigned int i = 0; i < b->workers; i++) {
			const struct hd_stats_port *port = &b->port[i * b->ports + p];

			rx += port->rx_packets - port->admitted;
			tx += port->offered - port->tx_packets;
			for (unsigned int r = 0; dp_drop_by_index(r); r++)
				*(dp_drop_by_index(r)->side == DP_DROP_INGRESS ? &rx : &tx) -=
					port->drops[r];
		}
		CU_ASSERT_EQUAL(rx, p == at ? n : 0);
		CU_ASSERT_EQUAL(tx, 0);
	}
	return held;
}

#endif
