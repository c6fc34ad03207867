/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/depth.h"
#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/similar.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/errors.h"
#include "mgmt/netconf/lenient.h"
#include "mgmt/netconf/rpc_check.h"
#include "mgmt/netconf/text.h"

static void offer_operations(const struct ly_ctx *ctx, struct ds_similar *similar)
{
	const struct lysc_node_action *rpc;
	const struct lys_module *mod;
	uint32_t index = 0;

	while ((mod = ly_ctx_get_module_iter(ctx, &index)))
		for (rpc = mod->compiled ? mod->compiled->rpcs : NULL; rpc; rpc = rpc->next)
			ds_similar_offer(similar, rpc->name);
}

/* What has to be below @parent (NULL: the same as @op, of the schema) and is not. */
static void explain_missing(const struct lysc_node *schema, const struct lyd_node *parent,
			    const struct lyd_node *op, struct ds_errors *errs)
{
	const struct lysc_node *s = NULL, *first;

	while ((s = lys_getnext(s, schema, NULL, LYS_GETNEXT_WITHCHOICE))) {
		const struct lyd_node *child;
		bool found = false;
		char *path;

		LY_LIST_FOR(parent ? lyd_child(parent) : NULL, child) {
			const struct lysc_node *in = child->schema;

			while (in && in != s && in->nodetype != LYS_RPC)
				in = in->parent;
			found |= in == s;
			if (found)
				break;
		}
		if (s->nodetype == LYS_CONTAINER && !(s->flags & LYS_PRESENCE))
			explain_missing(s, found && !(child->flags & LYD_DEFAULT) ? child : NULL,
					op, errs);
		if (found || !(s->flags & LYS_MAND_TRUE))
			continue;
		path = ds_path(parent ? parent : op);
		first = s->nodetype == LYS_CHOICE ? lys_getnext(NULL, s, NULL, 0) : s;
		ds_error_bad(ds_errors_add(errs, DS_MISSING_ELEMENT, path, "%s needs %s%s in it",
					   schema->name, first == s ? "" : "one of its parts, as ",
					   first->name),
			     parent ? first->name : schema->name);
		free(path);
	}
}

/* What libyang said about a request that is well-formed, in the tags of RFC 6241. */
static void explain(const struct ly_ctx *ctx, const struct nc_call *call, struct ds_errors *errs)
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
	if (!strncmp(message, "Missing the operation", 21)) {
		ds_error_bad(ds_errors_add(errs, DS_MISSING_ELEMENT, NULL,
					   "an <rpc> has an operation in it"),
			     "operation");
		return;
	}
	if (strstr(message, "Mandatory") && call->op) {
		explain_missing(call->op->schema, call->op, call->op, errs);
		if (!ds_errors_none(errs))
			return;
	}
	ds_explain_last(ctx, errs);
	err = &errs->list[errs->n - 1];
	if (err->path && strstr(err->path, "origin") && strstr(message, "When")) {
		/* RFC 8526 3.1.1 */
		err->tag = DS_INVALID_VALUE;
		free(err->message);
		err->message = ds_strdup("only the operational datastore has origins");
	} else if (sscanf(message, "Node \"%63[^\"]\" not found as a child of", name) == 1 ||
		   sscanf(message, "Unexpected child element \"%63[^\"]\"", name) == 1) {
		err->tag = DS_UNKNOWN_ELEMENT;
		ds_error_bad(err, name);
	} else if (sscanf(message, "Text value \"%*[^\"]\" inside an inner node \"%63[^\"]\"",
			  name) == 1) {
		err->tag = DS_BAD_ELEMENT;
		ds_error_bad(err, name);
	} else if (!strncmp(message, "Invalid union value", 19) && err->path &&
		   !nc_is_of_operation(ctx, err->path)) {
		/* The only value in <config> that the parser refuses by itself, and is not read before. */
		err->tag = DS_BAD_ATTRIBUTE;
		ds_error_bad(err, "key");
	} else if (!strncmp(message, "Storing value failed", 20)) {
		err->tag = DS_INVALID_VALUE;
		free(err->message);
		err->message = ds_strdup("this is no XPath (XPath 1.0, and functions of RFC 7950)");
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

	if (!ds_xml_too_long(text, len, DS_VALUE_MAX, &name, &n))
		return true;
	ds_errors_add(
		errs, DS_TOO_BIG, NULL,
		"at the element \"%.*s\": a value has at most %d bytes, and so has a tag with "
		"its attributes",
		n > 64 ? 64 : (int)n, name, DS_VALUE_MAX);
	return false;
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

bool nc_rpc_parse(struct nc_call *call, const struct ly_ctx *ctx, char *text, size_t len,
		  struct ds_errors *errs)
{
	char *meant = NULL;
	LY_ERR rc;

	if (!sane(text, len, errs) ||
	    (call->server && !fits(&call->server->limits, text, len, errs))) {
		nc_rpc_head(call, text, len);
		return false;
	}
	if (!nc_rpc_check(call, ctx, text, len, &meant, errs))
		return false;
	rc = parse(call, ctx, meant ? meant : text);
	if (rc != LY_SUCCESS)
		rc = parse_leniently(call, ctx, meant ? meant : text, rc);
	free(meant);
	if (rc == LY_SUCCESS && call->op)
		rc = lyd_validate_op(call->op, NULL, LYD_TYPE_RPC_YANG, NULL);
	if (rc != LY_SUCCESS || !call->op)
		explain(ctx, call, errs);
	return ds_errors_none(errs);
}
