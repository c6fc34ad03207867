/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_common.h>
#include <rte_mbuf.h>

#include "heddle/api/fdb.h"
#include "heddle/api/guard.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/feature.h"
#include "dataplane/core/meta.h"
#include "dataplane/guard/mac_limit/mac_limit.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/l2/mac_ring.h"

DP_DROP_REGISTER(drop_mac_limit, "mac_limit", DP_DROP_INGRESS,
		 "The frame's source address would be one more than the port's MAC limit allows; "
		 "raise mac-limit, or find out who behind the port makes up addresses.");

/* Asked for each packet whose source is not known at the port, before it would be learned. */
static uint16_t run(struct dp_worker *w, const struct dp_port_config *port, const void *conf,
		    struct rte_mbuf **m, uint16_t n)
{
	const struct hd_mac_limit_object *object = conf;

	if (likely(!dp_mac_limit_reached(dp_fdb_port_count(w->fdb, port->id), object->limit)))
		return n;
	for (uint16_t i = 0; i < n; i++) {
		dp_mac_ring_put(dp_mac_ring_of(w->index),
				&(struct dp_mac_note){
					.mac = dp_fdb_mac(rte_pktmbuf_mtod(m[i], uint8_t *) + 6),
					.domain = dp_meta(m[i])->domain,
					.from = DP_PORT_ID_NONE,
					.to = port->id,
					.kind = HD_MAC_LIMIT_PORT,
				});
		dp_drop(w, port->id, &drop_mac_limit, m[i]);
	}
	return 0;
}

static struct dp_feature feature = {
	.name = "mac_limit",
	.point = DP_POINT_NEW_SOURCE,
	.run = run,
	.object = HD_MAC_LIMIT,
	.object_size = sizeof(struct hd_mac_limit_object),
	.validate = dp_mac_limit_validate,
};

RTE_INIT(mac_limit_register)
{
	dp_feature_register(&feature);
}
