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
struct dp_port *dp_port_new(const struct dp_port_ops *ops, const char *name, const void *params,
			    uint16_t queues, struct dp_port *replaces, struct hd_err *err);

/* Of a port that was prepared and is not wanted after all, or that was stopped and is closed. */
void dp_port_free(struct dp_port *port);

/*
 * The port takes its place in the table, and is opened by dp_port_service() when those that were
 * stopped before are closed: one of them may have its device.
 */
void dp_port_start(struct dp_port *port, bool enabled, uint16_t mtu);

/* Enabled or disabled by configuration, or its MTU changed. */
#define DP_PORT_DISABLED_TEXT "disabled by configuration"
void dp_port_adjust(struct dp_port *port, bool enabled, uint16_t mtu);

/* What it was opened on is gone: down for @reason, closed, and tried again as after a failed open. */
void dp_port_reopen(struct dp_port *port, enum hd_port_reason reason, const char *text);

/*
 * Down, and out of the table; workers have seen a tree without it. It is closed and freed by
 * dp_port_service(). @by: another port of this name that has taken, or will take, the id, and what heddled
 * keeps, if it is of the same kind. NULL: the id is free again when workers have dropped what they held of
 * the port.
 */
void dp_port_stop(struct dp_port *port, const struct dp_port *by);

/*
 * Closes what workers are out of, opens what is due, polls what is open (every 50 ms), tells of
 * changes: each for some milliseconds at most, however many ports there are. Every 50 ms, when woken,
 * and after the nanoseconds that it returns (UINT64_MAX: nothing is left to do).
 */
uint64_t dp_port_service(uint64_t now_ns);

/* True when no port waits to be closed, and each one that is to be open was tried once. */
bool dp_port_settled(void);

/* Ports that wait to be closed, and those of this batch; the same for those to be opened. */
struct dp_port_work {
	uint32_t closing, closings;
	uint32_t opening, openings;
};
void dp_port_work(struct dp_port_work *work);

/* Closes all ports, at the end of the program; heddled keeps what it keeps. */
void dp_port_stop_all(void);

struct dp_port *dp_port_by_id(uint16_t id);

/* A port that was started and not stopped, or NULL. */
struct dp_port *dp_port_by_name(const char *name);

/* One past the highest id in use. */
uint16_t dp_port_id_end(void);

/* What people are told about a port. */
void dp_port_describe(const struct dp_port *port, struct hd_port_state *out);

/* Who wants to know: @changed a port's state, @down a port that was up and is not any more. */
struct dp_port_listener {
	void (*changed)(struct dp_port *port);
	void (*down)(struct dp_port *port);
	struct dp_port_listener *next;
};
void dp_port_listen(struct dp_port_listener *listener);

/* Called from any thread when a port changed: makes the control thread call dp_port_service(). */
void dp_port_set_waker(void (*wake)(void));

#endif
