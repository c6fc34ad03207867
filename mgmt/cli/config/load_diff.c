/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/config/load_diff.h"

#include <stdlib.h>
#include <string.h>

static void add(struct cli_objects *o, char *name, char *text)
{
	o->list = cli_realloc(o->list, (o->n + 1) * sizeof(*o->list));
	o->list[o->n++] = (struct cli_object){.name = name, .text = text};
}

static void print_node(struct cli_str *text, const struct lyd_node *node)
{
	char *printed = NULL;

	if (lyd_print_mem(&printed, node, LYD_XML, LYD_PRINT_SHRINK) == LY_SUCCESS && printed)
		cli_str_puts(text, printed);
	free(printed);
}

static char *text_of(const struct lyd_node *node)
{
	struct cli_str text = {0};

	cli_str_puts(&text, "");
	print_node(&text, node);
	return text.text;
}

/* A switch without its segments: those are objects of their own. */
static void add_switch(struct cli_objects *o, const struct lyd_node *sw)
{
	const char *name = cli_xml_text(sw, "name");
	struct cli_str text = {0};

	cli_str_puts(&text, "");
	for (const struct lyd_node *child = lyd_child(sw); child; child = child->next) {
		if (strcmp(cli_xml_name(child), "segment") == 0)
			add(o, cli_asprintf("segment %s/%s", name, cli_xml_text(child, "name")),
			    text_of(child));
		else
			print_node(&text, child);
	}
	add(o, cli_asprintf("switch %s", name), text.text);
}

static int compare(const void *a, const void *b)
{
	return strverscmp(((const struct cli_object *)a)->name,
			  ((const struct cli_object *)b)->name);
}

static void sort(struct cli_objects *o)
{
	if (o->n)
		qsort(o->list, o->n, sizeof(*o->list), compare);
}

void cli_objects_read(const struct lyd_node *data, struct cli_objects *o)
{
	*o = (struct cli_objects){0};
	cli_xml_foreach(sw, cli_xml_child(data, "switches"), "switch") add_switch(o, sw);
	cli_xml_foreach(port, cli_xml_child(data, "interfaces"), "interface")
		add(o, cli_asprintf("port %s", cli_xml_text(port, "name")), text_of(port));
	sort(o);
}

void cli_objects_compare(struct cli_objects *before, struct cli_objects *after)
{
	size_t n = after->n, at = 0;

	for (size_t i = 0; i < n; i++) {
		struct cli_object *now = &after->list[i];
		int rc = 1;

		now->change = CLI_ADDED;
		while (at < before->n && (rc = compare(&before->list[at], now)) < 0)
			at++;
		if (at == before->n || rc != 0)
			continue;
		now->change =
			strcmp(before->list[at].text, now->text) == 0 ? CLI_UNCHANGED : CLI_CHANGED;
		before->list[at].change = CLI_CHANGED; /* found again */
	}
	for (size_t i = 0; i < before->n; i++) {
		struct cli_object *old = &before->list[i];

		if (old->change == CLI_CHANGED)
			continue;
		add(after, old->name, old->text);
		after->list[after->n - 1].change = CLI_REMOVED;
		old->name = old->text = NULL;
	}
	cli_objects_free(before);
	sort(after);
}

void cli_objects_free(struct cli_objects *o)
{
	for (size_t i = 0; i < o->n; i++) {
		free(o->list[i].name);
		free(o->list[i].text);
	}
	free(o->list);
	*o = (struct cli_objects){0};
}
