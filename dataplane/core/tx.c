/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sends a batch: runs the features at OUTPUT, fits each packet to the port, and calls the port's
 * kind.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/mbuf.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/offload.h"
#include "dataplane/core/path.h"
#include "dataplane/core/punt.h"
#include "dataplane/core/tx.h"

DP_DROP_REGISTER(drop_link_down, "link_down", DP_DROP_EGRESS,
		 "the port that the frame was to leave by is down");
DP_DROP_REGISTER(drop_mtu, "mtu_exceeded", DP_DROP_EGRESS,
		 "the frame is larger than the MTU of the port it was to leave by");
DP_DROP_REGISTER(drop_tx_full, "tx_full", DP_DROP_EGRESS,
		 "the receiver behind the port took no more: its ring or queue is full");
DP_DROP_REGISTER(drop_no_buffers_tx, "no_buffers_tx", DP_DROP_EGRESS,
		 "the packet pool was empty when a copy was needed; give heddled more --memory");

struct dp_tx *dp_tx_new(void)
{
	void *p = mmap(NULL, sizeof(struct dp_tx), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void dp_tx_free(struct dp_tx *tx)
{
	if (tx)
		munmap(tx, sizeof(*tx));
}

/* Packets on their way out of one port. */
struct out {
	struct dp_worker *w;
	const struct dp_port_config *config;
	struct dp_port *port;
	struct hd_stats_port *stats;
	uint32_t caps;
	uint16_t n;
	uint64_t bytes;
	struct rte_mbuf *m[DP_BURST + DP_SEGMENTS_MAX];
};

static bool is_group(const struct rte_mbuf *m)
{
	return *rte_pktmbuf_mtod(m, const uint8_t *) & 1;
}

static void count_group(struct hd_stats_port *stats, const struct rte_mbuf *m, int by)
{
	const struct hd_mac *dst = rte_pktmbuf_mtod(m, const struct hd_mac *);

	if (hd_mac_is_broadcast(dst))
		stats->tx_broadcast += by;
	else
		stats->tx_multicast += by;
}

/* Adds a packet that fits the port. */
static inline void out_add(struct out *o, struct rte_mbuf *m)
{
	o->m[o->n++] = m;
	o->bytes += m->pkt_len;
	if (unlikely(is_group(m)))
		count_group(o->stats, m, 1);
}

static void out_send(struct out *o)
{
	struct dp_worker *w = o->w;
	uint16_t queues = atomic_load_explicit(&o->port->tx_queues, memory_order_relaxed);
	uint16_t q = queues ? w->index % queues : 0, sent, n = o->n;
	uint64_t bytes = o->bytes;

	if (!n)
		return;
	o->n = 0;
	o->bytes = 0;
	if (unlikely(w->capture))
		w->capture->out(w, o->config, o->m, n);
	rte_spinlock_lock(&o->port->tx_lock[q]);
	dp_inside_enter(&w->inside, o->port, HD_DOING_SEND);
	sent = o->port->ops->tx_burst(w, o->port, q, o->m, n);
	dp_inside_leave(&w->inside);
	rte_spinlock_unlock(&o->port->tx_lock[q]);
	for (uint16_t i = sent; i < n; i++) {
		bytes -= o->m[i]->pkt_len;
		if (is_group(o->m[i]))
			count_group(o->stats, o->m[i], -1);
	}
	o->stats->tx_packets += sent;
	o->stats->tx_bytes += bytes;
	w->stats->tx += sent;
	if (unlikely(sent < n))
		dp_drop_bulk(w, o->config->id, &drop_tx_full, &o->m[sent], n - sent);
	if (unlikely(w->capture))
		w->capture->sent(w);
}

struct rte_mbuf *dp_tx_writable(struct dp_worker *w, uint16_t port, struct rte_mbuf *m,
				uint32_t bytes, uint16_t room)
{
	struct rte_mbuf *own = dp_mbuf_writable(w->pool, m, bytes);

	if (own && rte_pktmbuf_headroom(own) >= room)
		return own;
	dp_drop(w, port, &drop_no_buffers_tx, own ? own : m);
	return NULL;
}

/* Segments a super-frame for a port that cannot take it, and sends the pieces. */
static void segment(struct out *o, struct rte_mbuf *m)
{
	int n;

	out_send(o);
	n = dp_offload_segment(o->w->pool, m, o->caps & DP_CAP_CSUM, o->m, DP_SEGMENTS_MAX);
	if (n <= 0) {
		dp_drop(o->w, o->config->id, n == -ENOSPC ? &drop_mtu : &drop_no_buffers_tx, m);
		return;
	}
	rte_pktmbuf_free(m);
	o->w->stats->copies += n - 1;
	o->stats->offered += n - 1;
	o->stats->segmented++;
	for (int i = 0; i < n; i++)
		out_add(o, o->m[i]);
	out_send(o);
}

static uint32_t tso_caps(uint8_t flags)
{
	return (flags & DP_META_TSO4 ? DP_CAP_TSO4 : 0) | (flags & DP_META_TSO6 ? DP_CAP_TSO6 : 0);
}

int32_t dp_tx_pieces(const struct dp_worker *w, uint16_t port, struct rte_mbuf *m)
{
	const struct dp_port_config *config =
		port < w->config->n_ports ? w->config->ports[port] : NULL;
	const struct dp_meta *meta = dp_meta(m);
	uint32_t headers = meta->l2_len + meta->l3_len + meta->l4_len;

	if (!config || !(tso_caps(meta->flags) &
			 ~atomic_load_explicit(&config->port->caps, memory_order_relaxed)))
		return 1;
	return (int32_t)((m->pkt_len - headers) / meta->gso_size) + 1;
}

/*
 * Fits a packet with an unfinished checksum, or a super-frame. NULL: it was dropped, or sent in
 * pieces.
 */
static struct rte_mbuf *fit_offload(struct out *o, struct rte_mbuf *m)
{
	struct dp_meta *meta = dp_meta(m);

	if (meta->flags & DP_META_TSO) {
		uint32_t piece = meta->l3_len + meta->l4_len + meta->gso_size;

		if (piece > o->config->mtu) {
			dp_drop(o->w, o->config->id, &drop_mtu, m);
			return NULL;
		}
		if (tso_caps(meta->flags) & ~o->caps) {
			segment(o, m);
			return NULL;
		}
		return m;
	}
	if (o->caps & DP_CAP_CSUM)
		return m;
	m = dp_tx_writable(o->w, o->config->id, m, meta->l2_len + meta->l3_len + meta->l4_len, 0);
	if (m)
		dp_offload_csum(m);
	return m;
}

/* True if the frame, with the tags that it has on the wire, is larger than the MTU allows. */
static __rte_noinline bool too_large(const struct out *o, struct rte_mbuf *m)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	uint32_t l2 = HD_ETH_HLEN;

	if (dp_meta(m)->flags & DP_META_TSO)
		return false;
	for (int i = 0; i < 2; i++) {
		uint16_t type = hd_frame_u16(frame, l2 - 2);

		if (hd_vlan_is_tpid(type))
			l2 += HD_VLAN_HLEN;
	}
	return m->pkt_len > o->config->mtu + l2;
}

/* True if a frame of the port's native VLAN always leaves it without a tag, and needs no look. */
static bool sends_plain(const struct dp_port_config *port)
{
	return port->mode != HD_VLAN_TRUNK && port->priority_tags == HD_PRIORITY_TAGS_NEVER &&
	       !(port->flags & HD_PORT_CVLANS);
}

/* Fits the frame's tag and offloads to the port. NULL: it was dropped, or sent in pieces. */
static __rte_noinline struct rte_mbuf *fit(struct out *o, struct rte_mbuf *m, uint32_t plain_domain)
{
	const struct dp_meta *meta = dp_meta(m);

	if (meta->tag_len || meta->domain != plain_domain) {
		m = dp_path->fit_tag(o->w, o->config, m);
		if (!m)
			return NULL;
	}
	return dp_meta(m)->flags ? fit_offload(o, m) : m;
}

static void fit_and_send(struct dp_worker *w, const struct dp_port_config *config,
			 struct rte_mbuf **m, uint16_t n)
{
	/* Frames of this domain, without a tag and offloads, leave as they are. */
	uint32_t domain = sends_plain(config) ? config->pvid_domain : DP_DOMAIN_NONE;
	uint32_t size = config->mtu + HD_ETH_HLEN; /* of a frame that fits whatever its tags are */
	struct out out, *o = &out;

	o->w = w;
	o->config = config;
	o->port = config->port;
	o->stats = &w->port_stats[config->id];
	o->caps = atomic_load_explicit(&config->port->caps, memory_order_relaxed);
	o->n = 0;
	o->bytes = 0;
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *p = m[i];
		struct dp_meta *meta = dp_meta(p);

		if (unlikely(meta->domain != domain || meta->tag_len | meta->flags)) {
			p = fit(o, p, domain);
			if (!p)
				continue;
		}
		if (unlikely(p->pkt_len > size) && too_large(o, p)) {
			dp_drop(o->w, o->config->id, &drop_mtu, p);
			continue;
		}
		out_add(o, p);
	}
	out_send(o);
}

void dp_tx_flush_port(struct dp_worker *w, uint16_t id)
{
	struct dp_tx_batch *b = &w->tx->batch[id];
	const struct dp_port_config *config = id < w->config->n_ports ? w->config->ports[id] : NULL;
	uint16_t n = b->n;

	b->n = 0;
	w->port_stats[id].offered += n;
	if (unlikely(!config || !atomic_load_explicit(&config->port->up, memory_order_acquire))) {
		dp_drop_bulk(w, id, &drop_link_down, b->m, n);
		return;
	}
	if (unlikely(config->n_output))
		n = dp_port_run(w, config, DP_POINT_OUTPUT, 0, b->m, n);
	fit_and_send(w, config, b->m, n);
}

/* Takes frames that passed all features at LOCAL: for heddle-cp, or for the port's kind. */
static void deliver(struct dp_worker *w, const struct dp_port_config *config, struct rte_mbuf **m,
		    uint16_t n)
{
	uint16_t left = n;

	if (unlikely(w->punt)) {
		left = 0;
		for (uint16_t i = 0; i < n; i++)
			if (!w->punt->local(w, config, m[i]))
				m[left++] = m[i];
	}
	if (likely(left))
		config->take(w, config, m, left);
}

/* Frames for a port whose kind takes them itself: no tags and sizes are fitted. */
static void take(struct dp_worker *w, const struct dp_port_config *config, struct rte_mbuf **m,
		 uint16_t n)
{
	if (unlikely(w->capture)) {
		w->capture->out(w, config, m, n);
		w->capture->sent(w);
	}
	if (unlikely(config->features[DP_POINT_LOCAL].n))
		n = dp_port_run(w, config, DP_POINT_LOCAL, 0, m, n);
	if (likely(n))
		deliver(w, config, m, n);
}

void dp_tx_take(struct dp_worker *w, const struct dp_port_config *config, struct rte_mbuf **m,
		uint16_t n)
{
	w->port_stats[config->id].offered += n;
	if (unlikely(!atomic_load_explicit(&config->port->up, memory_order_acquire))) {
		dp_drop_bulk(w, config->id, &drop_link_down, m, n);
		return;
	}
	if (unlikely(config->n_output))
		n = dp_port_run(w, config, DP_POINT_OUTPUT, 0, m, n);
	if (likely(n))
		take(w, config, m, n);
}

void dp_tx_taken(struct dp_worker *w, const struct dp_port_config *config, const struct rte_mbuf *m)
{
	struct hd_stats_port *stats = &w->port_stats[config->id];

	stats->tx_packets++;
	stats->tx_bytes += m->pkt_len;
	if (is_group(m))
		count_group(stats, m, 1);
}

/* Takes frames that passed all features at OUTPUT, now or after a feature kept them. */
static void behind_output(struct dp_worker *w, const struct dp_port_config *config,
			  struct rte_mbuf **m, uint16_t n)
{
	if (unlikely(!atomic_load_explicit(&config->port->up, memory_order_acquire))) {
		dp_drop_bulk(w, config->id, &drop_link_down, m, n);
		return;
	}
	if (config->take)
		take(w, config, m, n);
	else
		fit_and_send(w, config, m, n);
}

RTE_INIT(tx_points_register)
{
	dp_point_register(DP_POINT_OUTPUT, behind_output);
	dp_point_register(DP_POINT_LOCAL, deliver);
}

void dp_tx_flush(struct dp_worker *w)
{
	struct dp_tx *tx = w->tx;

	for (uint32_t i = 0; i < tx->n_pending; i++) {
		struct dp_tx_batch *b = &tx->batch[tx->port[i]];

		if (b->n)
			dp_tx_flush_port(w, tx->port[i]);
		b->pending = false;
	}
	tx->n_pending = 0;
}
