/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration bracket as messages (heddle/api/config.h), and the list of other handlers.
 */
#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>

#include "heddle/api/config.h"
#include "heddle/base/log.h"
#include "dataplane/core/api.h"
#include "dataplane/core/config_build.h"
#include "dataplane/core/store.h"

static struct hd_api *apis;
static struct hd_store *store;
static struct hd_chan *attached;
static struct hd_chan *bracket_owner;
static struct hd_config_result prepared_result;
static bool is_prepared;

/* A commit that is not answered yet: it is in force when no worker is in the tree before it. */
static struct hd_chan *commit_chan;
static struct hd_msg_hdr commit_request;
static bool is_committing;

static void (*first_commit)(void);
static void (*settler)(void);

void hd_api_register(struct hd_api *api)
{
	api->next = apis;
	apis = api;
}

struct hd_store *hd_api_store(void)
{
	return store;
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

static void drop_bracket(void)
{
	hd_config_discard();
	hd_store_abort(store);
	bracket_owner = NULL;
	is_prepared = false;
}

static void on_begin(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_err err = {0};
	int rc;

	(void)arg;
	hd_config_settle(true);
	hd_api_settle();
	drop_bracket();
	rc = hd_store_begin(store, msg->body, &err);
	if (rc < 0) {
		hd_chan_reply_error(chan, msg->hdr, -rc, "%s", err.text);
		return;
	}
	bracket_owner = chan;
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void on_object(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	(void)arg;
	if (bracket_owner == chan && !is_prepared)
		hd_store_put(store, msg->hdr->type, msg->body, msg->hdr->len);
	else
		hd_log_limited(HD_LOG_WARNING,
			       "a configuration object outside a bracket was ignored");
}

static void on_prepare(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_err err = {0};
	int rc = -EPROTO;

	(void)arg;
	if (bracket_owner == chan && !is_prepared)
		rc = hd_config_prepare(store, &prepared_result);
	else
		hd_err_set(&err, EPROTO, "no bracket is open");
	if (rc < 0) {
		hd_store_failed(store, &err);
		drop_bracket();
		hd_chan_reply_error(chan, msg->hdr, -rc, "%s", err.text);
		return;
	}
	is_prepared = true;
	hd_chan_reply(chan, msg->hdr, &prepared_result, sizeof(prepared_result), NULL, 0);
}

bool hd_api_settle(void)
{
	if (!hd_config_settle(false))
		return false;
	if (is_committing) {
		is_committing = false;
		if (commit_chan)
			hd_chan_reply(commit_chan, &commit_request, &prepared_result,
				      sizeof(prepared_result), NULL, 0);
		if (first_commit)
			first_commit();
		first_commit = NULL;
	}
	return hd_config_all_freed();
}

static void on_commit(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	(void)arg;
	if (bracket_owner != chan || !is_prepared) {
		hd_chan_reply_error(chan, msg->hdr, EPROTO, "nothing is prepared");
		return;
	}
	hd_config_commit(store);
	bracket_owner = NULL;
	is_prepared = false;
	is_committing = true;
	commit_chan = chan;
	commit_request = *msg->hdr;
	if (!hd_api_settle() && settler)
		settler();
}

static void on_abort(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	(void)arg;
	if (bracket_owner == chan)
		drop_bracket();
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static const struct hd_handler bracket_table[] = {
	HD_HANDLER(CONFIG_BEGIN, on_begin),
	HD_HANDLER(CONFIG_PREPARE, on_prepare),
	HD_HANDLER(CONFIG_COMMIT, on_commit),
	HD_HANDLER(CONFIG_ABORT, on_abort),
};

/* One row a class of objects, made once. */
static const struct hd_handler *object_table(size_t *n)
{
	static struct hd_handler *table;
	static size_t count;

	if (!table) {
		for (const struct hd_object_class *c = hd_object_class_first(); c; c = c->next)
			count++;
		table = calloc(count, sizeof(*table));
		if (!table)
			abort();
		count = 0;
		for (const struct hd_object_class *c = hd_object_class_first(); c; c = c->next)
			table[count++] = (struct hd_handler){c->type, c->name, c->size, on_object};
	}
	*n = count;
	return table;
}

void hd_api_attach(struct hd_chan *chan)
{
	const struct hd_handler *objects;
	size_t n;

	attached = chan;
	if (!store)
		store = hd_store_new();
	if (!store)
		abort();
	hd_chan_handlers(chan, bracket_table, RTE_DIM(bracket_table), NULL);
	objects = object_table(&n);
	hd_chan_handlers(chan, objects, n, NULL);
	for (const struct hd_api *a = apis; a; a = a->next)
		hd_chan_handlers(chan, a->table, a->n, NULL);
}

void hd_api_detach(struct hd_chan *chan)
{
	if (attached == chan)
		attached = NULL;
	if (commit_chan == chan)
		commit_chan = NULL;
	if (bracket_owner == chan)
		drop_bracket();
	for (const struct hd_api *a = apis; a; a = a->next)
		if (a->detached)
			a->detached();
}
