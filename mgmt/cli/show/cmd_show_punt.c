/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show punt
 */
#include <string.h>

#include "mgmt/cli/term/format.h"
#include "mgmt/cli/show/gateway.h"
#include "mgmt/cli/show/view.h"

static enum cli_style drops_style(const struct lyd_node *row, const char *leaf)
{
	return cli_xml_u64(row, leaf) ? CLI_WARN : CLI_PLAIN;
}

static enum cli_style policed_style(const struct lyd_node *row)
{
	return drops_style(row, "policed");
}

static enum cli_style full_style(const struct lyd_node *row)
{
	return drops_style(row, "queue-full");
}

static enum cli_style unusable_style(const struct lyd_node *row)
{
	return drops_style(row, "unusable");
}

static const struct view classes = {
	.name = "classes",
	.columns =
		(const struct view_column[]){
			{"CLASS", "name", "name", VIEW_TEXT},
			{"RULES", NULL, "rules", VIEW_COUNT},
			{"RATE", "rate", "rate", VIEW_COUNT},
			{"A PORT", "port-rate", "port-rate", VIEW_COUNT},
			{NULL, "burst", "burst", VIEW_COUNT},
			{NULL, "rules", "rules", VIEW_COUNT},
			{"MATCHED", "matched", "matched", VIEW_COUNT},
			{"PASSED", "passed", "passed", VIEW_COUNT},
			{"POLICED", "policed", "policed", VIEW_COUNT, .style = policed_style},
			{"QUEUE FULL", "queue-full", "queue-full", VIEW_COUNT, .style = full_style},
			{"UNUSABLE", "unusable", "unusable", VIEW_COUNT, .style = unusable_style},
			{"WAITING", "waiting", "waiting", VIEW_COUNT},
			{0},
		},
};

/* "0x0800, protocol 112, to 01:00:5e:00:00:12, a copy" */
static char *frames_of(const struct lyd_node *rule)
{
	static const struct {
		const char *leaf, *words;
	} parts[] = {
		{"protocol", "protocol"}, {"port-or-type", "port or type"}, {"destination", "to"}};
	struct cli_str text = {0};

	cli_str_puts(&text, cli_xml_text(rule, "ethertype"));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (*cli_xml_text(rule, parts[i].leaf))
			cli_str_printf(&text, ", %s %s", parts[i].words,
				       cli_xml_text(rule, parts[i].leaf));
	if (cli_xml_true(rule, "copy"))
		cli_str_puts(&text, ", a copy");
	return text.text;
}

static const struct view rules = {
	.name = "rules",
	.columns =
		(const struct view_column[]){
			{"RULE", "name", "name", VIEW_TEXT},
			{"CLASS", "class", "class", VIEW_TEXT, VIEW_NULL},
			{"GATEWAY", "gateway", "gateway", VIEW_TEXT},
			{"FRAMES", NULL, NULL, VIEW_TEXT, VIEW_WRAP, .text = frames_of},
			{NULL, "destination", "destination", VIEW_TEXT, VIEW_NULL},
			{NULL, "ethertype", "ethertype", VIEW_TEXT},
			{NULL, "protocol", "protocol", VIEW_NUMBER, VIEW_NULL},
			{NULL, "port-or-type", "port-or-type", VIEW_NUMBER, VIEW_NULL},
			{NULL, "copy", "copy", VIEW_FLAG},
			{0},
		},
};

static enum cli_style lease_style(const struct lyd_node *row)
{
	return strcmp(cli_xml_text(row, "state"), "live") == 0 ? CLI_GOOD : CLI_WARN;
}

static const struct view leases = {
	.name = "leases",
	.columns =
		(const struct view_column[]){
			{"LEASE", "name", "name", VIEW_TEXT},
			{"SEGMENT", NULL, "segment", VIEW_TEXT},
			{"GATEWAY", "gateway", "gateway", VIEW_TEXT},
			{NULL, "segment", "segment", VIEW_TEXT, VIEW_NULL},
			{"MAC", "mac", "mac", VIEW_TEXT},
			{"ADDRESS", "address", "address", VIEW_TEXT, VIEW_NULL},
			{"STATE", "state", "state", VIEW_TEXT, .style = lease_style},
			{"TIME LEFT", "left-ms", "left", VIEW_MS},
			{"RESIGNS", "resign-packet", "resign-packet", VIEW_FLAG},
			{0},
		},
};

static const struct {
	const struct view *view;
	const char *element, *none; /* what is said when there are no rows */
} parts[] = {{&classes, "class", "No feature of the control plane asks for frames.\n"},
	     {&rules, "rule", NULL},
	     {&leases, "lease", "No address is leased.\n"}};

static void print_totals(struct cli *cli, const struct lyd_node *reply)
{
	char a[CLI_NUM_MAX], b[CLI_NUM_MAX];

	fprintf(cli->out, "\nsent by the control plane: %s frames, %s refused\n",
		cli_fmt_count(cli_xml_u64(reply, "injected"), cli->exact, a),
		cli_fmt_count(cli_xml_u64(reply, "inject-refused"), cli->exact, b));
	fprintf(cli->out, "leases that expired: %s; resign packets sent: %s\n",
		cli_fmt_count(cli_xml_u64(reply, "leases-expired"), cli->exact, a),
		cli_fmt_count(cli_xml_u64(reply, "resign-packets"), cli->exact, b));
}

static void show(struct cli *cli, const struct lyd_node *reply)
{
	static const char *const totals[] = {"injected", "inject-refused", "leases-expired",
					     "resign-packets"};
	json_t *json = json_object();

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct view_rows rows = {0};

		view_rows_add(&rows, reply, parts[i].element);
		json_object_set_new(json, parts[i].view->name, view_json(parts[i].view, &rows));
		if (!cli->json && i && (rows.n || parts[i].none))
			fputc('\n', cli->out);
		if (!cli->json && !rows.n && parts[i].none)
			fputs(parts[i].none, cli->out);
		if (!cli->json)
			view_print(cli, parts[i].view, &rows);
		view_rows_free(&rows);
	}
	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++)
		json_object_set_new(json, totals[i],
				    json_integer((json_int_t)cli_xml_u64(reply, totals[i])));
	if (cli->json) {
		cli_json_print(cli, json);
		return;
	}
	json_decref(json);
	print_totals(cli, reply);
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
		show(cli, reply);
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
