/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The grammar of a line: takes its words one by one and says what each of them is. What is done
 * about it is the caller's: parsing makes nodes of them, completion looks what could come next.
 *
 *	port fw trunk [ office lab ] native office
 *
 * After a value the next word is looked for in the same container, then in those around it, up to the
 * entry of a list (or to where the line began).
 */
#ifndef MGMT_SETFORM_WALK_H
#define MGMT_SETFORM_WALK_H

#include "mgmt/setform/dict.h"
#include "mgmt/setform/lex.h"

#define SF_DEPTH_MAX 64

enum sf_expect {
	SF_WORD,   /* a word of the scope, or of one around it */
	SF_KEY,    /* the next key of a list */
	SF_VALUE,  /* a value of a leaf, or [ */
	SF_VALUES, /* further values, or ] */
};

struct sf_frame {
	const struct sf_scope *scope;
	struct sf_word word;           /* that led here */
	const char *keys[SF_KEYS_MAX]; /* in canonical form; as long as the walk */
	size_t n_keys;                 /* also: 1 for the argument of a container */
	struct lyd_node *node;         /* the caller's: where this is in what it makes */
	const struct lyd_node *base;   /* ... and in what there was */
};

struct sf_walk;
struct sf_form;

/* Each returns false, after it told why, to stop. */
struct sf_actions {
	bool (*enter)(struct sf_walk *walk, struct sf_frame *frame); /* an entry or a container */
	bool (*leave)(struct sf_walk *walk, struct sf_frame *frame); /* may be NULL */
	bool (*value)(struct sf_walk *walk, const char *value);      /* of walk->word; NULL: none */
};

struct sf_walk {
	const struct ly_ctx *ctx;
	const struct sf_actions *actions;
	void *arg;
	struct sf_frame frames[SF_DEPTH_MAX];
	size_t depth; /* frames[depth] is where one is; frames[0] the top */
	enum sf_expect expect;
	struct sf_word word; /* SF_KEY, SF_VALUE, SF_VALUES: of what */
	const char *keys[SF_KEYS_MAX];
	size_t n_keys;
	bool said; /* something was said since the scope was entered: words may be of one around */
	bool once; /* nothing follows a value (of delete) */
	bool full; /* ... and there was one */
	const struct sf_token *at; /* the token that is looked at */
	char *wrong;               /* what is wrong with it; malloced */
	struct sf_form *forms;     /* of keys that were written otherwise */
};

struct sf_walk *sf_walk_new(void);
void sf_walk_free(struct sf_walk *walk);

/* Begins a line. */
void sf_walk_begin(struct sf_walk *walk, const struct ly_ctx *ctx, const struct sf_actions *actions,
		   void *arg);

/* The next token. False when it is wrong: wrong says why. */
bool sf_walk_step(struct sf_walk *walk, const struct sf_token *token);

/* True when a line that sets something can end here; else wrong says what is missing. */
bool sf_walk_end(struct sf_walk *walk);

/* True when the next word may be one of the scope around frames[depth]. */
bool sf_walk_may_leave(const struct sf_walk *walk, size_t depth);

/* Sets wrong. Returns false. */
bool sf_wrong(struct sf_walk *walk, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "a port", "the top level": in messages. Static memory. */
const char *sf_scope_name(const struct sf_frame *frame);

#endif
