/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interface of switching (dataplane/l2) for the main program and for listings of its tables.
 */
#ifndef DATAPLANE_L2_L2_H
#define DATAPLANE_L2_L2_H

#include <stdint.h>

struct dp_fdb;
struct dp_fdb_view;
struct hd_fdb_entry;

/*
 * Starts ageing and flushing of @table: registers them for the configuration, the ports and the
 * clock. Control thread, once.
 */
void dp_l2_init(struct dp_fdb *table);

/* Returns the table of dp_l2_init(). Any thread. */
struct dp_fdb *l2_fdb(void);

/* Starts the notices about addresses. Called by dp_l2_init(). */
void dp_l2_notice_init(void);

/* The number of entries that aged out so far. Control thread. */
extern uint64_t dp_l2_aged;

/*
 * Fills @e, with names, from an entry whose domain and port are in the running tree. Control
 * thread.
 */
void dp_l2_fdb_entry(const struct dp_fdb_view *v, struct hd_fdb_entry *e);

#endif
