/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line of the shell: words, filters, options, what can come next. What must hold: words lie within
 * the line in their order, a word that is quoted reads as itself, and nothing that is refused is half
 * taken.
 */
#include <stdio.h>
#include <string.h>

#include "mgmt/cli/command/offers.h"
#include "mgmt/cli/command/pipe.h"
#include "tests/fuzz/fuzz.h"

static void offered(void *arg, const struct cli_offer *offer)
{
	FUZZ_ASSERT(offer->word && offer->help);
}

static void check_words(const char *line, const struct cli_words *words)
{
	size_t end = 0;

	for (size_t i = 0; i < words->n; i++) {
		const struct cli_word *w = &words->list[i];
		struct cli_words again;
		char *quoted;

		FUZZ_ASSERT(w->at >= end && w->end > w->at && w->end <= strlen(line));
		end = w->end;
		if (w->token != CLI_WORD || strpbrk(w->text, "\r\n"))
			continue;
		quoted = cli_lex_quote(w->text, 0);
		cli_lex(quoted, true, &again);
		FUZZ_ASSERT(again.n == 1 && strcmp(again.list[0].text, w->text) == 0);
		cli_words_free(&again);
		free(quoted);
	}
}

static void parse(struct cli *cli, const struct cli_words *words, size_t n)
{
	char **argv = calloc(n + 1, sizeof(*argv));
	struct cmd_line line;
	int rc;

	for (size_t i = 0; i < n; i++)
		argv[i] = words->list[i].text;
	rc = cmd_parse(cli, (int)n, argv, &line);
	FUZZ_ASSERT(rc == 0 || rc == CLI_USAGE);
	FUZZ_ASSERT(line.bad >= -1 && line.bad <= (int)n);
	FUZZ_ASSERT(rc != 0 || !line.cmd || line.n_args <= line.cmd->max_args);
	cmd_line_free(&line);
	if (n)
		cli_offers(cli, (const char *const *)argv, n - 1, argv[n - 1], offered, NULL);
	free(argv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	struct cli cli = {.out = stdout, .run_dir = "/nonexistent"};
	FILE *was = stderr;
	struct cli_words words;
	struct cli_pipe *pipe;
	size_t n = 0, bad = 0;
	char *line;

	if (!null)
		null = fopen("/dev/null", "w");
	if (!null || size == 0)
		return 0;
	cli.abbreviate = data[0] & 1;
	cli.shell =
		data[0] & 2 ? (struct shell *)&cli : NULL; /* only whether there is one counts */
	cli.socket = strdup("/nonexistent/socket");
	line = strndup((const char *)data + 1, size - 1);
	cli_lex(line, data[0] & 4, &words);
	check_words(line, &words);
	stderr = null; /* messages are not what is looked at */
	while (n < words.n && words.list[n].token == CLI_WORD)
		n++;
	pipe = cli_pipe_new(&words, n, cli.abbreviate, &bad);
	FUZZ_ASSERT(pipe || bad <= words.n);
	cli_pipe_free(pipe);
	parse(&cli, &words, n);
	stderr = was;
	cli_words_free(&words);
	free(line);
	free(cli.socket);
	return 0;
}
