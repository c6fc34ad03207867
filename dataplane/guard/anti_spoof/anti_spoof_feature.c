/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_common.h>
#include <rte_mbuf.h>

#include "heddle/api/guard.h"
#include "heddle/net/ether.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/feature.h"
#include "dataplane/guard/anti_spoof/anti_spoof.h"
#include "dataplane/guard/mbuf.h"

DP_DROP_REGISTER(
	drop_mac, "spoofed_mac", DP_DROP_INGRESS,
	"The frame's source MAC is not among those that anti-spoof allows on the port; add "
	"it to anti-spoof if it belongs there.");
DP_DROP_REGISTER(drop_ip, "spoofed_ip", DP_DROP_INGRESS,
		 "A source or sender address in the frame (IPv4, IPv6, ARP, ND) is not among those "
		 "that anti-spoof allows on the port, or its headers are malformed.");

static enum dp_spoof check(const struct hd_anti_spoof_object *conf, struct rte_mbuf *m)
{
	struct dp_guard_frame frame = {rte_pktmbuf_mtod(m, const uint8_t *), m->data_len,
				       m->pkt_len};
	uint8_t copy[DP_GUARD_COPY_MAX];
	enum dp_spoof verdict;

	if (unlikely(m->data_len < HD_ETH_HLEN))
		return DP_SPOOF_MAC;
	verdict = dp_anti_spoof_check(conf, &frame);
	if (likely(verdict != DP_SPOOF_IP || !dp_guard_gather(m, &frame, copy)))
		return verdict;
	return dp_anti_spoof_check(conf, &frame);
}

static uint16_t run(struct dp_worker *w, const struct dp_port_config *port, const void *conf,
		    struct rte_mbuf **m, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		enum dp_spoof verdict = check(conf, m[i]);

		if (likely(verdict == DP_SPOOF_NONE))
			m[kept++] = m[i];
		else
			dp_drop(w, port->id, verdict == DP_SPOOF_MAC ? &drop_mac : &drop_ip, m[i]);
	}
	return kept;
}

static struct dp_feature feature = {
	.name = "anti_spoof",
	.point = DP_POINT_INPUT,
	.runs_after = "bpdu_guard",
	.run = run,
	.object = HD_ANTI_SPOOF,
	.object_size = sizeof(struct hd_anti_spoof_object),
	.validate = dp_anti_spoof_validate,
};

RTE_INIT(anti_spoof_register)
{
	dp_feature_register(&feature);
}
