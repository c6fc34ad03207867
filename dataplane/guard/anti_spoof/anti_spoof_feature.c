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

HD_DROP_REGISTER(
	drop_mac, "spoofed_mac", HD_DROP_INGRESS,
	"The frame's source MAC is not among those that anti-spoof allows on the port; add "
	"it to anti-spoof if it belongs there.");
HD_DROP_REGISTER(drop_ip, "spoofed_ip", HD_DROP_INGRESS,
		 "A source or sender address in the frame (IPv4, IPv6, ARP, ND) is not among those "
		 "that anti-spoof allows on the port, or its headers are malformed.");

static enum hd_spoof check(const struct hd_anti_spoof_object *conf, struct rte_mbuf *m)
{
	struct hd_guard_frame frame = {rte_pktmbuf_mtod(m, const uint8_t *), m->data_len,
				       m->pkt_len};
	uint8_t copy[HD_GUARD_COPY_MAX];
	enum hd_spoof verdict;

	if (unlikely(m->data_len < HD_ETH_HLEN))
		return HD_SPOOF_MAC;
	verdict = hd_anti_spoof_check(conf, &frame);
	if (likely(verdict != HD_SPOOF_IP || !hd_guard_gather(m, &frame, copy)))
		return verdict;
	return hd_anti_spoof_check(conf, &frame);
}

static uint16_t run(struct hd_worker *w, const struct hd_port_config *port, const void *conf,
		    struct rte_mbuf **m, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		enum hd_spoof verdict = check(conf, m[i]);

		if (likely(verdict == HD_SPOOF_NONE))
			m[kept++] = m[i];
		else
			hd_drop(w, port->id, verdict == HD_SPOOF_MAC ? &drop_mac : &drop_ip, m[i]);
	}
	return kept;
}

static struct hd_feature feature = {
	.name = "anti_spoof",
	.point = HD_POINT_INPUT,
	.runs_after = "bpdu_guard",
	.run = run,
	.object = HD_ANTI_SPOOF,
	.object_size = sizeof(struct hd_anti_spoof_object),
	.validate = hd_anti_spoof_validate,
};

RTE_INIT(anti_spoof_register)
{
	hd_feature_register(&feature);
}
