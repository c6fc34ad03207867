/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/xml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/depth.h"

#define DEPTH_MAX 200 /* the parser recurses */

static struct ly_ctx *bare_context(void)
{
	static struct ly_ctx *ctx;

	if (!ctx) {
		ly_log_options(LY_LOSTORE_LAST);
		ly_ctx_new(NULL, LY_CTX_NO_YANGLIBRARY | LY_CTX_DISABLE_SEARCHDIRS, &ctx);
	}
	return ctx;
}

/* Is the tag that ends at @close, a '>', one that begins an element? */
static bool is_start(const char *text, const char *close)
{
	const char *open =
		close > text && close[-1] != '/' ? memrchr(text, '<', close - text) : NULL;

	return open && !strchr("/!?", open[1]);
}

/*
 * The same, with the first character of each text that is all blank as a reference: else libyang
 * takes it for an element without text. NULL: there is none.
 */
static char *keep_blanks(const char *text)
{
	const char *from = text, *end, *blank;
	struct cli_str kept = {0};

	for (end = text; (end = strstr(end, "</")); end += 2) {
		for (blank = end; blank > from && strchr(" \t\r\n", blank[-1]);)
			blank--;
		if (blank == end || blank == text || blank[-1] != '>' || !is_start(text, blank - 1))
			continue;
		cli_str_add(&kept, from, blank - from);
		cli_str_printf(&kept, "&#%d;", *blank);
		from = blank + 1;
	}
	if (kept.text)
		cli_str_puts(&kept, from);
	return kept.text;
}

int cli_xml_parse(const char *text, struct lyd_node **tree, struct hd_err *err)
{
	struct ly_ctx *ctx = bare_context();
	char *kept;
	LY_ERR rc;

	*tree = NULL;
	if (!ctx)
		return hd_err_set(err, ENOMEM, "out of memory");
	if (ds_depth_xml(text, strlen(text)) > DEPTH_MAX)
		return hd_err_set(err, EINVAL, "its elements are nested more than %d deep",
				  DEPTH_MAX);
	kept = keep_blanks(text);
	rc = lyd_parse_data_mem(ctx, kept ? kept : text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ,
				0, tree);
	free(kept);
	if (rc != LY_SUCCESS) {
		const char *what = ly_errmsg(ctx), *where = ly_errpath(ctx);

		return hd_err_set(err, EINVAL, "not well-formed XML: %s %s", what ? what : "",
				  where ? where : "");
	}
	if (!*tree)
		return hd_err_set(err, EINVAL, "no XML element in it");
	return 0;
}

const char *cli_xml_name(const struct lyd_node *node)
{
	return LYD_NAME(node);
}

static const struct lyd_node *first_named(const struct lyd_node *node, const char *name)
{
	while (node && strcmp(LYD_NAME(node), name) != 0)
		node = node->next;
	return node;
}

const struct lyd_node *cli_xml_child(const struct lyd_node *node, const char *name)
{
	return node ? first_named(lyd_child(node), name) : NULL;
}

const struct lyd_node *cli_xml_next(const struct lyd_node *node)
{
	return first_named(node->next, LYD_NAME(node));
}

const char *cli_xml_own_text(const struct lyd_node *node)
{
	const char *text = node ? lyd_get_value(node) : NULL;

	return text ? text : "";
}

const char *cli_xml_text(const struct lyd_node *node, const char *name)
{
	return cli_xml_own_text(cli_xml_child(node, name));
}

const char *cli_xml_attribute(const struct lyd_node *node, const char *name)
{
	const struct lyd_node_opaq *opaq = (const struct lyd_node_opaq *)node;

	if (node->schema) /* only opaque nodes have attributes of this sort */
		return NULL;
	for (const struct lyd_attr *attr = opaq->attr; attr; attr = attr->next)
		if (strcmp(attr->name.name, name) == 0)
			return attr->value;
	return NULL;
}

uint64_t cli_xml_u64(const struct lyd_node *node, const char *name)
{
	return strtoull(cli_xml_text(node, name), NULL, 10);
}

bool cli_xml_true(const struct lyd_node *node, const char *name)
{
	return strcmp(cli_xml_text(node, name), "true") == 0;
}

void cli_xml_escape(struct cli_str *xml, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&': cli_str_puts(xml, "&amp;"); break;
		case '<': cli_str_puts(xml, "&lt;"); break;
		case '>': cli_str_puts(xml, "&gt;"); break;
		case '"': cli_str_puts(xml, "&quot;"); break;
		case '\'': cli_str_puts(xml, "&apos;"); break;
		default: cli_str_add(xml, text, 1); break;
		}
	}
}
