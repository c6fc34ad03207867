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

HD_DROP_REGISTER(drop_mac_limit, "mac_limit", HD_DROP_INGRESS,
		 "The frame's source address would be one more than the port's MAC limit allows; "
		 "raise mac-limit, or find out who behind the port makes up addresses.");

/* Asked for each packet whose source is not known at the port, before it would be learned. */
static uint16_t run(struct hd_worker *w, const struct hd_port_config *port, const void *conf,
		    struct rte_mbuf **m, uint16_t n)
{
	const struct hd_mac_limit_object *object = conf;

	if (likely(!hd_mac_limit_reached(hd_fdb_port_count(w->fdb, port->id), object->limit)))
		return n;
	for (uint16_t i = 0; i < n; i++) {
		hd_mac_ring_put(hd_mac_ring_of(w->index),
				&(struct hd_mac_note){
					.mac = hd_fdb_mac(rte_pktmbuf_mtod(m[i], uint8_t *) + 6),
					.domain = hd_meta(m[i])->domain,
					.from = HD_PORT_ID_NONE,
					.to = port->id,
					.kind = HD_MAC_LIMIT_PORT,
				});
		hd_drop(w, port->id, &drop_mac_limit, m[i]);
	}
	return 0;
}

static struct hd_feature feature = {
	.name = "mac_limit",
	.point = HD_POINT_NEW_SOURCE,
	.run = run,
	.object = HD_MAC_LIMIT,
	.object_size = sizeof(struct hd_mac_limit_object),
	.validate = hd_mac_limit_validate,
};

RTE_INIT(mac_limit_register)
{
	hd_feature_register(&feature);
}
