/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kinds of ports and what can be said of them: from the schema.
 */
#include "mgmt/cli/command/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/command/offers.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/setform/dict.h"

#define KINDS_MAX   32
#define OPTIONS_MAX 32

struct kind {
	struct cli_kind is;
	struct cmd_option options[OPTIONS_MAX + 1];
	const struct lysc_node *leaves[OPTIONS_MAX];
};

static struct kind kinds[KINDS_MAX];
static size_t n_kinds;

struct ly_ctx *cli_schema(struct hd_err *err)
{
	static struct ly_ctx *ctx; /* as long as the process */
	char dir[512];

	if (!ctx && ds_schema_find_dir(NULL, dir, sizeof(dir), err) == 0)
		ctx = bd_schema_new(dir, err);
	return ctx;
}

char *cli_first_sentence(const char *text)
{
	struct cli_str line = {0};
	bool blank = false;

	cli_str_puts(&line, "");
	for (; text && *text; text++) {
		if (strchr(" \t\r\n", *text)) {
			blank = line.len != 0;
			continue;
		}
		if (blank)
			cli_str_puts(&line, " ");
		blank = false;
		if (*text == '.' && (!text[1] || strchr(" \t\r\n", text[1])))
			break;
		cli_str_add(&line, text, 1);
	}
	if (line.len > 1 && line.text[0] >= 'A' && line.text[0] <= 'Z' &&
	    !(line.text[1] >= 'A' && line.text[1] <= 'Z'))
		line.text[0] = (char)(line.text[0] - 'A' + 'a');
	return line.text;
}

/* What an argument is called in help. */
static const char *argument(const struct lysc_node *node)
{
	const struct lysc_type *type = ((const struct lysc_node_leaf *)node)->type;

	switch (type->basetype) {
	case LY_TYPE_UINT8:
	case LY_TYPE_UINT16:
	case LY_TYPE_UINT32:
	case LY_TYPE_UINT64: return "N";
	case LY_TYPE_ENUM: return "WORD";
	case LY_TYPE_BOOL: return "true|false";
	default: return "TEXT";
	}
}

/* "which side makes the socket: client, server (default: client)" */
static char *help_of(const struct lysc_node *node)
{
	const struct lysc_node_leaf *leaf = (const struct lysc_node_leaf *)node;
	char *sentence = cli_first_sentence(node->dsc);
	struct cli_str text = {0};
	const char *words;

	cli_str_puts(&text, sentence);
	free(sentence);
	if (leaf->type->basetype == LY_TYPE_ENUM) {
		const struct lysc_type_enum *type = (const struct lysc_type_enum *)leaf->type;

		for (LY_ARRAY_COUNT_TYPE i = 0; i < LY_ARRAY_COUNT(type->enums); i++)
			cli_str_printf(&text, "%s%s", i ? ", " : ": ", type->enums[i].name);
	}
	words = strstr(node->dsc ? node->dsc : "", "Default:");
	if (words && leaf->nodetype == LYS_LEAF) {
		sentence = cli_first_sentence(words + strlen("Default:"));
		cli_str_printf(&text, " (default: %s)", sentence);
		free(sentence);
	} else if (leaf->nodetype == LYS_LEAF && leaf->dflt) {
		cli_str_printf(&text, " (default: %s)",
			       lyd_value_get_canonical(node->module->ctx, leaf->dflt));
	}
	return text.text;
}

static void read_options(struct kind *kind, const struct lysc_node *container)
{
	const struct lysc_node *node;
	size_t n = 0;

	LY_LIST_FOR(lysc_node_child(container), node) {
		if (!(node->nodetype & (LYS_LEAF | LYS_LEAFLIST)) || !(node->flags & LYS_CONFIG_W))
			continue;
		if (n == OPTIONS_MAX)
			break;
		kind->leaves[n] = node;
		kind->options[n++] = (struct cmd_option){
			.name = node->name,
			.arg = argument(node),
			.help = help_of(node),
		};
	}
}

/* True for kinds themselves: identities of another module than the one that defines what kinds are. */
static void read_identities(const struct lysc_ident *base, const struct lys_module *kinds_module)
{
	for (LY_ARRAY_COUNT_TYPE i = 0; i < LY_ARRAY_COUNT(base->derived); i++) {
		const struct lysc_ident *ident = base->derived[i];
		struct kind *kind = &kinds[n_kinds];
		char path[256];
		const struct lysc_node *node;

		if (ident->module == kinds_module) {
			read_identities(ident, kinds_module);
			continue;
		}
		snprintf(path, sizeof(path), "/ietf-interfaces:interfaces/interface/%s:%s",
			 ident->module->name, ident->name);
		node = lys_find_path(ident->module->ctx, NULL, path, false);
		if (node && sf_extension(node, "top-kind", 0))
			continue; /* it has commands of its own */
		if (n_kinds == KINDS_MAX)
			return;
		n_kinds++;
		kind->is = (struct cli_kind){
			.name = ident->name,
			.module = ident->module->name,
			.ns = ident->module->ns,
			.help = cli_first_sentence(ident->dsc),
		};
		if (node)
			read_options(kind, node);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct kind *)a)->is.name, ((const struct kind *)b)->is.name);
}

static void load(void)
{
	static bool loaded;
	struct ly_ctx *ctx = loaded ? NULL : cli_schema(NULL);
	const struct lys_module *module =
		ctx ? ly_ctx_get_module_implemented(ctx, "heddle-port") : NULL;

	loaded = true;
	if (!module)
		return;
	for (LY_ARRAY_COUNT_TYPE i = 0; i < LY_ARRAY_COUNT(module->identities); i++)
		if (strcmp(module->identities[i].name, "port-kind") == 0)
			read_identities(&module->identities[i], module);
	qsort(kinds, n_kinds, sizeof(*kinds), compare);
}

const struct cli_kind *cli_kind_at(size_t i)
{
	load();
	return i < n_kinds ? &kinds[i].is : NULL;
}

static struct kind *find(const char *name)
{
	load();
	for (size_t i = 0; i < n_kinds; i++)
		if (strcmp(kinds[i].is.name, name) == 0)
			return &kinds[i];
	return NULL;
}

const struct cli_kind *cli_kind_find(const char *name)
{
	struct kind *kind = find(name);

	return kind ? &kind->is : NULL;
}

int cli_kind_unknown(const char *name)
{
	const char *words[KINDS_MAX];
	struct hd_err err;

	load();
	if (!cli_schema(&err)) {
		cli_error("%s", err.text);
		return CLI_USAGE;
	}
	for (size_t i = 0; i < n_kinds; i++)
		words[i] = kinds[i].is.name;
	cli_error("there is no kind of port \"%s\"%s", name,
		  cli_did_you_mean(name, words, n_kinds));
	fputs("There are:", stderr);
	for (size_t i = 0; i < n_kinds; i++)
		fprintf(stderr, " %s", words[i]);
	fputc('\n', stderr);
	return CLI_USAGE;
}

const struct cmd_option *cmd_kind_options(const char *kind_name)
{
	struct kind *kind = find(kind_name);

	return kind ? kind->options : NULL;
}

void cli_kind_values(const struct cmd_option *option, cli_offer_fn fn, void *arg)
{
	for (size_t k = 0; k < n_kinds; k++) {
		const struct lysc_node_leaf *leaf;
		const char *what;

		if (option < kinds[k].options || option >= kinds[k].options + OPTIONS_MAX)
			continue;
		leaf = (const void *)kinds[k].leaves[option - kinds[k].options];
		if (leaf->type->basetype == LY_TYPE_ENUM) {
			const struct lysc_type_enum *type = (const void *)leaf->type;

			for (LY_ARRAY_COUNT_TYPE e = 0; e < LY_ARRAY_COUNT(type->enums); e++) {
				char *help = cli_first_sentence(type->enums[e].dsc);

				fn(arg,
				   &(struct cli_offer){CLI_OFFER_WORD, type->enums[e].name, help});
				free(help);
			}
			return;
		}
		fn(arg, &(struct cli_offer){CLI_OFFER_VALUE, option->arg, option->help});
		what = sf_extension(&leaf->node, "on-host", 0);
		if (what)
			cli_offers_host(what, fn, arg);
	}
}
