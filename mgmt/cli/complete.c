/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words that could come next: `heddle complete -- WORD...`, the last word being the one that is
 * typed. One a line; "%file" and "%dir" ask the shell for its own completion of names.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/instance.h"
#include "mgmt/cli/model.h"

struct typed {
	const struct cmd *cmd;
	const char *first;              /* a word that may begin a command of two words */
	const struct cmd_option *wants; /* the option whose argument is typed */
	const char *config;             /* of -c: the file that names ports */
	char *socket;
};

static void offer(struct cli *cli, const char *word, const char *typed, const char *end)
{
	if (strncmp(word, typed, strlen(typed)) == 0)
		fprintf(cli->out, "%s%s\n", word, end);
}

static const struct cmd_option *option_of(const struct cmd *cmd, const char *word)
{
	const struct cmd_option *lists[] = {cmd ? cmd->options : NULL, cli_global_options};

	for (size_t i = 0; i < 2; i++) {
		for (const struct cmd_option *o = lists[i]; o && o->name; o++) {
			if (word[1] == '-' ? strcmp(word + 2, o->name) == 0
					   : o->letter == word[1] && word[2] == '\0')
				return o;
		}
	}
	return NULL;
}

/* What an option's argument means for the words to come. */
static void note(struct typed *t, const struct cmd_option *o, const char *value)
{
	if (strcmp(o->name, "config") == 0) {
		t->config = value;
	} else if (strcmp(o->name, "socket") == 0 || strcmp(o->name, "run-dir") == 0) {
		free(t->socket);
		t->socket = strcmp(o->name, "socket") == 0 ? cli_strdup(value)
							   : cli_asprintf("%s/netconf.sock", value);
	}
}

static void read_words(struct typed *t, const struct cmd_line *line)
{
	for (size_t i = 0; i + 1 < line->n_args; i++) {
		const char *word = line->args[i];
		char *name;

		if (*word == '-') {
			const struct cmd_option *o = option_of(t->cmd, word);

			if (!o || !o->arg)
				continue;
			if (i + 2 == line->n_args)
				t->wants = o;
			else
				note(t, o, line->args[++i]);
			continue;
		}
		if (t->cmd)
			continue;
		name = cli_asprintf("%s%s%s", t->first ? t->first : "", t->first ? " " : "", word);
		t->cmd = cmd_find(name);
		if (!t->cmd)
			t->first = word;
		free(name);
	}
}

static void offer_commands(struct cli *cli, const char *first, const char *typed)
{
	size_t len = first ? strlen(first) : 0;
	char last[64] = "";

	for (const struct cmd *cmd = cli_commands; cmd->name; cmd++) {
		const char *at = cmd->name;
		char word[64];

		if (cmd->hidden)
			continue;
		if (first) {
			if (strncmp(at, first, len) != 0 || at[len] != ' ')
				continue;
			at += len + 1;
		}
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, " "), at);
		if (strcmp(word, last) != 0)
			offer(cli, word, typed, "");
		strcpy(last, word);
	}
}

static void offer_options(struct cli *cli, const struct cmd *cmd, const char *typed)
{
	const struct cmd_option *lists[] = {cmd ? cmd->options : NULL, cli_global_options};

	for (size_t i = 0; i < 2; i++) {
		for (const struct cmd_option *o = lists[i]; o && o->name; o++) {
			char *word = cli_asprintf("--%s", o->name);

			offer(cli, word, typed, "");
			free(word);
		}
	}
}

/* Names in the running switch. Says nothing when there is none. */
static void offer_names(struct cli *cli, const struct typed *t, enum cmd_words words,
			const char *typed)
{
	unsigned int parts = words == CMD_WORDS_PORT ? CLI_PART_PORTS : CLI_PART_SWITCHES;
	struct cli_client *client;
	struct cli_model m;

	if (cli_client_open(&client, t->socket ? t->socket : cli->socket, NULL) < 0)
		return;
	if (freopen("/dev/null", "w", stderr) && cli_model_get(client, parts, NULL, &m) == 0) {
		for (size_t i = 0; i < m.n_ports; i++)
			offer(cli, m.ports[i].name, typed, "");
		cli_xml_foreach(sw, m.switches, "switch")
		{
			if (words == CMD_WORDS_SWITCH)
				offer(cli, cli_xml_text(sw, "name"), typed, "");
			else
				cli_xml_foreach(seg, sw, "segment")
					offer(cli, cli_xml_text(seg, "name"), typed, "");
		}
		cli_model_free(&m);
	}
	cli_client_close(client);
}

/* "PORT=" for the ports of the configuration file that was named before. */
static void offer_config_ports(struct cli *cli, const char *config, const char *typed)
{
	struct lyd_node *tree;

	if (!config || strchr(typed, '=')) {
		fputs("%file\n", cli->out);
		return;
	}
	cli_instance_tree(config, &tree, NULL);
	cli_xml_foreach(port, cli_xml_child(tree, "interfaces"), "interface")
		offer(cli, cli_xml_text(port, "name"), typed, "=");
	lyd_free_all(tree);
}

static void offer_words(struct cli *cli, const struct typed *t, enum cmd_words words,
			const char *typed)
{
	switch (words) {
	case CMD_WORDS_NONE: break;
	case CMD_WORDS_FILE: fputs("%file\n", cli->out); break;
	case CMD_WORDS_DIR: fputs("%dir\n", cli->out); break;
	case CMD_WORDS_PORT:
	case CMD_WORDS_SEGMENT:
	case CMD_WORDS_SWITCH: offer_names(cli, t, words, typed); break;
	case CMD_WORDS_COMMAND: offer_commands(cli, NULL, typed); break;
	case CMD_WORDS_PORT_FILE: offer_config_ports(cli, t->config, typed); break;
	case CMD_WORDS_HUGEPAGES:
		offer(cli, "auto", typed, "");
		offer(cli, "yes", typed, "");
		offer(cli, "no", typed, "");
		break;
	}
}

int cmd_complete(struct cli *cli, const struct cmd_line *line)
{
	const char *typed = line->n_args ? line->args[line->n_args - 1] : "";
	struct typed t = {0};

	read_words(&t, line);
	if (t.wants)
		offer_words(cli, &t, t.wants->words, typed);
	else if (*typed == '-')
		offer_options(cli, t.cmd, typed);
	else if (!t.cmd)
		offer_commands(cli, t.first, typed);
	else
		offer_words(cli, &t, t.cmd->words, typed);
	free(t.socket);
	return CLI_OK;
}
