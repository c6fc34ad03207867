/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What port_table.c needs of port_life.c. Control thread.
 */
#ifndef DATAPLANE_CORE_PORT_LIFE_H
#define DATAPLANE_CORE_PORT_LIFE_H

#include <stdint.h>

struct dp_port;

/*
 * Takes the port down, and has it closed when workers are out of it; after that it is freed, if it is
 * `gone`. Closings are in the order of these calls.
 */
void dp_port_close_later(struct dp_port *port);

/* How many closings were asked for so far. */
uint32_t dp_port_closings_asked(void);

#endif
