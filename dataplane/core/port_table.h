/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of living ports: making, opening, watching, closing. Control thread only.
 */
#ifndef DATAPLANE_CORE_PORT_TABLE_H
#define DATAPLANE_CORE_PORT_TABLE_H

#include "heddle/api/port.h"
#include "dataplane/core/port.h"

/*
 * A new port of a kind, closed, with @params copied. It takes the id of @replaces (a port of the
 * same name that will be closed), or the one that its name's counters had, or the first free one.
 * NULL with @err.
 */
struct hd_port *hd_port_new(const struct hd_port_ops *ops, const char *name, const void *params,
			    uint16_t queues, struct hd_port *replaces, struct hd_err *err);

/* Of a port that was prepared and is not wanted after all, or whose workers are out of it. */
void hd_port_free(struct hd_port *port);

/* The port takes its place in the table, and is opened by the next hd_port_service(). */
void hd_port_start(struct hd_port *port, bool enabled, uint16_t mtu);

/* Enabled or disabled by configuration, or its MTU changed. */
void hd_port_adjust(struct hd_port *port, bool enabled, uint16_t mtu);

/* What it was opened on is gone: down for @reason, closed, and tried again as after a failed open. */
void hd_port_reopen(struct hd_port *port, enum hd_port_reason reason, const char *text);

/* Down and closed. @replaced: another port of this name has taken, or will take, the id. */
void hd_port_stop(struct hd_port *port, bool replaced);

/* Opens what is due, polls what is open, tells of changes. Every 50 ms, and when woken. */
void hd_port_service(uint64_t now_ns);

/* Closes all ports, at the end of the program; heddled keeps what it keeps. */
void hd_port_stop_all(void);

struct hd_port *hd_port_by_id(uint16_t id);

/* A port that was started and not stopped, or NULL. */
struct hd_port *hd_port_by_name(const char *name);

/* One past the highest id in use. */
uint16_t hd_port_id_end(void);

/* What people are told about a port. */
void hd_port_describe(const struct hd_port *port, struct hd_port_state *out);

/* Who wants to know: @changed a port's state, @down a port that was up and is not any more. */
struct hd_port_listener {
	void (*changed)(struct hd_port *port);
	void (*down)(struct hd_port *port);
	struct hd_port_listener *next;
};
void hd_port_listen(struct hd_port_listener *listener);

/* Called from any thread when a port changed: makes the control thread call hd_port_service(). */
void hd_port_set_waker(void (*wake)(void));

#endif
