/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind `tap`: an interface of the kernel whose other end is the port. heddled makes it and
 * sends a descriptor for each queue.
 */
#ifndef DATAPLANE_PORT_TAP_TAP_H
#define DATAPLANE_PORT_TAP_TAP_H

#include <stdint.h>

#include "heddle/api/kinds.h"
#include "dataplane/core/port.h"

struct dp_tap {
	int fd[HD_TAP_QUEUES_MAX];
	int sock; /* in the interface's namespace */
	uint16_t n_fds;
	bool is_up; /* as the core was told last */
	uint32_t ifindex;
	uint32_t polls;
	int mtu;                    /* of the interface, as the log said last */
	char netdev[HD_NETDEV_MAX]; /* the interface's name now */
};

/* Worker. See struct dp_port_ops. */
uint16_t dp_tap_rx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
			 uint16_t n);
uint16_t dp_tap_tx_burst(struct dp_worker *w, struct dp_port *port, uint16_t q, struct rte_mbuf **m,
			 uint16_t n);

/* Checks a struct hd_tap_object; every byte may be hostile. 0, or -EINVAL with @err. Pure. */
int dp_tap_validate(const void *params, struct hd_err *err);

#endif
