/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keeps the configured addresses of host interfaces on the kernel's interfaces: checks them
 * whenever an interface appears, goes up or loses an address, and after each commit. Tries again
 * what the kernel refuses.
 */
#ifndef CTRLPLANE_HOSTIF_HOSTIF_H
#define CTRLPLANE_HOSTIF_HOSTIF_H

#include <stdint.h>

#include "heddle/base/err.h"

struct event_base;
struct hd_store;

/* Starts to watch the kernel's interfaces. 0, or -errno with @err. */
int hostif_start(struct event_base *base, struct hd_err *err);

/*
 * From now on the objects of type HD_HOSTIF in @store say which addresses to keep; @store must stay
 * valid. An interface without an object loses the addresses that heddle-cp put there.
 */
void hostif_commit(const struct hd_store *store);

/* heddled made the device @ifindex for the port @port; 0: the port is gone. */
void hostif_device(const char *port, uint32_t ifindex);

void hostif_stop(void);

#endif
