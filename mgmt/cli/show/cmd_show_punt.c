/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show punt
 */
#include <string.h>

#include "mgmt/cli/term/format.h"
#include "mgmt/cli/show/gateway.h"
#include "mgmt/cli/term/table.h"

static bool has(const struct lyd_node *reply, const char *what)
{
	cli_xml_foreach(node, reply, what)
	{
		(void)node;
		return true;
	}
	return false;
}

static void print(struct cli *cli, struct cli_table *t)
{
	cli_table_print(t, cli->out, cli->width, cli->color);
	cli_table_free(t);
}

static void print_classes(struct cli *cli, const struct lyd_node *reply)
{
	static const struct cli_column columns[] = {
		{"CLASS", false, true},  {"RULES", true, true},      {"RATE", true, true},
		{"A PORT", true, true},  {"MATCHED", true, true},    {"PASSED", true, true},
		{"POLICED", true, true}, {"QUEUE FULL", true, true}, {"UNUSABLE", true, true},
		{"WAITING", true, true},
	};
	static const char *const leaves[] = {"name",     "rules",  "rate",    "port-rate",
					     "matched",  "passed", "policed", "queue-full",
					     "unusable", "waiting"};
	struct cli_table *t = cli_table_new(columns, 10);
	char str[CLI_NUM_MAX];

	cli_xml_foreach(c, reply, "class")
	{
		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(c, "name"));
		for (unsigned int i = 1; i < 10; i++) {
			uint64_t n = cli_xml_u64(c, leaves[i]);
			bool drops = i >= 6 && i <= 8 && n;

			cli_table_cell(t, i, drops ? CLI_WARN : CLI_PLAIN,
				       cli_fmt_count(n, cli->exact, str));
		}
	}
	print(cli, t);
}

/* "0x0800, protocol 112, to 01:00:5e:00:00:12, a copy" */
static void frames_of(const struct lyd_node *rule, struct cli_str *text)
{
	const char *protocol = cli_xml_text(rule, "protocol");
	const char *l4 = cli_xml_text(rule, "port-or-type");
	const char *to = cli_xml_text(rule, "destination");

	cli_str_printf(text, "%s", cli_xml_text(rule, "ethertype"));
	if (*protocol)
		cli_str_printf(text, ", protocol %s", protocol);
	if (*l4)
		cli_str_printf(text, ", port or type %s", l4);
	if (*to)
		cli_str_printf(text, ", to %s", to);
	if (strcmp(cli_xml_text(rule, "copy"), "true") == 0)
		cli_str_puts(text, ", a copy");
}

static void print_rules(struct cli *cli, const struct lyd_node *reply)
{
	static const struct cli_column columns[] = {
		{"RULE", false, true},
		{"CLASS", false, true},
		{"GATEWAY", false, true},
		{"FRAMES", false, false},
	};
	struct cli_table *t = cli_table_new(columns, 4);

	cli_xml_foreach(r, reply, "rule")
	{
		struct cli_str frames = {0};

		frames_of(r, &frames);
		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(r, "name"));
		cli_table_cell(t, 1, CLI_PLAIN, cli_xml_text(r, "class"));
		cli_table_cell(t, 2, CLI_PLAIN, cli_xml_text(r, "gateway"));
		cli_table_cell(t, 3, CLI_PLAIN, frames.text);
		cli_str_free(&frames);
	}
	print(cli, t);
}

static void print_leases(struct cli *cli, const struct lyd_node *reply)
{
	static const struct cli_column columns[] = {
		{"LEASE", false, true},    {"SEGMENT", false, true}, {"GATEWAY", false, true},
		{"MAC", false, true},      {"ADDRESS", false, true}, {"STATE", false, true},
		{"TIME LEFT", true, true}, {"RESIGNS", false, true},
	};
	struct cli_table *t = cli_table_new(columns, 8);
	char str[CLI_NUM_MAX];

	cli_xml_foreach(l, reply, "lease")
	{
		bool live = strcmp(cli_xml_text(l, "state"), "live") == 0;
		bool resigns = strcmp(cli_xml_text(l, "resign-packet"), "true") == 0;

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(l, "name"));
		cli_table_cell(t, 1, CLI_PLAIN, cli_xml_text(l, "segment"));
		cli_table_cell(t, 2, CLI_PLAIN, cli_xml_text(l, "gateway"));
		cli_table_cell(t, 3, CLI_PLAIN, cli_xml_text(l, "mac"));
		cli_table_cell(t, 4, CLI_PLAIN, cli_xml_text(l, "address"));
		cli_table_cell(t, 5, live ? CLI_GOOD : CLI_WARN, cli_xml_text(l, "state"));
		cli_table_cell(t, 6, CLI_PLAIN,
			       cli_fmt_duration(cli_xml_u64(l, "left") * 1000000u, str));
		cli_table_cell(t, 7, CLI_PLAIN, resigns ? "yes" : "no");
	}
	print(cli, t);
}

static void print_all(struct cli *cli, const struct lyd_node *reply)
{
	char a[CLI_NUM_MAX], b[CLI_NUM_MAX];

	if (has(reply, "class"))
		print_classes(cli, reply);
	else
		fputs("No feature of the control plane asks for frames.\n", cli->out);
	if (has(reply, "rule")) {
		fputc('\n', cli->out);
		print_rules(cli, reply);
	}
	fputc('\n', cli->out);
	if (has(reply, "lease"))
		print_leases(cli, reply);
	else
		fputs("No address is leased.\n", cli->out);
	fprintf(cli->out, "\nsent by the control plane: %s frames, %s refused\n",
		cli_fmt_count(cli_xml_u64(reply, "injected"), cli->exact, a),
		cli_fmt_count(cli_xml_u64(reply, "inject-refused"), cli->exact, b));
	fprintf(cli->out, "leases that expired: %s; resign packets sent: %s\n",
		cli_fmt_count(cli_xml_u64(reply, "leases-expired"), cli->exact, a),
		cli_fmt_count(cli_xml_u64(reply, "resign-packets"), cli->exact, b));
}

static json_t *text_or_null(const struct lyd_node *node, const char *leaf)
{
	const char *text = cli_xml_text(node, leaf);

	return *text ? json_string(text) : json_null();
}

static json_t *number_or_null(const struct lyd_node *node, const char *leaf)
{
	return *cli_xml_text(node, leaf) ? json_integer((json_int_t)cli_xml_u64(node, leaf))
					 : json_null();
}

static json_t *flag(const struct lyd_node *node, const char *leaf)
{
	return json_boolean(strcmp(cli_xml_text(node, leaf), "true") == 0);
}

static json_t *classes_json(const struct lyd_node *reply)
{
	static const char *const leaves[] = {"rate",     "port-rate", "burst",   "rules",
					     "matched",  "passed",    "policed", "queue-full",
					     "unusable", "waiting"};
	json_t *list = json_array();

	cli_xml_foreach(c, reply, "class")
	{
		json_t *o = json_pack("{s:s}", "name", cli_xml_text(c, "name"));

		for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
			json_object_set_new(o, leaves[i],
					    json_integer((json_int_t)cli_xml_u64(c, leaves[i])));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *rules_json(const struct lyd_node *reply)
{
	json_t *list = json_array();

	cli_xml_foreach(r, reply, "rule")
	{
		json_array_append_new(list, json_pack("{s:s, s:o, s:s, s:o, s:s, s:o, s:o, s:o}",
						      "name", cli_xml_text(r, "name"), "class",
						      text_or_null(r, "class"), "gateway",
						      cli_xml_text(r, "gateway"), "destination",
						      text_or_null(r, "destination"), "ethertype",
						      cli_xml_text(r, "ethertype"), "protocol",
						      number_or_null(r, "protocol"), "port-or-type",
						      number_or_null(r, "port-or-type"), "copy",
						      flag(r, "copy")));
	}
	return list;
}

static json_t *leases_json(const struct lyd_node *reply)
{
	json_t *list = json_array();

	cli_xml_foreach(l, reply, "lease")
	{
		json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:s, s:o, s:s, s:I, s:o}",
						      "name", cli_xml_text(l, "name"), "gateway",
						      cli_xml_text(l, "gateway"), "segment",
						      text_or_null(l, "segment"), "mac",
						      cli_xml_text(l, "mac"), "address",
						      text_or_null(l, "address"), "state",
						      cli_xml_text(l, "state"), "left-ms",
						      (json_int_t)cli_xml_u64(l, "left"),
						      "resign-packet", flag(l, "resign-packet")));
	}
	return list;
}

static void all_json(struct cli *cli, const struct lyd_node *reply)
{
	static const char *const totals[] = {"injected", "inject-refused", "leases-expired",
					     "resign-packets"};
	json_t *o = json_pack("{s:o, s:o, s:o}", "classes", classes_json(reply), "rules",
			      rules_json(reply), "leases", leases_json(reply));

	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++)
		json_object_set_new(o, totals[i],
				    json_integer((json_int_t)cli_xml_u64(reply, totals[i])));
	cli_json_print(cli, o);
}

static int run_show_punt(struct cli *cli, const struct cmd_line *line)
{
	struct cli_client *client = cli_connect(cli);
	struct lyd_node *reply;
	int rc;

	(void)line;
	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_request(client, "<get-punt xmlns=\"" CLI_NS_GATEWAY "\"/>", &reply);
	if (rc == 0) {
		if (cli->json)
			all_json(cli, reply);
		else
			print_all(cli, reply);
		lyd_free_all(reply);
	}
	cli_disconnect(cli, client);
	return rc;
}

CMD_REGISTER(cmd_show_punt) = {
	.part = CMD_PART_SHOW,
	.place = 80,
	.name = "show punt",
	.args = "",
	.summary = "which frames the control plane gets, and which addresses it holds",
	.text = "Three tables. Classes: a protocol each, with what was passed and dropped; RATE is the "
		"most frames a second of the class, A PORT of one rule by one port. Rules: the frames "
		"that a gateway gives to a class. Leases: addresses that belong to a gateway as long as "
		"the control plane renews them; with RESIGNS a packet says so when one ends.",
	.run = run_show_punt,
};
