/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The port kind "gateway": the switch itself. It has no device and no peer: it is up when it is
 * open, takes frames at once (l3_take()), and sends by dp_path_input().
 */
#include "heddle/api/gateway.h"
#include "dataplane/core/port.h"
#include "dataplane/l3/gateway.h"

/* It has nothing that could be polled. */
static uint16_t no_queues(const void *params)
{
	(void)params;
	return 0;
}

static int gateway_open(struct dp_port *port, enum hd_port_reason *reason, struct hd_err *err)
{
	(void)reason;
	(void)err;
	dp_port_set_up(port, 0, 0, DP_CAP_CSUM | DP_CAP_TSO4 | DP_CAP_TSO6);
	return 0;
}

static void gateway_close(struct dp_port *port)
{
	(void)port;
}

/*
 * Frames come here that are for an address behind the port, and not for one of the switch: the
 * forwarding database still has it of a port that had this one's id.
 */
static uint16_t nobody_there(struct dp_worker *w, struct dp_port *port, uint16_t q,
			     struct rte_mbuf **m, uint16_t n)
{
	(void)w;
	(void)port;
	(void)q;
	(void)m;
	(void)n;
	return 0;
}

static const struct dp_port_ops ops = {
	.name = HD_GATEWAY_KIND,
	.queues = no_queues,
	.open = gateway_open,
	.close = gateway_close,
	.tx_burst = nobody_there,
	.take = l3_take,
};

RTE_INIT(gateway_port_register)
{
	dp_port_kind_register(&ops);
}
