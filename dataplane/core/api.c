/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Serves the configuration bracket and the registered tables of handlers on the channel to
 * heddle-mgmt.
 */
#include "dataplane/core/api.h"

#include <rte_common.h>

#include "heddle/config/bracket.h"
#include "dataplane/core/config_build.h"

static struct dp_api *apis;
static struct hd_chan *attached;
static bool is_committing; /* a commit is not answered yet: workers may be in the tree before it */

static void (*first_commit)(void);
static void (*settler)(void);

void dp_api_register(struct dp_api *api)
{
	api->next = apis;
	apis = api;
}

struct hd_chan *dp_api_chan(void)
{
	return attached && hd_chan_ready(attached) ? attached : NULL;
}

void dp_api_on_first_commit(void (*fn)(void))
{
	first_commit = fn;
}

void dp_api_on_unsettled(void (*fn)(void))
{
	settler = fn;
}

bool dp_api_settle(void)
{
	if (!dp_config_settle(false))
		return false;
	if (is_committing) {
		is_committing = false;
		hd_bracket_in_force();
		if (first_commit)
			first_commit();
		first_commit = NULL;
	}
	return dp_config_all_freed();
}

static void begin(void)
{
	dp_config_settle(true);
	dp_api_settle();
}

static void commit(struct hd_store *store)
{
	dp_config_commit(store);
	is_committing = true;
	if (!dp_api_settle() && settler)
		settler();
}

int dp_api_init(struct hd_err *err)
{
	static const struct hd_bracket_hooks hooks = {
		.begin = begin,
		.prepare = dp_config_prepare,
		.discard = dp_config_discard,
		.commit = commit,
	};

	return hd_bracket_init(&hooks, err);
}

void dp_api_attach(struct hd_chan *chan)
{
	attached = chan;
	hd_bracket_serve(chan);
	for (const struct dp_api *a = apis; a; a = a->next)
		hd_chan_handlers(chan, a->table, a->n, NULL);
}

void dp_api_detach(void)
{
	attached = NULL;
	hd_bracket_lost();
	for (const struct dp_api *a = apis; a; a = a->next)
		if (a->detached)
			a->detached();
}
