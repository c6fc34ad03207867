/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/lex.h"

#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/mem.h"

#define BLANKS " \t\r\n"

static struct cli_word *add(struct cli_words *words, enum cli_token token, size_t at)
{
	struct cli_word *word;

	words->list = cli_realloc(words->list, (words->n + 1) * sizeof(*words->list));
	word = &words->list[words->n++];
	*word = (struct cli_word){.token = token, .at = at, .end = at + 1};
	return word;
}

/* One word at @line[at]. Returns where it ends. */
static size_t take_word(const char *line, size_t at, const char *ends, struct cli_words *words)
{
	struct cli_word *word = add(words, CLI_WORD, at);
	struct cli_str text = {0};
	char quote = 0;

	cli_str_puts(&text, "");
	for (; line[at]; at++) {
		char c = line[at];

		if (quote) {
			if (c == quote) {
				quote = 0;
				continue;
			}
			if (quote == '"' && c == '\\' && line[at + 1] &&
			    strchr("\"\\", line[at + 1]))
				c = line[++at];
		} else if (c == '"' || (c == '\'' && at == word->at)) {
			quote = c;
			word->quoted = true;
			continue;
		} else if (strchr(ends, c)) {
			break;
		}
		cli_str_add(&text, &c, 1);
	}
	word->text = text.text;
	word->end = at;
	words->open = quote;
	return at;
}

void cli_lex(const char *line, bool commands, struct cli_words *words)
{
	const char *ends = commands ? BLANKS "|;" : BLANKS "|";
	size_t at = 0;

	*words = (struct cli_words){0};
	for (;;) {
		at += strspn(line + at, BLANKS);
		if (!line[at] || line[at] == '#')
			return;
		if (line[at] == '|' || (commands && line[at] == ';')) {
			add(words, line[at] == '|' ? CLI_PIPE : CLI_NEXT, at)->text =
				cli_strndup(line + at, 1);
			at++;
		} else {
			at = take_word(line, at, ends, words);
		}
	}
}

void cli_words_free(struct cli_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->list[i].text);
	free(words->list);
	*words = (struct cli_words){0};
}

static bool needs_quotes(const char *word)
{
	return !*word || *word == '\'' || *word == '#' || strpbrk(word, BLANKS "|;?\"\\[]{}");
}

char *cli_lex_quote(const char *word, char open)
{
	struct cli_str text = {0};
	char quote = open ? open : needs_quotes(word) ? '"' : 0;

	cli_str_puts(&text, "");
	if (quote)
		cli_str_add(&text, &quote, 1);
	for (; *word; word++) {
		if (quote == '"' && (*word == '"' || *word == '\\'))
			cli_str_puts(&text, "\\");
		cli_str_add(&text, word, 1);
	}
	if (quote)
		cli_str_add(&text, &quote, 1);
	return text.text;
}
