/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The errors in an answer, for people.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/command/client.h"
#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/term/table.h"
#include "mgmt/setform/setform.h"

static bool is_error(const struct lyd_node *error)
{
	return strcmp(cli_xml_text(error, "error-severity"), "warning") != 0;
}

unsigned int cli_reply_errors(const struct lyd_node *reply)
{
	unsigned int n = 0;

	cli_xml_foreach(error, reply, "rpc-error") n += is_error(error);
	return n;
}

/* Module that @prefix of @len bytes stands for in @element, printed as XML; the prefix itself if unknown. */
static char *module_of(const char *element, const char *prefix, size_t len)
{
	char *key = cli_asprintf("xmlns:%.*s=\"", (int)len, prefix);
	const char *uri = element ? strstr(element, key) : NULL;
	char *module;

	if (uri) {
		const char *name = uri += strlen(key), *end = strchrnul(uri, '"');

		for (const char *c = uri; c < end; c++)
			if (*c == ':')
				name = c + 1;
		module = cli_strndup(name, (size_t)(end - name));
	} else {
		module = cli_strndup(prefix, len);
	}
	free(key);
	return module;
}

/*
 * A step's name at @path: with its module in front where it is another one than that of the step
 * before (*module), as JSON has it. Returns what comes after the name.
 */
static const char *add_name(struct cli_str *text, const char *path, const char *element,
			    char **module)
{
	size_t len = strcspn(path, ":/[]='\" ");
	const char *name = path;

	if (path[len] == ':') {
		char *own = module_of(element, path, len);

		name = path + len + 1;
		if (module && (!*module || strcmp(own, *module) != 0)) {
			cli_str_printf(text, "%s:", own);
			free(*module);
			*module = own;
		} else {
			free(own);
		}
	}
	len = strcspn(name, ":/[]='\" ");
	cli_str_add(text, name, len);
	return name + len;
}

char *cli_error_path(const struct lyd_node *error)
{
	return cli_path_text(cli_xml_child(error, "error-path"));
}

char *cli_path_text(const struct lyd_node *node)
{
	const char *path = cli_xml_own_text(node);
	char *element = NULL, *module = NULL;
	struct cli_str text = {0};
	bool in_predicate = false;

	cli_str_puts(&text, "");
	if (node)
		lyd_print_mem(&element, node, LYD_XML, LYD_PRINT_SHRINK);
	for (path += strspn(path, " \t\r\n"); *path && !strchr(" \t\r\n", *path);) {
		if (*path == '\'' || *path == '"') {
			const char *end = strchr(path + 1, *path);
			size_t len = end ? (size_t)(end - path) + 1 : strlen(path);

			cli_str_add(&text, path, len);
			path += len;
		} else if (strchr("/[]=:", *path)) {
			in_predicate = *path == '[' || (*path != ']' && in_predicate);
			cli_str_add(&text, path++, 1);
		} else {
			path = add_name(&text, path, element, in_predicate ? NULL : &module);
		}
	}
	free(element);
	free(module);
	return text.text;
}

/* What is wrong, on one line and without blanks around it. Allocated. */
static char *message_of(const struct lyd_node *error)
{
	const char *message = cli_xml_text(error, "error-message");
	const struct lyd_node *info = cli_xml_child(error, "error-info");
	struct cli_str text = {0};
	size_t n;

	message += strspn(message, " \t\r\n");
	for (n = strlen(message); n && strchr(" \t\r\n", message[n - 1]); n--)
		;
	cli_str_puts(&text, "");
	if (n) {
		cli_str_add(&text, message, n);
	} else {
		cli_str_puts(&text, cli_xml_text(error, "error-tag"));
		cli_xml_foreach(element, info, "bad-element")
			cli_str_printf(&text, ": %s", cli_xml_own_text(element));
	}
	return cli_text_clean(text.text);
}

void cli_reply_print_errors(const struct lyd_node *reply, FILE *out)
{
	cli_xml_foreach(error, reply, "rpc-error")
	{
		char *path = cli_error_path(error), *message = message_of(error);
		struct ly_ctx *ctx = *path ? cli_schema(NULL) : NULL;
		char *words = ctx ? sf_path_words(ctx, path) : NULL;

		fprintf(out, *path ? "  %s\n    " : "  ", words ? words : path);
		fprintf(out, "%s%s\n", is_error(error) ? "" : "warning: ", message);
		free(words);
		free(message);
		free(path);
	}
}
