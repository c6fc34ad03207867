/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds ports of a configuration tree by name: a section of the tree, which the control thread
 * makes, so that the punt thread need not ask it.
 */
#ifndef DATAPLANE_PUNT_NAMES_H
#define DATAPLANE_PUNT_NAMES_H

#include "dataplane/core/config.h"

/*
 * Returns the port of this name in @tree, or NULL. It is valid as long as the caller may hold the
 * tree (rcu.h).
 */
const struct dp_port_config *punt_port(const struct dp_config *tree, const char *name);

/* The same, but only for a gateway that is in a segment; else NULL. */
const struct dp_port_config *punt_gateway(const struct dp_config *tree, const char *name);

#endif
