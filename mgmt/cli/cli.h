/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heddle command: what its parts share. One thread, one command, one process.
 */
#ifndef MGMT_CLI_CLI_H
#define MGMT_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "mgmt/cli/client.h"
#include "mgmt/cli/interrupt.h"

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
};

/* What words fit where: for completion. */
enum cmd_words {
	CMD_WORDS_NONE,
	CMD_WORDS_FILE,
	CMD_WORDS_DIR,
	CMD_WORDS_PORT,
	CMD_WORDS_SEGMENT,
	CMD_WORDS_SWITCH,
	CMD_WORDS_COMMAND,
	CMD_WORDS_PORT_FILE, /* PORT=FILE */
	CMD_WORDS_HUGEPAGES, /* auto, yes, no */
	CMD_WORDS_NEW,       /* a name that is not there yet */
	CMD_WORDS_KIND,      /* of a port */
	CMD_WORDS_VLANS,     /* segments, VLAN ids and ranges: "office,lab,100-200" */
	CMD_WORDS_DATASTORE,
	CMD_WORDS_MODE,    /* of configuration */
	CMD_WORDS_DISPLAY, /* text, json, xml, set */
	CMD_WORDS_EVENT,
	CMD_WORDS_LOG_LEVEL,
	CMD_WORDS_HISTORY, /* the number of a commit */
	CMD_WORDS_GATEWAY,
	CMD_WORDS_VRF, /* that a gateway is in */
	CMD_WORDS_TAP, /* an interface of the host that is a TAP device, or is to be one */
};

struct cmd_option {
	const char *name; /* without the dashes; NULL ends a list */
	char letter;      /* 0: only the long form */
	const char *arg;  /* what its argument is called; NULL: it has none */
	const char *help;
	enum cmd_words words;
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

/* One command. commands.c lists them: help, man page and completion come from it. */
struct cmd {
	const char *name;    /* "show ports" */
	const char *args;    /* "[NAME]", "" */
	const char *summary; /* a line without a full stop */
	const char *text;    /* paragraphs, with empty lines between them; NULL: none */
	const struct cmd_option *options; /* NULL: none */
	size_t min_args, max_args;
	enum cmd_words words;  /* of the first argument */
	enum cmd_words words2; /* of the further ones; CMD_WORDS_NONE: as the first */
	bool screen;           /* on a terminal it draws by itself: no pager */
	bool shell;            /* only in the shell and in scripts */
	bool configuration;    /* prints configurations: XML and set lines as well */
	bool kinds; /* takes options of the kind of port that its second argument names */
	int (*run)(struct cli *cli, const struct cmd_line *line);
	bool hidden;
};

extern const struct cmd *const cli_commands[]; /* in the order of help; ends with NULL */
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

/* Commands, each beside its function. A word that begins several begins neighbours of cli_commands. */
extern const struct cmd cmd_show_ports, cmd_show_switches, cmd_show_segments, cmd_show_gateways,
	cmd_show_fdb, cmd_show_neighbours, cmd_show_routes, cmd_show_punt, cmd_show_drops,
	cmd_show_planes, cmd_show_workers, cmd_show_version, cmd_show_configuration,
	cmd_show_history, cmd_compare, cmd_show_changes, cmd_show_sessions, cmd_show_events,
	cmd_clear_fdb, cmd_clear_neighbours, cmd_clear_counters, cmd_monitor, cmd_monitor_events,
	cmd_capture, cmd_port_add, cmd_port_show, cmd_port_move, cmd_port_trunk, cmd_port_remove,
	cmd_port_enable, cmd_port_disable, cmd_gateway_add, cmd_gateway_set, cmd_gateway_remove,
	cmd_segment_add, cmd_segment_remove, cmd_switch_add, cmd_switch_remove, cmd_load_replace,
	cmd_log_level, cmd_replay, cmd_doctor, cmd_configure, cmd_exit, cmd_version, cmd_help,
	cmd_quit, cmd_complete, cmd_man_commands;

#endif
