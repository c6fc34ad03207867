/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can come next in the shell: commands or words of the configuration, and filters behind them.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/lex.h"
#include "mgmt/cli/command/offers.h"
#include "mgmt/cli/command/pipe.h"
#include "mgmt/cli/shell/shell_int.h"

/* Passes offers on, and remembers whether the line can end. */
struct passed {
	cli_offer_fn fn;
	void *arg;
	bool end;
};

static void pass(void *arg, const struct cli_offer *offer)
{
	struct passed *p = arg;

	p->end |= offer->kind == CLI_OFFER_END;
	p->fn(p->arg, offer);
}

static void offer(struct passed *p, enum cli_offer_kind kind, const char *word, const char *help)
{
	pass(p, &(struct cli_offer){kind, word, help});
}

static const struct cli_filter_kind *filter(const char *word)
{
	const struct cli_filter_kind *found = NULL;

	for (const struct cli_filter_kind *f = cli_filters; f->name; f++)
		if (strncmp(f->name, word, strlen(word)) == 0 && (!found || !strcmp(f->name, word)))
			found = f;
	return found;
}

/* Behind the last pipe, with @n whole words between. */
static void offer_filters(struct shell *shell, const struct cli_word *words, size_t n,
			  struct passed *p)
{
	const struct cli_filter_kind *f = n ? filter(words[0].text) : NULL;

	if (n == 0) {
		for (f = cli_filters; f->name; f++)
			offer(p, CLI_OFFER_WORD, f->name, f->summary);
		return;
	}
	if (!f)
		return;
	if (n == (f->arg ? 2 : 1)) {
		offer(p, CLI_OFFER_END, "<enter>", "");
		return;
	}
	if (!f->arg || n > 1)
		return;
	if (f->words)
		cli_offers_value(f->words, &(struct cmd_ask){.cli = shell->cli, .typed = ""}, p->fn,
				 p->arg);
	else if (!f->values)
		offer(p, CLI_OFFER_VALUE, f->arg,
		      "a regular expression; with blanks between quotes");
	for (size_t i = 0; f->values && f->values[i]; i++)
		offer(p, CLI_OFFER_WORD, f->values[i], "");
}

static void offer_commands(struct shell *shell, const struct cli_word *list, size_t n,
			   const char *typed, struct passed *p)
{
	const char **words = cli_calloc(n + 1, sizeof(*words));

	for (size_t i = 0; i < n; i++)
		words[i] = list[i].text;
	cli_offers(shell->cli, words, n, typed, pass, p);
	free(words);
}

static void offer_conf(struct shell *shell, const char *line, const struct cli_word *list, size_t n,
		       const char *typed, struct passed *p)
{
	if (n && strcmp(list[0].text, "run") == 0) {
		offer_commands(shell, list + 1, n - 1, typed, p);
		return;
	}
	if (n == 1 && strcmp(list[0].text, "help") == 0) {
		for (const struct conf_command *c = conf_commands; c->name; c++)
			offer(p, CLI_OFFER_WORD, c->name, c->summary);
		return;
	}
	conf_complete(shell->conf, line, pass, p);
	if (n == 0) {
		offer(p, CLI_OFFER_WORD, "run", "a command from outside of configuration mode");
		offer(p, CLI_OFFER_WORD, "help", "list the commands, or explain one");
	}
}

void shell_offers(void *arg, const char *line, cli_offer_fn fn, void *fn_arg)
{
	struct shell *shell = arg;
	struct passed p = {fn, fn_arg, false};
	struct cli_words words;
	size_t n, start = 0;
	const char *typed = "";
	char *before;

	cli_lex(line, false, &words);
	n = words.n;
	if (n && words.list[n - 1].token == CLI_WORD && words.list[n - 1].end == strlen(line))
		typed = words.list[--n].text;
	before = cli_strndup(line, n < words.n ? words.list[n].at : strlen(line));
	for (size_t i = 0; i < n; i++)
		if (words.list[i].token == CLI_PIPE)
			start = i + 1;
	if (shell->cli->session && !cli_client_alive(shell->cli->session)) {
		cli_client_close(shell->cli->session); /* said with the next command */
		shell->cli->session = NULL;
	}
	if (start)
		offer_filters(shell, words.list + start, n - start, &p);
	else if (shell->conf)
		offer_conf(shell, before, words.list, n, typed, &p);
	else
		offer_commands(shell, words.list, n, typed, &p);
	if (p.end && !*typed)
		fn(fn_arg,
		   &(struct cli_offer){CLI_OFFER_VALUE, "|",
				       "filters: match, except, count, display, save, ..."});
	free(before);
	cli_words_free(&words);
}
