/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What TAB and `?` make of the offers for a line that is being typed.
 */
#ifndef MGMT_CLI_TERM_EDIT_OFFERS_H
#define MGMT_CLI_TERM_EDIT_OFFERS_H

#include <stdbool.h>
#include <stddef.h>

#include "mgmt/cli/term/offer.h"

struct edit_offer {
	enum cli_offer_kind kind;
	char *word, *help;
	bool fits; /* it is a word that begins with what is typed */
};

struct edit_offers {
	char *typed;      /* of the last word, without quotes */
	int typed_length; /* characters, with quotes */
	char open;        /* a quote that is not closed */
	struct edit_offer *list;
	size_t n, n_fitting;
};

typedef void (*edit_offers_fn)(void *arg, const char *line, cli_offer_fn fn, void *fn_arg);

/* Asks for the offers behind @line. Free with edit_offers_free(). */
void edit_offers_get(struct edit_offers *offers, const char *line, edit_offers_fn fn, void *arg);
void edit_offers_free(struct edit_offers *offers);

/*
 * What TAB types in place of the *@erase characters before the cursor: the whole word when one fits,
 * else what all have in common. NULL when that is nothing more. Allocated.
 */
char *edit_offers_insert(const struct edit_offers *offers, int *erase);

/* Writes the words that fit, in columns. */
void edit_offers_columns(const struct edit_offers *offers);

/* Writes the offers that fit with a line of help each. */
void edit_offers_explain(const struct edit_offers *offers);

#endif
