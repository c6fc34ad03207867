/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/text.h"

#define NS_YANG "urn:ietf:params:xml:ns:yang:1"

bool nc_is_of_operation(const struct ly_ctx *ctx, const char *path)
{
	const struct lys_module *mod;
	const struct lysc_node *node;
	char module[128], name[128];

	if (sscanf(path, "/%127[^:/]:%127[^/[]", module, name) != 2)
		return false;
	mod = ly_ctx_get_module_implemented(ctx, module);
	node = mod ? lys_find_child(NULL, mod, name, 0, 0, 0) : NULL;
	return node && node->nodetype == LYS_RPC;
}

/* The layer that an error is of (RFC 6241 4.3): messages, operations, or what they are about. */
static const char *type_of(const struct ds_error *err, const struct ly_ctx *ctx)
{
	switch (err->tag) {
	case DS_MALFORMED_MESSAGE: return "rpc";
	case DS_DATA_EXISTS:
	case DS_DATA_MISSING: return "application";
	case DS_MISSING_ATTRIBUTE:
	case DS_BAD_ATTRIBUTE:
		if (!err->path)
			return "rpc"; /* of <rpc> */
		break;
	default: break;
	}
	return !err->path || nc_is_of_operation(ctx, err->path) ? "protocol" : "application";
}

static void put(struct evbuffer *out, const char *element, const char *value)
{
	evbuffer_add_printf(out, "<%s>", element);
	nc_text(out, value);
	evbuffer_add_printf(out, "</%s>", element);
}

/* The last name of a path. */
static void put_last(struct evbuffer *out, const char *path)
{
	const char *name = path, *c;
	char quote = 0, *text;

	for (c = path; *c; c++) {
		if (quote || *c == '\'' || *c == '"')
			quote = !quote ? *c : quote == *c ? 0 : quote;
		else if (*c == '/')
			name = c + 1;
	}
	name += strcspn(name, ":[") < strcspn(name, "[") ? strcspn(name, ":") + 1 : 0;
	text = ds_strndup(name, strcspn(name, "["));
	put(out, "bad-element", text);
	free(text);
}

/* The element that has, or lacks, an attribute or a namespace. */
static void put_element(struct evbuffer *out, const struct ds_error *err)
{
	if (err->element)
		put(out, "bad-element", err->element);
	else
		put_last(out, err->path ? err->path : "rpc");
}

/* error-info: what a tag has to name (RFC 6241 appendix A, RFC 7950 15.6). */
static void put_info(struct evbuffer *out, const struct ds_error *err)
{
	switch (err->tag) {
	case DS_UNKNOWN_ELEMENT:
	case DS_MISSING_ELEMENT:
	case DS_BAD_ELEMENT:
		if (err->bad)
			put(out, "bad-element", err->bad);
		else
			put_element(out, err);
		break;
	case DS_UNKNOWN_NAMESPACE:
		put_element(out, err);
		put(out, "bad-namespace", err->bad ? err->bad : "");
		break;
	case DS_BAD_ATTRIBUTE:
	case DS_UNKNOWN_ATTRIBUTE:
	case DS_MISSING_ATTRIBUTE:
		put(out, "bad-attribute", err->bad ? err->bad : "");
		put_element(out, err);
		break;
	case DS_LOCK_DENIED: put(out, "session-id", err->bad ? err->bad : "0"); break;
	case DS_DATA_MISSING:
		if (err->app_tag && !strcmp(err->app_tag, "missing-choice") && err->bad) {
			evbuffer_add_printf(out, "<missing-choice xmlns=\"" NS_YANG "\">");
			nc_text(out, err->bad);
			evbuffer_add_printf(out, "</missing-choice>");
		}
		break;
	default: break;
	}
}

static void one(struct evbuffer *out, const struct ly_ctx *ctx, const struct ds_error *err,
		bool chunked)
{
	/* 1.0 has no tag for what cannot be read (RFC 6241 appendix A). */
	enum ds_tag tag =
		err->tag == DS_MALFORMED_MESSAGE && !chunked ? DS_OPERATION_FAILED : err->tag;
	struct evbuffer *info = evbuffer_new();

	evbuffer_add_printf(out,
			    "<rpc-error><error-type>%s</error-type><error-tag>%s</error-tag>"
			    "<error-severity>error</error-severity>",
			    type_of(err, ctx), ds_tag_name(tag));
	if (err->app_tag)
		put(out, "error-app-tag", err->app_tag);
	if (err->path)
		nc_path(out, ctx, "error-path", err->path);
	evbuffer_add_printf(out, "<error-message xml:lang=\"en\">");
	nc_text(out, err->message);
	evbuffer_add_printf(out, "</error-message>");
	put_info(info, err);
	if (evbuffer_get_length(info)) {
		evbuffer_add_printf(out, "<error-info>");
		evbuffer_add_buffer(out, info);
		evbuffer_add_printf(out, "</error-info>");
	}
	evbuffer_free(info);
	evbuffer_add_printf(out, "</rpc-error>");
}

void nc_errors(struct evbuffer *out, const struct ly_ctx *ctx, const struct ds_errors *errs,
	       bool chunked)
{
	struct ds_error more = {.tag = DS_OPERATION_FAILED};
	char text[64];

	for (size_t i = 0; i < errs->n; i++)
		one(out, ctx, &errs->list[i], chunked);
	if (errs->more) {
		snprintf(text, sizeof(text), "and %zu more errors", errs->more);
		more.message = text;
		one(out, ctx, &more, chunked);
	}
}
