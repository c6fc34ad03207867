/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * set and delete, and moving about.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmt/cli/config/effects.h"
#include "mgmt/cli/config/conf_int.h"
#include "mgmt/cli/term/table.h"

/* The words of a line as an edit. */
static int parse(struct conf *conf, const struct conf_line *line, const char *verb,
		 const struct lyd_node *base, struct lyd_node **tree)
{
	struct sf_edit edit = {.ctx = conf->ctx,
			       .changes = true,
			       .base = base,
			       .one_line = true,
			       .verb = verb,
			       .level = &conf->at};
	struct ds_errors errs = {.n = 0};
	bool fine = sf_parse(&edit, line->text, strlen(line->text), &errs);

	if (!fine) {
		cli_caret(conf->cli, edit.place.column - 1);
		cli_error("%s", errs.list[0].message);
	}
	ds_errors_clear(&errs);
	*tree = edit.tree;
	return fine ? CLI_OK : CLI_USAGE;
}

int conf_set(struct conf *conf, const struct conf_line *line, bool *leave)
{
	struct lyd_node *tree;
	int rc = parse(conf, line, "set", NULL, &tree);

	(void)leave;
	if (rc == 0)
		rc = conf_send(conf, line, tree);
	if (rc == 0)
		conf_tell_effects(conf, line);
	return rc;
}

static const struct lyd_node *given(void *tree)
{
	return tree;
}

int conf_resolve(struct conf *conf, const struct conf_line *line, size_t from, size_t to,
		 const struct lyd_node *tree, struct sf_target *target)
{
	struct sf_ask ask = {
		.ctx = conf->ctx, .level = &conf->at, .tree = given, .tree_arg = (void *)tree};
	size_t bad;

	if (sf_resolve(&ask, line->words.list + from, to - from, target))
		return CLI_OK;
	bad = target->bad ? (size_t)(target->bad - line->words.list) : to;
	conf_wrong(conf, line, bad < line->words.n ? bad : line->words.n, "%s", target->wrong);
	sf_target_clear(target);
	return CLI_USAGE;
}

/* The unit of the candidate that the line begins with; a leaf-list's values follow the words. */
static int fetch_unit(struct conf *conf, const struct conf_line *line, struct lyd_node **tree)
{
	struct sf_ask ask = {.ctx = conf->ctx, .level = &conf->at};
	struct sf_target target;
	int rc;

	for (size_t n = line->words.n; n; n--) {
		bool found = sf_resolve(&ask, line->words.list + 1, n - 1, &target);

		if (found) {
			rc = conf_fetch(conf, "candidate", &target, tree);
			sf_target_clear(&target);
			return rc;
		}
		sf_target_clear(&target);
	}
	return conf_fetch(conf, "candidate", NULL, tree);
}

int conf_delete(struct conf *conf, const struct conf_line *line, bool *leave)
{
	struct lyd_node *base = NULL, *tree;
	int rc = fetch_unit(conf, line, &base);

	(void)leave;
	if (rc == 0)
		rc = parse(conf, line, "delete", base, &tree);
	if (rc == 0)
		rc = conf_send(conf, line, tree);
	lyd_free_all(base);
	if (rc == 0)
		conf_tell_effects(conf, line);
	return rc;
}

static bool known(const struct conf *conf, const char *text)
{
	const char *at = conf->told;
	size_t len = strlen(text);

	while (at && (at = strstr(at, text))) {
		if ((at == conf->told || at[-1] == '\n') && at[len] == '\n')
			return true;
		at++;
	}
	return false;
}

/* True when the effect speaks of the port, switch or segment that the line names. */
static bool is_of(struct conf *conf, const struct conf_line *line, const struct lyd_node *effect)
{
	char *words = sf_path_words(conf->ctx, cli_xml_text(effect, "path"));
	struct sf_line path = {.n = 0};
	size_t have = 0;

	if (words)
		sf_line_read(&path, words, words + strlen(words));
	for (; have < 2 && have < path.n; have++) {
		size_t at = have < conf->at.n ? 0 : have - conf->at.n + 1;
		const char *said = have < conf->at.n    ? conf->at.list[have].text
				   : at < line->words.n ? line->words.list[at].text
							: "";

		if (strcmp(said, path.list[have].text) != 0)
			break;
	}
	sf_line_clear(&path);
	free(words);
	return have == 2;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void conf_tell_effects(struct conf *conf, const struct conf_line *line)
{
	struct lyd_node *reply = NULL;
	struct hd_err err;
	double start = seconds();

	/* Only to somebody who types, and only when it takes no time. */
	if (!conf->cli->abbreviate || !conf->cli->session || conf->effects_took > 0.1)
		return;
	if (cli_client_rpc(conf->cli->session, cli_effects_request(), &reply, &err) == 0 &&
	    !cli_reply_errors(reply)) {
		cli_xml_foreach(effect, reply, "effect")
		{
			char *text = cli_text_clean(cli_strdup(cli_xml_text(effect, "text")));

			if (!strcmp(cli_xml_text(effect, "severity"), "warning") &&
			    !known(conf, text) && is_of(conf, line, effect)) {
				char *told =
					cli_asprintf("%s%s\n", conf->told ? conf->told : "", text);

				fputs("warning: ", conf->cli->out);
				cli_wrap_on(conf->cli->out, text, 9, conf->cli->width);
				free(conf->told);
				conf->told = told;
			}
			free(text);
		}
	}
	lyd_free_all(reply);
	conf->effects_took = seconds() - start;
}

static void remember_level(struct conf *conf)
{
	conf->back = cli_realloc(conf->back, (conf->n_back + 1) * sizeof(*conf->back));
	conf->back[conf->n_back++] = cli_strdup(conf->level);
}

int conf_edit(struct conf *conf, const struct conf_line *line, bool *leave)
{
	struct sf_target target;
	int rc;

	(void)leave;
	if (line->words.n < 2)
		return conf_wrong(conf, line, 1, "edit what? A port, a switch, ...");
	rc = conf_resolve(conf, line, 1, line->words.n, NULL, &target);
	if (rc)
		return rc;
	if (target.all || !(target.schema->nodetype & (LYS_LIST | LYS_CONTAINER))) {
		rc = conf_wrong(conf, line, line->words.n,
				target.all ? "which %s? Its name is missing"
					   : "%s is a single value: set it",
				target.schema->name);
	} else {
		remember_level(conf);
		conf_go(conf, target.words);
	}
	sf_target_clear(&target);
	return rc;
}

/* Levels that are not above this one are nowhere to go back to. */
static void forget_levels(struct conf *conf)
{
	while (conf->n_back && strlen(conf->back[conf->n_back - 1]) >= strlen(conf->level))
		free(conf->back[--conf->n_back]);
}

int conf_up(struct conf *conf, const struct conf_line *line, bool *leave)
{
	struct sf_ask ask = {.ctx = conf->ctx};
	unsigned long n = 1;

	(void)leave;
	if (line->words.n > 2)
		return conf_wrong(conf, line, 2, "up takes at most a number");
	if (line->words.n == 2 && !conf_number(conf, line, 1, 1, 64, &n))
		return CLI_USAGE;
	for (; n && conf->at.n; n--) {
		struct sf_target target;

		if (sf_resolve(&ask, conf->at.list, conf->at.n, &target))
			conf_go(conf, target.around);
		else
			conf_go(conf, "");
		sf_target_clear(&target);
	}
	forget_levels(conf);
	return CLI_OK;
}

int conf_top(struct conf *conf, const struct conf_line *line, bool *leave)
{
	(void)leave;
	if (line->words.n > 1)
		return conf_wrong(conf, line, 1, "top takes nothing");
	conf_go(conf, "");
	forget_levels(conf);
	return CLI_OK;
}

int conf_quit(struct conf *conf, const struct conf_line *line, bool *leave)
{
	bool edits;

	if (line->words.n > 1)
		return conf_wrong(conf, line, 1, "nothing follows here");
	edits = conf_has_edits(conf);
	if (edits && conf->mode != CONF_SHARED &&
	    !cli_ask(conf->cli, "The edits are not committed, and would be lost. Leave?", true))
		return CLI_OK;
	if (edits)
		fputs(conf->mode == CONF_SHARED
			      ? "The edits stay in the candidate: they are not committed.\n"
			      : "The edits were not committed, and are gone.\n",
		      stderr);
	conf_tell_pending(conf);
	*leave = true;
	return CLI_OK;
}

int conf_exit(struct conf *conf, const struct conf_line *line, bool *leave)
{
	if (!conf->n_back || line->words.n > 1)
		return conf_quit(conf, line, leave);
	conf_go(conf, conf->back[--conf->n_back]);
	free(conf->back[conf->n_back]);
	return CLI_OK;
}
