/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/l2/vlan_output.h"

#include <string.h>

#include <rte_byteorder.h>

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/tx.h"
#include "dataplane/l2/vlan.h"

DP_DROP_REGISTER(
	drop_not_member, "not_member", DP_DROP_EGRESS,
	"the port no longer carries the frame's VLAN (its configuration has just changed)");
DP_DROP_REGISTER(
	drop_hidden_tag, "hidden_tag", DP_DROP_EGRESS,
	"a second tag would have come to the front on a trunk's native VLAN: a guest tried "
	"to reach another VLAN behind the next switch");
DP_DROP_REGISTER(drop_cvlan, "cvlan_filtered", DP_DROP_EGRESS,
		 "the tunnel port that the frame was to leave by does not carry its customer VLAN");

#define HEAD (HD_ETH_HLEN + HD_VLAN_HLEN) /* bytes that are written */

static struct rte_mbuf *strip(struct dp_worker *w, const struct dp_port_config *port,
			      struct rte_mbuf *m)
{
	char *p;

	m = dp_tx_writable(w, port->id, m, HEAD, 0);
	if (!m)
		return NULL;
	p = rte_pktmbuf_mtod(m, char *);
	memmove(p + HD_VLAN_HLEN, p, 2 * HD_ETH_ALEN);
	rte_pktmbuf_adj(m, HD_VLAN_HLEN);
	dp_meta(m)->l2_len -= HD_VLAN_HLEN;
	/*
	 * A frame that has the minimum length with its tag would be too short without it (802.3
	 * 3.2.8).
	 */
	if (m->pkt_len < HD_ETH_MIN) {
		uint16_t pad = HD_ETH_MIN - m->pkt_len;
		char *tail = rte_pktmbuf_append(m, pad);

		if (tail)
			memset(tail, 0, pad);
	}
	return m;
}

static struct rte_mbuf *push(struct dp_worker *w, const struct dp_port_config *port,
			     struct rte_mbuf *m)
{
	char *p;

	m = dp_tx_writable(w, port->id, m, HEAD, HD_VLAN_HLEN);
	if (!m)
		return NULL;
	p = rte_pktmbuf_prepend(m, HD_VLAN_HLEN);
	memmove(p, p + HD_VLAN_HLEN, 2 * HD_ETH_ALEN);
	dp_meta(m)->l2_len += HD_VLAN_HLEN;
	return m;
}

static struct rte_mbuf *tag(struct dp_worker *w, const struct dp_port_config *port,
			    struct rte_mbuf *m, const struct dp_vlan_egress *e)
{
	uint16_t bytes[2] = {e->tpid, rte_cpu_to_be_16(e->tci)};

	m = e->action == DP_TAG_PUSH ? push(w, port, m) : dp_tx_writable(w, port->id, m, HEAD, 0);
	if (m)
		memcpy(rte_pktmbuf_mtod_offset(m, char *, 2 * HD_ETH_ALEN), bytes, sizeof(bytes));
	return m;
}

struct rte_mbuf *l2_vlan_output(struct dp_worker *w, const struct dp_port_config *port,
				struct rte_mbuf *m)
{
	const struct dp_meta *meta = dp_meta(m);
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	bool member = dp_port_carries(w->config, port, meta->domain, meta->tci & HD_VID_MASK);
	struct dp_vlan_egress e =
		dp_vlan_egress(port, member, meta->domain, meta->tci, meta->tag_len, frame);

	if (unlikely(!dp_vlan_cvlan_passes(port, meta->tag_len, frame, m->pkt_len))) {
		dp_drop(w, port->id, &drop_cvlan, m);
		return NULL;
	}
	switch (e.action) {
	case DP_TAG_KEEP: return m;
	case DP_TAG_STRIP: return strip(w, port, m);
	case DP_TAG_PUSH:
	case DP_TAG_REWRITE: return tag(w, port, m, &e);
	case DP_TAG_EXPOSED: dp_drop(w, port->id, &drop_hidden_tag, m); return NULL;
	case DP_TAG_NOT_MEMBER: break;
	}
	dp_drop(w, port->id, &drop_not_member, m);
	return NULL;
}
