/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Features of the control plane: each is a folder, and registers itself here.
 *
 * A feature registers the classes of its configuration objects (heddle/config/store.h), and
 * commit() is called when a configuration comes into force. packet.h has packets and leases; timers
 * are libevent's, on the event loop. A feature sends events for heddle-mgmt on
 * cp_peer(HD_PLANE_MGMT) (peers.h), if that is not NULL. Everything runs on the one thread of the
 * event loop.
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
	/* Called once, before any configuration. 0, or -errno with @err: the program ends. */
	int (*start)(struct event_base *base, struct hd_err *err);
	/*
	 * A configuration came into force. Its objects are in @store, which stays valid until the
	 * end of the program. An object in force (hd_store_now()) stays valid until the next
	 * commit.
	 */
	void (*commit)(const struct hd_store *store);
	/* Handlers of messages from heddled. */
	const struct hd_handler *from_heddled;
	size_t n_from_heddled;
	/* Handlers of messages from heddle-mgmt: requests for the feature's state, and others. */
	const struct hd_handler *from_mgmt;
	size_t n_from_mgmt;
	/*
	 * True: a heddle-dp has connected (perhaps again), and got the rules. False: it is gone.
	 * This function and those below may be NULL.
	 */
	void (*dataplane)(bool there);
	/* A lease (packet.h) of any feature ended otherwise than by cp_lease_end(). */
	void (*lease_over)(const char *key, enum hd_lease_why why);
	/* The program ends. */
	void (*stop)(void);
	struct cp_feature *next;
};

/* Registers @feature, which must be static. Call from a constructor. */
void cp_feature_register(struct cp_feature *feature);

/* The first feature, in the order of names; ->next is the next one. */
const struct cp_feature *cp_feature_first(void);

#define CP_FEATURE_REGISTER(var)                                       \
	static void __attribute__((constructor)) var##_register_(void) \
	{                                                              \
		cp_feature_register(&(var));                           \
	}                                                              \
	static void var##_register_(void)

#endif
