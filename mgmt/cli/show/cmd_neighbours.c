/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show neighbours, heddle clear neighbours, heddle show routes
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/show/gateway.h"
#include "mgmt/cli/show/view.h"

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

static enum cli_style state_style(const struct lyd_node *row)
{
	const char *state = cli_xml_text(row, "state");

	return strcmp(state, "failed") == 0       ? CLI_BAD
	       : strcmp(state, "incomplete") == 0 ? CLI_WARN
	       : strcmp(state, "reachable") == 0  ? CLI_GOOD
						  : CLI_PLAIN;
}

static const struct view neighbours = {
	.name = "entries",
	.columns =
		(const struct view_column[]){
			{"ADDRESS", "address", "address", VIEW_TEXT},
			{"MAC", "mac", "mac", VIEW_TEXT, VIEW_NULL},
			{"GATEWAY", "gateway", "gateway", VIEW_TEXT},
			{"STATE", "state", "state", VIEW_TEXT, .style = state_style},
			{"AGE", "age", "age", VIEW_SECONDS},
			{"WAITING", "waiting", "held", VIEW_COUNT, VIEW_NO_ZERO},
			{0},
		},
};

static const struct view_table neighbour_table = {
	.view = &neighbours,
	.op = "get-neighbours",
	.ns = CLI_NS_GATEWAY,
	.filter = add_filter,
	.compare = compare,
	.where = "in the table",
};

static int run_show_neighbours(struct cli *cli, const struct cmd_line *line)
{
	return view_run(cli, line, &neighbour_table);
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

static const struct view routes = {
	.name = "routes",
	.columns =
		(const struct view_column[]){
			{"VRF", "vrf", "vrf", VIEW_TEXT},
			{"PREFIX", "prefix", "prefix", VIEW_TEXT},
			{"KIND", "kind", "kind", VIEW_TEXT},
			{"GATEWAY", "gateway", "gateway", VIEW_TEXT},
			{0},
		},
};

static bool add_vrf(const struct cmd_line *line, struct cli_str *xml)
{
	if (line->n_args)
		cli_xml_leaf(xml, "vrf", line->args[0]);
	return true;
}

static const struct view_table route_table = {
	.view = &routes,
	.op = "get-routes",
	.ns = CLI_NS_GATEWAY,
	.filter = add_vrf,
	.where = "in all VRFs",
};

static int run_show_routes(struct cli *cli, const struct cmd_line *line)
{
	return view_run(cli, line, &route_table);
}

static const struct cmd_option limit_options[] = {
	VIEW_OPTION_LIMIT,
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
