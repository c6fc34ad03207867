/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prepares, commits and frees configuration trees.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <rte_pause.h>

#include "dataplane/core/config_build.h"
#include "dataplane/core/config_int.h"
#include "dataplane/core/loop.h"
#include "dataplane/core/opener.h"
#include "dataplane/core/port_table.h"
#include "dataplane/core/rcu.h"
#include "dataplane/core/stats.h"

#define SETTLE_LOOKS 2000 /* some ten microseconds: most loops are shorter */

const struct dp_config *_Atomic dp_config_published;

static struct dp_config *running;
static struct dp_config *prepared;

/* The tree before a commit that is not settled yet, and the store that it was built from. */
static struct dp_config *leaving;
static struct hd_store *leaving_store;
static uint64_t leaving_token;

/* The oldest of the trees that were running, or are, and are not freed yet. */
static struct dp_config *oldest;

const struct dp_config *dp_config_running(void)
{
	return running;
}

int dp_config_init(void)
{
	running = calloc(1, sizeof(*running));
	if (!running || dp_build_queues(running) < 0)
		return -ENOMEM;
	oldest = running;
	atomic_store(&dp_config_published, running);
	return 0;
}

int dp_config_prepare(struct hd_store *store, struct hd_config_result *result)
{
	struct dp_build b = {.store = store, .now = running, .result = result};
	int rc;

	dp_config_discard();
	if (!hd_store_in_bracket(store))
		return -EPROTO;
	rc = hd_store_failed(store, NULL);
	if (rc < 0)
		return rc;
	b.next = calloc(1, sizeof(*b.next));
	if (!b.next)
		return hd_store_refuse(store, ENOMEM, "out of memory");
	prepared = b.next;
	for (const struct dp_section *sec = dp_section_first(); sec && !rc; sec = sec->next)
		if (sec->prepare)
			rc = sec->prepare(&b);
	if (rc < 0) {
		dp_config_discard();
		return hd_store_refuse(store, -rc, "out of memory");
	}
	return 0;
}

/*
 * Frees what @tree does not share with @other. The last section is freed first: it may refer to
 * earlier ones.
 */
static void free_sections(const struct dp_section *sec, struct dp_config *tree,
			  const struct dp_config *other, bool discard)
{
	if (!sec)
		return;
	free_sections(sec->next, tree, other, discard);
	dp_section_free(sec, tree, other, discard);
}

void dp_config_discard(void)
{
	if (!prepared)
		return;
	free_sections(dp_section_first(), prepared, running, true);
	free(prepared);
	prepared = NULL;
}

void dp_config_commit(struct hd_store *store)
{
	struct dp_config *tree = prepared;

	if (!tree)
		return;
	dp_config_settle(true);
	prepared = NULL;
	leaving = running;
	running = tree;
	leaving_store = store;
	hd_store_commit(store);
	tree->generation = hd_store_generation(store);
	atomic_store_explicit(&dp_config_published, tree, memory_order_release);
	/*
	 * A worker that sleeps does not use the old tree. Without new queues it can go on sleeping.
	 */
	if (tree->ports_changed)
		dp_workers_wake();
	leaving_token = dp_rcu_start();
}

/* All workers have the new tree: stops what only the old one had, and starts what is new. */
static void settle(void)
{
	for (const struct dp_section *sec = dp_section_first(); sec; sec = sec->next)
		if (sec->commit)
			sec->commit(running, leaving, leaving_store);
	dp_stats_generation(running->generation);
	leaving->after = running;
	leaving->token = dp_rcu_start();
	leaving = NULL;
}

/*
 * Frees old trees, and with them the ids of their domains. A worker may have missed the tree that
 * came after, and found the next one: so the token is of a time when each had a tree without these
 * domains, and when it is over each has dropped the frames that it held for them (hold.h).
 */
static void free_old(void)
{
	while (oldest != running && oldest != leaving && dp_rcu_over(oldest->token)) {
		struct dp_config *tree = oldest;

		oldest = tree->after;
		free_sections(dp_section_first(), tree, oldest, false);
		free(tree);
	}
}

bool dp_config_settle(bool wait)
{
	for (unsigned int looks = 0; leaving && !dp_rcu_over(leaving_token); looks++) {
		if (!wait && looks == SETTLE_LOOKS)
			return false;
		rte_pause();
		if (looks > SETTLE_LOOKS)
			sched_yield();
	}
	if (leaving)
		settle();
	free_old();
	return true;
}

bool dp_config_all_freed(void)
{
	return oldest == running;
}
