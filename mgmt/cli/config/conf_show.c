/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * show, compare and save.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/conf_int.h"
#include "mgmt/cli/config/config_print.h"
#include "mgmt/datastore/tree.h"

/* A copy of what the words lead to, with what is around it; NULL when it is not there. */
static struct lyd_node *part_of(const struct sf_target *at)
{
	struct lyd_node *copy = NULL, *parent;
	const struct lyd_node *node;

	if (!at->node)
		return NULL;
	if (lyd_dup_single(at->node, NULL, LYD_DUP_RECURSIVE | LYD_DUP_WITH_PARENTS, &copy) !=
	    LY_SUCCESS)
		return NULL;
	parent = lyd_parent(copy);
	for (node = at->all ? at->node->next : NULL; node; node = node->next)
		if (node->schema && sf_alike(node, at->node))
			lyd_dup_single(node, (struct lyd_node_inner *)parent, LYD_DUP_RECURSIVE,
				       NULL);
	while (lyd_parent(copy))
		copy = lyd_parent(copy);
	return copy;
}

/* The words that lead there need not be said again: what is around is not printed. */
static void print_text(struct conf *conf, const struct lyd_node *tree, const struct sf_target *at,
		       const struct lyd_node *part)
{
	const struct lyd_node *node = part;

	if (at && at->schema && at->node && !at->all &&
	    (at->schema->nodetype & (LYS_LIST | LYS_CONTAINER))) {
		sf_print_below(conf->ctx, at->node, SF_INDENT, conf->cli->out);
		return;
	}
	if (!at || !at->schema) {
		sf_print(conf->ctx, tree, SF_INDENT, conf->cli->out);
		return;
	}
	while (node && node->schema != at->schema) {
		const struct lyd_node *child = lyd_child(node);

		while (child && lysc_is_key(child->schema) && child->next)
			child = child->next;
		node = child;
	}
	for (node = lyd_parent(node); node && !sf_has_word(node->schema);)
		node = lyd_parent(node);
	if (node)
		sf_print_below(conf->ctx, node, SF_INDENT, conf->cli->out);
	else
		sf_print(conf->ctx, part, SF_INDENT, conf->cli->out);
}

int conf_print(struct conf *conf, const struct lyd_node *tree, const struct sf_target *at)
{
	struct lyd_node *part = at && at->schema ? part_of(at) : NULL;
	const struct lyd_node *all = at && at->schema ? part : tree;
	enum cli_display display = conf->cli->display;
	char *text = NULL;

	switch (display) {
	case CLI_DISPLAY_TEXT: print_text(conf, tree, at, part); break;
	case CLI_DISPLAY_SET: sf_print(conf->ctx, all, 0, conf->cli->out); break;
	case CLI_DISPLAY_JSON:
		lyd_print_mem(&text, all, LYD_JSON, LYD_PRINT_WITHSIBLINGS);
		fputs(text && *text ? text : "{}\n", conf->cli->out);
		break;
	case CLI_DISPLAY_XML:
		lyd_print_mem(&text, all, LYD_XML, LYD_PRINT_WITHSIBLINGS);
		cli_xml_document(conf->cli, text ? text : "");
		break;
	}
	free(text);
	lyd_free_all(part);
	return CLI_OK;
}

int conf_show(struct conf *conf, const struct conf_line *line, bool *leave)
{
	struct lyd_node *tree = NULL;
	struct sf_target unit, at;
	int rc;

	(void)leave;
	rc = conf_resolve(conf, line, 1, line->words.n, NULL, &unit);
	if (rc)
		return rc;
	rc = conf_fetch(conf, "candidate", &unit, &tree);
	sf_target_clear(&unit);
	if (rc)
		return rc;
	rc = conf_resolve(conf, line, 1, line->words.n, tree, &at);
	if (rc == 0 && at.schema && at.schema->nodetype == LYS_LIST && !at.all && !at.node) {
		cli_error("there is no %s", at.words);
		rc = CLI_REFUSED;
	} else if (rc == 0) {
		rc = conf_print(conf, tree, &at);
	}
	sf_target_clear(&at);
	lyd_free_all(tree);
	return rc;
}

#define UNITS_MAX 16 /* more changes than that: the whole configurations are compared */

/* Adds to @tree what @part has; both begin with the same few containers. */
static void join(struct lyd_node **tree, struct lyd_node *part)
{
	lyd_merge_siblings(tree, part, 0);
	*tree = lyd_first_sibling(*tree); /* it may have come before what was there */
	lyd_free_all(part);
}

/* Of a configuration what is in the parts that @reply (get-changes) lists. */
static int fetch_parts(struct conf *conf, const char *source, const struct lyd_node *reply,
		       struct lyd_node **tree)
{
	struct sf_ask ask = {.ctx = conf->ctx};
	int rc = CLI_OK;

	*tree = NULL;
	cli_xml_foreach(change, reply, "change")
	{
		char *words = sf_path_words(conf->ctx, cli_xml_text(change, "path"));
		struct sf_line line = {.n = 0};
		struct sf_target target = {.schema = NULL};
		struct lyd_node *part = NULL;

		if (words)
			sf_line_read(&line, words, words + strlen(words));
		if (rc == 0 && words && sf_resolve(&ask, line.list, line.n, &target)) {
			rc = conf_fetch(conf, source, &target, &part);
			join(tree, part);
		}
		sf_target_clear(&target);
		sf_line_clear(&line);
		free(words);
	}
	return rc;
}

static int fetch_changed(struct conf *conf, struct lyd_node **before, struct lyd_node **after)
{
	struct lyd_node *reply;
	int rc = conf_request(conf, NULL, "<get-changes xmlns=\"" CLI_NS_CONFIG "\"/>", &reply);
	size_t n = 0;

	if (rc)
		return rc;
	cli_xml_foreach(change, reply, "change")
	{
		char *words = sf_path_words(conf->ctx, cli_xml_text(change, "path"));

		n += words ? 1 : UNITS_MAX + 1; /* no words lead to it */
		free(words);
	}
	if (n > UNITS_MAX) {
		rc = conf_fetch(conf, "running", NULL, before);
		if (rc == 0)
			rc = conf_fetch(conf, "candidate", NULL, after);
	} else {
		rc = fetch_parts(conf, "running", reply, before);
		if (rc == 0)
			rc = fetch_parts(conf, "candidate", reply, after);
	}
	lyd_free_all(reply);
	return rc;
}

/* compare N M: two configurations of the history. */
static int compare_history(struct conf *conf, const struct conf_line *line)
{
	struct cli_client *client = cli_connect(conf->cli);
	unsigned long from, to;

	if (!conf_number(conf, line, 1, 0, 49, &from) || !conf_number(conf, line, 2, 0, 49, &to))
		return CLI_USAGE;
	return client ? cli_history_compare(conf->cli, client, from, to) : CLI_UNREACHABLE;
}

int conf_compare(struct conf *conf, const struct conf_line *line, bool *leave)
{
	bool rollback = line->words.n > 1 && conf_is(conf, &line->words.list[1], "rollback");
	struct lyd_node *before = NULL, *after = NULL;
	unsigned long n = 0;
	int rc;

	(void)leave;
	if (line->words.n > 3)
		return conf_wrong(conf, line, 3, "one word too many");
	if (line->words.n == 3 && !rollback)
		return compare_history(conf, line);
	if (rollback && line->words.n == 2)
		return conf_wrong(conf, line, 2, "how many commits back? history lists them");
	if (line->words.n > 1 && !conf_number(conf, line, 1 + rollback, 0, 49, &n))
		return CLI_USAGE;
	if (line->words.n == 1) {
		rc = fetch_changed(conf, &before, &after);
	} else {
		rc = conf_fetch_history(conf, (unsigned int)n, &before);
		if (rc == 0)
			rc = conf_fetch(conf, "candidate", NULL, &after);
	}
	if (rc == 0 && sf_compare(conf->ctx, before, after, conf->cli->out) == 0)
		fputs(n ? "Nothing is different.\n" : "The candidate changes nothing.\n",
		      conf->cli->out);
	lyd_free_all(before);
	lyd_free_all(after);
	return rc;
}

int conf_save(struct conf *conf, const struct conf_line *line, bool *leave)
{
	struct lyd_node *tree = NULL;
	struct hd_err err = {0};
	const char *path;
	char *text;
	int rc;

	(void)leave;
	if (line->words.n != 2)
		return conf_wrong(conf, line, line->words.n > 2 ? 2 : 1, "save takes one file");
	path = line->words.list[1].text;
	rc = conf_fetch(conf, "candidate", NULL, &tree);
	if (rc)
		return rc;
	text = sf_print_text(conf->ctx, tree, 0);
	if (ds_file_prepare(path, text, &err) < 0 || ds_file_commit(path, &err) < 0) {
		cli_error("%s", err.text);
		rc = CLI_USAGE;
	} else {
		fprintf(conf->cli->out, "The candidate is in %s.\n", path);
	}
	free(text);
	lyd_free_all(tree);
	return rc;
}
