/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What could come next on a line: for completion and help. Words and what they mean come from the
 * schema, names from a tree.
 */
#ifndef MGMT_SETFORM_WORDS_H
#define MGMT_SETFORM_WORDS_H

#include <libyang/libyang.h>

#include "mgmt/setform/lex.h"

enum sf_offer_kind {
	SF_OFFER_WORD,  /* can be said as it is (quoted if it must be) */
	SF_OFFER_VALUE, /* describes what is said: "<1..4094>" */
	SF_OFFER_END,   /* the line can end here */
};

struct sf_offer {
	enum sf_offer_kind kind;
	const char *word;
	const char *help; /* one line, "" when there is none */
};
typedef void (*sf_offer_fn)(void *arg, const struct sf_offer *offer);

enum sf_purpose {
	SF_TO_SET,    /* anything */
	SF_TO_DELETE, /* what is there */
	SF_TO_EDIT,   /* entries and containers, there or not */
	SF_TO_SHOW,   /* entries and containers that are there */
	SF_TO_NAME,   /* an entry that is there, and nothing after it */
};

struct sf_ask {
	const struct ly_ctx *ctx;
	enum sf_purpose purpose;
	const struct sf_line *level; /* words that stand before; may be NULL */
	/* The configuration that names are taken from; only asked for when they count. May be NULL. */
	const struct lyd_node *(*tree)(void *arg);
	void *tree_arg;
	/*
	 * Tells @fn of the names on this machine that a leaf means: what its statement on-host says,
	 * "devices" for one. May be NULL.
	 */
	void (*host)(const char *what, void (*fn)(void *arg, const char *name), void *arg);
};

/* Offers what can come after @n words (the verb is not among them). */
void sf_words(const struct sf_ask *ask, const struct sf_token *words, size_t n, sf_offer_fn fn,
	      void *arg);

/* What words lead to. */
struct sf_target {
	const struct lysc_node *schema; /* NULL: the top */
	const struct lyd_node *node;    /* the first there is, NULL: none */
	bool all;                       /* every one of a list or leaf-list is meant */
	char *unit_key; /* key of the list at the top, that the words begin with; malloced */
	const struct lysc_node *unit; /* list or container at the top; NULL: the top is meant */
	char *around;                 /* words that lead to the scope around it; malloced */
	char *words;                  /* all of them, quoted where they must be; malloced */
	char *wrong;                  /* when they lead nowhere: why; malloced */
	const struct sf_token *bad;   /* ... and which; NULL: what would follow the last */
};

/*
 * Follows words by their grammar, and in the tree of @ask (if it has one). False when they lead
 * nowhere; to be there in the tree is not needed. Clear in any case.
 */
bool sf_resolve(const struct sf_ask *ask, const struct sf_token *words, size_t n,
		struct sf_target *target);
void sf_target_clear(struct sf_target *target);

/* The first sentence of a description, in one line; malloced. */
char *sf_sentence(const char *description);

#endif
