/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "mgmt/datastore/depth.h"
#include "mgmt/netconf/caps.h"
#include "mgmt/netconf/hello.h"
#include "mgmt/netconf/text.h"

#define NS_BASE   "urn:ietf:params:xml:ns:netconf:base:1.0"
#define DEPTH_MAX 8

static void put(const char *uri, void *arg)
{
	struct evbuffer *out = arg;

	evbuffer_add(out, "<capability>", 12);
	nc_text(out, uri);
	evbuffer_add(out, "</capability>", 13);
}

void nc_hello_write(struct evbuffer *out, const struct ly_ctx *ctx, uint32_t session_id)
{
	evbuffer_add_printf(out, "<hello xmlns=\"" NS_BASE "\"><capabilities>");
	nc_caps(ctx, put, out);
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

static int read_tree(const struct lyd_node *hello, struct nc_hello *said, struct hd_err *err)
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
			one |= says(text, NC_CAP_BASE "1");
			zero |= says(text, NC_CAP_BASE "0");
			said->cli |= says(text, NC_CAP_CLI);
		}
	}
	if (!one && !zero)
		return hd_err_set(
			err, EBADMSG,
			"the client speaks no version of NETCONF that is spoken here: " NC_CAP_BASE
			"0 and " NC_CAP_BASE "1");
	said->chunked = one;
	return 0;
}

int nc_hello_read(const struct ly_ctx *ctx, const char *text, size_t len, struct nc_hello *hello,
		  struct hd_err *err)
{
	struct lyd_node *tree = NULL;
	const char *name;
	size_t n;
	int rc;

	*hello = (struct nc_hello){.chunked = false};
	if (memchr(text, 0, len) || ds_xml_too_long(text, len, DS_VALUE_MAX, &name, &n) ||
	    ds_xml_without_namespace(text, len) || ds_depth_xml(text, len) > DEPTH_MAX ||
	    lyd_parse_data_mem(ctx, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &tree) !=
		    LY_SUCCESS) {
		lyd_free_all(tree);
		return hd_err_set(err, EBADMSG, "the client's hello is not well-formed XML");
	}
	rc = read_tree(tree, hello, err);
	lyd_free_all(tree);
	return rc;
}
