/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle load replace [--check] FILE
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/command/config_file.h"
#include "mgmt/cli/command/instance.h"
#include "mgmt/cli/config/load_diff.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/term/table.h"

#define GET_CONFIG "<get-config><source><running/></source></get-config>"

static const char *const words[CLI_CHANGES] = {
	[CLI_UNCHANGED] = "unchanged",
	[CLI_ADDED] = "added",
	[CLI_CHANGED] = "changed",
	[CLI_REMOVED] = "removed",
};

/* The objects of running; none when the switch does not tell. */
static void read_objects(struct cli_client *client, struct cli_objects *objects)
{
	struct lyd_node *reply = NULL;
	struct hd_err err;

	*objects = (struct cli_objects){0};
	if (cli_client_rpc(client, GET_CONFIG, &reply, &err) == 0 && !cli_reply_errors(reply))
		cli_objects_read(cli_xml_child(reply, "data"), objects);
	lyd_free_all(reply);
}

static size_t count(const struct cli_objects *o, enum cli_change change)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		n += o->list[i].change == change;
	return n;
}

static json_t *names_json(const struct cli_objects *o, enum cli_change change)
{
	json_t *names = json_array();

	for (size_t i = 0; i < o->n; i++)
		if (o->list[i].change == change)
			json_array_append_new(names, json_string(o->list[i].name));
	return names;
}

/* "  added  port web1, port web2": wrapped, and cut when there are very many. */
static void print_names(struct cli *cli, const struct cli_objects *o, enum cli_change change)
{
	struct cli_str text = {0};
	size_t shown = 0, n = count(o, change);

	if (!n)
		return;
	for (size_t i = 0; i < o->n && shown < 50; i++) {
		if (o->list[i].change != change)
			continue;
		cli_str_printf(&text, "%s%s", shown ? ", " : "", o->list[i].name);
		shown++;
	}
	if (shown < n)
		cli_str_printf(&text, ", and %zu more", n - shown);
	fprintf(cli->out, "  %s:\n", words[change]);
	cli_wrap(cli->out, text.text, 4, cli->width);
	cli_str_free(&text);
}

struct load {
	const char *file;
	struct cli_client *client;
	struct cli_objects before, after;
};

static void tell_json(struct cli *cli, const struct cli_objects *o, json_t *effects)
{
	cli_json_print(cli, json_pack("{s:b, s:b, s:[], s:o, s:o, s:o, s:I, s:O}", "accepted", true,
				      "applied", true, "errors", "added", names_json(o, CLI_ADDED),
				      "changed", names_json(o, CLI_CHANGED), "removed",
				      names_json(o, CLI_REMOVED), "unchanged",
				      (json_int_t)count(o, CLI_UNCHANGED), "effects", effects));
}

static int fine(struct cli *cli, const char *file, const char *how, json_t *effects)
{
	if (cli->json)
		cli_json_print(cli, json_pack("{s:b, s:b, s:[], s:O}", "accepted", true, "applied",
					      false, "errors", "effects", effects));
	else
		fprintf(cli->out, "%s is fine%s\n", file, how);
	return CLI_OK;
}

static void loaded(struct cli *cli, const struct cli_txn *change, json_t *effects)
{
	struct load *load = change->arg;
	const struct cli_objects *o = &load->after;

	if (change->check) {
		fine(cli, load->file, "", effects);
		return;
	}
	read_objects(load->client, &load->after);
	cli_objects_compare(&load->before, &load->after);
	if (cli->json) {
		tell_json(cli, o, effects);
		return;
	}
	if (count(o, CLI_UNCHANGED) == o->n)
		fprintf(cli->out, "%s is in force: nothing had to change\n", load->file);
	else
		fprintf(cli->out,
			"%s is in force: %zu added, %zu changed, %zu removed, %zu unchanged\n",
			load->file, count(o, CLI_ADDED), count(o, CLI_CHANGED),
			count(o, CLI_REMOVED), count(o, CLI_UNCHANGED));
	for (enum cli_change c = CLI_ADDED; c < CLI_CHANGES; c++)
		print_names(cli, o, c);
}

static int send_config(struct cli *cli, struct cli_client *client, const struct cmd_line *line,
		       const char *xml)
{
	struct load load = {.file = line->args[0], .client = client};
	const struct cli_txn change = {
		.line = line,
		.xml = xml,
		.of = line->args[0],
		.check = cmd_has(line, "check"),
		.replace = true,
		.tell = loaded,
		.arg = &load,
	};
	int rc;

	if (!change.check)
		read_objects(client, &load.before);
	rc = cli_txn_make(cli, client, &change);
	cli_objects_free(&load.before);
	cli_objects_free(&load.after);
	return rc;
}

/* The file is refused on this side. Takes the errors over. */
static int refused_here(struct cli *cli, const char *file, struct ds_errors *errs, bool check)
{
	size_t n = errs->n + errs->more;

	if (cli->json) {
		cli_json_print(cli, json_pack("{s:b, s:b, s:o}", "accepted", false, "applied",
					      false, "errors", cli_config_errors_json(errs)));
	} else {
		cli_error("%s: %zu error%s%s", file, n, n == 1 ? "" : "s",
			  check ? "" : "; nothing was changed");
		ds_errors_print(errs, stderr);
	}
	ds_errors_clear(errs);
	return CLI_REFUSED;
}

/* Without a switch: the model is here as well. */
static int check_alone(struct cli *cli, const char *file, const struct cli_str *text)
{
	struct ds_errors errs = {.n = 0};
	struct hd_err err = {0};
	json_t *effects;
	int rc = cli_config_check(text->text, text->len, &errs, &err);

	if (rc == -EBADMSG)
		return refused_here(cli, file, &errs, true);
	if (rc < 0) {
		cli_error("%s", err.text);
		return CLI_USAGE;
	}
	effects = json_array();
	rc = fine(cli, file, " (no switch runs here; it was checked without one)", effects);
	json_decref(effects);
	return rc;
}

static int load_text(struct cli *cli, const struct cmd_line *line, const struct cli_str *text)
{
	const char *file = line->args[0];
	bool check = cmd_has(line, "check");
	struct cli_client *client;
	struct ds_errors errs = {.n = 0};
	struct cli_str xml = {0};
	struct hd_err err = {0};
	int rc = cli_client_open(&client, cli->socket, &err);

	if (check && (rc == -ENOENT || rc == -ECONNREFUSED))
		return check_alone(cli, file, text);
	if (rc < 0) {
		cli_error("%s", err.text);
		return CLI_UNREACHABLE;
	}
	cli_str_puts(&xml, "");
	rc = cli_config_to_xml(text->text, text->len, &xml, &errs, &err);
	if (rc == -EBADMSG) {
		rc = refused_here(cli, file, &errs, check);
	} else if (rc < 0) {
		cli_error("%s: %s", file, err.text);
		rc = CLI_REFUSED;
	} else {
		rc = send_config(cli, client, line, xml.text);
	}
	cli_str_free(&xml);
	cli_client_close(client);
	return rc;
}

static int run_load_replace(struct cli *cli, const struct cmd_line *line)
{
	struct cli_str text = {0};
	struct hd_err err = {0};
	int rc = CLI_USAGE;

	if (cli_instance_read(line->args[0], &text, &err) < 0)
		cli_error("%s: %s", line->args[0], err.text);
	else
		rc = load_text(cli, line, &text);
	cli_str_free(&text);
	return rc;
}

static const struct cmd_option load_options[] = {
	{"check", 'c', NULL, "say whether it would be accepted, and change nothing", NULL},
	{0},
};

CMD_REGISTER(cmd_load_replace) = {
	.part = CMD_PART_REST,
	.place = 10,
	.group = "make a file what runs",
	.name = "load replace",
	.args = "FILE",
	.summary = "replace what runs by the configuration in FILE",
	.text = "FILE is lines of set, blocks in braces as show configuration prints them, JSON or XML; - "
		"reads the standard input. What is not in it is removed, or, when anything in it is wrong, "
		"nothing at all is changed. What is the same in both is not touched and loses no packet. "
		"What it does to the live switch, and what in it is probably not meant, is said before; "
		"at a terminal a danger is asked about. It is one commit: saved, and in the history.\n"
		"\n"
		"With --check nothing is changed. When no switch runs, the file is checked by heddle-mgmt "
		"on its own.",
	.options = load_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_file,
	.run = run_load_replace,
};
