/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line of the shell: its pipes, its mode, its command.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/command/pipe.h"
#include "mgmt/cli/shell/shell_int.h"
#include "mgmt/cli/term/table.h"
#include "mgmt/cli/shell/terminal.h"

#define NOWHERE ((size_t)-1)

/* Points at the word that is wrong, in the line above. */
static void caret(const struct shell *shell, const char *line, size_t at)
{
	char *before = cli_strndup(line, at);

	cli_caret(shell->cli, cli_text_width(before));
	free(before);
}

/* What is said until release() waits, so that the caret can stand before it. */
struct held {
	FILE *was;
	char *text;
	size_t len;
};

static void hold(const struct shell *shell, struct held *held)
{
	FILE *file = shell->edit ? open_memstream(&held->text, &held->len) : NULL;

	held->was = stderr;
	if (file)
		stderr = file;
}

/* Says it; with @at, first points at the word that is wrong. */
static void release(const struct shell *shell, struct held *held, const char *line, size_t at)
{
	if (stderr == held->was)
		return;
	fclose(stderr);
	stderr = held->was;
	if (at != NOWHERE)
		caret(shell, line, at);
	fputs(held->text, stderr);
	free(held->text);
}

/* Where word @i stands; behind the last one when there is none. */
static size_t place(const struct cli_words *words, size_t i, const char *line)
{
	size_t end = words->n ? words->list[words->n - 1].end : strlen(line);

	return i < words->n ? words->list[i].at : end + 1;
}

void shell_leave_conf(struct shell *shell)
{
	if (shell->conf)
		conf_close(shell->conf);
	shell->conf = NULL;
	shell->warned = false;
}

int shell_session(struct shell *shell)
{
	struct cli *cli = shell->cli;
	struct hd_err err = {0};
	int rc;

	if (cli->session && cli_client_alive(cli->session))
		return 0;
	cli_client_close(cli->session);
	cli->session = NULL;
	if (cli_client_open(&cli->session, cli->socket, &err) < 0) {
		if (shell->connected && !shell->conf)
			return 0; /* a command that needs it says so itself */
		cli_error("%s", err.text);
		return shell->conf ? CLI_UNREACHABLE : 0;
	}
	if (shell->connected)
		fputs("(The session had ended, as it does when heddle-mgmt is restarted; connected "
		      "again.)\n",
		      stderr);
	if (!shell->connected || !shell->conf) {
		shell->connected = true;
		return 0;
	}
	rc = conf_lost(shell->conf);
	if (rc) {
		shell_leave_conf(shell);
		cli_error("out of configuration mode");
	}
	return rc;
}

/* A form of output that the command does not have. */
static int check_display(const struct cmd *cmd, enum cli_display display)
{
	if (display == CLI_DISPLAY_TEXT || display == CLI_DISPLAY_JSON || cmd->configuration)
		return 0;
	cli_error("%s can be displayed as json; xml and set are for configurations (show "
		  "configuration)",
		  cmd->name);
	return CLI_USAGE;
}

static int run_command(struct shell *shell, const char *line, struct cli_words *words, size_t first,
		       size_t end, struct cli_pipe *pipe)
{
	char **argv = cli_calloc(end - first + 1, sizeof(*argv));
	struct cmd_line cmd_line;
	struct cli *cli = shell->cli;
	struct held held;
	size_t at = NOWHERE;
	int rc;

	for (size_t i = first; i < end; i++)
		argv[i - first] = words->list[i].text;
	hold(shell, &held);
	rc = cmd_parse(cli, (int)(end - first), argv, &cmd_line);
	if (rc == 0 && !cmd_line.cmd)
		cmd_line.cmd = cmd_find("help");
	if (rc && cmd_line.bad >= 0)
		at = first + (size_t)cmd_line.bad < end
			     ? words->list[first + (size_t)cmd_line.bad].at
			     : words->list[end - 1].end + 1;
	release(shell, &held, line, at);
	if (rc == 0)
		rc = check_display(cmd_line.cmd, cli_pipe_display(pipe));
	if (rc == 0) {
		bool piped = end < words->n;

		if (cli_pipe_display(pipe) != CLI_DISPLAY_TEXT) {
			cli->display = cli_pipe_display(pipe);
			cli->json = cli->display == CLI_DISPLAY_JSON;
		}
		rc = cli_pipe_open(pipe, cli, shell->pager && (piped || !cmd_line.cmd->screen));
		if (rc == 0) {
			rc = cmd_line.cmd->run(cli, &cmd_line);
			rc = cli_pipe_close(pipe, cli) || rc ? (rc ? rc : CLI_USAGE) : 0;
		}
	}
	cmd_line_free(&cmd_line);
	free(argv);
	return rc;
}

static int run_conf(struct shell *shell, const char *line, const struct cli_words *words,
		    size_t end, struct cli_pipe *pipe)
{
	struct cli *cli = shell->cli;
	char *text = cli_strndup(line, end < words->n ? words->list[end].at : strlen(line));
	bool out = false;
	int rc;

	cli->display = cli_pipe_display(pipe);
	cli->json = cli->display == CLI_DISPLAY_JSON;
	cli->exact = false;
	rc = cli_pipe_open(pipe, cli, shell->pager);
	if (rc == 0) {
		rc = conf_line(shell->conf, text, &out);
		rc = cli_pipe_close(pipe, cli) || rc ? (rc ? rc : CLI_USAGE) : 0;
	}
	if (out)
		shell_leave_conf(shell);
	free(text);
	return rc;
}

/* In configuration mode: "run COMMAND" and "help" are the shell's. */
static bool is_shells(const struct shell *shell, const char *word)
{
	if (!shell->conf)
		return true;
	return strcmp(word, "run") == 0 || (shell->cli->abbreviate && strcmp(word, "ru") == 0);
}

static int run_words(struct shell *shell, const char *line, struct cli_words *words, size_t end,
		     struct cli_pipe *pipe)
{
	const char *first = words->list[0].text;
	int rc = shell_session(shell);

	if (rc)
		return rc;
	if (shell->conf && strcmp(first, "help") == 0)
		return cli_help_conf(shell->cli, end > 1 ? words->list[1].text : NULL);
	if (!is_shells(shell, first))
		return run_conf(shell, line, words, end, pipe);
	if (shell->conf && end < 2) {
		cli_error("run what? A command of the shell outside of configuration mode");
		return CLI_USAGE;
	}
	return run_command(shell, line, words, shell->conf != NULL, end, pipe);
}

int shell_line(struct shell *shell, const char *line)
{
	struct cli_words words;
	struct cli_pipe *pipe;
	struct held held;
	size_t end = 0, bad = 0;
	int rc = CLI_USAGE;

	cli_interrupt_clear();
	cli_lex(line, false, &words);
	while (end < words.n && words.list[end].token != CLI_PIPE)
		end++;
	hold(shell, &held);
	pipe = words.open == '"' ? NULL : cli_pipe_new(&words, end, shell->cli->abbreviate, &bad);
	release(shell, &held, line,
		!pipe && end && !words.open ? place(&words, bad, line) : NOWHERE);
	if (words.n == 0) {
		rc = 0;
	} else if (words.open == '"') {
		caret(shell, line, words.list[words.n - 1].at);
		cli_error("a quote is not closed");
	} else if (end == 0) {
		caret(shell, line, 0);
		cli_error("a command is missing before |");
	} else if (pipe) {
		cli_terminal_measure(shell->cli);
		rc = run_words(shell, line, &words, end, pipe);
	}
	if (shell->edit && cli_interrupted())
		fputc('\n', stdout); /* behind the terminal's ^C */
	if (shell->cli->session && cli_client_broken(shell->cli->session)) {
		cli_client_close(shell->cli->session);
		shell->cli->session = NULL;
	}
	cli_pipe_free(pipe);
	cli_words_free(&words);
	return rc;
}

static int run_configure(struct cli *cli, const struct cmd_line *line)
{
	static const char *const modes[] = {"shared", "exclusive", "private"};
	struct shell *shell = cli->shell;
	int rc;

	if (shell->conf) {
		cli_error("this is configuration mode already");
		return CLI_USAGE;
	}
	shell->mode = CONF_SHARED;
	if (line->n_args) {
		size_t i = 0;

		while (i < 3 && strncmp(line->args[0], modes[i], strlen(line->args[0])) != 0)
			i++;
		if (i == 3 || (!cli->abbreviate && strcmp(modes[i], line->args[0]) != 0)) {
			cli_error("configure %s: shared, exclusive or private is needed",
				  line->args[0]);
			return CLI_USAGE;
		}
		shell->mode = (enum conf_mode)i;
	}
	shell->conf = conf_open(cli, shell->mode, &rc);
	return shell->conf ? CLI_OK : rc;
}

static int run_exit(struct cli *cli, const struct cmd_line *line)
{
	(void)line;
	cli->shell->leave = true;
	return CLI_OK;
}

static const struct cmd_words words_mode = {
	.list = (const char *const[][2]){{"shared", "with all others (the default)"},
					 {"exclusive", "nobody else edits meanwhile"},
					 {"private", "on a copy of one's own"},
					 {NULL, NULL}}};

CMD_REGISTER(cmd_configure) = {
	.part = CMD_PART_SHELL,
	.place = 10,
	.name = "configure",
	.args = "[shared | exclusive | private]",
	.summary = "change the configuration: edit, look at what it does, commit",
	.text = "Begins configuration mode, which has commands of its own (see CONFIGURATION MODE). "
		"shared, the default, edits the candidate that all see; exclusive keeps others "
		"from editing meanwhile; private edits a copy that nobody else sees.",
	.max_args = 1,
	.words = &words_mode,
	.run = run_configure,
	.shell = true,
};

CMD_REGISTER(cmd_exit) = {
	.part = CMD_PART_SHELL,
	.place = 20,
	.name = "exit",
	.args = "",
	.summary = "leave the shell (also: Ctrl-D)",
	.run = run_exit,
	.shell = true,
};

CMD_REGISTER(cmd_quit) = {
	.part = CMD_PART_SHELL,
	.place = 50,
	.name = "quit",
	.args = "",
	.summary = "leave the shell",
	.run = run_exit,
	.shell = true,
	.hidden = true,
};
