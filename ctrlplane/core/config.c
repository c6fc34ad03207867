/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/core/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/api/config.h"
#include "heddle/base/log.h"
#include "heddle/ipc/chan.h"
#include "ctrlplane/core/config_core.h"
#include "ctrlplane/core/feature.h"

static struct cp_config config;
static struct hd_handler *object_handlers;
static size_t n_object_handlers;

static void on_begin(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_err err;

	if (cp_config_begin(&config, msg->body, &err) < 0)
		hd_chan_reply_error(chan, msg->hdr, err.code, "%s", err.text);
	else
		hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void on_object(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct cp_class *class = cp_class_find(msg->hdr->type);

	if (class && cp_config_object(&config, class, msg->body) < 0)
		hd_log_limited(HD_LOG_WARNING,
			       "heddle-mgmt sent a %s outside of a configuration: ignored",
			       class->name);
}

static void on_prepare(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_config_result result;
	struct hd_err err;

	if (cp_config_prepare(&config, &result, &err) < 0)
		hd_chan_reply_error(chan, msg->hdr, err.code, "%s", err.text);
	else
		hd_chan_reply(chan, msg->hdr, &result, sizeof(result), NULL, 0);
}

static void on_commit(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_config_result result;
	struct hd_err err;

	if (cp_config_commit(&config, &result, &err) < 0) {
		hd_chan_reply_error(chan, msg->hdr, err.code, "%s", err.text);
		return;
	}
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		f->commit(&config);
	hd_chan_reply(chan, msg->hdr, &result, sizeof(result), NULL, 0);
	hd_log(HD_LOG_DEBUG, "configuration %llu: %u objects added, %u changed, %u removed",
	       (unsigned long long)config.generation, result.added, result.changed, result.removed);
}

static void on_abort(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	cp_config_abort(&config);
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static const struct hd_handler bracket_handlers[] = {
	HD_HANDLER(CONFIG_BEGIN, on_begin),
	HD_HANDLER(CONFIG_PREPARE, on_prepare),
	HD_HANDLER(CONFIG_COMMIT, on_commit),
	HD_HANDLER(CONFIG_ABORT, on_abort),
};

int cp_config_init(struct hd_err *err)
{
	size_t n = 0;

	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		n += f->n_classes;
	object_handlers = calloc(n ? n : 1, sizeof(*object_handlers));
	if (!object_handlers)
		return hd_err_set(err, ENOMEM, "out of memory");
	for (const struct cp_feature *f = cp_feature_first(); f; f = f->next)
		for (size_t i = 0; i < f->n_classes; i++)
			object_handlers[n_object_handlers++] = (struct hd_handler){
				.type = f->classes[i].type,
				.name = f->classes[i].name,
				.size = f->classes[i].size,
				.fn = on_object,
				.form = HD_MSG_F_EVENT,
			};
	return 0;
}

void cp_config_serve(struct hd_chan *chan)
{
	cp_config_abort(&config);
	hd_chan_handlers(chan, bracket_handlers,
			 sizeof(bracket_handlers) / sizeof(bracket_handlers[0]), NULL);
	hd_chan_handlers(chan, object_handlers, n_object_handlers, NULL);
}

void cp_config_lost(void)
{
	cp_config_abort(&config);
}

uint64_t cp_config_generation(void)
{
	return config.generation;
}

void cp_config_fini(void)
{
	cp_config_clear(&config);
	free(object_handlers);
	object_handlers = NULL;
	n_object_handlers = 0;
}
