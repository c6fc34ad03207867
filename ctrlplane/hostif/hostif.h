/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keeps the addresses of host interfaces on the kernel's interfaces: whenever one appears, comes up
 * or loses an address, and after each configuration. Retries what the kernel refuses.
 */
#ifndef CTRLPLANE_HOSTIF_HOSTIF_H
#define CTRLPLANE_HOSTIF_HOSTIF_H

#include <stdint.h>

#include "heddle/base/err.h"

struct cp_class;
struct cp_config;
struct event_base;

/* The class of struct hd_hostif_object. */
extern const struct cp_class hostif_class;

/* Begins to watch the kernel's interfaces. Returns 0 or -errno. */
int hostif_start(struct event_base *base, struct hd_err *err);

/*
 * What is wanted from here on: the objects of hostif_class in @config, which is kept. An interface
 * that is no longer among them loses the addresses that we put there.
 */
void hostif_commit(const struct cp_config *config);

/* heddled made the device @ifindex for the port @port, or, with 0, the port is gone. */
void hostif_device(const char *port, uint32_t ifindex);

void hostif_stop(void);

#endif
