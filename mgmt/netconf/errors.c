/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/text.h"

static const char *type_of(const struct ds_error *err)
{
	switch (err->tag) {
	case DS_MALFORMED_MESSAGE:
	case DS_MISSING_ATTRIBUTE: return "rpc";
	case DS_OPERATION_NOT_SUPPORTED:
	case DS_LOCK_DENIED:
	case DS_IN_USE: return "protocol";
	default: return "application";
	}
}

/* The element of error-info that goes with a tag (RFC 6241 appendix A), if any. */
static const char *info_of(enum ds_tag tag)
{
	switch (tag) {
	case DS_UNKNOWN_ELEMENT:
	case DS_MISSING_ELEMENT:
	case DS_BAD_ELEMENT: return "bad-element";
	case DS_UNKNOWN_NAMESPACE: return "bad-namespace";
	case DS_BAD_ATTRIBUTE:
	case DS_MISSING_ATTRIBUTE: return "bad-attribute";
	case DS_LOCK_DENIED: return "session-id";
	default: return NULL;
	}
}

/* The element that has, or lacks, an attribute: the last one of the path; the <rpc> itself. */
static void bad_element(struct evbuffer *out, const char *path)
{
	const char *name = path ? path : "rpc", *c;
	char quote = 0;

	for (c = name; *c && path; c++) {
		if (quote || *c == '\'' || *c == '"')
			quote = !quote ? *c : quote == *c ? 0 : quote;
		else if (*c == '/')
			name = c + 1;
	}
	name += strcspn(name, ":[") < strcspn(name, "[") ? strcspn(name, ":") + 1 : 0;
	evbuffer_add_printf(out, "<bad-element>%.*s</bad-element>", (int)strcspn(name, "["), name);
}

static void one(struct evbuffer *out, const struct ly_ctx *ctx, const struct ds_error *err)
{
	const char *info = info_of(err->tag);

	evbuffer_add_printf(out,
			    "<rpc-error><error-type>%s</error-type><error-tag>%s</error-tag>"
			    "<error-severity>error</error-severity>",
			    type_of(err), ds_tag_name(err->tag));
	if (err->app_tag) {
		evbuffer_add_printf(out, "<error-app-tag>");
		nc_text(out, err->app_tag);
		evbuffer_add_printf(out, "</error-app-tag>");
	}
	if (err->path)
		nc_path(out, ctx, "error-path", err->path);
	evbuffer_add_printf(out, "<error-message xml:lang=\"en\">");
	nc_text(out, err->message);
	evbuffer_add_printf(out, "</error-message>");
	if (info && err->bad) {
		evbuffer_add_printf(out, "<error-info><%s>", info);
		nc_text(out, err->bad);
		evbuffer_add_printf(out, "</%s>", info);
		if (err->tag == DS_MISSING_ATTRIBUTE || err->tag == DS_BAD_ATTRIBUTE)
			bad_element(out, err->path);
		evbuffer_add_printf(out, "</error-info>");
	}
	evbuffer_add_printf(out, "</rpc-error>");
}

void nc_errors(struct evbuffer *out, const struct ly_ctx *ctx, const struct ds_errors *errs)
{
	struct ds_error more = {.tag = DS_OPERATION_FAILED};
	char text[64];

	for (size_t i = 0; i < errs->n; i++)
		one(out, ctx, &errs->list[i]);
	if (errs->more) {
		snprintf(text, sizeof(text), "and %zu more errors", errs->more);
		more.message = text;
		one(out, ctx, &more);
	}
}
