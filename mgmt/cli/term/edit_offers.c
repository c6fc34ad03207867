/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/edit_offers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mgmt/cli/term/lex.h"
#include "mgmt/cli/term/mem.h"
#include "mgmt/cli/term/table.h"

#define SHOWN_MAX 200

static bool listed(const struct edit_offers *offers, const char *word)
{
	for (size_t i = 0; i < offers->n; i++)
		if (offers->list[i].kind == CLI_OFFER_WORD &&
		    strcmp(offers->list[i].word, word) == 0)
			return true;
	return false;
}

static void add(struct edit_offers *offers, enum cli_offer_kind kind, const char *word,
		const char *help)
{
	struct edit_offer *o;
	bool option = *word == '-' && word[1];

	if (kind == CLI_OFFER_WORD && offers->n < SHOWN_MAX && listed(offers, word))
		return;
	offers->list = cli_realloc(offers->list, (offers->n + 1) * sizeof(*offers->list));
	o = &offers->list[offers->n++];
	*o = (struct edit_offer){
		.kind = kind,
		.word = cli_text_clean(cli_strdup(word)),
		.help = cli_text_clean(cli_strdup(help ? help : "")),
		.fits = kind == CLI_OFFER_WORD &&
			strncmp(word, offers->typed, strlen(offers->typed)) == 0 &&
			(!option || *offers->typed == '-'),
	};
	offers->n_fitting += o->fits;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Names of files that begin as typed; folders end with '/'. */
static void add_files(struct edit_offers *offers, bool folders_only)
{
	const char *slash = strrchr(offers->typed, '/');
	const char *base = slash ? slash + 1 : offers->typed;
	char *dir = slash ? cli_strndup(offers->typed, (size_t)(slash + 1 - offers->typed))
			  : cli_strdup("");
	struct dirent **entries;
	int n = scandir(*dir ? dir : ".", &entries, NULL, by_name);

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		char *path = cli_asprintf("%s%s", dir, name), *word;
		struct stat st;
		bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);

		word = cli_asprintf("%s%s", path, folder ? "/" : "");
		if ((folder || !folders_only) && (*name != '.' || *base == '.') &&
		    strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			add(offers, CLI_OFFER_WORD, word, "");
		free(word);
		free(path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	free(dir);
}

static void on_offer(void *arg, const struct cli_offer *offer)
{
	struct edit_offers *offers = arg;

	add(offers, offer->kind, offer->word, offer->help);
	if (offer->kind == CLI_OFFER_FILE || offer->kind == CLI_OFFER_DIR)
		add_files(offers, offer->kind == CLI_OFFER_DIR);
}

void edit_offers_get(struct edit_offers *offers, const char *line, edit_offers_fn fn, void *arg)
{
	size_t len = strlen(line);
	struct cli_words words;

	*offers = (struct edit_offers){0};
	cli_lex(line, false, &words);
	offers->open = words.open;
	if (words.n && words.list[words.n - 1].token == CLI_WORD &&
	    words.list[words.n - 1].end == len) {
		offers->typed = cli_strdup(words.list[words.n - 1].text);
		offers->typed_length = (int)cli_text_width(line + words.list[words.n - 1].at);
	} else {
		offers->typed = cli_strdup("");
	}
	cli_words_free(&words);
	fn(arg, line, on_offer, offers);
	if (!offers->n_fitting && !*offers->typed) { /* options alone are worth a look */
		for (size_t i = 0; i < offers->n; i++) {
			offers->list[i].fits = offers->list[i].kind == CLI_OFFER_WORD;
			offers->n_fitting += offers->list[i].fits;
		}
	}
}

void edit_offers_free(struct edit_offers *offers)
{
	for (size_t i = 0; i < offers->n; i++) {
		free(offers->list[i].word);
		free(offers->list[i].help);
	}
	free(offers->list);
	free(offers->typed);
	*offers = (struct edit_offers){0};
}

/* Bytes that all words that fit have in common, whole characters. */
static size_t common(const struct edit_offers *offers, const char **first)
{
	size_t len = 0;

	*first = NULL;
	for (size_t i = 0; i < offers->n; i++) {
		const char *word = offers->list[i].word;
		size_t same = 0;

		if (!offers->list[i].fits)
			continue;
		if (!*first) {
			*first = word;
			len = strlen(word);
			continue;
		}
		while (same < len && word[same] == (*first)[same])
			same++;
		len = same;
	}
	while (*first && len && ((unsigned char)(*first)[len] & 0xc0) == 0x80)
		len--;
	return len;
}

char *edit_offers_insert(const struct edit_offers *offers, int *erase)
{
	const char *first;
	size_t len = common(offers, &first);
	bool whole = offers->n_fitting == 1;
	char *word, *quoted, *insert;

	*erase = offers->typed_length;
	if (!first || (!whole && len <= strlen(offers->typed)))
		return NULL;
	word = cli_strndup(first, len);
	quoted = cli_lex_quote(word, offers->open);
	/* more is to come behind a folder and "PORT=": the quotes stay open, there is no blank */
	if (!whole || strchr("/=", word[len - 1])) {
		if (quoted[0] == '"' || quoted[0] == '\'')
			quoted[strlen(quoted) - 1] = '\0';
		whole = false;
	}
	insert = cli_asprintf("%s%s", quoted, whole ? " " : "");
	free(quoted);
	free(word);
	return insert;
}

void edit_offers_columns(const struct edit_offers *offers)
{
	struct winsize size = {0};
	unsigned int widest = 0, columns, at = 0;
	size_t shown = 0;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	for (size_t i = 0; i < offers->n; i++)
		if (offers->list[i].fits && cli_text_width(offers->list[i].word) > widest)
			widest = cli_text_width(offers->list[i].word);
	columns = (size.ws_col ? size.ws_col : 80) / (widest + 2);
	for (size_t i = 0; i < offers->n && shown < SHOWN_MAX; i++) {
		const char *word = offers->list[i].word;
		bool last = ++at >= columns;

		if (!offers->list[i].fits) {
			at--;
			continue;
		}
		printf("%s%*s", word, last ? 0 : (int)(widest + 2 - cli_text_width(word)), "");
		shown++;
		if (last) {
			fputc('\n', stdout);
			at = 0;
		}
	}
	if (at)
		fputc('\n', stdout);
	if (shown < offers->n_fitting)
		printf("... and %zu more\n", offers->n_fitting - shown);
}

/* Options are shown when asked for, or when there is nothing else. */
static bool explained(const struct edit_offers *offers, const struct edit_offer *o)
{
	if (o->kind == CLI_OFFER_WORD)
		return strncmp(o->word, offers->typed, strlen(offers->typed)) == 0;
	return o->kind == CLI_OFFER_END ? !*offers->typed : true;
}

void edit_offers_explain(const struct edit_offers *offers)
{
	struct winsize size = {.ws_col = 80};
	unsigned int widest = 0;
	size_t n = 0, shown = 0;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	for (size_t i = 0; i < offers->n; i++) {
		unsigned int width = cli_text_width(offers->list[i].word);

		if (!explained(offers, &offers->list[i]))
			continue;
		n++;
		if (width > widest)
			widest = width;
	}
	if (!n)
		puts("  nothing can come here");
	if (widest > 30)
		widest = 30;
	for (size_t i = 0; i < offers->n && shown < SHOWN_MAX; i++) {
		const struct edit_offer *o = &offers->list[i];
		int room = (int)size.ws_col - (int)widest - 5;

		if (!explained(offers, o))
			continue;
		shown++;
		printf("  %s%*s", o->word, (int)widest - (int)cli_text_width(o->word), "");
		if (*o->help && room > 10)
			printf("  %.*s", room, o->help);
		fputc('\n', stdout);
	}
	if (shown < n)
		printf("  ... and %zu more\n", n - shown);
}
