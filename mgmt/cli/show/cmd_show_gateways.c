/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show gateways [NAME]
 *
 * To the switch a gateway is a port: what it sends into its segment is what the switch receives. Here it
 * is told as the gateway has it.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "heddle/api/gateway.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/show/gateway.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/show/rates.h"

static const char *vrf_of(const struct cli_port *g)
{
	const char *vrf = cli_xml_text(g->gateway, "vrf");

	return *vrf ? vrf : HD_VRF_DEFAULT; /* a default need not be in the answer */
}

static void row(struct cli *cli, struct cli_table *t, const struct cli_port *g)
{
	char *addresses = cli_join(g->gateway, "address");
	char str[CLI_NUM_MAX], state[CLI_STATE_MAX];

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, g->name);
	cli_table_cell(t, 1, CLI_PLAIN, g->switch_name);
	cli_table_cell(t, 2, CLI_PLAIN, cli_xml_text(g->gateway, "segment"));
	cli_table_cell(t, 3, CLI_PLAIN, vrf_of(g));
	cli_table_cell(t, 4, CLI_PLAIN, addresses);
	cli_table_cell(t, 5, cli_port_style(g), cli_port_state_text(g, state));
	cli_table_cell(t, 6, CLI_PLAIN, cli_fmt_count(g->tx, cli->exact, str));
	cli_table_cell(t, 7, CLI_PLAIN, cli_fmt_count(g->rx, cli->exact, str));
	cli_table_cell(t, 8, CLI_PLAIN, cli_fmt_count(g->drops, cli->exact, str));
	free(addresses);
}

static void print_table(struct cli *cli, const struct cli_model *m)
{
	static const struct cli_column columns[] = {
		{"GATEWAY", false, true}, {"SWITCH", false, true},   {"SEGMENT", false, true},
		{"VRF", false, true},     {"ADDRESS", false, false}, {"STATE", false, true},
		{"RECEIVED", true, true}, {"SENT", true, true},      {"DROPS", true, true},
	};
	struct cli_table *t = cli_table_new(columns, 9);

	for (size_t i = 0; i < m->n_ports; i++)
		row(cli, t, &m->ports[i]);
	if (cli_table_rows(t))
		cli_table_print(t, cli->out, cli->width, cli->color);
	else
		fputs("There are no gateways in the configuration that is in force.\n", cli->out);
	cli_table_free(t);
}

static void line(struct cli *cli, const char *title, const char *text)
{
	char *clean = cli_text_clean(cli_strdup(text));

	if (*clean) {
		fprintf(cli->out, "  %-10s ", title);
		cli_wrap_on(cli->out, clean, 13, cli->width);
	}
	free(clean);
}

static void traffic_line(struct cli *cli, const char *title, uint64_t packets, uint64_t bytes)
{
	char a[CLI_NUM_MAX], b[CLI_NUM_MAX];

	fprintf(cli->out, "  %-10s %s packets, %s%s\n", title,
		cli_fmt_count(packets, cli->exact, a), cli_fmt_bytes(bytes, cli->exact, b),
		cli->exact ? " bytes" : "");
}

static void print_drops(struct cli *cli, const struct cli_port *g)
{
	char n[CLI_NUM_MAX];

	if (!g->drops)
		line(cli, "dropped", "nothing");
	cli_xml_foreach(drop, g->state, "drop")
	{
		if (cli_xml_u64(drop, "packets"))
			fprintf(cli->out, "  %-10s %s %s\n", "dropped",
				cli_fmt_count(cli_xml_u64(drop, "packets"), cli->exact, n),
				cli_xml_text(drop, "reason"));
	}
}

static void print_one(struct cli *cli, const struct cli_port *g)
{
	const char *since = cli_xml_text(g->node, "last-change");
	char *addresses = cli_join(g->gateway, "address");
	char ago[CLI_NUM_MAX], state[CLI_STATE_MAX];

	fprintf(cli->out, "gateway %s\n", g->name);
	fprintf(cli->out, "  %-10s %s%s%s%s%s\n", "state",
		cli_style_on(cli_port_style(g), cli->color), cli_port_state_text(g, state),
		cli_style_off(cli_port_style(g), cli->color), *since ? ", for " : "",
		cli_fmt_ago(since, time(NULL), ago));
	if (!g->up)
		line(cli, "", cli_xml_text(g->state, "text"));
	line(cli, "note", cli_xml_text(g->node, "description"));
	line(cli, "switch", g->switch_name);
	line(cli, "segment", cli_xml_text(g->gateway, "segment"));
	line(cli, "vrf", vrf_of(g));
	line(cli, "address", *addresses ? addresses : "none: it routes nothing");
	line(cli, "mac", cli_xml_text(g->node, "phys-address"));
	fprintf(cli->out, "  %-10s %llu\n", "mtu", (unsigned long long)cli_port_mtu(g));
	traffic_line(cli, "received", g->tx, g->tx_bytes);
	traffic_line(cli, "sent", g->rx, g->rx_bytes);
	print_drops(cli, g);
	free(addresses);
}

static json_t *traffic_json(uint64_t packets, uint64_t bytes)
{
	return json_pack("{s:I, s:I}", "packets", (json_int_t)packets, "bytes", (json_int_t)bytes);
}

static json_t *gateway_json(const struct cli_port *g)
{
	json_t *reasons = json_object();
	json_t *json =
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:I, s:b, s:s, s:s}", "name",
			  g->name, "description", cli_xml_text(g->node, "description"), "switch",
			  g->switch_name, "segment", cli_xml_text(g->gateway, "segment"), "vrf",
			  vrf_of(g), "addresses", cli_strings(g->gateway, "address"), "mac",
			  cli_xml_text(g->node, "phys-address"), "mtu", (json_int_t)cli_port_mtu(g),
			  "up", g->up, "reason", g->reason, "text", cli_xml_text(g->state, "text"));

	cli_xml_foreach(drop, g->state, "drop")
	{
		json_object_set_new(reasons, cli_xml_text(drop, "reason"),
				    json_integer((json_int_t)cli_xml_u64(drop, "packets")));
	}
	json_object_set_new(json, "received", traffic_json(g->tx, g->tx_bytes));
	json_object_set_new(json, "sent", traffic_json(g->rx, g->rx_bytes));
	json_object_set_new(
		json, "drops",
		json_pack("{s:I, s:o}", "total", (json_int_t)g->drops, "reasons", reasons));
	return json;
}

static void print_json(struct cli *cli, const struct cli_model *m, const struct cli_port *one)
{
	json_t *gateways = json_array();

	for (size_t i = 0; i < m->n_ports; i++)
		if (!one || one == &m->ports[i])
			json_array_append_new(gateways, gateway_json(&m->ports[i]));
	cli_json_print(cli, json_pack("{s:o}", "gateways", gateways));
}

int cli_no_such_gateway(const struct cli_model *m, const char *name)
{
	const char **words = cli_calloc(m->n_ports, sizeof(*words));

	for (size_t i = 0; i < m->n_ports; i++)
		words[i] = m->ports[i].name;
	cli_error("there is no gateway \"%s\"%s", name, cli_did_you_mean(name, words, m->n_ports));
	free(words);
	return CLI_REFUSED;
}

static int run_show_gateways(struct cli *cli, const struct cmd_line *line)
{
	const char *name = line->n_args ? line->args[0] : NULL;
	const struct cli_port *one = NULL;
	struct cli_model m = {0};
	struct cli_client *client = cli_connect(cli);
	int rc;

	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_model_get(client, CLI_PART_GATEWAYS, NULL, &m);
	if (rc == 0 && name) {
		one = cli_model_port(&m, name);
		rc = one ? CLI_OK : cli_no_such_gateway(&m, name);
	}
	if (rc == 0 && cli->json)
		print_json(cli, &m, one);
	else if (rc == 0 && one)
		print_one(cli, one);
	else if (rc == 0)
		print_table(cli, &m);
	cli_model_free(&m);
	cli_disconnect(cli, client);
	return rc;
}

CMD_REGISTER(cmd_show_gateways) = {
	.part = CMD_PART_SHOW,
	.place = 40,
	.name = "show gateways",
	.args = "[NAME]",
	.summary = "gateways: their segments, VRFs, addresses, state and counters",
	.text = "RECEIVED is what a gateway got from its segment, SENT what it sent there. With NAME "
		"everything about one. To show ports and capture a gateway is a port as well.",
	.max_args = 1,
	.words = &words_gateway,
	.run = run_show_gateways,
};
