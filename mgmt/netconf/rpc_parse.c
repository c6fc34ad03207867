/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "mgmt/datastore/depth.h"
#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/lenient.h"
#include "mgmt/netconf/rpc.h"
#include "mgmt/netconf/text.h"

#define NS_BASE "urn:ietf:params:xml:ns:netconf:base:1.0"
#define ID_MAX  4095 /* RFC 6241 4.1 */

/* The attributes of <rpc>: a reply has all of them (RFC 6241 4.2). False: no message-id. */
static bool read_attributes(struct nc_call *call)
{
	const struct lyd_node_opaq *rpc = (const struct lyd_node_opaq *)call->rpc;
	struct evbuffer *text = evbuffer_new();
	const struct lyd_attr *attr;
	bool has_id = false;
	size_t n;

	for (attr = rpc ? rpc->attr : NULL; attr; attr = attr->next) {
		has_id |= !attr->name.prefix && !strcmp(attr->name.name, "message-id");
		if (attr->name.prefix) {
			evbuffer_add_printf(text, " xmlns:%s=\"", attr->name.prefix);
			nc_text(text, attr->name.module_ns ? attr->name.module_ns : "");
			evbuffer_add_printf(text, "\" %s:%s=\"", attr->name.prefix,
					    attr->name.name);
		} else {
			evbuffer_add_printf(text, " %s=\"", attr->name.name);
		}
		nc_text(text, attr->value ? attr->value : "");
		evbuffer_add_printf(text, "\"");
	}
	n = evbuffer_get_length(text);
	call->attributes = ds_alloc(n + 1);
	evbuffer_remove(text, call->attributes, n);
	evbuffer_free(text);
	return has_id;
}

static void offer_operations(const struct ly_ctx *ctx, struct ds_similar *similar)
{
	const struct lysc_node_action *rpc;
	const struct lys_module *mod;
	uint32_t index = 0;

	while ((mod = ly_ctx_get_module_iter(ctx, &index)))
		for (rpc = mod->compiled ? mod->compiled->rpcs : NULL; rpc; rpc = rpc->next)
			ds_similar_offer(similar, rpc->name);
}

/*
 * The only values in <config> that the parser refuses by itself are those of attributes: operation
 * and insert. True when it was one, and is told.
 */
static bool explain_attribute(const struct ly_ctx *ctx, const char *message, const char *text,
			      struct ds_errors *errs)
{
	char value[64], quoted[80];
	const char *at;
	bool insert;

	if (sscanf(message, "Invalid enumeration value \"%63[^\"]\"", value) != 1)
		return false;
	snprintf(quoted, sizeof(quoted), "=\"%s\"", value);
	at = strstr(text, quoted);
	if (!at) {
		snprintf(quoted, sizeof(quoted), "='%s'", value);
		at = strstr(text, quoted);
	}
	insert = at && at - text >= 6 && !strncmp(at - 6, "insert", 6);
	if (!insert && !(at && at - text >= 9 && !strncmp(at - 9, "operation", 9)))
		return false;
	ds_explain_last(ctx, errs);
	errs->list[errs->n - 1].tag = DS_BAD_ATTRIBUTE;
	ds_error_bad(&errs->list[errs->n - 1], insert ? "insert" : "operation");
	free(errs->list[errs->n - 1].message);
	errs->list[errs->n - 1].message =
		insert ? ds_printf("insert=\"%s\": it is first, last, before or after", value)
		       : ds_printf(
				 "operation=\"%s\": it is merge, replace, create, delete or remove",
				 value);
	return true;
}

/* What libyang said about a request, in the tags of RFC 6241. */
static void explain(const struct ly_ctx *ctx, const struct nc_call *call, const char *text,
		    struct ds_errors *errs)
{
	const char *message = ly_errmsg(ctx) ? ly_errmsg(ctx) : "";
	char name[64], module[128], hint[160];
	struct ds_similar similar;
	struct ds_error *err;

	if (sscanf(message, "Node \"%63[^\"]\" not found in the \"%127[^\"]\" module", name,
		   module) == 2) {
		ds_similar_init(&similar, name);
		offer_operations(ctx, &similar);
		ds_errors_add(errs, DS_OPERATION_NOT_SUPPORTED, NULL,
			      "there is no operation \"%s\" in %s%s", name, module,
			      ds_similar_hint(&similar, hint, sizeof(hint)));
		return;
	}
	if (sscanf(message, "No module with namespace \"%127[^\"]\"", module) == 1) {
		ds_error_bad(ds_errors_add(errs, DS_UNKNOWN_NAMESPACE, NULL,
					   "there is no module with the namespace \"%s\"", module),
			     module);
		return;
	}
	if (!strncmp(message, "Missing the operation", 21)) {
		ds_errors_add(errs, DS_MISSING_ELEMENT, NULL, "an <rpc> has an operation in it");
		return;
	}
	if (explain_attribute(ctx, message, text, errs))
		return;
	ds_explain_last(ctx, errs);
	err = &errs->list[errs->n - 1];
	if (err->path && strstr(err->path, "origin") && strstr(message, "When")) {
		/* RFC 8526 3.1.1 */
		err->tag = DS_INVALID_VALUE;
		free(err->message);
		err->message = ds_strdup("only the operational datastore has origins");
	} else if (sscanf(message, "Node \"%63[^\"]\" not found as a child of", name) == 1) {
		err->tag = DS_UNKNOWN_ELEMENT;
		ds_error_bad(err, name);
	} else if (sscanf(message, "Unexpected child element \"%63[^\"]\"", name) == 1) {
		err->tag = DS_UNKNOWN_ELEMENT;
		ds_error_bad(err, name);
	} else if (strstr(message, "Mandatory")) {
		err->tag = DS_MISSING_ELEMENT;
	} else if (!call->rpc || !err->path) {
		err->tag = DS_MALFORMED_MESSAGE; /* it is not even an <rpc> */
	} else if (!call->op && err->tag == DS_OPERATION_FAILED) {
		err->tag = DS_INVALID_VALUE; /* a value, or the parser would have got further */
	}
}

/* Behind white space, comments and processing instructions. */
static const char *skip_misc(const char *c)
{
	const char *end;

	for (;;) {
		c += strspn(c, " \t\r\n");
		if (!strncmp(c, "<!--", 4))
			end = strstr(c + 4, "-->");
		else if (!strncmp(c, "<?", 2))
			end = strstr(c + 2, "?>");
		else
			return c;
		if (!end)
			return c;
		c = strchr(end, '>') + 1;
	}
}

/* Behind the start tag at @c; its local name in @name. NULL: there is none. */
static const char *skip_tag(const char *c, char name[32])
{
	const char *colon;
	size_t n = 0;

	if (*c++ != '<')
		return NULL;
	colon = c + strcspn(c, ":> \t\r\n/");
	if (*colon == ':')
		c = colon + 1;
	n = strcspn(c, "> \t\r\n/");
	snprintf(name, 32, "%.*s", n < 31 ? (int)n : 31, c);
	for (c += n; *c && *c != '>'; c++)
		if (*c == '"' || *c == '\'') {
			c = strchr(c + 1, *c);
			if (!c)
				return NULL;
		}
	return *c ? c + 1 : NULL;
}

void nc_rpc_borrow_id(struct nc_call *call, const char *text)
{
	const char *start = skip_misc(text), *end = skip_tag(start, (char[32]){0}), *id;
	size_t n;

	id = end ? strstr(start, " message-id=") : NULL;
	if (!id || id > end)
		return;
	id += strlen(" message-id=");
	if (*id != '"' && *id != '\'')
		return;
	n = strspn(id + 1, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:/ ");
	if (id[n + 1] != *id || n > ID_MAX)
		return;
	free(call->attributes);
	call->attributes = ds_printf(" message-id=\"%.*s\"", (int)n, id + 1);
}

/* Is it a request that brings a configuration along? Only such ones have reason to be large. */
static bool brings_config(const char *text)
{
	static const char *const names[] = {"edit-config", "copy-config", "validate", "edit-data"};
	const char *c = skip_tag(skip_misc(text), (char[32]){0});
	char name[32] = "";

	if (!c || !skip_tag(skip_misc(c), name))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static bool fits(const struct nc_limits *limits, const char *text, size_t len,
		 struct ds_errors *errs)
{
	if (len <= (size_t)limits->request_kb << 10 || brings_config(text))
		return true;
	ds_errors_add(errs, DS_TOO_BIG, NULL,
		      "a request has at most %u KB, one that brings a configuration %u MB",
		      limits->request_kb, limits->message_mb);
	return false;
}

static bool sane(const char *text, size_t len, struct ds_errors *errs)
{
	const char *name;
	size_t n;

	if (memchr(text, 0, len)) {
		ds_errors_add(errs, DS_MALFORMED_MESSAGE, NULL,
			      "there is a NUL byte in the message");
		return false;
	}
	if (ds_xml_too_long(text, len, DS_VALUE_MAX, &name, &n)) {
		ds_errors_add(errs, DS_TOO_BIG, NULL,
			      "at the element \"%.*s\": a value has at most %d bytes, and so has a "
			      "tag with its attributes",
			      n > 64 ? 64 : (int)n, name, DS_VALUE_MAX);
		return false;
	}
	if (ds_xml_without_namespace(text, len)) {
		ds_error_bad(
			ds_errors_add(errs, DS_UNKNOWN_NAMESPACE, NULL,
				      "an element has no namespace (xmlns=\"\"): write that of "
				      "its module"),
			"");
		return false;
	}
	if (ds_depth_xml(text, len) > DS_DEPTH_MAX) {
		ds_errors_add(errs, DS_TOO_BIG, NULL, "the message nests deeper than %d levels",
			      DS_DEPTH_MAX);
		return false;
	}
	return true;
}

static LY_ERR parse(struct nc_call *call, const struct ly_ctx *ctx, const char *text)
{
	char *untagged = nc_untag_defaults(text);
	struct ly_in *in = NULL;
	LY_ERR rc = ly_in_new_memory(untagged ? untagged : text, &in);

	if (rc != LY_SUCCESS) {
		free(untagged);
		return rc;
	}
	ly_err_clean((struct ly_ctx *)ctx, NULL);
	rc = lyd_parse_op(ctx, NULL, in, LYD_XML, LYD_TYPE_RPC_NETCONF, &call->rpc, &call->op);
	ly_in_free(in, 0);
	free(untagged);
	return rc;
}

/* Once more, if it has a mistake that is known. */
static LY_ERR parse_leniently(struct nc_call *call, const struct ly_ctx *ctx, const char *text,
			      LY_ERR rc)
{
	char *meant = nc_lenient(text, ly_errmsg(ctx));

	if (!meant)
		return rc;
	lyd_free_all(call->rpc);
	lyd_free_all(call->op);
	call->rpc = call->op = NULL;
	rc = parse(call, ctx, meant);
	free(meant);
	return rc;
}

bool nc_rpc_parse(struct nc_call *call, const struct ly_ctx *ctx, const char *text, size_t len,
		  struct ds_errors *errs)
{
	LY_ERR rc;

	if (!sane(text, len, errs) ||
	    (call->server && !fits(&call->server->limits, text, len, errs))) {
		nc_rpc_borrow_id(call, text);
		return false;
	}
	rc = parse(call, ctx, text);
	if (rc != LY_SUCCESS)
		rc = parse_leniently(call, ctx, text, rc);
	if (!read_attributes(call) && call->rpc) {
		ds_error_bad(ds_errors_add(errs, DS_MISSING_ATTRIBUTE, NULL,
					   "an <rpc> has a message-id attribute"),
			     "message-id");
		return false;
	}
	if (rc == LY_SUCCESS && call->op)
		rc = lyd_validate_op(call->op, NULL, LYD_TYPE_RPC_YANG, NULL);
	if (rc == LY_SUCCESS && call->op)
		return true;
	explain(ctx, call, text, errs);
	return false;
}
