/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/explain_int.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/datastore/similar.h"

struct reason {
	const char *message;
	const char *app_tag;
};

/* The module's own words for a restriction of @type that @value does not meet. */
static void own_words(const struct lysc_type *type, const char *value, struct reason *out)
{
	const struct lysc_type_str *str = (const struct lysc_type_str *)type;
	const struct lysc_type_num *num = (const struct lysc_type_num *)type;
	LY_ARRAY_COUNT_TYPE i;

	if (type->basetype >= LY_TYPE_UINT8 && type->basetype <= LY_TYPE_UINT64) {
		if (num->range && num->range->emsg) {
			out->message = num->range->emsg;
			out->app_tag = num->range->eapptag;
		}
		return;
	}
	if (type->basetype != LY_TYPE_STRING)
		return;
	if (str->length && str->length->emsg &&
	    (strlen(value) < str->length->parts[0].min_u64 ||
	     strlen(value) > str->length->parts[LY_ARRAY_COUNT(str->length->parts) - 1].max_u64)) {
		out->message = str->length->emsg;
		out->app_tag = str->length->eapptag;
		return;
	}
	LY_ARRAY_FOR(str->patterns, i)
	{
		if (str->patterns[i]->emsg) {
			out->message = str->patterns[i]->emsg;
			out->app_tag = str->patterns[i]->eapptag;
			return;
		}
	}
}

/* Of the types of a union, the one that the value looks like has the word. */
static void union_words(const struct lysc_type_union *type, const char *value, struct reason *out)
{
	bool digits = value[strspn(value, "0123456789")] == '\0';
	bool range =
		strstr(value, "..") || (!digits && value[strspn(value, "0123456789-.")] == '\0');
	LY_ARRAY_COUNT_TYPE i;

	LY_ARRAY_FOR(type->types, i)
	{
		const struct lysc_type *t = type->types[i];
		const struct lysc_type_str *s = (const struct lysc_type_str *)t;
		bool number = t->basetype != LY_TYPE_STRING;
		bool is_range = !number && s->patterns && strstr(s->patterns[0]->expr, "\\.\\.");

		if (digits ? number : range ? is_range : !number && !is_range)
			own_words(t, value, out);
	}
}

static void enum_words(const struct lysc_type_enum *type, const char *value, const char *path,
		       struct ds_errors *errs)
{
	struct ds_similar similar;
	LY_ARRAY_COUNT_TYPE i;
	char all[512] = "", hint[160];

	ds_similar_init(&similar, value);
	LY_ARRAY_FOR(type->enums, i)
	{
		size_t used = strlen(all);

		snprintf(all + used, sizeof(all) - used, "%s%s", i ? ", " : "",
			 type->enums[i].name);
		ds_similar_offer(&similar, type->enums[i].name);
	}
	ds_errors_add(errs, DS_INVALID_VALUE, path, "\"%s\" is none of %s%s", value, all,
		      ds_similar_hint(&similar, hint, sizeof(hint)));
}

static void offer_identities(const struct lysc_ident *base, struct ds_similar *similar, char *all,
			     size_t size)
{
	LY_ARRAY_COUNT_TYPE i;
	char name[DS_SIMILAR_MAX + 1];

	LY_ARRAY_FOR(base->derived, i)
	{
		const struct lysc_ident *ident = base->derived[i];
		size_t used;

		offer_identities(ident, similar, all, size);
		used = strlen(all);
		if (LY_ARRAY_COUNT(
			    ident->derived)) /* abstract: only what is derived from it counts */
			continue;
		snprintf(name, sizeof(name), "%s:%s", ident->module->name, ident->name);
		if (strstr(all, name))
			continue;
		snprintf(all + used, size - used, "%s%s", used ? ", " : "", name);
		ds_similar_offer(similar, name);
	}
}

static void identity_words(const struct lysc_type_identityref *type, const char *value,
			   const char *path, struct ds_errors *errs)
{
	struct ds_similar similar;
	char all[1024] = "", hint[160];
	LY_ARRAY_COUNT_TYPE i;

	ds_similar_init(&similar, value);
	LY_ARRAY_FOR(type->bases, i)
	offer_identities(type->bases[i], &similar, all, sizeof(all));
	ds_errors_add(errs, DS_INVALID_VALUE, path, "\"%s\" is none of %s%s", value, all,
		      ds_similar_hint(&similar, hint, sizeof(hint)));
}

void ds_explain_value(const struct ly_ctx *ctx, const struct lysc_node *schema, const char *value,
		      const char *path, struct ds_errors *errs)
{
	const struct lysc_type *type = schema->nodetype == LYS_LEAF
					       ? ((const struct lysc_node_leaf *)schema)->type
					       : ((const struct lysc_node_leaflist *)schema)->type;
	struct reason reason = {NULL, NULL};

	if (ds_is_secret(schema)) {
		ds_errors_add(errs, DS_INVALID_VALUE, path,
			      "this is no value of %s (it is a secret, and not repeated here): see "
			      "its description",
			      schema->name);
		return;
	}
	if (type->basetype == LY_TYPE_LEAFREF)
		type = ((const struct lysc_type_leafref *)type)->realtype;
	switch (type->basetype) {
	case LY_TYPE_ENUM:
		enum_words((const struct lysc_type_enum *)type, value, path, errs);
		return;
	case LY_TYPE_IDENT:
		identity_words((const struct lysc_type_identityref *)type, value, path, errs);
		return;
	case LY_TYPE_BOOL:
		ds_errors_add(errs, DS_INVALID_VALUE, path, "\"%s\" is neither true nor false",
			      value);
		return;
	case LY_TYPE_UNION:
		union_words((const struct lysc_type_union *)type, value, &reason);
		break;
	default: break;
	}
	if (!reason.message) {
		lyd_value_validate(ctx, schema, value, strlen(value), NULL, NULL, NULL);
		reason.message = ly_errmsg(ctx);
		reason.app_tag = ly_errapptag(ctx);
	}
	ds_error_app_tag(
		ds_errors_add(errs, DS_INVALID_VALUE, path, "\"%s\": %s", value,
			      reason.message ? reason.message : "not a value of this type"),
		reason.app_tag);
}

bool ds_in_choice(const struct lysc_node *schema, const struct lysc_node *choice)
{
	for (; schema; schema = schema->parent)
		if (schema == choice)
			return true;
	return false;
}

void ds_explain_mandatory(const struct lysc_node *schema, const char *path, struct ds_errors *errs)
{
	const struct lysc_node *child = NULL;
	struct ds_error *err;
	char all[512] = "";

	if (schema->nodetype != LYS_CHOICE) {
		ds_error_bad(ds_errors_add(errs, DS_DATA_MISSING, path, "\"%s\" is missing: add it",
					   schema->name),
			     schema->name);
		return;
	}
	while ((child = lys_getnext(child, schema, NULL, 0))) {
		size_t used = strlen(all);

		snprintf(all + used, sizeof(all) - used, "%s%s", used ? ", " : "", child->name);
	}
	err = ds_errors_add(errs, DS_DATA_MISSING, path, "the %s is missing: add one of %s",
			    schema->name, all);
	ds_error_app_tag(err, "missing-choice");
	ds_error_bad(err, schema->name);
}

/* The path out of: Data location "/a/b[c='d']", line number 5. */
static char *location(const char *text)
{
	const char *start = text ? strstr(text, "location \"") : NULL;
	const char *end;

	if (!start)
		return NULL;
	start += strlen("location \"");
	end = strstr(start, "\", line number");
	if (!end)
		end = strrchr(start, '"');
	return end && end > start ? ds_strndup(start, end - start) : NULL;
}

/* Messages of libyang that have better words of ours; NULL when the message has none. */
static char *better_words(const char *message)
{
	char one[64], two[64];

	if (sscanf(message, "Data for both cases \"%63[^\"]\" and \"%63[^\"]\"", one, two) == 2)
		return ds_printf("%s and %s exclude each other: remove one of them", one, two);
	if (sscanf(message, "The leaf-list \"%63[^\"]\" is expected to be", one) == 1 ||
	    sscanf(message, "The list \"%63[^\"]\" is expected to be", one) == 1)
		return ds_printf("%s is a list: write what is in it between [ and ]", one);
	if (sscanf(message, "Invalid non-number-encoded %*s value \"%63[^\"]\"", one) == 1 ||
	    sscanf(message, "Invalid non-boolean-encoded %*s value \"%63[^\"]\"", one) == 1)
		return ds_printf("write %s without quotes", one);
	if (sscanf(message, "Invalid non-string-encoded %*s value \"%63[^\"]\"", one) == 1)
		return ds_printf("write \"%s\" between quotes", one);
	if (!strncmp(message, "When condition", 14))
		return ds_strdup("this is for interfaces of another type: remove it, or set the "
				 "type that it belongs to");
	if (!strncmp(message, "Duplicate instance", 18))
		return ds_strdup("this is there twice: remove one of them");
	if (!strncmp(message, "Unexpected end-of-input", 23))
		return ds_strdup("the text ends in the middle of something");
	return NULL;
}

static enum ds_tag tag_of(const char *message)
{
	if (!strncmp(message, "When condition", 14))
		return DS_UNKNOWN_ELEMENT;
	if (!strncmp(message, "Data for both cases", 19) ||
	    !strncmp(message, "Duplicate instance", 18))
		return DS_BAD_ELEMENT;
	if (!strncmp(message, "Invalid leafref value", 21) ||
	    !strncmp(message, "Invalid instance-identifier", 27))
		return DS_DATA_MISSING; /* RFC 7950 15.5 */
	if (!strncmp(message, "Invalid", 7))
		return DS_INVALID_VALUE;
	return DS_OPERATION_FAILED;
}

void ds_explain_last(const struct ly_ctx *ctx, struct ds_errors *errs)
{
	const char *message = ly_errmsg(ctx) ? ly_errmsg(ctx) : "cannot be read";
	const char *where = ly_errpath(ctx);
	const char *line = where ? strcasestr(where, "line number ") : NULL;
	char *path = location(where), *words = better_words(message);
	struct ds_error *err;
	char two[64];

	if (!words)
		words = ds_strdup(message);
	/* The line helps where the text itself is wrong; what has a path is found by that. */
	if (line && (!path || strstr(message, "character") || strstr(message, "end-of-input")))
		err = ds_errors_add(errs, tag_of(message), path, "line %ld: %s",
				    strtol(line + strlen("line number "), NULL, 10), words);
	else
		err = ds_errors_add(errs, tag_of(message), path, "%s", words);
	if (ly_errapptag(ctx))
		ds_error_app_tag(err, ly_errapptag(ctx));
	if (sscanf(message, "Data for both cases \"%*[^\"]\" and \"%63[^\"]\"", two) == 1)
		ds_error_bad(err, two);
	free(words);
	free(path);
}
