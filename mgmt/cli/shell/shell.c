/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/shell/shell.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mgmt/cli/command/instance.h"
#include "mgmt/cli/term/lex.h"
#include "mgmt/cli/shell/shell_int.h"
#include "mgmt/cli/term/table.h"

/* "heddle", or the name of a run-dir of one's own. */
static const char *switch_name(const struct cli *cli)
{
	const char *slash = strrchr(cli->run_dir, '/');

	if (strcmp(cli->run_dir, CLI_RUN_DIR_DEFAULT) == 0 || !slash || !slash[1])
		return "heddle";
	return slash + 1;
}

static const char *prompt(void *arg)
{
	struct shell *shell = arg;
	static const char *const modes[] = {"", " exclusive", " private"};
	char host[65] = "";

	gethostname(host, sizeof(host) - 1);
	host[strcspn(host, ".")] = '\0';
	free(shell->prompt);
	if (shell->conf)
		shell->prompt = cli_asprintf("%s@%s%s# ", switch_name(shell->cli), host,
					     modes[shell->mode]);
	else
		shell->prompt = cli_asprintf("%s@%s> ", switch_name(shell->cli), host);
	cli_text_clean(shell->prompt);
	shell->cli->typed_at = cli_text_width(shell->prompt);
	return shell->prompt;
}

/* Where in the configuration one is, on a line of its own above the prompt. */
static void print_level(const struct shell *shell)
{
	const char *level = shell->conf ? conf_prompt(shell->conf) : "";

	if (shell->conf)
		printf("\n[edit%s%s]\n", *level ? " " : "", level);
}

/* Ctrl-D: out of configuration mode, or out of the shell. */
static void leave(struct shell *shell)
{
	fputc('\n', stdout);
	if (shell->conf && conf_has_edits(shell->conf) && !shell->warned) {
		fputs("There are edits that are not committed: commit, discard, or Ctrl-D again.\n",
		      stdout);
		shell->warned = true;
	} else if (shell->conf) {
		shell_leave_conf(shell);
	} else {
		shell->leave = true;
	}
}

static void welcome(struct shell *shell)
{
	if (shell_session(shell) == 0 && shell->cli->session)
		puts("TAB completes, ? says what can come next, exit leaves.");
	else
		puts("Commands that need a switch try again to reach it.");
}

static void free_shell(struct shell *shell)
{
	shell_leave_conf(shell);
	cli_client_close(shell->cli->session);
	shell->cli->session = NULL;
	shell->cli->shell = NULL;
	cli_edit_free(shell->edit);
	free(shell->prompt);
}

int shell_interactive(struct cli *cli, bool pager)
{
	struct shell shell = {.cli = cli, .pager = pager};
	const struct cli_edit_hooks hooks = {prompt, shell_offers, &shell};

	/* cppcheck-suppress autoVariables ; taken back before we return */
	cli->shell = &shell;
	cli->abbreviate = true;
	cli_error_prefix("");
	cli_interrupt_watch();
	shell.edit = cli_edit_new(&hooks);
	welcome(&shell);
	while (!shell.leave) {
		const char *line;

		print_level(&shell);
		switch (cli_edit_read(shell.edit, &line)) {
		case CLI_EDIT_CANCEL: continue;
		case CLI_EDIT_END: leave(&shell); continue;
		case CLI_EDIT_LINE: break;
		}
		if (!line[strspn(line, " \t")])
			continue;
		cli_edit_remember(shell.edit, line);
		shell.warned = false;
		shell_line(&shell, line);
		fflush(stdout);
	}
	free_shell(&shell);
	cli->shell = NULL;
	return CLI_OK;
}

/* What a script leaves behind. */
static int script_end(struct shell *shell, int rc)
{
	if (rc == 0 && shell->conf && conf_has_edits(shell->conf)) {
		cli_error("the script ends with edits that are not committed");
		rc = CLI_REFUSED;
	}
	free_shell(shell);
	return rc;
}

/* Runs the commands of one line; ";" separates them when @several. */
static int script_line(struct shell *shell, const char *text, bool several)
{
	struct cli_words words;
	size_t start = 0;
	int rc = 0;

	cli_lex(text, several, &words);
	for (size_t i = 0; i <= words.n && rc == 0 && !shell->leave; i++) {
		char *piece;

		if (i < words.n && words.list[i].token != CLI_NEXT)
			continue;
		piece = cli_strndup(text + start,
				    i < words.n ? words.list[i].at - start : strlen(text + start));
		rc = shell_line(shell, piece);
		free(piece);
		start = i < words.n ? words.list[i].end : strlen(text);
	}
	cli_words_free(&words);
	return rc;
}

static int script(struct cli *cli, const char *text, const char *name, bool several)
{
	struct shell shell = {.cli = cli};
	unsigned int number = 0;
	int rc = 0;

	cli->shell = &shell;
	while (*text && rc == 0 && !shell.leave) {
		size_t len = strcspn(text, "\n");
		char *line = cli_strndup(text, len);

		number++;
		line[strcspn(line, "\r")] = '\0';
		rc = script_line(&shell, line, several);
		if (rc && name)
			cli_error("%s, line %u: stopped there", name, number);
		free(line);
		text += len + (text[len] == '\n');
		fflush(cli->out);
	}
	return script_end(&shell, rc);
}

int shell_text(struct cli *cli, const char *text)
{
	return script(cli, text, NULL, true);
}

int shell_file(struct cli *cli, const char *path)
{
	struct cli_str text = {0};
	struct hd_err err = {0};
	int rc = CLI_USAGE;

	if (cli_instance_read(path, &text, &err) < 0)
		cli_error("%s: %s", path, err.text);
	else if (strlen(text.text) != text.len)
		cli_error("%s: it has NUL bytes: not a script", path);
	else
		rc = script(cli, text.text, strcmp(path, "-") == 0 ? "standard input" : path,
			    false);
	cli_str_free(&text);
	return rc;
}
