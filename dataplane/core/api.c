/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data plane's side of the configuration bracket, and the list of other handlers.
 */
#include "dataplane/core/api.h"

#include <rte_common.h>

#include "heddle/config/bracket.h"
#include "dataplane/core/config_build.h"

static struct hd_api *apis;
static struct hd_chan *attached;
static bool is_committing; /* a commit is not answered yet: workers may be in the tree before it */

static void (*first_commit)(void);
static void (*settler)(void);

void hd_api_register(struct hd_api *api)
{
	api->next = apis;
	apis = api;
}

struct hd_chan *hd_api_chan(void)
{
	return attached && hd_chan_ready(attached) ? attached : NULL;
}

void hd_api_on_first_commit(void (*fn)(void))
{
	first_commit = fn;
}

void hd_api_on_unsettled(void (*fn)(void))
{
	settler = fn;
}

bool hd_api_settle(void)
{
	if (!hd_config_settle(false))
		return false;
	if (is_committing) {
		is_committing = false;
		hd_bracket_in_force();
		if (first_commit)
			first_commit();
		first_commit = NULL;
	}
	return hd_config_all_freed();
}

static void begin(void)
{
	hd_config_settle(true);
	hd_api_settle();
}

static void commit(struct hd_store *store)
{
	hd_config_commit(store);
	is_committing = true;
	if (!hd_api_settle() && settler)
		settler();
}

int hd_api_init(struct hd_err *err)
{
	static const struct hd_bracket_hooks hooks = {
		.begin = begin,
		.prepare = hd_config_prepare,
		.discard = hd_config_discard,
		.commit = commit,
	};

	return hd_bracket_init(&hooks, err);
}

void hd_api_attach(struct hd_chan *chan)
{
	attached = chan;
	hd_bracket_serve(chan);
	for (const struct hd_api *a = apis; a; a = a->next)
		hd_chan_handlers(chan, a->table, a->n, NULL);
}

void hd_api_detach(void)
{
	attached = NULL;
	hd_bracket_lost();
	for (const struct hd_api *a = apis; a; a = a->next)
		if (a->detached)
			a->detached();
}
