/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * get-schema (RFC 6022 3.1): any module or submodule of the YANG library, as YANG or YIN.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/similar.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/text.h"

#define NS "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"

struct found {
	const struct lys_module *mod;
	const struct lysp_submodule *sub; /* or NULL */
	unsigned int n;
};

static const char *revision_of(const struct lysp_revision *revs)
{
	return LY_ARRAY_COUNT(revs) ? revs[0].date : "";
}

static bool is(const char *name, const char *revision, const char *want, const char *version)
{
	return !strcmp(name, want) && (!version || !strcmp(revision ? revision : "", version));
}

static struct found find(const struct ly_ctx *ctx, const char *name, const char *version,
			 struct ds_similar *similar)
{
	struct found found = {NULL, NULL, 0};
	const struct lys_module *mod;
	uint32_t index = 0;

	while ((mod = ly_ctx_get_module_iter(ctx, &index))) {
		LY_ARRAY_COUNT_TYPE i;

		ds_similar_offer(similar, mod->name);
		if (is(mod->name, mod->revision, name, version)) {
			found.mod = mod;
			found.n++;
		}
		if (!mod->parsed)
			continue;
		LY_ARRAY_FOR(mod->parsed->includes, i)
		{
			const struct lysp_submodule *sub = mod->parsed->includes[i].submodule;

			if (is(sub->name, revision_of(sub->revs), name, version)) {
				found.mod = mod;
				found.sub = sub;
				found.n++;
			}
		}
	}
	return found;
}

static bool read_format(const struct lyd_node *op, LYS_OUTFORMAT *format)
{
	const char *text = ds_value(op, NULL, "format");
	const char *colon = text ? strchr(text, ':') : NULL;

	*format = LYS_OUT_YANG;
	if (!text)
		return true;
	if (colon)
		text = colon + 1;
	if (!strcmp(text, "yin"))
		*format = LYS_OUT_YIN;
	return *format == LYS_OUT_YIN || !strcmp(text, "yang");
}

static void refuse(struct nc_call *call, enum ds_tag tag, const char *app_tag, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void refuse(struct nc_call *call, enum ds_tag tag, const char *app_tag, const char *fmt, ...)
{
	struct ds_errors errs = {.n = 0};
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ds_error_app_tag(ds_errors_add(&errs, tag, NULL, "%s", text), app_tag);
	nc_call_errors(call, &errs);
	ds_errors_clear(&errs);
}

static void answer(struct nc_call *call, const struct found *found, LYS_OUTFORMAT format)
{
	struct ly_out *out = NULL;
	struct evbuffer *body;
	char *text = NULL;

	if (ly_out_new_memory(&text, 0, &out) != LY_SUCCESS ||
	    (found->sub ? lys_print_submodule(out, found->sub, format, 0, 0)
			: lys_print_module(out, found->mod, format, 0, 0)) != LY_SUCCESS ||
	    !text) {
		ly_out_free(out, NULL, 0);
		free(text);
		refuse(call, DS_OPERATION_FAILED, NULL, "the module cannot be printed: %s",
		       ly_errmsg(call->server->ctx) ? ly_errmsg(call->server->ctx) : "");
		return;
	}
	ly_out_free(out, NULL, 0);
	body = evbuffer_new();
	evbuffer_add_printf(body, "<data xmlns=\"" NS "\">");
	nc_text(body, text);
	evbuffer_add_printf(body, "</data>");
	free(text);
	nc_call_data(call, body);
	evbuffer_free(body);
}

static void get_schema(struct nc_call *call)
{
	const char *name = ds_value(call->op, NULL, "identifier");
	const char *version = ds_value(call->op, NULL, "version");
	LYS_OUTFORMAT format;
	struct ds_similar similar;
	struct found found;
	char hint[160];

	if (!read_format(call->op, &format)) {
		refuse(call, DS_INVALID_VALUE, NULL, "schemas are had as yang or yin, not as %s",
		       ds_value(call->op, NULL, "format"));
		return;
	}
	ds_similar_init(&similar, name);
	found = find(call->server->ctx, name, version, &similar);
	if (found.n == 1)
		answer(call, &found, format);
	else if (found.n)
		refuse(call, DS_OPERATION_FAILED, "data-not-unique",
		       "there are %u revisions of %s here: say which version", found.n, name);
	else if (version && find(call->server->ctx, name, NULL, &similar).n)
		refuse(call, DS_INVALID_VALUE, NULL, "there is no revision %s of %s here", version,
		       name);
	else
		refuse(call, DS_INVALID_VALUE, NULL, "there is no module \"%s\"%s", name,
		       ds_similar_hint(&similar, hint, sizeof(hint)));
}

NC_REGISTER(get_schema_op) = {"ietf-netconf-monitoring", "get-schema", get_schema};
