/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show drops [PORT], heddle clear counters [PORT...]
 */
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/term/table.h"

static const struct lyd_node *find_reason(const struct cli_model *m, const char *name)
{
	cli_xml_foreach(reason, m->system, "drop-reason")
	{
		if (strcmp(cli_xml_text(reason, "name"), name) == 0)
			return reason;
	}
	return NULL;
}

static uint64_t port_drops(const struct cli_port *p, const char *reason)
{
	cli_xml_foreach(drop, p->state, "drop")
	{
		if (strcmp(cli_xml_text(drop, "reason"), reason) == 0)
			return cli_xml_u64(drop, "packets");
	}
	return 0;
}

static void add_row(struct cli *cli, struct cli_table *t, json_t *json, const char *port,
		    const struct lyd_node *reason, const char *name, const char *direction,
		    uint64_t packets)
{
	const char *text = cli_xml_text(reason, "text");
	char str[CLI_NUM_MAX];

	json_array_append_new(json, json_pack("{s:s, s:s, s:s, s:I, s:s}", "port", port, "reason",
					      name, "direction", direction, "packets",
					      (json_int_t)packets, "text", text));
	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, port);
	cli_table_cell(t, 1, CLI_PLAIN, cli_fmt_count(packets, cli->exact, str));
	cli_table_cell(t, 2, CLI_PLAIN, name);
	cli_table_cell(t, 3, CLI_PLAIN, direction);
	cli_table_cell(t, 4, CLI_DIM, text);
}

/* One port: what it dropped, or with @all every reason there is. */
static void add_port(struct cli *cli, const struct cli_model *m, const struct cli_port *p, bool all,
		     struct cli_table *t, json_t *json)
{
	if (all) {
		cli_xml_foreach(reason, m->system, "drop-reason")
		{
			const char *name = cli_xml_text(reason, "name");

			add_row(cli, t, json, p->name, reason, name,
				cli_xml_text(reason, "direction"), port_drops(p, name));
		}
		return;
	}
	cli_xml_foreach(drop, p->state, "drop")
	{
		const char *name = cli_xml_text(drop, "reason");
		uint64_t packets = cli_xml_u64(drop, "packets");

		if (packets)
			add_row(cli, t, json, p->name, find_reason(m, name), name,
				cli_xml_text(drop, "direction"), packets);
	}
}

static void show(struct cli *cli, const struct cli_model *m, const char *port, bool all)
{
	static const struct cli_column columns[] = {
		{"PORT", false, true}, {"PACKETS", true, true},         {"REASON", false, true},
		{"WAY", false, true},  {"WHAT IT MEANS", false, false},
	};
	struct cli_table *t = cli_table_new(columns, 5);
	json_t *json = json_array();

	for (size_t i = 0; i < m->n_ports; i++)
		if (!port || strcmp(m->ports[i].name, port) == 0)
			add_port(cli, m, &m->ports[i], all, t, json);
	if (cli->json)
		cli_json_print(cli, json_pack("{s:O}", "drops", json));
	else if (cli_table_rows(t))
		cli_table_print(t, cli->out, cli->width, cli->color);
	else
		fputs("No packet was dropped.\n", cli->out);
	json_decref(json);
	cli_table_free(t);
}

static int run_show_drops(struct cli *cli, const struct cmd_line *line)
{
	const char *port = line->n_args ? line->args[0] : NULL;
	struct cli_client *client = cli_connect(cli);
	struct cli_model m;
	int rc;

	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_model_get(client, CLI_PART_PORTS | CLI_PART_SYSTEM, NULL, &m);
	if (rc == 0 && port && !cli_model_port(&m, port))
		rc = cli_no_such_port(&m, port);
	if (rc == 0)
		show(cli, &m, port, cmd_has(line, "all"));
	cli_model_free(&m);
	cli_disconnect(cli, client);
	return rc;
}

/* Of one port, or of all with @port NULL; adds up in *@n. Returns an exit status. */
static int clear(struct cli_client *client, const char *port, uint64_t *n)
{
	struct cli_str xml = {0};
	struct lyd_node *reply;
	int rc;

	cli_str_puts(&xml, "<clear-counters xmlns=\"urn:heddle:yang:heddle-system\">");
	if (port)
		cli_xml_leaf(&xml, "port", port);
	cli_str_puts(&xml, "</clear-counters>");
	rc = cli_request(client, xml.text, &reply);
	cli_str_free(&xml);
	if (rc == 0)
		*n += cli_xml_u64(reply, "ports");
	lyd_free_all(reply);
	return rc;
}

static int run_clear_counters(struct cli *cli, const struct cmd_line *line)
{
	struct cli_client *client = cli_connect(cli);
	uint64_t n = 0;
	int rc = CLI_OK;

	if (!client)
		return CLI_UNREACHABLE;
	if (!line->n_args)
		rc = clear(client, NULL, &n);
	for (size_t i = 0; rc == 0 && i < line->n_args; i++)
		rc = clear(client, line->args[i], &n);
	if (rc == 0 && cli->json)
		cli_json_print(cli, json_pack("{s:I}", "ports", (json_int_t)n));
	else if (rc == 0)
		fprintf(cli->out, "counters of %llu port%s count from 0\n", (unsigned long long)n,
			n == 1 ? "" : "s");
	cli_disconnect(cli, client);
	return rc;
}

static const struct cmd_option drops_options[] = {
	{"all", 'a', NULL, "also reasons that did not happen", NULL},
	{0},
};

CMD_REGISTER(cmd_show_drops) = {
	.part = CMD_PART_SHOW,
	.place = 90,
	.name = "show drops",
	.args = "[PORT]",
	.summary = "dropped packets by reason, what each means and what would mend it",
	.text = "Every packet that is not delivered is counted for one reason at one port: where it came "
		"in, or where it was to leave. Reasons without any packets are left out, but for "
		"--all.",
	.options = drops_options,
	.max_args = 1,
	.words = &words_port,
	.run = run_show_drops,
};

CMD_REGISTER(cmd_clear_counters) = {
	.part = CMD_PART_CLEAR,
	.place = 30,
	.name = "clear counters",
	.args = "[PORT...]",
	.summary = "count packets and drops of ports from 0 again",
	.text = "What adds up goes on adding up: all counters of a port are cleared at the same moment. "
		"Counters of the workers, which are for the whole switch, go on.",
	.max_args = 1024,
	.words = &words_port,
	.run = run_clear_counters,
};
