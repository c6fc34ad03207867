/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/edit_offers.h"
#include "mgmt/cli/term/lex.h"
#include "tests/unit/unit.h"

/* The words of a line, with '/' between them. */
static const char *words(const char *line, bool commands)
{
	static char text[256];
	struct cli_words w;

	text[0] = '\0';
	cli_lex(line, commands, &w);
	for (size_t i = 0; i < w.n; i++) {
		strcat(text, i ? "/" : "");
		strcat(text, w.list[i].text);
		CU_ASSERT(w.list[i].at < w.list[i].end && w.list[i].end <= strlen(line));
	}
	if (w.open)
		strcat(text, "+");
	cli_words_free(&w);
	return text;
}

static void test_words(void)
{
	CU_ASSERT_STRING_EQUAL(words("  show\tports web1 ", false), "show/ports/web1");
	CU_ASSERT_STRING_EQUAL(words("", false), "");
	CU_ASSERT_STRING_EQUAL(words("a|b ;c", false), "a/|/b/;c");
	CU_ASSERT_STRING_EQUAL(words("a|b ;c", true), "a/|/b/;/c");
	CU_ASSERT_STRING_EQUAL(words("a \"b | c;\" 'd \" e' f", true), "a/b | c;/d \" e/f");
	CU_ASSERT_STRING_EQUAL(words("\"a \\\" b \\\\ \\n\"", false), "a \" b \\ \\n");
	CU_ASSERT_STRING_EQUAL(words("it's a# b # rest | x", false), "it's/a#/b");
	CU_ASSERT_STRING_EQUAL(words("# all", false), "");
	CU_ASSERT_STRING_EQUAL(words("a \"b c", false), "a/b c+");
	CU_ASSERT_STRING_EQUAL(words("\"\"", false), "");
	CU_ASSERT_STRING_EQUAL(words("pre\"quoted part\"post", false), "prequoted partpost");
}

/* What is quoted reads as what it was. */
static void test_quote(void)
{
	static const char *const texts[] = {"plain", "",  "a b",   "\"",     "\\",  "a|b",
					    "'x",    "#", "what?", "a\\\"b", "[x]", "{"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char *quoted = cli_lex_quote(texts[i], 0);
		struct cli_words w;

		cli_lex(quoted, true, &w);
		CU_ASSERT_EQUAL_FATAL(w.n, 1);
		CU_ASSERT_STRING_EQUAL(w.list[0].text, texts[i]);
		cli_words_free(&w);
		free(quoted);
	}
}

static void some_offers(void *arg, const char *line, cli_offer_fn fn, void *fn_arg)
{
	static const struct cli_offer offers[] = {
		{CLI_OFFER_WORD, "ports", "x"},        {CLI_OFFER_WORD, "port-list", ""},
		{CLI_OFFER_WORD, "planes", ""},        {CLI_OFFER_WORD, "a name", ""},
		{CLI_OFFER_WORD, "--limit", "number"}, {CLI_OFFER_VALUE, "NAME", ""},
		{CLI_OFFER_WORD, "planes", ""},        {CLI_OFFER_WORD, "p=", ""},
	};

	for (size_t i = 0; i < sizeof(offers) / sizeof(*offers); i++)
		fn(fn_arg, &offers[i]);
}

/* What TAB types behind @line, "-" for nothing; in *@erase what it takes away. */
static const char *tab(const char *line, int *erase)
{
	static char text[64];
	struct edit_offers offers;
	char *insert;

	edit_offers_get(&offers, line, some_offers, NULL);
	insert = edit_offers_insert(&offers, erase);
	snprintf(text, sizeof(text), "%s", insert ? insert : "-");
	free(insert);
	edit_offers_free(&offers);
	return text;
}

static void test_tab(void)
{
	int erase;

	CU_ASSERT_STRING_EQUAL(tab("show pl", &erase), "planes ");
	CU_ASSERT_EQUAL(erase, 2);
	CU_ASSERT_STRING_EQUAL(tab("show po", &erase), "port");
	CU_ASSERT_STRING_EQUAL(tab("show port", &erase), "-");
	CU_ASSERT_STRING_EQUAL(tab("show ", &erase), "-");
	CU_ASSERT_STRING_EQUAL(tab("show x", &erase), "-");
	CU_ASSERT_STRING_EQUAL(tab("show a", &erase), "\"a name\" ");
	CU_ASSERT_EQUAL(erase, 1);
	CU_ASSERT_STRING_EQUAL(tab("show \"a na", &erase), "\"a name\" ");
	CU_ASSERT_EQUAL(erase, 5);
	CU_ASSERT_STRING_EQUAL(tab("show -", &erase), "--limit ");
	CU_ASSERT_STRING_EQUAL(tab("show p=", &erase), "p=");
	CU_ASSERT_STRING_EQUAL(tab("show ports|pl", &erase), "planes ");
}

UNIT_MAIN("cli-lex", {"words", test_words}, {"quotes", test_quote}, {"completion", test_tab});
