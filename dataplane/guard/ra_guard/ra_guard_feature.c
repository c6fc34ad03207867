/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/in.h>
#include <string.h>

#include <rte_byteorder.h>

#include "heddle/api/guard.h"
#include "heddle/net/ether.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/feature.h"
#include "dataplane/guard/mbuf.h"
#include "dataplane/guard/ra_guard/ra_guard.h"

DP_DROP_REGISTER(
	drop_ra, "ra_guard", DP_DROP_INGRESS,
	"An IPv6 router advertisement or redirect, or a packet that may hide one, came in on a "
	"port with RA guard; remove the guard if a router is there.");

/* Most frames: IPv4, and TCP and UDP right behind an IPv6 header. */
static inline bool is_harmless(const struct rte_mbuf *m)
{
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
	uint16_t type;

	if (unlikely(m->data_len < HD_ETH_HLEN + DP_IPV6_LEN))
		return false;
	memcpy(&type, p + 2 * HD_ETH_ALEN, sizeof(type));
	return type == RTE_BE16(HD_ETYPE_IPV4) ||
	       (type == RTE_BE16(HD_ETYPE_IPV6) &&
		(p[HD_ETH_HLEN + 6] == IPPROTO_TCP || p[HD_ETH_HLEN + 6] == IPPROTO_UDP));
}

static bool matches(struct rte_mbuf *m)
{
	struct dp_guard_frame frame = {rte_pktmbuf_mtod(m, const uint8_t *), m->data_len,
				       m->pkt_len};
	uint8_t copy[DP_GUARD_COPY_MAX];

	if (m->data_len < HD_ETH_HLEN || !dp_ra_guard_match(&frame))
		return false;
	return !dp_guard_gather(m, &frame, copy) || dp_ra_guard_match(&frame);
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
			dp_drop(w, port->id, &drop_ra, m[i]);
	}
	return kept;
}

static struct dp_feature feature = {
	.name = "ra_guard",
	.point = DP_POINT_INPUT,
	.runs_after = "anti_spoof",
	.run = run,
	.object = HD_RA_GUARD,
	.object_size = sizeof(struct hd_ra_guard_object),
	.validate = dp_ra_guard_validate,
};

RTE_INIT(ra_guard_register)
{
	dp_feature_register(&feature);
}
