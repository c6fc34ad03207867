/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/instance.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "mgmt/cli/command/config_file.h"
#include "mgmt/cli/command/xml.h"
#include "mgmt/setform/setform.h"

#define DEPTH_MAX 64
#define NS_MAX    160

const char *cli_module_namespace(const char *module, char *ns, size_t size)
{
	bool standard = strncmp(module, "ietf-", 5) == 0 || strncmp(module, "iana-", 5) == 0;

	snprintf(ns, size, "%s%s",
		 standard ? "urn:ietf:params:xml:ns:yang:" : "urn:heddle:yang:", module);
	return ns;
}

/* An XML name: what a YANG identifier can be (RFC 7950 6.2). */
static bool is_identifier(const char *name)
{
	if (!(*name == '_' || (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z')))
		return false;
	return name[strspn(name,
			   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] ==
	       '\0';
}

static int convert(const char *key, const json_t *value, const char *module, unsigned int depth,
		   struct cli_str *xml, struct hd_err *err);

/*
 * An identity or the like, "module:name": the prefix is declared, in case it is one.
 * Text that happens to have a colon is not changed by that.
 */
static void declare_prefix(struct cli_str *xml, const char *text)
{
	const char *colon = strchr(text, ':');
	char prefix[64], ns[NS_MAX];

	if (!colon || colon == text || (size_t)(colon - text) >= sizeof(prefix))
		return;
	snprintf(prefix, sizeof(prefix), "%.*s", (int)(colon - text), text);
	if (!is_identifier(prefix) || !is_identifier(colon + 1) || strcmp(prefix, "xml") == 0)
		return;
	cli_str_printf(xml, " xmlns:%s=\"", prefix);
	cli_xml_escape(xml, cli_module_namespace(prefix, ns, sizeof(ns)));
	cli_str_puts(xml, "\"");
}

static int add_scalar(const char *key, const json_t *value, struct cli_str *xml, struct hd_err *err)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		if (strlen(json_string_value(value)) != json_string_length(value))
			return hd_err_set(err, EINVAL, "\"%s\" has a NUL character in it", key);
		cli_xml_escape(xml, json_string_value(value));
		break;
	case JSON_INTEGER:
		cli_str_printf(xml, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL: cli_str_printf(xml, "%.17g", json_real_value(value)); break;
	case JSON_TRUE: cli_str_puts(xml, "true"); break;
	case JSON_FALSE: cli_str_puts(xml, "false"); break;
	default: break; /* null: an empty leaf */
	}
	return 0;
}

static int add_members(const json_t *object, const char *module, unsigned int depth,
		       struct cli_str *xml, struct hd_err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		int rc = convert(key, value, module, depth, xml, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* One element. Its namespace is written where it differs from the parent's. */
static int add_element(const char *name, const json_t *value, const char *module, bool declare,
		       unsigned int depth, struct cli_str *xml, struct hd_err *err)
{
	char ns[NS_MAX];
	int rc;

	cli_str_printf(xml, "<%s", name);
	if (declare)
		cli_str_printf(xml, " xmlns=\"%s\"", cli_module_namespace(module, ns, sizeof(ns)));
	if (json_is_string(value))
		declare_prefix(xml, json_string_value(value));
	cli_str_puts(xml, ">");
	if (json_is_object(value))
		rc = add_members(value, module, depth + 1, xml, err);
	else
		rc = add_scalar(name, value, xml, err);
	cli_str_printf(xml, "</%s>", name);
	return rc;
}

/* A member of an object: "name" or "module:name", and its value or array of values. */
static int convert(const char *key, const json_t *value, const char *module, unsigned int depth,
		   struct cli_str *xml, struct hd_err *err)
{
	const char *colon = strchr(key, ':');
	const char *name = colon ? colon + 1 : key;
	char prefix[64];
	int rc = 0;

	if (*key == '@') /* metadata (RFC 7952): comments and the like */
		return 0;
	if (colon)
		snprintf(prefix, sizeof(prefix), "%.*s", (int)(colon - key), key);
	else
		snprintf(prefix, sizeof(prefix), "%s", module);
	if (!*prefix)
		return hd_err_set(
			err, EINVAL,
			"\"%s\" at the top needs its module in front: \"heddle-switch:%s\" "
			"or the like",
			key, key);
	if (!is_identifier(name) || !is_identifier(prefix))
		return hd_err_set(err, EINVAL, "\"%s\" is not a name that a node can have", key);
	if (depth > DEPTH_MAX)
		return hd_err_set(err, EINVAL, "\"%s\" is nested more than %d deep", key,
				  DEPTH_MAX);
	if (!json_is_array(value) ||
	    (json_array_size(value) == 1 &&
	     json_is_null(json_array_get(value, 0)))) /* [null]: type empty */
		return add_element(name, json_is_array(value) ? json_array_get(value, 0) : value,
				   prefix, strcmp(prefix, module) != 0, depth, xml, err);
	for (size_t i = 0; rc == 0 && i < json_array_size(value); i++) {
		const json_t *item = json_array_get(value, i);

		if (json_is_array(item))
			return hd_err_set(err, EINVAL, "\"%s\" has a list inside of a list", key);
		rc = add_element(name, item, prefix, strcmp(prefix, module) != 0, depth, xml, err);
	}
	return rc;
}

static int json_to_xml(const char *text, size_t len, struct cli_str *xml, struct hd_err *err)
{
	json_error_t where;
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
	int rc;

	if (!json)
		return hd_err_set(err, EINVAL, "line %d, column %d: %s", where.line, where.column,
				  where.text);
	if (json_is_object(json))
		rc = add_members(json, "", 0, xml, err);
	else
		rc = hd_err_set(err, EINVAL, "not an object: a configuration starts with {");
	json_decref(json);
	return rc;
}

/* <config> or <data> around the rest, of whichever namespace, is taken off. */
static int xml_to_xml(const char *text, struct cli_str *xml, struct hd_err *err)
{
	struct lyd_node *tree;
	const struct lyd_node *first;
	char *printed = NULL;
	int rc = cli_xml_parse(text, &tree, err);

	if (rc < 0)
		return rc;
	first = tree;
	if (!tree->next &&
	    (strcmp(LYD_NAME(tree), "config") == 0 || strcmp(LYD_NAME(tree), "data") == 0))
		first = lyd_child(tree);
	for (const struct lyd_node *node = first; node && rc == 0; node = node->next) {
		if (lyd_print_mem(&printed, node, LYD_XML, LYD_PRINT_SHRINK) != LY_SUCCESS)
			rc = hd_err_set(err, EINVAL, "cannot be written as XML");
		else
			cli_str_puts(xml, printed);
		free(printed);
		printed = NULL;
	}
	lyd_free_all(tree);
	return rc;
}

int cli_instance_to_xml(const char *text, size_t len, struct cli_str *xml, struct hd_err *err)
{
	size_t blank = 0;

	cli_str_puts(xml, "");
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark */
		text += 3;
		len -= 3;
	}
	while (blank < len && strchr(" \t\r\n", text[blank]) && text[blank])
		blank++;
	if (blank == len)
		return hd_err_set(err, EINVAL, "it is empty: an empty configuration is {}");
	if (memchr(text, '\0', len))
		return hd_err_set(err, EINVAL, "it has NUL bytes: not a text file");
	if (text[blank] == '{')
		return json_to_xml(text, len, xml, err);
	if (text[blank] == '<')
		return xml_to_xml(text + blank, xml, err);
	if (sf_is_lines(text, len))
		return cli_lines_to_xml(text, len, xml, err);
	return hd_err_set(err, EINVAL,
			  "neither lines of set (which start with set or #), blocks in braces (as "
			  "show configuration prints them), JSON (which starts with {) nor XML "
			  "(which starts with <)");
}

int cli_instance_read(const char *path, struct cli_str *text, struct hd_err *err)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char buf[16384];
	size_t n;
	int rc = 0;

	if (!file)
		return hd_err_set(err, errno, "%s", strerror(errno));
	cli_str_puts(text, "");
	while ((n = fread(buf, 1, sizeof(buf), file)) > 0 && text->len <= CLI_INSTANCE_MAX)
		cli_str_add(text, buf, n);
	if (ferror(file))
		rc = hd_err_set(err, errno ? errno : EIO, "%s", strerror(errno ? errno : EIO));
	else if (text->len > CLI_INSTANCE_MAX)
		rc = hd_err_set(err, EFBIG, "larger than %u MB", CLI_INSTANCE_MAX >> 20);
	if (file != stdin)
		fclose(file);
	return rc;
}

int cli_instance_tree(const char *path, struct lyd_node **tree, struct hd_err *err)
{
	struct cli_str text = {0}, xml = {0}, document = {0};
	int rc = cli_instance_read(path, &text, err);

	*tree = NULL;
	if (rc == 0)
		rc = cli_instance_to_xml(text.text, text.len, &xml, err);
	if (rc == 0) {
		cli_str_puts(&document, "<config xmlns=\"urn:heddle:config-file\">");
		cli_str_puts(&document, xml.text);
		cli_str_puts(&document, "</config>");
		rc = cli_xml_parse(document.text, tree, err);
	}
	cli_str_free(&text);
	cli_str_free(&xml);
	cli_str_free(&document);
	return rc;
}
