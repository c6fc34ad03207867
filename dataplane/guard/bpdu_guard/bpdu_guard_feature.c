/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_common.h>
#include <rte_mbuf.h>

#include "heddle/api/guard.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/feature.h"
#include "dataplane/guard/bpdu_guard/bpdu_guard.h"

DP_DROP_REGISTER(
	drop_bpdu, "bpdu_guard", DP_DROP_INGRESS,
	"A bridge protocol frame (STP, RSTP, MSTP, PVST+) came in on a port with BPDU guard; "
	"remove the guard if a switch is behind the port.");

static uint16_t run(struct dp_worker *w, const struct dp_port_config *port, const void *conf,
		    struct rte_mbuf **m, uint16_t n)
{
	uint16_t kept = 0;
	uint8_t any = 0;

	/* nearly all bursts have no group address in them, and are done here */
	for (uint16_t i = 0; i < n; i++)
		any |= *rte_pktmbuf_mtod(m[i], const uint8_t *);
	if (likely(!(any & 1)))
		return n;

	for (uint16_t i = 0; i < n; i++) {
		if (unlikely(dp_bpdu_guard_match(rte_pktmbuf_mtod(m[i], const uint8_t *),
						 rte_pktmbuf_data_len(m[i]))))
			dp_drop(w, port->id, &drop_bpdu, m[i]);
		else
			m[kept++] = m[i];
	}
	return kept;
}

static struct dp_feature feature = {
	.name = "bpdu_guard",
	.point = DP_POINT_INPUT,
	.run = run,
	.object = HD_BPDU_GUARD,
	.object_size = sizeof(struct hd_bpdu_guard_object),
	.validate = dp_bpdu_guard_validate,
};

RTE_INIT(bpdu_guard_register)
{
	dp_feature_register(&feature);
}
