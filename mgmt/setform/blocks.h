/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks in braces:
 *
 *	port web1 {
 *	    vhost-user;
 *	    switch sw0;
 *	}
 *
 * A statement ends with ; or opens a block with {, on the line that it stands on. Its words are
 * those of a line of set, with the words of the blocks around it in front. Pure.
 */
#ifndef MGMT_SETFORM_BLOCKS_H
#define MGMT_SETFORM_BLOCKS_H

#include "mgmt/setform/lex.h"

struct sf_block {
	size_t before;     /* how many words the level has without it */
	unsigned int line; /* where it begins */
	bool used;         /* a statement in it was told */
};

struct sf_blocks {
	struct sf_line level;     /* words of the blocks that are open */
	struct sf_line statement; /* what is told; its first word stands for `set` */
	struct sf_block *open;    /* the blocks that are open, the outermost first */
	size_t depth, room;
	size_t skip;       /* statements are not told at this depth and below; 0: all are */
	const char *wrong; /* what is wrong with the line; NULL: nothing */
	unsigned int column;
};

/* Takes a statement (words after the first) below the level. */
typedef void (*sf_statement_fn)(void *arg, struct sf_blocks *blocks);

/*
 * Reads a line, and tells @fn of each statement that ends in it. What is wrong is in
 * @blocks->wrong.
 */
void sf_blocks_line(struct sf_blocks *blocks, const struct sf_line *line, sf_statement_fn fn,
		    void *arg);

/*
 * The words of the level are wrong at this one: no statement of its block is told any more. Returns
 * the line that it stands on.
 */
unsigned int sf_blocks_skip(struct sf_blocks *blocks, const struct sf_token *word);

/* True when no block is open; else wrong. Call it at the end. */
bool sf_blocks_end(struct sf_blocks *blocks);
void sf_blocks_clear(struct sf_blocks *blocks);

/* True for a text whose first line is one of blocks. */
bool sf_is_blocks(const char *text, const char *end);

#endif
