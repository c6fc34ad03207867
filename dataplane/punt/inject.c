/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/punt/inject.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "heddle/base/clock.h"
#include "heddle/net/ether.h"
#include "dataplane/l2/fdb.h"
#include "dataplane/core/handover.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/meta.h"
#include "dataplane/core/path.h"
#include "dataplane/core/tx.h"
#include "dataplane/punt/names.h"
#include "dataplane/punt/policer.h"

#define POOL_SIZE 1023 /* frames; two are in a page of 4 KB */

static struct dp_fdb *fdb;

/*
 * Frames on their way out, from a pool of their own: only the punt thread takes from it, and only workers
 * give back. In one that is shared a thread that lost its processor could make workers wait.
 */
static struct rte_mempool *pool;
static const struct dp_config *tree;
static punt_bucket rate;
static uint8_t kind_inject, kind_resign;

/* By worker: the ticket of the last frame of a lease that it sent; tickets that were issued. */
static _Atomic uint32_t resigned[DP_WORKERS_MAX];
static uint32_t tickets;

int punt_inject_init(struct dp_fdb *table)
{
	fdb = table;
	pool = rte_pktmbuf_pool_create("injected", POOL_SIZE, 0, 0,
				       HD_PUNT_FRAME_MAX + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	return pool ? 0 : -rte_errno;
}

void punt_inject_tree(const struct dp_config *now)
{
	tree = now;
}

/* The worker's side: before it looks at a port, so that nothing of the loop's data is ahead. */
static void on_inject(struct dp_worker *w, struct rte_mbuf *m)
{
	const struct dp_port_config *port = w->config->ports[dp_meta(m)->port];

	if (port->take) {
		dp_path_input(w, port, &m, 1, false);
	} else {
		dp_meta(m)->port = DP_PORT_ID_NONE;
		dp_tx_put(w, port->id, m);
	}
	dp_tx_flush(w);
}

static void on_resign(struct dp_worker *w, struct rte_mbuf *m)
{
	uint32_t ticket = dp_meta(m)->domain;

	on_inject(w, m);
	atomic_store_explicit(&resigned[w->index], ticket, memory_order_release);
}

RTE_INIT(punt_inject_register)
{
	kind_inject = dp_handover_register_new(on_inject);
	kind_resign = dp_handover_register_new(on_resign);
}

static unsigned int worker_of(uint16_t port)
{
	return port % dp_workers_count();
}

static struct rte_mbuf *frame_new(const struct dp_port_config *c, const uint8_t *frame,
				  uint32_t len, uint64_t now_ns)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	if (!m)
		return NULL;
	memcpy(rte_pktmbuf_append(m, (uint16_t)len), frame, len);
	/* If the port has left that VLAN when the worker sends, this says so ("not_member"). */
	*dp_meta(m) = (struct dp_meta){
		.time_ns = now_ns, .domain = c->pvid_domain, .tci = c->default_tci};
	return m;
}

static struct dp_fdb_slot *find(uint64_t mac, uint32_t domain, uint64_t *val)
{
	return dp_fdb_find(fdb, dp_fdb_hash(fdb, mac, domain), mac, domain, val);
}

/* An address of the switch itself in the port's segment; of this port, if it is a gateway. */
static bool is_ours(const struct dp_port_config *c, const uint8_t *mac)
{
	uint64_t val;

	return find(dp_fdb_mac(mac), c->pvid_domain, &val) && val & DP_FDB_V_LOCAL &&
	       (!c->take || dp_fdb_val_port(val) == c->id);
}

static int check_frame(const struct dp_port_config *c, const struct hd_inject *r,
		       struct hd_err *err)
{
	const struct hd_mac *dst = (const struct hd_mac *)r->frame;
	const struct hd_mac *src = (const struct hd_mac *)(r->frame + HD_ETH_ALEN);
	uint16_t type = (uint16_t)(r->frame[12] << 8 | r->frame[13]);
	uint32_t most = RTE_MIN((uint32_t)c->mtu + HD_ETH_HLEN, (uint32_t)HD_PUNT_FRAME_MAX);
	char text[HD_MAC_STR_MAX];

	if (r->len < HD_ETH_HLEN || r->len > most)
		return hd_err_set(err, EINVAL, "inject at %s: %u bytes are not in %d..%u", c->name,
				  r->len, HD_ETH_HLEN, most);
	if (type == HD_TPID_C || type == HD_TPID_S)
		return hd_err_set(
			err, EINVAL,
			"inject at %s: the frame has a VLAN tag (%#06x): only the port adds tags",
			c->name, type);
	if (hd_mac_is_zero(dst))
		return hd_err_set(err, EINVAL, "inject at %s: the destination is zero", c->name);
	if (hd_mac_is_group(src) || !is_ours(c, src->b))
		return hd_err_set(err, EACCES,
				  "inject at %s: the source %s is no address of the switch there",
				  c->name, hd_mac_str(src, text));
	return 0;
}

int punt_inject(const struct hd_inject *r, uint64_t now_ns, struct hd_err *err)
{
	const struct dp_port_config *c;
	struct rte_mbuf *m;
	int rc;

	if (!hd_name_valid(r->port, sizeof(r->port)))
		return hd_err_set(err, EINVAL, "inject: the port is not a name");
	c = punt_port(tree, r->port);
	if (!c)
		return hd_err_set(err, ENOENT, "inject: there is no port %s", r->port);
	if (c->pvid_domain == DP_DOMAIN_NONE)
		return hd_err_set(err, EINVAL,
				  "inject at %s: the port has no VLAN for frames without a tag",
				  c->name);
	rc = check_frame(c, r, err);
	if (rc < 0)
		return rc;
	if (!punt_police(&rate, now_ns, PUNT_INJECT_RATE, PUNT_INJECT_BURST))
		return hd_err_set(err, EAGAIN, "inject at %s: more than %d frames a second",
				  c->name, PUNT_INJECT_RATE);
	m = frame_new(c, r->frame, r->len, now_ns);
	if (!m)
		return hd_err_set(err, ENOMEM, "inject at %s: too many injected frames wait",
				  c->name);
	if (!dp_hand_over(NULL, worker_of(c->id), kind_inject, c->port, m))
		return hd_err_set(err, EAGAIN, "inject at %s: its worker has too much to do",
				  c->name);
	return 0;
}

static bool lease_find(const char *gateway, struct lease_place *place)
{
	const struct dp_port_config *c = punt_gateway(tree, gateway);

	if (!c)
		return false;
	*place = (struct lease_place){c->id, c->port->generation, c->pvid_domain};
	return true;
}

/*
 * The forwarding database has two threads now that write fixed entries: the control thread, and this one
 * for leases. Each change is made under the locks of the address's two buckets, for some ten
 * nanoseconds; counters are atomic; flushing looks again under the lock. So changes never tear, and
 * nothing of the control thread's work is waited for but such a moment. What is looked up before may
 * be another's afterwards only if a commit enters the same address as a static one in that
 * moment: then the last one stays. An entry for a domain or port that a commit takes away does not
 * stay: we hold the old tree while we enter it, and the control thread flushes after all have left it.
 */
static int lease_enter(const struct lease_place *place, const uint8_t mac[6])
{
	uint64_t val, address = dp_fdb_mac(mac);

	if (find(address, place->domain, &val) && dp_fdb_val_fixed(val))
		return val & DP_FDB_V_LOCAL && dp_fdb_val_port(val) == place->port ? 1
										   : -EADDRINUSE;
	return dp_fdb_set(fdb, address, place->domain, place->port,
			  DP_FDB_V_LOCAL | DP_FDB_V_LEASED);
}

static void lease_withdraw(const struct lease_place *place, const uint8_t mac[6])
{
	uint64_t val, address = dp_fdb_mac(mac);

	if (find(address, place->domain, &val) && val & DP_FDB_V_LOCAL &&
	    dp_fdb_val_port(val) == place->port)
		dp_fdb_remove(fdb, address, place->domain);
}

static bool lease_has(const struct lease_place *place, const uint8_t mac[6])
{
	uint64_t val;

	return find(dp_fdb_mac(mac), place->domain, &val) && val & DP_FDB_V_LOCAL &&
	       dp_fdb_val_port(val) == place->port;
}

static bool lease_send(const struct lease *lease, uint64_t *ticket)
{
	const struct dp_port_config *c = punt_gateway(tree, lease->config.gateway);
	struct rte_mbuf *m;

	if (!c || c->id != lease->place.port || lease->config.len > c->mtu + (uint32_t)HD_ETH_HLEN)
		return false;
	m = frame_new(c, lease->config.frame, lease->config.len, hd_now_ns());
	if (!m)
		return false;
	dp_meta(m)->domain = ++tickets; /* the worker classifies it anyway */
	*ticket = tickets;
	return dp_hand_over(NULL, worker_of(c->id), kind_resign, c->port, m);
}

/* A worker sends in the order in which it was given frames; some may have been dropped. */
static bool lease_is_sent(const struct lease *lease)
{
	uint32_t last =
		atomic_load_explicit(&resigned[worker_of(lease->place.port)], memory_order_acquire);

	return (int32_t)(last - (uint32_t)lease->ticket) >= 0;
}

struct lease_ops punt_lease_ops = {
	.find = lease_find,
	.enter = lease_enter,
	.withdraw = lease_withdraw,
	.has = lease_has,
	.send = lease_send,
	.is_sent = lease_is_sent,
};
