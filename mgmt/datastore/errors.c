/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/errors.h"
#include "mgmt/datastore/mem.h"

static const char *const tag_names[DS_TAG_COUNT] = {
	[DS_OPERATION_FAILED] = "operation-failed",
	[DS_INVALID_VALUE] = "invalid-value",
	[DS_UNKNOWN_ELEMENT] = "unknown-element",
	[DS_UNKNOWN_NAMESPACE] = "unknown-namespace",
	[DS_MISSING_ELEMENT] = "missing-element",
	[DS_BAD_ELEMENT] = "bad-element",
	[DS_DATA_MISSING] = "data-missing",
	[DS_MALFORMED_MESSAGE] = "malformed-message",
	[DS_OPERATION_NOT_SUPPORTED] = "operation-not-supported",
	[DS_TOO_BIG] = "too-big",
	[DS_IN_USE] = "in-use",
	[DS_RESOURCE_DENIED] = "resource-denied",
	[DS_ACCESS_DENIED] = "access-denied",
	[DS_MISSING_ATTRIBUTE] = "missing-attribute",
	[DS_BAD_ATTRIBUTE] = "bad-attribute",
	[DS_UNKNOWN_ATTRIBUTE] = "unknown-attribute",
	[DS_DATA_EXISTS] = "data-exists",
	[DS_LOCK_DENIED] = "lock-denied",
};

const char *ds_tag_name(enum ds_tag tag)
{
	return tag < DS_TAG_COUNT ? tag_names[tag] : tag_names[DS_OPERATION_FAILED];
}

static void error_free(struct ds_error *err)
{
	free(err->app_tag);
	free(err->path);
	free(err->message);
	free(err->bad);
	free(err->about[0]);
	free(err->about[1]);
	free(err->plain);
	free(err->element);
	memset(err, 0, sizeof(*err));
}

/* Words may quote the input, and are one line all the same. */
static void one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
}

struct ds_error *ds_errors_add(struct ds_errors *errs, enum ds_tag tag, const char *path,
			       const char *fmt, ...)
{
	static struct ds_error nowhere;
	struct ds_error *err;
	va_list ap;

	if (errs->n == DS_ERRORS_MAX) {
		errs->more++;
		error_free(&nowhere);
		return &nowhere;
	}
	err = &errs->list[errs->n++];
	memset(err, 0, sizeof(*err));
	err->tag = tag;
	err->path = path ? ds_strdup(path) : NULL;
	va_start(ap, fmt);
	if (vasprintf(&err->message, fmt, ap) < 0)
		err->message = ds_strdup("out of memory");
	va_end(ap);
	one_line(err->message);
	if (err->path)
		one_line(err->path);
	return err;
}

void ds_error_app_tag(struct ds_error *err, const char *app_tag)
{
	free(err->app_tag);
	err->app_tag = app_tag ? ds_strdup(app_tag) : NULL;
}

void ds_error_bad(struct ds_error *err, const char *bad)
{
	free(err->bad);
	err->bad = bad ? ds_strdup(bad) : NULL;
}

void ds_error_about(struct ds_error *err, const char *path, const char *fmt, ...)
{
	va_list ap;

	free(err->about[1]);
	err->about[1] = err->about[0];
	err->about[0] = ds_strdup(path);
	free(err->plain);
	va_start(ap, fmt);
	if (vasprintf(&err->plain, fmt, ap) < 0)
		err->plain = NULL;
	va_end(ap);
}

void ds_error_element(struct ds_error *err, const char *element)
{
	free(err->element);
	err->element = element ? ds_strdup(element) : NULL;
}

void ds_errors_move(struct ds_errors *errs, struct ds_errors *from)
{
	size_t n = 0;

	while (n < from->n && errs->n < DS_ERRORS_MAX)
		errs->list[errs->n++] = from->list[n++];
	errs->more += from->more + from->n - n;
	for (; n < from->n; n++)
		error_free(&from->list[n]);
	from->n = from->more = 0;
}

bool ds_errors_none(const struct ds_errors *errs)
{
	return errs->n == 0;
}

void ds_errors_print(const struct ds_errors *errs, FILE *out)
{
	for (size_t i = 0; i < errs->n; i++) {
		const struct ds_error *err = &errs->list[i];

		if (err->path)
			fprintf(out, "  %s\n    %s\n", err->path, err->message);
		else
			fprintf(out, "  %s\n", err->message);
	}
	if (errs->more)
		fprintf(out, "  and %zu more\n", errs->more);
}

void ds_errors_clear(struct ds_errors *errs)
{
	for (size_t i = 0; i < errs->n; i++)
		error_free(&errs->list[i]);
	errs->n = 0;
	errs->more = 0;
}
