/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/depth.h"
#include "mgmt/datastore/explain.h"
#include "mgmt/datastore/json.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

static struct ds_format *formats;

void ds_format_register(struct ds_format *format)
{
	format->next = formats;
	formats = format;
}

/* The format, or LYD_UNKNOWN with an error. */
static LYD_FORMAT format_of(const char *text, size_t len, struct ds_errors *errs)
{
	size_t i = 0;

	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		i = 3;
	while (i < len && isspace((unsigned char)text[i]))
		i++;
	if (i == len)
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "the configuration is empty: an empty one is written as {}");
	else if (text[i] == '{')
		return LYD_JSON;
	else if (text[i] == '<')
		return LYD_XML;
	else
		ds_errors_add(
			errs, DS_INVALID_VALUE, NULL,
			"this is neither lines of set (which start with set or #), blocks in "
			"braces (as show configuration prints them), JSON (which starts with {) "
			"nor XML (which starts with <)");
	return LYD_UNKNOWN;
}

bool ds_tree_check(const struct ly_ctx *ctx, struct lyd_node **tree, struct ds_errors *errs)
{
	ds_explain_tree(ctx, *tree, errs);
	if (!ds_errors_none(errs))
		return false;
	ly_err_clean((struct ly_ctx *)ctx, NULL);
	if (lyd_validate_all(tree, ctx, LYD_VALIDATE_NO_STATE, NULL) != LY_SUCCESS) {
		ds_explain_last(ctx, errs);
		return false;
	}
	return true;
}

static bool parse_other(const struct ly_ctx *ctx, const struct ds_format *format, const char *text,
			size_t len, struct lyd_node **tree, struct ds_errors *errs)
{
	if (format->parse(ctx, text, len, tree, errs) && ds_tree_check(ctx, tree, errs))
		return true;
	lyd_free_all(*tree);
	*tree = NULL;
	return false;
}

static bool is_sane(LYD_FORMAT format, const char *text, size_t len, struct ds_errors *errs)
{
	if (format == LYD_UNKNOWN)
		return false;
	if (memchr(text, '\0', len))
		ds_errors_add(errs, DS_INVALID_VALUE, NULL,
			      "there is a NUL byte in it: this is no text");
	else if (format == LYD_XML && ds_xml_without_namespace(text, len))
		ds_errors_add(errs, DS_UNKNOWN_NAMESPACE, NULL,
			      "an element has no namespace (xmlns=\"\"): write that of its module");
	else if ((format == LYD_JSON ? ds_depth_json(text, len) : ds_depth_xml(text, len)) >
		 DS_DEPTH_MAX)
		ds_errors_add(errs, DS_TOO_BIG, NULL, "it nests deeper than %d levels",
			      DS_DEPTH_MAX);
	else
		return true;
	return false;
}

/* NETCONF's <config> is around the whole, most probably. */
static bool begins_with_config(const char *text)
{
	const char *name;

	while ((text = strchr(text, '<')) && (text[1] == '?' || text[1] == '!'))
		text++;
	if (!text)
		return false;
	name = text + 1 + strcspn(text + 1, ":> \t\r\n/");
	name = *name == ':' ? name + 1 : text + 1;
	return strcspn(name, "> \t\r\n/") == 6 && !strncmp(name, "config", 6);
}

/* What is in <config>, when that is around the whole; NULL: it is not. Malloced. */
static char *inner_of(const struct ly_ctx *ctx, const char *text)
{
	const struct lyd_node_opaq *root;
	struct lyd_node *tree = NULL;
	const struct lyd_node *child;
	char *inner = NULL;
	size_t len;
	FILE *out;

	if (!begins_with_config(text) ||
	    lyd_parse_data_mem(ctx, text, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &tree) !=
		    LY_SUCCESS)
		return NULL;
	root = (const struct lyd_node_opaq *)tree;
	out = tree && !tree->schema && !tree->next && root->name.module_ns &&
			      !strcmp(root->name.module_ns,
				      "urn:ietf:params:xml:ns:netconf:base:1.0")
		      ? open_memstream(&inner, &len)
		      : NULL;
	if (out) {
		LY_LIST_FOR(lyd_child(tree), child) {
			lyd_print_file(out, child, LYD_XML, LYD_PRINT_SHRINK);
		}
		fclose(out);
	}
	lyd_free_all(tree);
	return inner;
}

bool ds_tree_read(const struct ly_ctx *ctx, const char *text, size_t len, uint32_t options,
		  struct lyd_node **tree, struct ds_errors *errs)
{
	LYD_FORMAT format = format_of(text, len, errs);
	size_t bom = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
	char *json = NULL, *inner;
	LY_ERR rc;

	*tree = NULL;
	text += bom;
	len -= bom;
	if (!is_sane(format, text, len, errs))
		return false;
	if (format == LYD_JSON && !(json = ds_json_unescape(text, len, errs)))
		return false;
	inner = format == LYD_XML ? inner_of(ctx, text) : json;
	ly_err_clean((struct ly_ctx *)ctx, NULL);
	rc = inner && !*inner ? LY_SUCCESS
			      : lyd_parse_data_mem(ctx, inner ? inner : text, format,
						   LYD_PARSE_ONLY | options, 0, tree);
	free(inner);
	if (rc == LY_SUCCESS)
		return true;
	ds_explain_last(ctx, errs);
	lyd_free_all(*tree);
	*tree = NULL;
	return false;
}

bool ds_tree_parse(const struct ly_ctx *ctx, const char *text, size_t len, struct lyd_node **tree,
		   struct ds_errors *errs)
{
	*tree = NULL;
	for (const struct ds_format *f = formats; f; f = f->next)
		if (f->is(text, len))
			return parse_other(ctx, f, text, len, tree, errs);
	if (!ds_tree_read(ctx, text, len, LYD_PARSE_OPAQ, tree, errs))
		return false;
	if (ds_tree_check(ctx, tree, errs))
		return true;
	lyd_free_all(*tree);
	*tree = NULL;
	return false;
}

/* Most names differ in their first letter; this is called for each leaf of each port. */
static bool same_name(const char *a, const char *b)
{
	return *a == *b && !strcmp(a, b);
}

const struct lyd_node *ds_child(const struct lyd_node *parent, const char *module, const char *name)
{
	const struct lyd_node *node;

	if (!parent)
		return NULL;
	LY_LIST_FOR(lyd_child(parent), node)
		if (node->schema && same_name(node->schema->name, name) &&
		    (module ? !strcmp(node->schema->module->name, module)
			    : node->schema->module == parent->schema->module))
			return node;
	return NULL;
}

const char *ds_value(const struct lyd_node *parent, const char *module, const char *name)
{
	const struct lyd_node *node = ds_child(parent, module, name);

	return node ? lyd_get_value(node) : NULL;
}

uint64_t ds_number(const struct lyd_node *parent, const char *module, const char *name,
		   uint64_t otherwise)
{
	const char *value = ds_value(parent, module, name);

	return value ? strtoull(value, NULL, 10) : otherwise;
}

bool ds_true(const struct lyd_node *parent, const char *module, const char *name, bool otherwise)
{
	const char *value = ds_value(parent, module, name);

	return value ? !strcmp(value, "true") : otherwise;
}

const struct lyd_node *ds_next(const struct lyd_node *node, const char *name)
{
	while (node && (!node->schema || !same_name(node->schema->name, name)))
		node = node->next;
	return node;
}

struct lyd_node *ds_same(const struct lyd_node *first, const struct lyd_node *node)
{
	struct lyd_node *found = NULL;

	if (node->schema && !(node->schema->nodetype & (LYS_LIST | LYS_LEAFLIST)))
		lyd_find_sibling_val(first, node->schema, NULL, 0, &found);
	else
		lyd_find_sibling_first(first, node, &found);
	return found;
}

char *ds_path(const struct lyd_node *node)
{
	char *path = lyd_path(node, LYD_PATH_STD, NULL, 0);

	return path ? path : ds_strdup("/");
}
