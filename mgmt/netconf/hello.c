/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "mgmt/datastore/depth.h"
#include "mgmt/netconf/hello.h"
#include "mgmt/netconf/text.h"

#define NS_BASE   "urn:ietf:params:xml:ns:netconf:base:1.0"
#define CAP_BASE  "urn:ietf:params:netconf:base:1."
#define DEPTH_MAX 8

static const char *const capabilities[] = {
	CAP_BASE "0",
	CAP_BASE "1",
	"urn:ietf:params:netconf:capability:writable-running:1.0",
	"urn:ietf:params:netconf:capability:validate:1.1",
	"urn:ietf:params:netconf:capability:xpath:1.0",
	"urn:ietf:params:netconf:capability:with-defaults:1.0?basic-mode=explicit"
	"&also-supported=report-all,report-all-tagged,trim",
};

void nc_hello_write(struct evbuffer *out, const struct ly_ctx *ctx, uint32_t session_id)
{
	const struct lys_module *mod;
	uint32_t index = 0;

	evbuffer_add_printf(out, "<hello xmlns=\"" NS_BASE "\"><capabilities>");
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		evbuffer_add_printf(out, "<capability>");
		nc_text(out, capabilities[i]);
		evbuffer_add_printf(out, "</capability>");
	}
	while ((mod = ly_ctx_get_module_iter(ctx, &index)))
		if (mod->implemented && mod->revision)
			evbuffer_add_printf(out,
					    "<capability>%s?module=%s&amp;revision=%s</capability>",
					    mod->ns, mod->name, mod->revision);
	evbuffer_add_printf(out, "</capabilities><session-id>%u</session-id></hello>", session_id);
}

/* Does the text of a capability, without white space around it, say that? */
static bool says(const char *text, const char *capability)
{
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	n = strlen(text);
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	return n == strlen(capability) && !strncmp(text, capability, n);
}

static bool is(const struct lyd_node *node, const char *name)
{
	const struct lyd_node_opaq *o = (const struct lyd_node_opaq *)node;

	return !node->schema && !strcmp(o->name.name, name) && o->name.module_ns &&
	       !strcmp(o->name.module_ns, NS_BASE);
}

static int read_tree(const struct lyd_node *hello, bool *chunked, struct hd_err *err)
{
	const struct lyd_node *part, *cap;
	bool one = false, zero = false;

	if (!hello || !is(hello, "hello"))
		return hd_err_set(err, EBADMSG, "the first message of a session is a <hello>");
	for (part = lyd_child(hello); part; part = part->next) {
		if (is(part, "session-id"))
			return hd_err_set(err, EBADMSG, "a client's hello has no session-id");
		if (!is(part, "capabilities"))
			continue;
		for (cap = lyd_child(part); cap; cap = cap->next) {
			const char *text = ((const struct lyd_node_opaq *)cap)->value;

			if (!is(cap, "capability") || !text)
				continue;
			one |= says(text, CAP_BASE "1");
			zero |= says(text, CAP_BASE "0");
		}
	}
	if (!one && !zero)
		return hd_err_set(
			err, EBADMSG,
			"the client speaks no version of NETCONF that is spoken here: " CAP_BASE
			"0 and " CAP_BASE "1");
	*chunked = one;
	return 0;
}

int nc_hello_read(const struct ly_ctx *ctx, const char *text, size_t len, bool *chunked,
		  struct hd_err *err)
{
	struct lyd_node *tree = NULL;
	int rc;

	if (memchr(text, 0, len) || ds_depth_xml(text, len) > DEPTH_MAX ||
	    lyd_parse_data_mem(ctx, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &tree) !=
		    LY_SUCCESS) {
		lyd_free_all(tree);
		return hd_err_set(err, EBADMSG, "the client's hello is not well-formed XML");
	}
	rc = read_tree(tree, chunked, err);
	lyd_free_all(tree);
	return rc;
}
