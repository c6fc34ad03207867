/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the parts of configuration mode.
 */
#ifndef MGMT_CLI_CONFIG_CONF_INT_H
#define MGMT_CLI_CONFIG_CONF_INT_H

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/config/conf.h"
#include "mgmt/setform/setform.h"
#include "mgmt/setform/words.h"

struct conf {
	struct cli *cli;
	enum conf_mode mode;
	struct ly_ctx *ctx;
	char *level;       /* words of where one is: "switch sw0 segment office", or "" */
	struct sf_line at; /* the same, taken apart */
	char **back;       /* levels that exit goes back to */
	size_t n_back;
	bool edits;             /* there may be some of this session that are not committed */
	struct lyd_node *names; /* candidate, for completion; NULL: to be asked for */
	double effects_took;    /* seconds, the last time */
	char *typed;            /* edits that are not committed, as typed; NULL: none */
	char *told;             /* effects that were told of already, each with a newline */
};

/* A line, with its first word read as the command. */
struct conf_line {
	const char *text;
	struct sf_line words;
};

typedef int (*conf_fn)(struct conf *conf, const struct conf_line *line, bool *leave);

/* Commands. Each returns an exit status after a message. */
int conf_set(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_delete(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_edit(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_up(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_top(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_exit(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_quit(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_show(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_compare(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_save(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_load(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_commit(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_confirm(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_cancel(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_rollback(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_discard(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_history(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_rename(struct conf *conf, const struct conf_line *line, bool *leave);
int conf_copy(struct conf *conf, const struct conf_line *line, bool *leave);

/* Index of a command in conf_commands, or -1: @word may be abbreviated when @abbreviate. */
int conf_find(const char *word, bool abbreviate);

/* A message about word @word of the line (words.n: what follows it). Returns CLI_USAGE. */
int conf_wrong(struct conf *conf, const struct conf_line *line, size_t word, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* True for a word of the line that is @full, or begins it where that is allowed. */
bool conf_is(const struct conf *conf, const struct sf_token *token, const char *full);

/*
 * A request. Refusals are told with paths in words; with @line, the word that they speak of is
 * pointed at. Returns an exit status.
 */
int conf_request(struct conf *conf, const struct conf_line *line, const char *body,
		 struct lyd_node **reply);

/* The same when the reply is not needed. */
int conf_do(struct conf *conf, const struct conf_line *line, const char *body);

/* Says that a confirmed commit waits, if one does. */
void conf_tell_pending(struct conf *conf);

/* Goes to a level ("" is the top). */
void conf_go(struct conf *conf, const char *level);

/*
 * A configuration from the switch: "candidate", "running"; what is of @target's unit only when it is
 * not NULL. The tree (NULL: empty) is the caller's.
 */
int conf_fetch(struct conf *conf, const char *source, const struct sf_target *target,
	       struct lyd_node **tree);

/* The configuration as it was @index commits ago. */
int conf_fetch_history(struct conf *conf, unsigned int index, struct lyd_node **tree);

/* What is in the element @data of a reply. */
int conf_parse_reply(struct conf *conf, const struct lyd_node *data, struct lyd_node **tree);

/* The candidate for completion; NULL: empty, or none to be had. */
const struct lyd_node *conf_names(void *conf);

/* Sends an edit (taken over) to candidate. */
int conf_send(struct conf *conf, const struct conf_line *line, struct lyd_node *tree);

/* After a change: what it did is probably not meant? Tells each finding once. */
void conf_tell_effects(struct conf *conf, const struct conf_line *line);

/* Resolves the words of a line from @from on, below the level. Says what is wrong with them. */
int conf_resolve(struct conf *conf, const struct conf_line *line, size_t from, size_t to,
		 const struct lyd_node *tree, struct sf_target *target);

/* Prints a tree in the form of cli->display. @at: only what is there (and below). */
int conf_print(struct conf *conf, const struct lyd_node *tree, const struct sf_target *at);

/* A whole number word of a line; false after a message. */
bool conf_number(struct conf *conf, const struct conf_line *line, size_t word, unsigned long min,
		 unsigned long max, unsigned long *n);

#endif
