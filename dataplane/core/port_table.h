/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of ports: makes, opens, watches and closes them. Control thread only.
 */
#ifndef DATAPLANE_CORE_PORT_TABLE_H
#define DATAPLANE_CORE_PORT_TABLE_H

#include "heddle/api/port.h"
#include "dataplane/core/port.h"

/*
 * Makes a port of a kind, which is not open yet, and copies @params. It gets the id of @replaces (a
 * port of the same name that will be closed), or else the id that the counters of its name have, or
 * else the first free one. NULL with @err.
 */
struct dp_port *dp_port_new(const struct dp_port_ops *ops, const char *name, const void *params,
			    uint16_t queues, struct dp_port *replaces, struct hd_err *err);

/* Frees a port that was made but not started, or that was stopped and is closed. */
void dp_port_free(struct dp_port *port);

/*
 * Puts the port into the table. dp_port_service() opens it after all ports that were stopped before
 * are closed, since one of them may have its device.
 */
void dp_port_start(struct dp_port *port, bool enabled, uint16_t mtu);

/* Sets whether configuration enables the port, and its MTU. */
#define DP_PORT_DISABLED_TEXT "disabled by configuration"
void dp_port_adjust(struct dp_port *port, bool enabled, uint16_t mtu);

/*
 * The port's device is gone: takes the port down for @reason, closes it, and tries to open it again
 * as after a failed open.
 */
void dp_port_reopen(struct dp_port *port, enum hd_port_reason reason, const char *text);

/*
 * Takes the port down and out of the table; workers must have seen a tree without it.
 * dp_port_service() closes and frees it. @by is another port of this name, which has the id or will
 * get it, and takes over what heddled keeps if it is of the same kind. NULL: the id becomes free
 * when workers have dropped all packets that they held for the port.
 */
void dp_port_stop(struct dp_port *port, const struct dp_port *by);

/*
 * Closes ports in which no worker is any more, opens those that are due, polls open ones (every 50
 * ms) and reports changes. Each step takes some milliseconds at most, however many ports there are.
 * Call it every 50 ms, when woken, and after the nanoseconds that it returns (UINT64_MAX: nothing
 * is left to do).
 */
uint64_t dp_port_service(uint64_t now_ns);

/* True when no port waits to be closed, and each port that should be open was tried once. */
bool dp_port_settled(void);

/*
 * The number of ports that wait to be closed, and of all ports of this batch of closings; the same
 * for opening.
 */
struct dp_port_work {
	uint32_t closing, closings;
	uint32_t opening, openings;
};
void dp_port_work(struct dp_port_work *work);

/* Closes all ports at the end of the program; heddled keeps their devices. */
void dp_port_stop_all(void);

struct dp_port *dp_port_by_id(uint16_t id);

/* Returns a port that was started and not stopped, or NULL. */
struct dp_port *dp_port_by_name(const char *name);

/* Returns the highest id in use plus 1. */
uint16_t dp_port_id_end(void);

/* Fills the state of a port that is shown to people. */
void dp_port_describe(const struct dp_port *port, struct hd_port_state *out);

/*
 * Callbacks for changes: @changed when a port's state changed, @down when a port that was up went
 * down. Each may be NULL.
 */
struct dp_port_listener {
	void (*changed)(struct dp_port *port);
	void (*down)(struct dp_port *port);
	struct dp_port_listener *next;
};
void dp_port_listen(struct dp_port_listener *listener);

/*
 * Sets a function that is called, from any thread, when a port changed; it makes the control thread
 * call dp_port_service().
 */
void dp_port_set_waker(void (*wake)(void));

#endif
