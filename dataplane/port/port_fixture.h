/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tests and measurements of port kinds without heddle-dp: has what a kind calls in heddle-dp,
 * one worker, ports by name, and an opener that opens in this process.
 */
#ifndef DATAPLANE_PORT_PORT_FIXTURE_H
#define DATAPLANE_PORT_PORT_FIXTURE_H

#include "dataplane/core/drop.h"
#include "dataplane/core/port.h"

#define FIXTURE_PORTS 8

struct fixture {
	struct dp_worker worker;
	struct hd_stats_worker stats;
	struct hd_stats_port port_stats[FIXTURE_PORTS];
	unsigned int released; /* calls of dp_opener_release() */
	const char *capture_dir;
};
extern struct fixture fixture;

/*
 * Starts EAL, makes pools (of @frames small and @big big mbufs) and drop reasons. 0, or -1 with a
 * message on stderr.
 */
int fixture_init(unsigned int frames, unsigned int big, unsigned int cache);

/*
 * Moves the process to a network namespace of its own, with the loopback interface up; if it is not
 * root's process, also to a user namespace. Where that is not possible, ends the process with 77: a
 * skipped test. Call before fixture_init().
 */
void fixture_namespace(void);

/*
 * Opens a packet socket on @netdev that sends and receives virtio-net headers and tags. Exits on
 * failure.
 */
int fixture_wire(const char *netdev);

/* Runs "ip ARGS". Exits when it fails. */
void fixture_ip(const char *args);

/* Makes a port of a kind, with a copy of @params; it is closed. Exits if there is no such kind. */
struct dp_port *fixture_port(const char *kind, const char *name, const void *params,
			     uint16_t queues, uint16_t mtu);

/* Calls the kind's open(). 0, or -errno with @err. */
int fixture_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err);
void fixture_close(struct dp_port *port);
void fixture_port_free(struct dp_port *port);

/*
 * The worker enters a call of a port; the next call of this ends that. Between the two the worker
 * may use memory of the port.
 */
void fixture_worker_step(void);

/* Drops of @port for the reason called @name. */
uint64_t fixture_drops(const struct dp_port *port, const char *name);

#endif
