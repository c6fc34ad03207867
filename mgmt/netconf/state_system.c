/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * State of Heddle itself: planes, workers, what drop reasons mean.
 */
#include <stdio.h>
#include <string.h>

#include "heddle-build.h"
#include "heddle/api/supervisor.h"
#include "heddle/base/clock.h"
#include "mgmt/netconf/state.h"

/* What heddled knows of the planes. */
struct facts {
	struct hd_plane_state planes[HD_PLANE_COUNT];
	bool known[HD_PLANE_COUNT];
};

static void on_plane(const void *item, void *arg)
{
	const struct hd_plane_state *p = item;
	struct facts *facts = arg;

	if (p->plane >= HD_PLANE_COUNT || !hd_str_terminated(p->last_exit, sizeof(p->last_exit)) ||
	    !hd_str_terminated(p->doing, sizeof(p->doing)))
		return;
	facts->planes[p->plane] = *p;
	facts->known[p->plane] = true;
}

static void ask(struct nc_ask *ask, void *facts)
{
	struct hd_nothing nothing;

	nc_ask_stream(ask, HD_PLANE_SUPERVISOR, PLANE_LIST, &nothing, on_plane, NULL, facts);
}

static void plane(struct lyd_node *system, enum hd_plane id, const char *name, const struct bk *bk,
		  const struct facts *facts)
{
	struct lyd_node *node = nc_entry(system, "plane", name);
	const struct hd_plane_state *p = &facts->planes[id];
	const struct bk_plane *ours = id == HD_PLANE_DATA      ? &bk->planes[BK_DATA]
				      : id == HD_PLANE_CONTROL ? &bk->planes[BK_CONTROL]
							       : NULL;
	bool connected =
		ours ? hd_link_ready(&ours->link)
		     : id == HD_PLANE_MGMT || (bk->supervisor && hd_chan_ready(bk->supervisor));

	if (!node)
		return;
	if (facts->known[id]) {
		if (p->pid > 0)
			nc_number(node, NULL, "pid", p->pid);
		nc_leaf(node, NULL, "ready", p->ready ? "true" : "false");
	}
	nc_leaf(node, NULL, "connected", connected ? "true" : "false");
	if (ours)
		nc_number(node, NULL, "generation", ours->generation);
	else if (id == HD_PLANE_MGMT)
		nc_number(node, NULL, "generation", bk->generation);
	if (!facts->known[id])
		return;
	nc_number(node, NULL, "restarts", p->restarts);
	nc_number(node, NULL, "uptime", p->uptime_ns / 1000000000);
	nc_number(node, NULL, "memory", p->rss_bytes);
	if (p->last_exit[0])
		nc_leaf(node, NULL, "last-exit", p->last_exit);
	if (p->doing[0])
		nc_leaf(node, NULL, "doing", p->doing);
}

static const char *port_name(const struct bk *bk, uint64_t id)
{
	for (size_t i = 0; i < bk->ports.n; i++)
		if (bk->ports.list[i]->id == id)
			return bk->ports.list[i]->name;
	return NULL;
}

/* heddle-dp's clock is ours: CLOCK_MONOTONIC. */
static void standing(struct lyd_node *node, const struct bk *bk, const struct hd_stats_worker *w)
{
	uint64_t now = hd_now_ns();
	const char *port = w->stands_port ? port_name(bk, w->stands_port - 1) : NULL;

	nc_number(node, NULL, "stalls", w->stalls);
	if (!w->stands_since_ns || w->stands_since_ns > now)
		return;
	nc_number(node, NULL, "standing", (now - w->stands_since_ns) / HD_NS_PER_MS);
	if (port)
		nc_leaf(node, NULL, "standing-port", port);
}

static void worker(struct lyd_node *system, unsigned int index, const struct bk *bk,
		   const struct hd_stats_worker *w)
{
	struct lyd_node *node;
	char key[16];

	snprintf(key, sizeof(key), "%u", index);
	node = nc_entry(system, "worker", key);
	if (!node)
		return;
	nc_number(node, NULL, "rx", w->rx);
	nc_number(node, NULL, "injected", w->injected);
	nc_number(node, NULL, "generated", w->generated);
	nc_number(node, NULL, "copies", w->copies);
	nc_number(node, NULL, "tx", w->tx);
	nc_number(node, NULL, "consumed", w->consumed);
	nc_number(node, NULL, "drops", w->drops);
	nc_number(node, NULL, "held", w->held);
	nc_number(node, NULL, "loops", w->loops);
	nc_number(node, NULL, "busy-loops", w->busy_loops);
	nc_number(node, NULL, "sleeps", w->sleeps);
	nc_number(node, NULL, "wakeups", w->wakeups);
	standing(node, bk, w);
}

static void workers(struct lyd_node *system, const struct bk *bk)
{
	const struct bk_stats *stats = &bk->stats;
	struct lyd_node *fdb = nc_inner(system, NULL, "fdb");
	struct hd_stats_worker sum = {0}, w;

	for (unsigned int i = 0; i < bk_stats_workers(stats); i++) {
		bk_stats_worker(stats, i, &w);
		worker(system, i, bk, &w);
		sum.learned += w.learned;
		sum.moved += w.moved;
		sum.aged += w.aged;
		sum.learn_skipped += w.learn_skipped;
		sum.learn_refused += w.learn_refused;
		sum.displaced += w.displaced;
		sum.flooded += w.flooded;
	}
	nc_number(fdb, NULL, "learned", sum.learned);
	nc_number(fdb, NULL, "moved", sum.moved);
	nc_number(fdb, NULL, "aged", sum.aged);
	nc_number(fdb, NULL, "learn-skipped", sum.learn_skipped);
	nc_number(fdb, NULL, "learn-refused", sum.learn_refused);
	nc_number(fdb, NULL, "displaced", sum.displaced);
	nc_number(fdb, NULL, "flooded", sum.flooded);
}

static void drop_reasons(struct lyd_node *system, const struct bk *bk)
{
	uint64_t totals[HD_DROP_REASONS_MAX] = {0};
	struct hd_stats_port sums;

	for (size_t i = 0; i < bk->ports.n; i++)
		if (bk_stats_port(&bk->stats, bk->ports.list[i]->id, bk->ports.list[i]->name,
				  &sums))
			for (unsigned int k = 0; k < HD_DROP_REASONS_MAX; k++)
				totals[k] += sums.drops[k];
	for (unsigned int i = 0; i < HD_DROP_REASONS_MAX; i++) {
		const struct hd_drop_info *info = &bk->stats.drops[i];
		struct lyd_node *node;

		if (!bk->stats.drop_known[i] || !info->name[0])
			continue;
		node = nc_entry(system, "drop-reason", info->name);
		if (!node)
			continue;
		nc_leaf(node, NULL, "direction", info->ingress ? "in" : "out");
		nc_leaf(node, NULL, "text", info->text);
		nc_number(node, NULL, "packets", totals[i]);
	}
}

static void add_system(struct nc_state *state, const void *facts)
{
	struct lyd_node *system =
		nc_top(&state->tree, state->server->ctx, "heddle-system", "system");
	const struct bk *bk = state->server->bk;
	char since[32];

	nc_leaf(system, NULL, "version", HD_VERSION);
	nc_leaf(system, NULL, "build", HD_BUILD);
	nc_number(system, NULL, "generation", bk->generation);
	if (bk->configured)
		nc_leaf(system, NULL, "configured",
			nc_time(difftime(time(NULL), bk->configured), since));
	plane(system, HD_PLANE_SUPERVISOR, "supervisor", bk, facts);
	plane(system, HD_PLANE_DATA, "data", bk, facts);
	plane(system, HD_PLANE_CONTROL, "control", bk, facts);
	plane(system, HD_PLANE_MGMT, "management", bk, facts);
	workers(system, bk);
	drop_reasons(system, bk);
}

NC_STATE_REGISTER(system_part) = {.module = "heddle-system",
				  .name = "system",
				  .facts_size = sizeof(struct facts),
				  .ask = ask,
				  .add = add_system};
