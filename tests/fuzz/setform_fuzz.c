/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Set lines and blocks in braces, as a whole configuration and as edits of one. What must hold:
 * lines are either taken, or refused with reasons of one line each; what was taken is printed as
 * lines that are taken again and are the same; words that could come next can be asked for at any
 * place of any line.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/config.h"
#include "mgmt/datastore/schema.h"
#include "mgmt/setform/rename.h"
#include "mgmt/setform/setform.h"
#include "mgmt/setform/words.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/yang.h"

static struct lyd_node *base;

static const char base_text[] = "set switch sw0 segment lab host-only interface hd-lab\n"
				"set switch sw0 segment office vlan 10 bridged uplink eth1\n"
				"set port eth1 af-packet switch sw0\n"
				"set port fw tap switch sw0 trunk [ lab 5 100-200 ] native lab\n"
				"set nacm rule-list a rule b action permit\n";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sf_edit edit = {.lenient = false};
	struct ds_errors errs = {.n = 0};

	FUZZ_ASSERT(yang_setup() == 0);
	edit.ctx = ctx;
	FUZZ_ASSERT(sf_parse(&edit, base_text, strlen(base_text), &errs));
	base = edit.tree;
	return 0;
}

static void again(const struct lyd_node *tree, unsigned int flags)
{
	struct ds_errors errs = {.n = 0};
	struct sf_edit edit = {.ctx = ctx};
	char *text = sf_print_text(ctx, tree, flags), *second;

	FUZZ_ASSERT(sf_parse(&edit, text, strlen(text), &errs));
	second = sf_print_text(ctx, edit.tree, flags);
	FUZZ_ASSERT(!strcmp(text, second));
	lyd_free_all(edit.tree);
	free(second);
	free(text);
}

static void compare(const struct lyd_node *tree)
{
	FILE *nowhere = fopen("/dev/null", "w");

	FUZZ_ASSERT(nowhere);
	sf_compare(ctx, base, tree, nowhere);
	sf_compare(ctx, tree, base, nowhere);
	FUZZ_ASSERT(sf_compare(ctx, tree, tree, nowhere) == 0);
	fclose(nowhere);
}

static void run(const char *text, size_t size, bool changes, bool lenient)
{
	struct sf_edit edit = {.ctx = ctx, .changes = changes, .lenient = lenient};
	struct ds_errors errs = {.n = 0};
	bool fine;

	if (changes)
		edit.base = base;
	fine = sf_parse(&edit, text, size, &errs);
	FUZZ_ASSERT(fine == ds_errors_none(&errs));
	FUZZ_ASSERT(fine || (edit.place.line && edit.place.column));
	for (size_t i = 0; i < errs.n; i++)
		FUZZ_ASSERT(errs.list[i].message[0] && !strchr(errs.list[i].message, '\n'));
	if (fine && !changes) {
		compare(edit.tree);
		again(edit.tree, 0);
		again(edit.tree, SF_INDENT);
	}
	lyd_free_all(edit.tree);
	ds_errors_clear(&errs);
}

static void check_offer(void *arg, const struct sf_offer *offer)
{
	FUZZ_ASSERT(offer->word[0] && !strchr(offer->help, '\n'));
}

static const struct lyd_node *the_tree(void *arg)
{
	return base;
}

/* What is offered after each of the first words. */
static void offers(const char *text, size_t size)
{
	struct sf_ask ask = {.ctx = ctx, .tree = the_tree};
	struct sf_line line = {.n = 0};

	if (size)
		sf_line_read(&line, text, text + size);
	for (size_t n = 0; n <= line.n && n < 12; n++)
		for (ask.purpose = SF_TO_SET; ask.purpose <= SF_TO_NAME; ask.purpose++)
			sf_words(&ask, line.list + (n > 0), n - (n > 0), check_offer, NULL);
	sf_line_clear(&line);
}

/* The input as the path of an error, and as a new name. */
static void paths(const char *text, size_t size)
{
	char *copy = strndup(text, size);
	struct ds_errors errs = {.n = 0};
	struct lyd_node *entry = NULL, *edit;
	size_t references;

	free(sf_path_words(ctx, copy));
	lyd_find_path(base, "/heddle-switch:switches/switch[name='sw0']/segment[name='lab']", 0,
		      &entry);
	FUZZ_ASSERT(entry);
	edit = sf_rename(ctx, base, entry, copy, false, &references, &errs);
	FUZZ_ASSERT(edit ? references == 2 : !ds_errors_none(&errs));
	lyd_free_all(edit);
	ds_errors_clear(&errs);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run((const char *)data, size, false, false);
	run((const char *)data, size, true, false);
	run((const char *)data, size, true, true);
	offers((const char *)data, size);
	if (size)
		paths((const char *)data, size);
	return 0;
}
