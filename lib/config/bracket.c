/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/config/bracket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/base/log.h"

static const struct hd_bracket_hooks *hooks;
static struct hd_store *store;
static struct hd_handler *object_table;
static size_t n_classes;

static struct hd_chan *owner; /* of the open bracket, or NULL */
static bool is_prepared;
static struct hd_config_result result;

/* A commit that is not answered yet. */
static struct hd_chan *committer;
static struct hd_msg_hdr commit_request;

static void drop(void)
{
	if (hooks->discard)
		hooks->discard();
	hd_store_abort(store);
	owner = NULL;
	is_prepared = false;
}

static void on_begin(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_err err = {0};
	int rc;

	(void)arg;
	if (hooks->begin)
		hooks->begin();
	drop();
	rc = hd_store_begin(store, msg->body, &err);
	if (rc < 0) {
		hd_chan_reply_error(chan, msg->hdr, -rc, "%s", err.text);
		return;
	}
	owner = chan;
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void on_object(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct hd_object_class *cls = hd_object_class_find(msg->hdr->type);

	(void)arg;
	if (owner != chan) {
		hd_log_limited(HD_LOG_WARNING, "%s sent a %s outside of a configuration: ignored",
			       hd_plane_name(HD_PLANE_MGMT), cls->name);
		return;
	}
	if (is_prepared) {
		/* What was prepared is no longer what the sender means. */
		if (hooks->discard)
			hooks->discard();
		is_prepared = false;
		hd_store_refuse(store, EPROTO, "%s: an object after prepare", cls->name);
	}
	hd_store_put(store, msg->hdr->type, msg->body, msg->hdr->len);
}

static int prepare(struct hd_err *err)
{
	int rc = hd_store_failed(store, err);

	if (rc < 0)
		return rc;
	memset(&result, 0, sizeof(result));
	hd_store_count(store, &result);
	if (!hooks->prepare)
		return 0;
	rc = hooks->prepare(store, &result);
	if (rc < 0 && !hd_store_failed(store, err))
		hd_err_set(err, -rc, "it cannot be prepared: %s", strerror(-rc));
	return rc;
}

static void on_prepare(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_err err = {0};

	(void)arg;
	if (owner != chan || is_prepared) {
		hd_chan_reply_error(chan, msg->hdr, EPROTO,
				    "no configuration was begun, or it is prepared already");
		return;
	}
	if (prepare(&err) < 0) {
		drop();
		hd_chan_reply_error(chan, msg->hdr, err.code, "%s", err.text);
		return;
	}
	is_prepared = true;
	hd_chan_reply(chan, msg->hdr, &result, sizeof(result), NULL, 0);
}

static void on_commit(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	(void)arg;
	if (owner != chan || !is_prepared) {
		hd_chan_reply_error(chan, msg->hdr, EPROTO, "no configuration is prepared");
		return;
	}
	owner = NULL;
	is_prepared = false;
	committer = chan;
	commit_request = *msg->hdr;
	hooks->commit(store);
}

static void on_abort(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	(void)arg;
	if (owner == chan)
		drop();
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static const struct hd_handler bracket_table[] = {
	HD_HANDLER(CONFIG_BEGIN, on_begin),
	HD_HANDLER(CONFIG_PREPARE, on_prepare),
	HD_HANDLER(CONFIG_COMMIT, on_commit),
	HD_HANDLER(CONFIG_ABORT, on_abort),
};

int hd_bracket_init(const struct hd_bracket_hooks *h, struct hd_err *err)
{
	hooks = h;
	for (const struct hd_object_class *c = hd_object_class_first(); c; c = c->next)
		n_classes++;
	store = hd_store_new(HD_OBJECTS_MAX);
	object_table = calloc(n_classes + 1, sizeof(*object_table));
	if (!store || !object_table) {
		hd_bracket_fini();
		return hd_err_set(err, ENOMEM, "out of memory");
	}
	n_classes = 0;
	for (const struct hd_object_class *c = hd_object_class_first(); c; c = c->next)
		object_table[n_classes++] =
			(struct hd_handler){c->type, c->name, c->size, on_object, HD_MSG_F_EVENT};
	return 0;
}

void hd_bracket_fini(void)
{
	hd_store_free(store);
	free(object_table);
	store = NULL;
	object_table = NULL;
	n_classes = 0;
	owner = committer = NULL;
	is_prepared = false;
}

struct hd_store *hd_bracket_store(void)
{
	return store;
}

uint64_t hd_bracket_generation(void)
{
	return store ? hd_store_generation(store) : 0;
}

void hd_bracket_serve(struct hd_chan *chan)
{
	hd_chan_handlers(chan, bracket_table, sizeof(bracket_table) / sizeof(bracket_table[0]),
			 NULL);
	hd_chan_handlers(chan, object_table, n_classes, NULL);
}

void hd_bracket_lost(void)
{
	committer = NULL;
	if (owner)
		drop();
}

void hd_bracket_in_force(void)
{
	struct hd_chan *chan = committer;

	committer = NULL;
	if (chan)
		hd_chan_reply(chan, &commit_request, &result, sizeof(result), NULL, 0);
}
