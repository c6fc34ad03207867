/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bounds of a process that works for one request beside the loop (child.h).
 */
#ifndef MGMT_NETCONF_BOUNDS_H
#define MGMT_NETCONF_BOUNDS_H

#include <stdbool.h>

#include "mgmt/netconf/limits.h"

/*
 * Gives this process @limits->read_cpu_s of processor time, and @limits->read_mb of memory more than
 * it has now; no core files. @polite lowers its priority.
 */
void nc_bounds_set(const struct nc_limits *limits, bool polite);

/*
 * Whether an allocation of this process may have failed since nc_bounds_set(): then an error that
 * was found since may be wrong, because libyang and its types do not always say that memory was
 * the reason. True as soon as the process took a quarter of its memory: tables grow by doubling, so
 * a process that took less never asked for more than there was.
 */
bool nc_bounds_memory_short(const struct nc_limits *limits);

#endif
