/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/setform/items.h"
#include "mgmt/setform/print.h"

void sf_put_word(FILE *out, const char *word)
{
	unsigned int code;
	size_t n;

	if (!sf_must_quote(word)) {
		fputs(word, out);
		return;
	}
	fputc('"', out);
	for (; *word; word++) {
		n = sf_unseen(word, &code);
		if (n) {
			fprintf(out, "\\u%04x", code);
			word += n - 1;
			continue;
		}
		switch (*word) {
		case '\n': fputs("\\n", out); break;
		case '\t': fputs("\\t", out); break;
		case '\r': fputs("\\r", out); break;
		case '"':
		case '\\': fputc('\\', out); /* fall through */
		default: fputc(*word, out);
		}
	}
	fputc('"', out);
}

static void prefix_put(struct sf_printer *p, const char *bytes, size_t n)
{
	if (p->len + n + 1 > p->room) {
		p->room = (p->len + n + 1) * 2;
		p->prefix = ds_realloc(p->prefix, p->room, 1);
	}
	memcpy(p->prefix + p->len, bytes, n);
	p->len += n;
}

static void prefix_word(struct sf_printer *p, const char *word)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out;

	if (!sf_must_quote(word)) {
		prefix_put(p, word, strlen(word));
	} else {
		out = open_memstream(&text, &len);
		sf_put_word(out, word);
		fclose(out);
		prefix_put(p, text, len);
		free(text);
	}
	prefix_put(p, " ", 1);
}

/* An argument that is not there, and a kind that is not set, cannot be said by the word. */
static bool needs_exact(const struct sf_word *word, const struct lyd_node *node)
{
	const struct lyd_node *leaf = NULL;

	if (word->argument)
		return lyd_find_sibling_val(lyd_child(node), word->argument, NULL, 0, NULL) !=
		       LY_SUCCESS;
	if (!word->kind)
		return false;
	lyd_find_sibling_val(lyd_first_sibling(node), word->kind, NULL, 0,
			     (struct lyd_node **)&leaf);
	return !leaf || strcmp(lyd_get_value(leaf), word->kind_value) != 0;
}

size_t sf_prefix_add(struct sf_printer *p, const struct sf_item *item)
{
	const struct sf_word *word = item->word;
	const struct lyd_node *key;
	struct lyd_node *argument = NULL;
	size_t before = p->len;

	if (!item->implied && needs_exact(word, item->node)) {
		const struct lysc_node *schema = item->node->schema;

		prefix_put(p, schema->module->name, strlen(schema->module->name));
		prefix_put(p, ":", 1);
		prefix_put(p, schema->name, strlen(schema->name));
		prefix_put(p, " ", 1);
		return before;
	}
	prefix_put(p, word->word, strlen(word->word));
	prefix_put(p, " ", 1);
	if (item->implied)
		return before;
	if (item->node->schema->nodetype == LYS_LIST)
		for (key = lyd_child(item->node); key && lysc_is_key(key->schema); key = key->next)
			prefix_word(p, lyd_get_value(key));
	if (word->argument && lyd_find_sibling_val(lyd_child(item->node), word->argument, NULL, 0,
						   &argument) == LY_SUCCESS)
		prefix_word(p, lyd_get_value(argument));
	return before;
}

void sf_prefix_drop(struct sf_printer *p, size_t before)
{
	p->len = before;
}

void sf_put_prefix(struct sf_printer *p)
{
	if (p->flags & SF_INDENT) {
		for (size_t i = 0; i < p->indent; i++)
			fputs("    ", p->out);
		return;
	}
	fwrite(p->lead, 1, strlen(p->lead), p->out);
	fwrite(p->prefix, 1, p->len, p->out);
}

void sf_put_bare(struct sf_printer *p)
{
	fputs(p->lead, p->out);
	fwrite(p->prefix, 1, p->len ? p->len - 1 : 0, p->out);
	fputc('\n', p->out);
	p->lines++;
}

void sf_put_values(struct sf_printer *p, const struct sf_item *items, size_t n)
{
	const struct sf_word *word = items[0].word;
	bool list = items[0].node->schema->nodetype == LYS_LEAFLIST, many = list && n > 1;
	char text[32];

	sf_put_prefix(p);
	fputs(word->word, p->out);
	if (many)
		fputs(" [", p->out);
	for (size_t i = 0; i < n && !sf_is_empty(word->node); i++) {
		fputc(' ', p->out);
		sf_put_word(p->out, sf_from_model(word, items[i].node, text));
	}
	fputs(many ? " ]" : "", p->out);
	fputs(p->flags & SF_INDENT ? ";\n" : "\n", p->out);
	p->lines++;
}

/* Items from @i on that are values of one leaf-list. */
size_t sf_run(const struct sf_items *items, size_t i)
{
	size_t n = 1;

	if (items->list[i].node->schema->nodetype != LYS_LEAFLIST)
		return 1;
	while (i + n < items->n && items->list[i + n].word == items->list[i].word)
		n++;
	return n;
}

static void print_block(struct sf_printer *p, size_t before, bool any, const struct sf_item *item)
{
	sf_put_prefix(p);
	fwrite(p->prefix + before, 1, p->len - before - 1, p->out);
	if (!any) {
		fputs(";\n", p->out);
		return;
	}
	fputs(" {\n", p->out);
	p->indent++;
	sf_print_scope(p, item->word->scope, item->node);
	p->indent--;
	sf_put_prefix(p);
	fputs("}\n", p->out);
}

/* Is there more to say of an entry or container than its word, keys and argument? */
static bool has_more(struct sf_printer *p, const struct sf_item *item)
{
	size_t from = sf_items_push(&p->items, item->word->scope, item->node), n = 0;

	for (size_t i = from; i < p->items.n; i++)
		n += p->items.list[i].node->schema != item->word->argument;
	p->items.n = from;
	return n;
}

/* The kind's own container follows with something in it: that says the kind. */
static bool kind_follows(struct sf_printer *p, size_t i)
{
	return !(p->flags & SF_BARE) && i + 1 < p->items.n &&
	       p->items.list[i + 1].word == p->items.list[i].word &&
	       has_more(p, &p->items.list[i + 1]);
}

static bool says_itself(const struct lysc_node *schema)
{
	return schema->nodetype == LYS_LIST || sf_is_presence(schema);
}

static void print_inner(struct sf_printer *p, const struct sf_item *item)
{
	size_t before = sf_prefix_add(p, item);
	bool more = !item->implied && has_more(p, item);

	if (p->flags & SF_INDENT)
		print_block(p, before, more, item);
	else if (!more || ((p->flags & SF_BARE) && says_itself(item->node->schema)))
		sf_put_bare(p);
	if (more && !(p->flags & SF_INDENT))
		sf_print_scope(p, item->word->scope, item->node);
	sf_prefix_drop(p, before);
}

void sf_print_scope(struct sf_printer *p, const struct sf_scope *scope, const struct lyd_node *node)
{
	size_t from = sf_items_push(&p->items, scope, node);

	for (size_t i = from; i < p->items.n;) {
		const struct sf_item item = p->items.list[i];
		size_t run = sf_run(&p->items, i);

		if (item.implied ? !kind_follows(p, i)
				 : item.node->schema->nodetype & (LYS_LIST | LYS_CONTAINER))
			print_inner(p, &item);
		else if (!item.implied &&
			 !(item.node->schema->nodetype & (LYS_LIST | LYS_CONTAINER)))
			sf_put_values(p, &p->items.list[i], run);
		i += run;
	}
	p->items.n = from;
}

void sf_printer_clear(struct sf_printer *p)
{
	free(p->prefix);
	free(p->items.list);
}

void sf_print(const struct ly_ctx *ctx, const struct lyd_node *tree, unsigned int flags, FILE *out)
{
	struct sf_printer p = {.flags = flags, .out = out, .lead = "set "};

	sf_print_scope(&p, sf_top(ctx), lyd_first_sibling(tree));
	if (!p.lines)
		fputs("# nothing is configured\n", out);
	sf_printer_clear(&p);
}

char *sf_print_text(const struct ly_ctx *ctx, const struct lyd_node *tree, unsigned int flags)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return ds_strdup("");
	sf_print(ctx, tree, flags, out);
	fclose(out);
	return text;
}

void sf_print_below(const struct ly_ctx *ctx, const struct lyd_node *node, unsigned int flags,
		    FILE *out)
{
	struct sf_printer p = {.flags = flags, .out = out, .lead = "set "};
	const struct sf_word *word;

	sf_top(ctx);
	word = node->schema->nodetype == LYS_LIST ? sf_entry_word(node) : NULL;
	sf_print_scope(&p, word ? word->scope : sf_scope_of(node->schema), node);
	sf_printer_clear(&p);
}
