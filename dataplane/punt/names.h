/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ports of a configuration tree by name: a section of the tree, made by the control thread, so that
 * the punt thread asks nobody.
 */
#ifndef DATAPLANE_PUNT_NAMES_H
#define DATAPLANE_PUNT_NAMES_H

#include "dataplane/core/config.h"

/*
 * The port of this name in @tree, or NULL. Who may hold the tree (rcu.h) may hold what is found, as
 * long as the tree.
 */
const struct hd_port_config *punt_port(const struct hd_config *tree, const char *name);

/* The same, only if it is a gateway in a segment. */
const struct hd_port_config *punt_gateway(const struct hd_config *tree, const char *name);

#endif
