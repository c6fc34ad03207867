/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can come next on a line of configuration mode.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/conf_int.h"
#include "mgmt/cli/config/config_print.h"
#include "mgmt/cli/command/names.h"
#include "mgmt/cli/command/offers.h"

struct passing {
	cli_offer_fn fn;
	void *arg;
};

static void offer(const struct passing *p, enum cli_offer_kind kind, const char *word,
		  const char *help)
{
	const struct cli_offer o = {.kind = kind, .word = word, .help = help};

	p->fn(p->arg, &o);
}

static void pass(void *arg, const struct sf_offer *o)
{
	offer(arg,
	      o->kind == SF_OFFER_WORD    ? CLI_OFFER_WORD
	      : o->kind == SF_OFFER_VALUE ? CLI_OFFER_VALUE
					  : CLI_OFFER_END,
	      o->word, o->help);
}

static void model_words(struct conf *conf, const struct sf_line *line, size_t n,
			enum sf_purpose purpose, struct passing *p)
{
	struct sf_ask ask = {.ctx = conf->ctx,
			     .purpose = purpose,
			     .level = &conf->at,
			     .tree = conf_names,
			     .tree_arg = conf,
			     .host = cli_host_names};

	sf_words(&ask, line->list + 1, n - 1, pass, p);
}

static void end(const struct passing *p)
{
	offer(p, CLI_OFFER_END, "<enter>", "");
}

static bool said(const struct sf_line *line, const char *word)
{
	for (size_t i = 1; i < line->n; i++)
		if (!strcmp(line->list[i].text, word))
			return true;
	return false;
}

static void commit_words(const struct sf_line *line, const struct passing *p)
{
	const char *last = line->list[line->n - 1].text;

	if (said(line, "comment")) {
		offer(p, CLI_OFFER_VALUE, "TEXT", "why; it stands in the history");
		if (strcmp(last, "comment") != 0)
			end(p);
		return;
	}
	if (line->n > 1 && !strcmp(last, "confirmed"))
		offer(p, CLI_OFFER_VALUE, "MINUTES", "until it is undone, 10 without");
	if (!said(line, "check") && !said(line, "confirmed")) {
		offer(p, CLI_OFFER_WORD, "check", "say what it would do, and do nothing");
		offer(p, CLI_OFFER_WORD, "confirmed", "undone unless it is confirmed in time");
	}
	offer(p, CLI_OFFER_WORD, "comment", "why: the rest of the line");
	end(p);
}

static void load_words(const struct sf_line *line, const struct passing *p)
{
	if (line->n == 1) {
		offer(p, CLI_OFFER_WORD, "merge", "add what is in the file");
		offer(p, CLI_OFFER_WORD, "replace", "what is in the file is all there is");
		offer(p, CLI_OFFER_WORD, "set", "lines of set and delete, as edits");
	} else if (line->n == 2) {
		offer(p, CLI_OFFER_FILE, "FILE",
		      "lines of set, blocks in braces, JSON or XML; - reads what is typed");
	} else {
		end(p);
	}
}

static void rename_words(struct conf *conf, const struct sf_line *line, struct passing *p)
{
	struct sf_ask ask = {.ctx = conf->ctx, .level = &conf->at};
	struct sf_target target;

	if (said(line, "to")) {
		if (!strcmp(line->list[line->n - 1].text, "to"))
			offer(p, CLI_OFFER_VALUE, "NAME", "the new name");
		else
			end(p);
		return;
	}
	model_words(conf, line, line->n, SF_TO_NAME, p);
	if (line->n > 1 && sf_resolve(&ask, line->list + 1, line->n - 1, &target)) {
		if (!target.all && target.schema && target.schema->nodetype == LYS_LIST)
			offer(p, CLI_OFFER_WORD, "to", "the new name follows");
		sf_target_clear(&target);
	}
}

static void arguments(struct conf *conf, const char *command, const struct sf_line *line,
		      struct passing *p)
{
	static const struct {
		const char *command;
		enum sf_purpose purpose;
	} models[] = {{"set", SF_TO_SET},
		      {"delete", SF_TO_DELETE},
		      {"edit", SF_TO_EDIT},
		      {"show", SF_TO_SHOW}};
	const struct cmd_ask ask = {.cli = conf->cli, .typed = ""};

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (!strcmp(command, models[i].command)) {
			model_words(conf, line, line->n, models[i].purpose, p);
			return;
		}
	if (!strcmp(command, "rename") || !strcmp(command, "copy")) {
		rename_words(conf, line, p);
	} else if (!strcmp(command, "commit")) {
		commit_words(line, p);
	} else if (!strcmp(command, "load")) {
		load_words(line, p);
	} else if (!strcmp(command, "save") && line->n == 1) {
		offer(p, CLI_OFFER_FILE, "FILE", "where to write the candidate");
	} else if (!strcmp(command, "rollback") && line->n == 1) {
		cli_offers_value(&words_history, &ask, p->fn, p->arg);
	} else if (!strcmp(command, "history") && line->n == 1) {
		cli_offers_value(&words_history, &ask, p->fn, p->arg);
		end(p);
	} else if (!strcmp(command, "compare") && line->n == 1) {
		offer(p, CLI_OFFER_WORD, "rollback", "with what ran N commits ago");
		cli_offers_value(&words_history, &ask, p->fn, p->arg);
		end(p);
	} else if (!strcmp(command, "compare") && line->n == 2) {
		cli_offers_value(&words_history, &ask, p->fn, p->arg);
	} else {
		if (!strcmp(command, "up") && line->n == 1)
			offer(p, CLI_OFFER_VALUE, "N", "levels");
		end(p);
	}
}

void conf_complete(struct conf *conf, const char *text, cli_offer_fn fn, void *arg)
{
	struct passing p = {fn, arg};
	struct sf_line line = {.n = 0};
	int i;

	sf_line_read(&line, text, text + strlen(text));
	if (line.wrong) {
		sf_line_clear(&line);
		return;
	}
	i = line.n ? conf_find(line.list[0].text, true) : -1;
	if (!line.n)
		for (const struct conf_command *c = conf_commands; c->name; c++)
			offer(&p, CLI_OFFER_WORD, c->name, c->summary);
	else if (i >= 0)
		arguments(conf, conf_commands[i].name, &line, &p);
	sf_line_clear(&line);
}
