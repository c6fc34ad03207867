/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/conf_int.h"
#include "mgmt/cli/config/config_print.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/term/history.h"
#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/term/table.h"

const struct conf_command conf_commands[] = {
	{"set", "WORDS...", "change the candidate",
	 "The words follow the model: TAB and ? say what can come next. Several things can be said in "
	 "one line; names and values with blanks stand between double quotes, lists between [ and ]."},
	{"delete", "WORDS...", "take something out of the candidate", NULL},
	{"edit", "WORDS...", "go to a part of the configuration: later words are within it", NULL},
	{"up", "[N]", "go one level up, or N", NULL},
	{"top", "", "go to the top", NULL},
	{"exit", "", "go back to where edit was used; at the start, leave configuration mode",
	 NULL},
	{"quit", "", "leave configuration mode", NULL},
	{"show", "[WORDS...]", "show the candidate, here or at the words", NULL},
	{"compare", "[[rollback] N | N M]", "show what the candidate changes of what runs, or ran",
	 "Lines with - go, lines with + come. With two numbers what makes configuration M of the "
	 "history of configuration N; 0 is what runs."},
	{"commit", "[check | confirmed [MINUTES]] [comment TEXT]", "make the candidate run",
	 "Says first what it will do to the live switch. With check that is all. With confirmed it is "
	 "undone after so many minutes (10), unless confirm is typed before. The next start of the "
	 "switch takes it as well; after confirmed only once it is confirmed. Without a comment "
	 "the history has the edits as they were typed."},
	{"confirm", "", "keep what commit confirmed made run", NULL},
	{"cancel", "", "undo what commit confirmed made run, at once", NULL},
	{"rollback", "N", "make the candidate what ran N commits ago", "0 discards the edits."},
	{"discard", "", "throw away what was not committed", NULL},
	{"history", "[N]", "list the commits that can be gone back to, or show what one changed",
	 NULL},
	{"load", "merge | replace | set FILE", "read a file into the candidate",
	 "merge adds what is in the file, replace makes it all there is; both take lines of set, blocks "
	 "in braces, JSON and XML. set takes lines of set and delete, as edits. - reads what is typed."},
	{"save", "FILE", "write the candidate to a file, as lines of set", NULL},
	{"rename", "WORDS... to NAME",
	 "rename a port, a switch, a segment, ...; what refers to it follows", NULL},
	{"copy", "WORDS... to NAME", "make another one of a port, a switch, a segment, ...", NULL},
	{0},
};

static const conf_fn functions[] = {
	conf_set,     conf_delete, conf_edit,     conf_up,      conf_top,
	conf_exit,    conf_quit,   conf_show,     conf_compare, conf_commit,
	conf_confirm, conf_cancel, conf_rollback, conf_discard, conf_history,
	conf_load,    conf_save,   conf_rename,   conf_copy,
};

int conf_find(const char *word, bool abbreviate)
{
	int found = -1;

	for (int i = 0; conf_commands[i].name; i++) {
		if (!strcmp(conf_commands[i].name, word))
			return i;
		if (!abbreviate || strncmp(conf_commands[i].name, word, strlen(word)) != 0)
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

bool conf_is(const struct conf *conf, const struct sf_token *token, const char *full)
{
	if (conf->cli->abbreviate && *token->text)
		return !strncmp(token->text, full, strlen(token->text));
	return !strcmp(token->text, full);
}

int conf_wrong(struct conf *conf, const struct conf_line *line, size_t word, const char *fmt, ...)
{
	const struct sf_line *w = &line->words;
	unsigned int column = word < w->n ? w->list[word].column - 1
			      : w->n      ? w->list[w->n - 1].column + w->list[w->n - 1].length
					  : 0;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = cli_vasprintf(fmt, ap);
	va_end(ap);
	cli_caret(conf->cli, column);
	cli_error("%s", cli_text_clean(text));
	free(text);
	return CLI_USAGE;
}

bool conf_number(struct conf *conf, const struct conf_line *line, size_t word, unsigned long min,
		 unsigned long max, unsigned long *n)
{
	const char *text = line->words.list[word].text;
	char *end;

	*n = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && *n >= min && *n <= max)
		return true;
	conf_wrong(conf, line, word, "\"%s\": a number from %lu to %lu is needed", text, min, max);
	return false;
}

void conf_go(struct conf *conf, const char *level)
{
	char *copy = cli_strdup(level);

	free(conf->level);
	conf->level = copy;
	conf->at.number = 0;
	sf_line_read(&conf->at, copy, copy + strlen(copy));
}

/* What others, or this user earlier, left in the candidate. */
static void tell_changes(struct conf *conf, const struct lyd_node *reply)
{
	unsigned int n = 0;

	cli_xml_foreach(change, reply, "change")
	{
		char *words = sf_path_words(conf->ctx, cli_xml_text(change, "path"));
		char when[CLI_NUM_MAX];
		char *text = cli_asprintf("%s (%s, by %s, session %s, %s)",
					  words ? words : cli_xml_text(change, "path"),
					  cli_xml_text(change, "operation"),
					  cli_xml_text(change, "user"),
					  cli_xml_text(change, "session-id"),
					  cli_fmt_local(cli_xml_text(change, "time"), when));

		if (n++ == 0)
			fputs("The candidate has edits that nobody committed yet:\n", stderr);
		if (n <= 20)
			fprintf(stderr, "  %s\n", cli_text_clean(text));
		free(text);
		free(words);
	}
	if (n > 20)
		fprintf(stderr, "  and %u more\n", n - 20);
	if (n)
		fputs("commit would commit them too; compare shows them, discard throws them "
		      "away.\n",
		      stderr);
}

static int open_mode(struct conf *conf)
{
	static const char *const modes[] = {"shared", "exclusive", "private"};
	char *body = cli_asprintf("<open-configuration xmlns=\"" CLI_NS_CONFIG "\"><mode>%s</mode>"
				  "</open-configuration>",
				  modes[conf->mode]);
	struct lyd_node *reply;
	int rc = conf_request(conf, NULL, body, &reply);

	free(body);
	if (rc == 0) {
		tell_changes(conf, reply);
		conf_tell_pending(conf);
		cli_startup_tell(conf->cli->session, stderr);
	}
	lyd_free_all(reply);
	return rc;
}

static void free_conf(struct conf *conf)
{
	lyd_free_all(conf->names);
	sf_line_clear(&conf->at);
	while (conf->n_back)
		free(conf->back[--conf->n_back]);
	free(conf->back);
	free(conf->level);
	free(conf->told);
	free(conf->typed);
	free(conf);
}

struct conf *conf_open(struct cli *cli, enum conf_mode mode, int *rc)
{
	struct conf *conf = cli_calloc(1, sizeof(*conf));
	struct hd_err err = {0};

	conf->cli = cli;
	conf->mode = mode;
	conf_go(conf, "");
	conf->ctx = cli_schema(&err);
	if (!conf->ctx)
		cli_error("%s", err.text);
	*rc = conf->ctx ? open_mode(conf) : CLI_USAGE;
	if (*rc == 0)
		return conf;
	free_conf(conf);
	return NULL;
}

void conf_close(struct conf *conf)
{
	struct lyd_node *reply = NULL;

	if (!conf)
		return;
	if (conf->cli->session && !cli_client_broken(conf->cli->session))
		cli_client_rpc(conf->cli->session,
			       "<close-configuration xmlns=\"" CLI_NS_CONFIG "\"/>", &reply, NULL);
	lyd_free_all(reply);
	free_conf(conf);
}

int conf_lost(struct conf *conf)
{
	if (conf->edits && conf->mode == CONF_PRIVATE)
		cli_error("the edits that were not committed are lost");
	conf->edits = false;
	lyd_free_all(conf->names);
	conf->names = NULL;
	return open_mode(conf);
}

static int unknown(struct conf *conf, const struct conf_line *line)
{
	size_t n = sizeof(functions) / sizeof(functions[0]);
	const char *names[sizeof(functions) / sizeof(functions[0])];
	const char *word = line->words.list[0].text, *hint;

	for (size_t i = 0; i < n; i++)
		names[i] = conf_commands[i].name;
	hint = cli_did_you_mean(word, names, n);
	return conf_wrong(conf, line, 0, "there is no command \"%s\" in configuration mode%s", word,
			  *hint ? hint : ": help lists them, and \"run\" reaches the others");
}

#define TYPED_MAX 1000 /* bytes: more than a comment can have */

/* Keeps edits as they were typed, for the comment of the commit; no lines with secrets. */
static void remember(struct conf *conf, const char *command, const char *text)
{
	static const char *const starts[] = {"discard", "rollback"};
	static const char *const edits[] = {"rollback", "set", "delete", "load", "rename", "copy"};
	const char *rest;
	char *before = conf->typed;

	for (size_t i = 0; i < 2; i++)
		if (strcmp(command, starts[i]) == 0) {
			free(before);
			conf->typed = before = NULL;
		}
	text += strspn(text, " \t");
	for (size_t i = 0; i < 6; i++) {
		if (strcmp(command, edits[i]) != 0 || cli_history_hides(text) ||
		    (before && strlen(before) > TYPED_MAX))
			continue;
		rest = text + strcspn(text, " \t");
		conf->typed = cli_asprintf("%s%s%s%s%s%s", before ? before : "", before ? "; " : "",
					   command, *conf->level && i != 0 && i != 3 ? " " : "",
					   i != 0 && i != 3 ? conf->level : "", rest);
		free(before);
		return;
	}
}

int conf_line(struct conf *conf, const char *text, bool *leave)
{
	struct conf_line line = {.text = text};
	int rc = CLI_OK, i;

	*leave = false;
	sf_line_read(&line.words, text, text + strlen(text));
	if (line.words.wrong) {
		cli_caret(conf->cli, line.words.column - 1);
		cli_error("%s", line.words.wrong);
		rc = CLI_USAGE;
	} else if (line.words.n) {
		i = conf_find(line.words.list[0].text, conf->cli->abbreviate);
		rc = i < 0 ? unknown(conf, &line) : functions[i](conf, &line, leave);
		if (i >= 0 && rc == CLI_OK)
			remember(conf, conf_commands[i].name, text);
	}
	sf_line_clear(&line.words);
	/* Names that completion knows are from before. */
	lyd_free_all(conf->names);
	conf->names = NULL;
	return rc;
}

const char *conf_prompt(const struct conf *conf)
{
	return conf->level;
}

bool conf_has_edits(const struct conf *conf)
{
	struct lyd_node *reply = NULL;
	struct hd_err err;
	bool any = conf->edits;

	/* What was set may have been taken back, or committed by another. */
	if (any && conf->cli->session &&
	    cli_client_rpc(conf->cli->session, "<get-changes xmlns=\"" CLI_NS_CONFIG "\"/>", &reply,
			   &err) == 0)
		any = cli_xml_child(reply, "change");
	lyd_free_all(reply);
	return any;
}
