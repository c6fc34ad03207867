/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tests of port kinds, and for measuring them bare: what a kind sees of heddle-dp, without
 * heddle-dp. One worker, ports by name, an opener that opens in this process.
 */
#ifndef DATAPLANE_PORT_PORT_FIXTURE_H
#define DATAPLANE_PORT_PORT_FIXTURE_H

#include "dataplane/core/drop.h"
#include "dataplane/core/port.h"

#define FIXTURE_PORTS 8

struct fixture {
	struct hd_worker worker;
	struct hd_stats_worker stats;
	struct hd_stats_port port_stats[FIXTURE_PORTS];
	unsigned int released; /* calls of hd_opener_release() */
	const char *capture_dir;
};
extern struct fixture fixture;

/* EAL, pools (@frames small and @big large mbufs) and drop reasons. 0 or -1 with words on stderr. */
int fixture_init(unsigned int frames, unsigned int big, unsigned int cache);

/*
 * Moves the process to a network namespace of its own (in a user namespace when it is not root's),
 * with the loopback interface up. Ends the process with 77, a skipped test, where that is not
 * possible. Before fixture_init().
 */
void fixture_namespace(void);

/* A raw socket on @netdev that sends and receives with virtio-net headers and tags. Or exits. */
int fixture_wire(const char *netdev);

/* Runs "ip ARGS". Exits when it fails. */
void fixture_ip(const char *args);

/* A port of a kind with a copy of @params, closed. Exits when there is no such kind. */
struct hd_port *fixture_port(const char *kind, const char *name, const void *params,
			     uint16_t queues, uint16_t mtu);

/* ops->open(); 0 or -errno with @err. */
int fixture_open(struct hd_port *port, enum hd_port_reason *reason, struct hd_err *err);
void fixture_close(struct hd_port *port);
void fixture_port_free(struct hd_port *port);

/* The worker enters a loop that does not end, or (when it is in one) ends it. */
void fixture_worker_step(void);

/* Drops of @port for the reason called @name. */
uint64_t fixture_drops(const struct hd_port *port, const char *name);

#endif
