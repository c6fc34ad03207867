/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Switching (dataplane/l2), for the program that hosts it and for what shows its tables.
 */
#ifndef DATAPLANE_L2_L2_H
#define DATAPLANE_L2_L2_H

#include <stdint.h>

struct dp_fdb;
struct dp_fdb_view;
struct hd_fdb_entry;

/* Hooks ageing and flushing of @table to the configuration, the ports and the clock. Once. */
void dp_l2_init(struct dp_fdb *table);

/* That table. Any thread. */
struct dp_fdb *l2_fdb(void);

/* The same for what workers notice about addresses. From dp_l2_init(). */
void dp_l2_notice_init(void);

/* Entries that aged out so far. Control thread. */
extern uint64_t dp_l2_aged;

/* Names for an entry whose domain and port exist in the running tree. Control thread. */
void dp_l2_fdb_entry(const struct dp_fdb_view *v, struct hd_fdb_entry *e);

#endif
