/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heddle command: what its parts share. One thread, one command, one process.
 */
#ifndef MGMT_CLI_COMMAND_CLI_H
#define MGMT_CLI_COMMAND_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "mgmt/cli/command/client.h"
#include "mgmt/cli/term/interrupt.h"
#include "mgmt/cli/term/offer.h"

#define CLI_RUN_DIR_DEFAULT "/run/heddle"

enum cli_exit {
	CLI_OK = 0,
	CLI_REFUSED = 1,     /* the switch said no; captures differ; doctor found a problem */
	CLI_USAGE = 2,       /* also: something of this machine failed (a file, a program) */
	CLI_UNREACHABLE = 3, /* no answer from the switch */
};

/* How `show` and the like print. */
enum cli_display { CLI_DISPLAY_TEXT, CLI_DISPLAY_JSON, CLI_DISPLAY_XML, CLI_DISPLAY_SET };

struct shell;

struct cli {
	FILE *out;
	bool json, exact, color; /* json: display is CLI_DISPLAY_JSON; color: of out */
	enum cli_display display;
	bool tty;           /* out is a terminal (behind a pager it is one as well) */
	unsigned int width; /* of the terminal, CLI_TABLE_WIDTH without one */
	const char *run_dir;
	char *socket;
	struct cli_client *session; /* of the shell: kept from command to command; else NULL */
	struct shell *shell;        /* further commands may come in this process; else NULL */
	bool abbreviate;            /* somebody types: words need not be complete */
	unsigned int
		typed_at; /* the column where a typed line begins, behind the prompt; 0: none */
};

/* A line that is being typed, for completion. */
struct cmd_ask {
	struct cli *cli;
	const char *typed;  /* what there is of the word */
	const char *config; /* the configuration file that the line names; NULL: none */
};

/*
 * What can stand in one place of a command line. What several commands use is in offers.c, the rest
 * is beside the command that uses it.
 */
struct cmd_words {
	const char *const (*list)[2]; /* words, each with its help; a NULL ends them. NULL: none */
	void (*offer)(const struct cmd_ask *ask, cli_offer_fn fn, void *arg); /* NULL: nothing */
};

extern const struct cmd_words words_file, words_dir, words_port, words_gateway, words_vrf,
	words_switch, words_segment;
extern const struct cmd_words words_command;
extern const struct cmd_words words_kind;     /* of a port */
extern const struct cmd_words words_vlans;    /* "office,lab,100-200" */
extern const struct cmd_words words_new_name; /* a name that is not there yet */

struct cmd_option {
	const char *name; /* without the dashes; NULL ends a list */
	char letter;      /* 0: only the long form */
	const char *arg;  /* what its argument is called; NULL: it has none */
	const char *help;
	const struct cmd_words *words; /* of its argument; NULL: nothing to offer */
	bool start; /* for the start of the program, not for a command in the shell */
};

struct cmd_value {
	const struct cmd_option *option;
	const char *value; /* NULL for options without argument */
};

/* A command line that was taken apart. */
struct cmd_line {
	const struct cmd *cmd;
	struct cmd_value *values;
	size_t n_values;
	const char **args;
	size_t n_args;
	int extra; /* the first word that no argument takes */
	int bad; /* the word that is wrong, when there was a message; argc: one is missing; -1: none */
};

/*
 * The parts of the list of commands, in the order of help, completion and the man page. In a part
 * commands are sorted by their place; a word that begins several begins neighbours.
 */
enum cmd_part {
	CMD_PART_SHOW,
	CMD_PART_COMPARE,
	CMD_PART_CLEAR,
	CMD_PART_WATCH,
	CMD_PART_PORT,
	CMD_PART_GATEWAY,
	CMD_PART_SEGMENT,
	CMD_PART_SWITCH,
	CMD_PART_REST,
	CMD_PART_SHELL,
};

/* One command: help, man page and completion come from it. CMD_REGISTER() defines one. */
struct cmd {
	const char *name;    /* "show ports" */
	const char *args;    /* "[NAME]", "" */
	const char *summary; /* a line without a full stop */
	const char *text;    /* paragraphs, with empty lines between them; NULL: none */
	const struct cmd_option *options; /* NULL: none */
	size_t min_args, max_args;
	const struct cmd_words *words;  /* of the first argument; NULL: nothing to offer */
	const struct cmd_words *words2; /* of the further ones; NULL: as the first */
	bool screen;                    /* on a terminal it draws by itself: no pager */
	bool shell;                     /* only in the shell and in scripts */
	bool configuration;             /* prints configurations: XML and set lines as well */
	bool kinds; /* takes options of the kind of port that its second argument names */
	int (*run)(struct cli *cli, const struct cmd_line *line);
	bool hidden;
	enum cmd_part part;
	unsigned int place; /* in its part; commands of one place are sorted by name */
	const char *
		group; /* what the commands are about that begin with the same word; NULL: another says it */
};

void cmd_register(const struct cmd *cmd);

/* CMD_REGISTER(cmd_x) = {...}; defines a command, beside its function. */
#define CMD_REGISTER(var)                                                 \
	static const struct cmd var;                                      \
	__attribute__((constructor)) static void cmd_register_##var(void) \
	{                                                                 \
		cmd_register(&var);                                       \
	}                                                                 \
	static const struct cmd var

extern const struct cmd *cli_commands[]; /* in the order of help; ends with NULL */
#define cli_commands_foreach(cmd) \
	for (const struct cmd *const *at_ = cli_commands, *cmd; (cmd = *at_); at_++)
extern const struct cmd_option cli_global_options[];

/* Value of the last option of that name, NULL if it was not given. */
const char *cmd_value(const struct cmd_line *line, const char *name);
/* True if the option was given. */
bool cmd_has(const struct cmd_line *line, const char *name);

/*
 * A whole number from @min to @max in an option. Keeps *@n when it was not given. Returns false
 * after a message when it is something else.
 */
bool cmd_number(const struct cmd_line *line, const char *name, unsigned long min, unsigned long max,
		unsigned long *n);

/*
 * Takes apart what follows the program's name: global options into @cli, the rest into @line
 * (free with cmd_line_free()). Returns 0, or CLI_USAGE after a message. With --help or --version
 * the command becomes `help` or `version`; without any it is NULL.
 */
int cmd_parse(struct cli *cli, int argc, char **argv, struct cmd_line *line);
void cmd_line_free(struct cmd_line *line);

/* The command of that name, NULL when there is none. */
const struct cmd *cmd_find(const char *name);

/*
 * The command that the words begin with, and in *@used of how many of them its name consists. With
 * @abbreviate words may be short as long as they are unique. NULL when there is none.
 */
const struct cmd *cmd_resolve(const char *const *words, size_t n, bool abbreviate, size_t *used);

/*
 * The option that @word ("--limit", "--limit=5", "-n") names for @line's command, or NULL. With
 * @abbreviate it may be short.
 */
const struct cmd_option *cmd_option_find(const struct cmd_line *line, const char *word,
					 bool abbreviate);

/*
 * Options of the kind of port that @kind names, from the schema; a list that ends with a NULL name
 * and stays. NULL when there is no such kind.
 */
const struct cmd_option *cmd_kind_options(const char *kind);

/* Writes "heddle: ..." and a newline on stderr. */
void cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What stands before each message, from now on; @text stays the caller's. */
void cli_error_prefix(const char *text);
const char *cli_error_start(void);

/*
 * In an interactive shell: points at a column (in characters, from 0) of the line that was typed, which
 * is right above. Comes before any message about it.
 */
void cli_caret(const struct cli *cli, unsigned int column);

/* Writes the JSON with a newline, and frees it. */
void cli_json_print(struct cli *cli, json_t *json);
/* The same in one line: for streams of objects. */
void cli_json_line(struct cli *cli, json_t *json);

/*
 * Opens the session, or gives that of the shell. Returns NULL after a message; the command ends with
 * CLI_UNREACHABLE then.
 */
struct cli_client *cli_connect(struct cli *cli);

/* A session of one's own, also in the shell; ends with cli_client_close(). NULL after a message. */
struct cli_client *cli_connect_apart(struct cli *cli);

/* Closes it, unless it is the shell's. NULL is fine. */
void cli_disconnect(struct cli *cli, struct cli_client *client);

/*
 * A request, with messages on stderr when there is no answer or a refusal. Returns 0 and the reply,
 * CLI_REFUSED or CLI_UNREACHABLE.
 */
int cli_request(struct cli_client *client, const char *body, struct lyd_node **reply);

/*
 * Asks a question on the terminal, "[y/N]" added. Returns @otherwise when nobody is there to answer
 * (no terminal, the end of input).
 */
bool cli_ask(const struct cli *cli, const char *question, bool otherwise);

/* "; did you mean X?" for the closest of @n words, or "". Static memory. */
const char *cli_did_you_mean(const char *word, const char *const *words, size_t n);

/* Explains a command of configuration mode, or lists them all (@name NULL). An exit status. */
int cli_help_conf(struct cli *cli, const char *name);

#endif
