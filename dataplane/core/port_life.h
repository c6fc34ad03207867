/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions of port_life.c that port_table.c calls. Control thread.
 */
#ifndef DATAPLANE_CORE_PORT_LIFE_H
#define DATAPLANE_CORE_PORT_LIFE_H

#include <stdint.h>

struct dp_port;

/*
 * Takes the port down and closes it when no worker is in it; then frees it if it is `gone`. Ports
 * are closed in the order of these calls.
 */
void dp_port_close_later(struct dp_port *port);

/* Returns the number of calls of dp_port_close_later() so far. */
uint32_t dp_port_closings_asked(void);

#endif
