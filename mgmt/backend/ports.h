/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state of ports as heddle-dp told it last.
 */
#ifndef MGMT_BACKEND_PORTS_H
#define MGMT_BACKEND_PORTS_H

#include <stddef.h>

#include "heddle/api/port.h"
#include "heddle/ipc/chan.h"

struct bk_ports {
	struct hd_port_state *
		*list; /* by name; changed_ns is the time (hd_now_ns()) of the change */
	size_t n;
};

void bk_ports_init(struct bk_ports *ports);
void bk_ports_clear(struct bk_ports *ports);

/* Asks for all of them. */
void bk_ports_refresh(struct bk_ports *ports, struct hd_chan *chan);

/* Takes over what an event or an item says; strings in it are checked. */
void bk_ports_update(struct bk_ports *ports, const struct hd_port_state *state);

/* Nothing is known of it any more. */
void bk_ports_forget(struct bk_ports *ports, const char *name);

/* NULL when nothing is known of it. */
const struct hd_port_state *bk_ports_find(const struct bk_ports *ports, const char *name);

#endif
