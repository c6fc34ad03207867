/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/core/config_core.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void objects_clear(struct cp_objects *objects)
{
	for (size_t i = 0; i < objects->n; i++)
		free(objects->at[i].data);
	free(objects->at);
	memset(objects, 0, sizeof(*objects));
}

static int object_compare(const struct cp_object *object, uint32_t type, const char *key)
{
	if (object->class->type != type)
		return object->class->type < type ? -1 : 1;
	return strcmp(object->data->key, key);
}

/* Index of the first object that is not below (type, key); *@found says if it is that one. */
static size_t objects_search(const struct cp_objects *objects, uint32_t type, const char *key,
			     bool *found)
{
	size_t low = 0, high = objects->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (object_compare(&objects->at[middle], type, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < objects->n && object_compare(&objects->at[low], type, key) == 0;
	return low;
}

static int objects_insert(struct cp_objects *objects, size_t index, const struct cp_class *class,
			  const void *data)
{
	struct hd_object *copy;

	if (objects->n == objects->room) {
		size_t room = objects->room ? 2 * objects->room : 16;
		struct cp_object *at = realloc(objects->at, room * sizeof(*at));

		if (!at)
			return -ENOMEM;
		objects->at = at;
		objects->room = room;
	}
	copy = malloc(class->size);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, class->size);
	memmove(&objects->at[index + 1], &objects->at[index],
		(objects->n - index) * sizeof(*objects->at));
	objects->at[index] = (struct cp_object){.class = class, .data = copy};
	objects->n++;
	return 0;
}

static void objects_remove(struct cp_objects *objects, size_t index)
{
	free(objects->at[index].data);
	objects->n--;
	memmove(&objects->at[index], &objects->at[index + 1],
		(objects->n - index) * sizeof(*objects->at));
}

static int objects_copy(struct cp_objects *to, const struct cp_objects *from)
{
	for (size_t i = 0; i < from->n; i++) {
		int rc = objects_insert(to, to->n, from->at[i].class, from->at[i].data);

		if (rc < 0) {
			objects_clear(to);
			return rc;
		}
	}
	return 0;
}

void cp_config_abort(struct cp_config *config)
{
	objects_clear(&config->next);
	config->state = CP_CONFIG_IDLE;
	config->refused.code = 0;
}

int cp_config_begin(struct cp_config *config, const struct hd_config_begin *begin,
		    struct hd_err *err)
{
	cp_config_abort(config);
	if (begin->generation == 0)
		return hd_err_set(err, EINVAL, "a configuration of generation 0");
	if (begin->mode != HD_CONFIG_FULL && begin->mode != HD_CONFIG_DELTA)
		return hd_err_set(err, EINVAL, "a configuration of the unknown mode %u",
				  begin->mode);
	if (begin->mode == HD_CONFIG_DELTA) {
		if (begin->base != config->generation)
			return hd_err_set(err, ESTALE,
					  "a change of generation %llu; heddle-cp holds %llu",
					  (unsigned long long)begin->base,
					  (unsigned long long)config->generation);
		if (objects_copy(&config->next, &config->running) < 0)
			return hd_err_set(err, ENOMEM, "out of memory");
	}
	config->next_generation = begin->generation;
	config->state = CP_CONFIG_OPEN;
	return 0;
}

static int object_check(const struct cp_class *class, const struct hd_object *head,
			struct hd_err *err)
{
	int rc;

	if (!hd_str_terminated(head->key, sizeof(head->key)) || !head->key[0])
		return hd_err_set(err, EINVAL, "%s: without a name", class->name);
	if (head->op == HD_OBJECT_DELETE)
		return 0;
	if (head->op != HD_OBJECT_SET)
		return hd_err_set(err, EINVAL, "%s %s: unknown operation %u", class->name,
				  head->key, head->op);
	rc = class->validate(head, err);
	return rc < 0 ? hd_err_prefix(err, "%s %s", class->name, head->key) : 0;
}

static int object_apply(struct cp_config *config, const struct cp_class *class,
			const struct hd_object *head, struct hd_err *err)
{
	bool found;
	size_t index = objects_search(&config->next, class->type, head->key, &found);

	if (head->op == HD_OBJECT_DELETE) {
		if (found)
			objects_remove(&config->next, index);
		return 0;
	}
	if (found) {
		memcpy(config->next.at[index].data, head, class->size);
		return 0;
	}
	if (config->next.n >= CP_OBJECTS_MAX)
		return hd_err_set(err, ENOSPC, "%s %s: more than %d objects", class->name,
				  head->key, CP_OBJECTS_MAX);
	if (objects_insert(&config->next, index, class, head) < 0)
		return hd_err_set(err, ENOMEM, "%s %s: out of memory", class->name, head->key);
	return 0;
}

int cp_config_object(struct cp_config *config, const struct cp_class *class, const void *object)
{
	struct hd_err *err = &config->refused;

	if (config->state == CP_CONFIG_IDLE)
		return -EPROTO;
	if (config->state == CP_CONFIG_PREPARED) {
		/* what was prepared is no longer what the sender means */
		config->state = CP_CONFIG_OPEN;
		if (!err->code)
			hd_err_set(err, EPROTO, "%s: an object after prepare", class->name);
		return 0;
	}
	if (err->code)
		return 0;
	if (object_check(class, object, err) == 0)
		object_apply(config, class, object, err);
	return 0;
}

/* Compares what runs with what is to come: both are sorted the same way. */
static void count_changes(const struct cp_objects *old, const struct cp_objects *new,
			  struct hd_config_result *result)
{
	size_t i = 0, j = 0;

	memset(result, 0, sizeof(*result));
	while (i < old->n || j < new->n) {
		int order = i == old->n   ? 1
			    : j == new->n ? -1
					  : object_compare(&old->at[i], new->at[j].class->type,
							   new->at[j].data->key);

		if (order < 0) {
			result->removed++;
			i++;
		} else if (order > 0) {
			result->added++;
			j++;
		} else {
			if (memcmp(old->at[i].data, new->at[j].data, old->at[i].class->size) == 0)
				result->unchanged++;
			else
				result->changed++;
			i++;
			j++;
		}
	}
}

int cp_config_prepare(struct cp_config *config, struct hd_config_result *result, struct hd_err *err)
{
	if (config->state == CP_CONFIG_IDLE)
		return hd_err_set(err, EPROTO, "prepare without begin");
	if (config->refused.code) {
		int code = config->refused.code;

		hd_err_set(err, code, "%s", config->refused.text);
		cp_config_abort(config);
		return -code;
	}
	count_changes(&config->running, &config->next, &config->result);
	*result = config->result;
	config->state = CP_CONFIG_PREPARED;
	return 0;
}

int cp_config_commit(struct cp_config *config, struct hd_config_result *result, struct hd_err *err)
{
	if (config->state != CP_CONFIG_PREPARED)
		return hd_err_set(err, EPROTO, "commit without prepare");
	objects_clear(&config->running);
	config->running = config->next;
	memset(&config->next, 0, sizeof(config->next));
	config->generation = config->next_generation;
	config->state = CP_CONFIG_IDLE;
	*result = config->result;
	return 0;
}

const void *cp_config_find(const struct cp_config *config, const struct cp_class *class,
			   const char *key)
{
	bool found;
	size_t index = objects_search(&config->running, class->type, key, &found);

	return found ? config->running.at[index].data : NULL;
}

const void *cp_config_next(const struct cp_config *config, const struct cp_class *class,
			   size_t *iter)
{
	while (*iter < config->running.n) {
		const struct cp_object *object = &config->running.at[(*iter)++];

		if (object->class->type == class->type)
			return object->data;
	}
	return NULL;
}

void cp_config_clear(struct cp_config *config)
{
	cp_config_abort(config);
	objects_clear(&config->running);
	memset(config, 0, sizeof(*config));
}
