/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show neighbours, heddle clear neighbours, heddle show routes
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/show/gateway.h"
#include "mgmt/cli/term/table.h"

#define PAGE          1000 /* entries that are asked for at once */
#define LIMIT_DEFAULT 1000

/* Entries of a table of the switch, as it told of them. */
struct rows {
	struct lyd_node **replies;
	const struct lyd_node **at;
	size_t n_replies, n, room;
	uint64_t total, capacity;
	uint64_t cursor; /* 0: that was all */
};

static void add_reply(struct rows *rows, struct lyd_node *reply)
{
	rows->replies = cli_realloc(rows->replies, (rows->n_replies + 1) * sizeof(*rows->replies));
	rows->replies[rows->n_replies++] = reply;
	cli_xml_foreach(node, reply, "entry")
	{
		if (rows->n == rows->room) {
			rows->room = rows->room ? rows->room * 2 : 256;
			rows->at = cli_realloc(rows->at, rows->room * sizeof(*rows->at));
		}
		rows->at[rows->n++] = node;
	}
	rows->cursor = cli_xml_u64(reply, "cursor");
	rows->total = cli_xml_u64(reply, "entries");
	rows->capacity = cli_xml_u64(reply, "capacity");
}

static void free_rows(struct rows *rows)
{
	for (size_t i = 0; i < rows->n_replies; i++)
		lyd_free_all(rows->replies[i]);
	free(rows->replies);
	free(rows->at);
}

static int fetch(struct cli_client *client, const char *op, const char *filter, uint64_t limit,
		 struct rows *rows)
{
	int rc;

	do {
		uint64_t want = limit && limit - rows->n < PAGE ? limit - rows->n : PAGE;
		struct cli_str xml = {0};
		struct lyd_node *reply;

		cli_str_printf(&xml,
			       "<%s xmlns=\"" CLI_NS_GATEWAY "\">%s<limit>%" PRIu64
			       "</limit><cursor>%" PRIu64 "</cursor></%s>",
			       op, filter, want, rows->cursor, op);
		rc = cli_request(client, xml.text, &reply);
		cli_str_free(&xml);
		if (rc == 0)
			add_reply(rows, reply);
	} while (rc == 0 && rows->cursor && (!limit || rows->n < limit));
	return rc;
}

/* The bytes of an address, 16 of them. Returns its family, or 0. */
static int parse(const char *text, uint8_t addr[16])
{
	memset(addr, 0, 16);
	return inet_pton(AF_INET, text, addr) == 1    ? 4
	       : inet_pton(AF_INET6, text, addr) == 1 ? 6
						      : 0;
}

/* The words: a gateway, an address, or both. False after a message. */
static bool add_filter(const struct cmd_line *line, struct cli_str *xml)
{
	const char *gateway = NULL, *address = NULL;
	uint8_t addr[16];

	for (size_t i = 0; i < line->n_args; i++) {
		const char **is = parse(line->args[i], addr) ? &address : &gateway;

		if (*is) {
			cli_error(
				"\"%s\" and \"%s\" are two %s: one gateway and one address can be "
				"named",
				*is, line->args[i], is == &address ? "addresses" : "gateways");
			return false;
		}
		*is = line->args[i];
	}
	cli_str_puts(xml, "");
	if (gateway)
		cli_xml_leaf(xml, "gateway", gateway);
	if (address)
		cli_xml_leaf(xml, "address", address);
	return true;
}

static int compare(const void *va, const void *vb)
{
	const struct lyd_node *a = *(const struct lyd_node *const *)va;
	const struct lyd_node *b = *(const struct lyd_node *const *)vb;
	int order = cli_name_compare(cli_xml_text(a, "gateway"), cli_xml_text(b, "gateway"));
	uint8_t x[16], y[16];

	if (order == 0)
		order = parse(cli_xml_text(a, "address"), x) - parse(cli_xml_text(b, "address"), y);
	return order ? order : memcmp(x, y, sizeof(x));
}

static enum cli_style state_style(const char *state)
{
	return strcmp(state, "failed") == 0       ? CLI_BAD
	       : strcmp(state, "incomplete") == 0 ? CLI_WARN
	       : strcmp(state, "reachable") == 0  ? CLI_GOOD
						  : CLI_PLAIN;
}

static void print_neighbours(struct cli *cli, const struct rows *rows)
{
	static const struct cli_column columns[] = {
		{"ADDRESS", false, true}, {"MAC", false, true}, {"GATEWAY", false, true},
		{"STATE", false, true},   {"AGE", true, true},  {"WAITING", true, true},
	};
	struct cli_table *t = cli_table_new(columns, 6);
	char a[CLI_NUM_MAX], b[CLI_NUM_MAX];

	for (size_t i = 0; i < rows->n; i++) {
		const struct lyd_node *e = rows->at[i];
		const char *state = cli_xml_text(e, "state");
		uint64_t age = cli_xml_u64(e, "age");

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(e, "address"));
		cli_table_cell(t, 1, CLI_PLAIN, cli_xml_text(e, "mac"));
		cli_table_cell(t, 2, CLI_PLAIN, cli_xml_text(e, "gateway"));
		cli_table_cell(t, 3, state_style(state), state);
		cli_table_cell(t, 4, CLI_PLAIN,
			       age ? cli_fmt_duration(age * 1000000000u, a) : "0s");
		if (cli_xml_u64(e, "held"))
			cli_table_cell(t, 5, CLI_PLAIN,
				       cli_fmt_count(cli_xml_u64(e, "held"), cli->exact, a));
	}
	if (rows->n)
		cli_table_print(t, cli->out, cli->width, cli->color);
	fprintf(cli->out, "%s%zu shown%s; %s in the table, room for %s\n", rows->n ? "\n" : "",
		rows->n, rows->cursor ? ", there are more (--limit 0)" : "",
		cli_fmt_count(rows->total, cli->exact, a),
		cli_fmt_count(rows->capacity, cli->exact, b));
	cli_table_free(t);
}

static void neighbours_json(struct cli *cli, const struct rows *rows)
{
	json_t *entries = json_array();

	for (size_t i = 0; i < rows->n; i++) {
		const struct lyd_node *e = rows->at[i];
		const char *mac = cli_xml_text(e, "mac");

		json_array_append_new(entries,
				      json_pack("{s:s, s:o, s:s, s:s, s:I, s:I}", "address",
						cli_xml_text(e, "address"), "mac",
						*mac ? json_string(mac) : json_null(), "gateway",
						cli_xml_text(e, "gateway"), "state",
						cli_xml_text(e, "state"), "age",
						(json_int_t)cli_xml_u64(e, "age"), "waiting",
						(json_int_t)cli_xml_u64(e, "held")));
	}
	cli_json_print(cli, json_pack("{s:o, s:b, s:I, s:I}", "entries", entries, "more",
				      rows->cursor != 0, "table-entries", (json_int_t)rows->total,
				      "table-capacity", (json_int_t)rows->capacity));
}

static int run_show_neighbours(struct cli *cli, const struct cmd_line *line)
{
	unsigned long limit = LIMIT_DEFAULT;
	struct cli_str filter = {0};
	struct rows rows = {0};
	struct cli_client *client;
	int rc;

	if (!cmd_number(line, "limit", 0, 100000000, &limit) || !add_filter(line, &filter)) {
		cli_str_free(&filter);
		return CLI_USAGE;
	}
	client = cli_connect(cli);
	rc = client ? fetch(client, "get-neighbours", filter.text, limit, &rows) : CLI_UNREACHABLE;
	if (rc == 0 && rows.n)
		qsort(rows.at, rows.n, sizeof(*rows.at), compare);
	if (rc == 0 && cli->json)
		neighbours_json(cli, &rows);
	else if (rc == 0)
		print_neighbours(cli, &rows);
	free_rows(&rows);
	cli_str_free(&filter);
	cli_disconnect(cli, client);
	return rc;
}

static int run_clear_neighbours(struct cli *cli, const struct cmd_line *line)
{
	struct cli_str filter = {0}, xml = {0};
	struct cli_client *client;
	struct lyd_node *reply;
	int rc = CLI_USAGE;

	if (!add_filter(line, &filter)) {
		cli_str_free(&filter);
		return rc;
	}
	cli_str_printf(&xml, "<clear-neighbours xmlns=\"" CLI_NS_GATEWAY "\">%s</clear-neighbours>",
		       filter.text);
	client = cli_connect(cli);
	rc = client ? cli_request(client, xml.text, &reply) : CLI_UNREACHABLE;
	if (rc == 0) {
		uint64_t n = cli_xml_u64(reply, "entries");

		if (cli->json)
			cli_json_print(cli, json_pack("{s:I}", "forgotten", (json_int_t)n));
		else
			fprintf(cli->out, "%" PRIu64 " neighbour%s forgotten\n", n,
				n == 1 ? "" : "s");
		lyd_free_all(reply);
	}
	cli_str_free(&xml);
	cli_str_free(&filter);
	cli_disconnect(cli, client);
	return rc;
}

static void print_routes(struct cli *cli, const struct rows *rows)
{
	static const struct cli_column columns[] = {
		{"VRF", false, true},
		{"PREFIX", false, true},
		{"KIND", false, true},
		{"GATEWAY", false, true},
	};
	static const char *const leaves[] = {"vrf", "prefix", "kind", "gateway"};
	struct cli_table *t = cli_table_new(columns, 4);
	char str[CLI_NUM_MAX];

	for (size_t i = 0; i < rows->n; i++) {
		cli_table_row(t);
		for (unsigned int k = 0; k < 4; k++)
			cli_table_cell(t, k, CLI_PLAIN, cli_xml_text(rows->at[i], leaves[k]));
	}
	if (rows->n)
		cli_table_print(t, cli->out, cli->width, cli->color);
	fprintf(cli->out, "%s%zu shown%s; %s in all VRFs\n", rows->n ? "\n" : "", rows->n,
		rows->cursor ? ", there are more (--limit 0)" : "",
		cli_fmt_count(rows->total, cli->exact, str));
	cli_table_free(t);
}

static void routes_json(struct cli *cli, const struct rows *rows)
{
	json_t *routes = json_array();

	for (size_t i = 0; i < rows->n; i++) {
		const struct lyd_node *e = rows->at[i];

		json_array_append_new(routes, json_pack("{s:s, s:s, s:s, s:s}", "vrf",
							cli_xml_text(e, "vrf"), "prefix",
							cli_xml_text(e, "prefix"), "kind",
							cli_xml_text(e, "kind"), "gateway",
							cli_xml_text(e, "gateway")));
	}
	cli_json_print(cli, json_pack("{s:o, s:b, s:I}", "routes", routes, "more",
				      rows->cursor != 0, "table-entries", (json_int_t)rows->total));
}

static int run_show_routes(struct cli *cli, const struct cmd_line *line)
{
	unsigned long limit = LIMIT_DEFAULT;
	struct cli_str filter = {0};
	struct rows rows = {0};
	struct cli_client *client;
	int rc;

	if (!cmd_number(line, "limit", 0, 100000000, &limit))
		return CLI_USAGE;
	cli_str_puts(&filter, "");
	if (line->n_args)
		cli_xml_leaf(&filter, "vrf", line->args[0]);
	client = cli_connect(cli);
	rc = client ? fetch(client, "get-routes", filter.text, limit, &rows) : CLI_UNREACHABLE;
	if (rc == 0 && cli->json)
		routes_json(cli, &rows);
	else if (rc == 0)
		print_routes(cli, &rows);
	free_rows(&rows);
	cli_str_free(&filter);
	cli_disconnect(cli, client);
	return rc;
}

static const struct cmd_option limit_options[] = {
	{"limit", 'n', "N", "at most N entries (default: 1000; 0: all)", NULL},
	{0},
};

CMD_REGISTER(cmd_show_neighbours) = {
	.part = CMD_PART_SHOW,
	.place = 60,
	.name = "show neighbours",
	.args = "[GATEWAY] [ADDRESS]",
	.summary = "which MAC addresses the hosts beside gateways have (ARP, ND)",
	.text = "A gateway or an address, or both, narrow it down, and the switch does the looking. "
		"WAITING is packets that wait until a neighbour answers.",
	.options = limit_options,
	.max_args = 2,
	.words = &words_gateway,
	.run = run_show_neighbours,
};

CMD_REGISTER(cmd_show_routes) = {
	.part = CMD_PART_SHOW,
	.place = 70,
	.name = "show routes",
	.args = "[VRF]",
	.summary = "routes that are in force, by VRF",
	.text = "Of the kind connected: networks of gateways' addresses. Of the kind local: the "
		"addresses themselves.",
	.options = limit_options,
	.max_args = 1,
	.words = &words_vrf,
	.run = run_show_routes,
};

CMD_REGISTER(cmd_clear_neighbours) = {
	.part = CMD_PART_CLEAR,
	.place = 20,
	.name = "clear neighbours",
	.args = "[GATEWAY] [ADDRESS]",
	.summary = "forget neighbours of gateways: they are asked again when they are needed",
	.max_args = 2,
	.words = &words_gateway,
	.run = run_clear_neighbours,
};
