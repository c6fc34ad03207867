/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "mgmt/cli/command/cli.h"
#include "tests/unit/unit.h"

static struct cli cli;
static struct cmd_line line;

/* Takes "a b c" apart. */
static int parse(const char *text)
{
	static char copy[512];
	static char *argv[32];
	int argc = 0;

	cmd_line_free(&line);
	free(cli.socket);
	cli = (struct cli){.run_dir = "/run/heddle", .out = stdout};
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return cmd_parse(&cli, argc, argv, &line);
}

static void test_commands(void)
{
	CU_ASSERT_EQUAL(parse("show ports"), 0);
	CU_ASSERT_STRING_EQUAL(line.cmd->name, "show ports");
	CU_ASSERT_EQUAL(line.n_args, 0);
	CU_ASSERT_EQUAL(parse("show ports web1"), 0);
	CU_ASSERT_STRING_EQUAL(line.args[0], "web1");
	CU_ASSERT_EQUAL(parse("load replace -"), 0);
	CU_ASSERT_STRING_EQUAL(line.args[0], "-");
	CU_ASSERT_EQUAL(parse("load replace -- -odd-name"), 0);
	CU_ASSERT_STRING_EQUAL(line.args[0], "-odd-name");
	CU_ASSERT_EQUAL(parse(""), 0);
	CU_ASSERT_PTR_NULL(line.cmd);
	CU_ASSERT_EQUAL(parse("complete -- show --po"), 0);
	CU_ASSERT_EQUAL(line.n_args, 2);
	CU_ASSERT_STRING_EQUAL(line.args[1], "--po");
}

static void test_options(void)
{
	unsigned long n = 7;

	CU_ASSERT_EQUAL(parse("--json --run-dir /tmp/x show fdb --port=web1 -m aa --limit 5"), 0);
	CU_ASSERT(cli.json && !cli.exact);
	CU_ASSERT_STRING_EQUAL(cli.socket, "/tmp/x/netconf.sock");
	CU_ASSERT_STRING_EQUAL(cmd_value(&line, "port"), "web1");
	CU_ASSERT_STRING_EQUAL(cmd_value(&line, "mac"), "aa");
	CU_ASSERT(cmd_number(&line, "limit", 0, 10, &n));
	CU_ASSERT_EQUAL(n, 5);
	CU_ASSERT_FALSE(cmd_number(&line, "limit", 6, 10, &n));
	CU_ASSERT_PTR_NULL(cmd_value(&line, "vlan"));
	CU_ASSERT_EQUAL(parse("show ports --exact --socket /tmp/s"), 0);
	CU_ASSERT(cli.exact);
	CU_ASSERT_STRING_EQUAL(cli.socket, "/tmp/s");
	CU_ASSERT_EQUAL(parse("replay -c f -ia=1 -i b=2 -o d"), 0);
	CU_ASSERT_EQUAL(line.n_values, 4);
	CU_ASSERT_STRING_EQUAL(line.values[1].value, "a=1");
}

static void test_help(void)
{
	CU_ASSERT_EQUAL(parse("show ports --help"), 0);
	CU_ASSERT_STRING_EQUAL(line.cmd->name, "help");
	CU_ASSERT_STRING_EQUAL(line.args[0], "show ports");
	CU_ASSERT_EQUAL(parse("load replace -h"), 0); /* nothing is missing then */
	CU_ASSERT_STRING_EQUAL(line.args[0], "load replace");
	CU_ASSERT_EQUAL(parse("show help"), 0); /* all that begin with it */
	CU_ASSERT_STRING_EQUAL(line.cmd->name, "help");
	CU_ASSERT_STRING_EQUAL(line.args[0], "show");
	CU_ASSERT_EQUAL(parse("port --json -h"), 0);
	CU_ASSERT_STRING_EQUAL(line.args[0], "port");
	CU_ASSERT_EQUAL(parse("--version"), 0);
	CU_ASSERT_STRING_EQUAL(line.cmd->name, "version");
}

static void test_mistakes(void)
{
	static const char *const lines[] = {
		"shwo ports",        "show",        "show prots",     "load",
		"load replace a b",  "show fdb x",  "show ports a b", "--no-such",
		"show fdb --prot x", "show fdb -p", "show fdb -x",    "show ports --json=yes",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CU_ASSERT_EQUAL(parse(lines[i]), CLI_USAGE);
}

static void test_suggestions(void)
{
	static const char *const words[] = {"show", "load", "doctor", "web1"};

	CU_ASSERT_STRING_EQUAL(cli_did_you_mean("shwo", words, 4), "; did you mean show?");
	CU_ASSERT_STRING_EQUAL(cli_did_you_mean("docotr", words, 4), "; did you mean doctor?");
	CU_ASSERT_STRING_EQUAL(cli_did_you_mean("web2", words, 4), "; did you mean web1?");
	CU_ASSERT_STRING_EQUAL(cli_did_you_mean("xyzzy", words, 4), "");
	CU_ASSERT_STRING_EQUAL(cli_did_you_mean("", words, 4), "");
}

static const char *resolved(const char *first, const char *second, bool abbreviate, size_t *used)
{
	const char *words[] = {first, second};
	const struct cmd *cmd = cmd_resolve(words, second ? 2 : 1, abbreviate, used);

	return cmd ? cmd->name : "none";
}

static void test_abbreviations(void)
{
	size_t used;

	CU_ASSERT_STRING_EQUAL(resolved("sh", "po", true, &used), "show ports");
	CU_ASSERT_EQUAL(used, 2);
	CU_ASSERT_STRING_EQUAL(resolved("sh", "po", false, &used), "none");
	CU_ASSERT_STRING_EQUAL(resolved("show", "p", true, &used), "none"); /* ports, planes */
	CU_ASSERT_STRING_EQUAL(resolved("moni", "web1", true, &used), "monitor");
	CU_ASSERT_EQUAL(used, 1);
	CU_ASSERT_STRING_EQUAL(resolved("", NULL, true, &used), "none");
	CU_ASSERT_STRING_EQUAL(resolved("man-c", NULL, true, &used), "none"); /* hidden */
	cli.abbreviate = true;
	CU_ASSERT_EQUAL(parse("show fdb --lim 3"), CLI_USAGE); /* parse() starts anew */
}

/* Where a caret points. */
static void test_bad_word(void)
{
	CU_ASSERT_EQUAL(parse("show fdb --nope"), CLI_USAGE);
	CU_ASSERT_EQUAL(line.bad, 2);
	CU_ASSERT_EQUAL(parse("show prots"), CLI_USAGE);
	CU_ASSERT_EQUAL(line.bad, 1);
	CU_ASSERT_EQUAL(parse("shwo ports"), CLI_USAGE);
	CU_ASSERT_EQUAL(line.bad, 0);
	CU_ASSERT_EQUAL(parse("show fdb --limit"), CLI_USAGE);
	CU_ASSERT_EQUAL(line.bad, 3);
	CU_ASSERT_EQUAL(parse("load replace a b c"), CLI_USAGE);
	CU_ASSERT_EQUAL(line.bad, 3);
	CU_ASSERT_EQUAL(parse("load"), CLI_USAGE);
	CU_ASSERT_EQUAL(line.bad, 1);
}

/* The table itself: what help, completion and the man page rely on. */
static void test_table(void)
{
	cli_commands_foreach(cmd)
	{
		CU_ASSERT(cmd->run && cmd->summary && cmd->args && cmd->max_args >= cmd->min_args);
		CU_ASSERT_PTR_EQUAL(cmd_find(cmd->name), cmd);
		CU_ASSERT(cmd->summary[strlen(cmd->summary) - 1] != '.');
		for (const struct cmd_option *o = cmd->options; o && o->name; o++) {
			CU_ASSERT_PTR_NOT_NULL(o->help);
			for (const struct cmd_option *g = cli_global_options; g->name; g++) {
				CU_ASSERT(strcmp(o->name, g->name) != 0);
				CU_ASSERT(!o->letter || g->start || o->letter != g->letter);
			}
			for (const struct cmd_option *p = cmd->options; p != o; p++)
				CU_ASSERT(strcmp(o->name, p->name) != 0 &&
					  (!o->letter || o->letter != p->letter));
		}
	}
}

UNIT_MAIN("cli command line", {"commands", test_commands}, {"options", test_options},
	  {"help", test_help}, {"mistakes", test_mistakes}, {"suggestions", test_suggestions},
	  {"abbreviations", test_abbreviations}, {"the word that is wrong", test_bad_word},
	  {"the table", test_table});
