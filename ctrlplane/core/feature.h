/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Features of the control plane: each a folder that registers itself here.
 *
 * A feature registers the classes of its configuration objects (heddle/config/store.h) and is told when a
 * configuration is in force. Packets, and addresses of gateways, are in packet.h; timers are libevent's, on the
 * loop. Events for heddle-mgmt go to cp_peer(HD_PLANE_MGMT) (peers.h), while there is one. Everything runs on
 * the one thread of the event loop.
 */
#ifndef CTRLPLANE_CORE_FEATURE_H
#define CTRLPLANE_CORE_FEATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/punt.h"
#include "heddle/base/err.h"

struct event_base;
struct hd_handler;
struct hd_store;

struct cp_feature {
	const char *name;
	/* Once, before any configuration. Returns 0 or -errno; below 0 the program ends. */
	int (*start)(struct event_base *base, struct hd_err *err);
	/*
	 * A configuration came into force. Its objects are in @store, which stays; one that is in
	 * force (hd_store_now()) does not change before the next commit.
	 */
	void (*commit)(const struct hd_store *store);
	/* What heddled says to it. */
	const struct hd_handler *from_heddled;
	size_t n_from_heddled;
	/* What heddle-mgmt asks it: its state, its requests. */
	const struct hd_handler *from_mgmt;
	size_t n_from_mgmt;
	/* A heddle-dp is there (again), and has the rules; or it is gone. May be NULL, likewise: */
	void (*dataplane)(bool there);
	/* A lease (packet.h), of any feature, ended by itself. */
	void (*lease_over)(const char *key, enum hd_lease_why why);
	/* The program ends. */
	void (*stop)(void);
	struct cp_feature *next;
};

/* From a constructor. Keeps @feature. */
void cp_feature_register(struct cp_feature *feature);

/* All features, by name. */
const struct cp_feature *cp_feature_first(void);

#define CP_FEATURE_REGISTER(var)                                       \
	static void __attribute__((constructor)) var##_register_(void) \
	{                                                              \
		cp_feature_register(&(var));                           \
	}                                                              \
	static void var##_register_(void)

#endif
