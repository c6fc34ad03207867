/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/api/guard.h"
#include "heddle/net/ether.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/feature.h"
#include "dataplane/guard/mbuf.h"
#include "dataplane/guard/dhcp_guard/dhcp_guard.h"

DP_DROP_REGISTER(
	drop_dhcp, "dhcp_guard", DP_DROP_INGRESS,
	"A message of a DHCP or DHCPv6 server, or a packet that may hide one, came in on a "
	"port with DHCP guard; remove the guard if a server is there.");

static inline bool is_harmless(const struct rte_mbuf *m)
{
	return dp_dhcp_guard_harmless(rte_pktmbuf_mtod(m, const uint8_t *), m->data_len);
}

static bool matches(struct rte_mbuf *m)
{
	struct dp_guard_frame frame = {rte_pktmbuf_mtod(m, const uint8_t *), m->data_len,
				       m->pkt_len};
	uint8_t copy[DP_GUARD_COPY_MAX];

	if (m->data_len < HD_ETH_HLEN || !dp_dhcp_guard_match(&frame))
		return false;
	return !dp_guard_gather(m, &frame, copy) || dp_dhcp_guard_match(&frame);
}

static uint16_t run(struct dp_worker *w, const struct dp_port_config *port, const void *conf,
		    struct rte_mbuf **m, uint16_t n)
{
	uint16_t kept = 0;

	/* nearly all bursts have nothing else in them, and are done here */
	while (kept < n && likely(is_harmless(m[kept])))
		kept++;
	for (uint16_t i = kept; i < n; i++) {
		if (likely(is_harmless(m[i])) || !matches(m[i]))
			m[kept++] = m[i];
		else
			dp_drop(w, port->id, &drop_dhcp, m[i]);
	}
	return kept;
}

static struct dp_feature feature = {
	.name = "dhcp_guard",
	.point = DP_POINT_INPUT,
	.runs_after = "ra_guard",
	.run = run,
	.object = HD_DHCP_GUARD,
	.object_size = sizeof(struct hd_dhcp_guard_object),
	.validate = dp_dhcp_guard_validate,
};

RTE_INIT(dhcp_guard_register)
{
	dp_feature_register(&feature);
}
