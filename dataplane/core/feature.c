/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sorts the registered features topologically, once at the start.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/core/feature.h"
#include "heddle/config/store.h"

static struct dp_feature *features;

void dp_feature_register(struct dp_feature *feature)
{
	struct dp_feature **at = &features;
	struct hd_object_class *cls = calloc(1, sizeof(*cls));

	if (!cls)
		abort();
	cls->name = feature->name;
	cls->type = feature->object;
	cls->size = feature->object_size;
	cls->validate = feature->validate;
	hd_object_class_register(cls);

	/* Sorts by name within a point: the order between features that ask for none. */
	while (*at && ((*at)->point < feature->point ||
		       ((*at)->point == feature->point && strcmp((*at)->name, feature->name) < 0)))
		at = &(*at)->next;
	feature->next = *at;
	*at = feature;
}

static struct dp_feature *find(const char *name)
{
	for (struct dp_feature *f = features; f; f = f->next)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

/* True if @a has to run before @b. */
static bool precedes(const struct dp_feature *a, const struct dp_feature *b)
{
	return a->point == b->point && ((a->runs_before && !strcmp(a->runs_before, b->name)) ||
					(b->runs_after && !strcmp(b->runs_after, a->name)));
}

static int check_names(struct hd_err *err)
{
	for (struct dp_feature *f = features; f; f = f->next) {
		const char *names[] = {f->runs_before, f->runs_after};

		if (find(f->name) != f)
			return hd_err_set(err, EINVAL, "two features are named %s", f->name);
		for (int i = 0; i < 2; i++)
			if (names[i] && !find(names[i]))
				return hd_err_set(
					err, EINVAL,
					"feature %s is ordered relative to %s, which is unknown",
					f->name, names[i]);
	}
	return 0;
}

/* Takes the first feature that no remaining feature has to precede. */
static struct dp_feature *take_next(struct dp_feature **left)
{
	for (struct dp_feature **at = left; *at; at = &(*at)->next) {
		struct dp_feature *f = *at;
		bool ready = true;

		for (struct dp_feature *other = *left; other; other = other->next)
			if (other != f && (other->point < f->point || precedes(other, f)))
				ready = false;
		if (!ready)
			continue;
		*at = f->next;
		return f;
	}
	return NULL;
}

int dp_feature_init(struct hd_err *err)
{
	struct dp_feature *sorted = NULL, **end = &sorted;
	unsigned int order = 0;
	int rc = check_names(err);

	if (rc < 0)
		return rc;
	while (features) {
		struct dp_feature *f = take_next(&features);

		if (!f)
			return hd_err_set(err, EINVAL, "the order of features is a circle at %s",
					  features->name);
		f->order = order++;
		f->next = NULL;
		*end = f;
		end = &f->next;
	}
	features = sorted;
	return 0;
}

const struct dp_feature *dp_feature_first(void)
{
	return features;
}
