/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keeps the addresses of host interfaces on the kernel's interfaces: whenever one appears, comes up
 * or loses an address, and after each configuration. Retries what the kernel refuses.
 */
#ifndef CTRLPLANE_HOSTIF_HOSTIF_H
#define CTRLPLANE_HOSTIF_HOSTIF_H

#include <stdint.h>

#include "heddle/base/err.h"

struct event_base;
struct hd_store;

/* Begins to watch the kernel's interfaces. Returns 0 or -errno. */
int hostif_start(struct event_base *base, struct hd_err *err);

/*
 * What is wanted from here on: the objects of type HD_HOSTIF in @store, which is kept. An interface
 * that is no longer among them loses the addresses that we put there.
 */
void hostif_commit(const struct hd_store *store);

/* heddled made the device @ifindex for the port @port, or, with 0, the port is gone. */
void hostif_device(const char *port, uint32_t ifindex);

void hostif_stop(void);

#endif
