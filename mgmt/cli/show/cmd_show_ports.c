/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show ports [NAME], heddle port show NAME
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/show/port_attach.h"
#include "mgmt/cli/show/rates.h"
#include "mgmt/cli/term/table.h"

#define INTERVAL_NS 1000000000u

enum {
	COL_NAME,
	COL_KIND,
	COL_SWITCH,
	COL_VLANS,
	COL_STATE,
	COL_RX,
	COL_TX,
	COL_RX_BITS,
	COL_TX_BITS,
	COL_DROPS,
	COL_COUNT,
};

enum cli_style cli_port_style(const struct cli_port *p)
{
	if (p->up)
		return CLI_GOOD;
	return strcmp(p->reason, "disabled") == 0 ? CLI_DIM : CLI_BAD;
}

static void count_cell(struct cli_table *t, unsigned int column, uint64_t n, bool exact)
{
	char str[CLI_NUM_MAX];

	cli_table_cell(t, column, CLI_PLAIN, cli_fmt_count(n, exact, str));
}

static void rate_cell(struct cli_table *t, unsigned int column, uint64_t n, const char *unit,
		      bool exact)
{
	char str[CLI_NUM_MAX];

	cli_table_cellf(t, column, CLI_PLAIN, "%s%s", cli_fmt_count(n, exact, str), unit);
}

static void port_row(struct cli *cli, struct cli_table *t, const struct cli_port *p,
		     const struct cli_rates *rates)
{
	char str[CLI_NUM_MAX], state[CLI_STATE_MAX];

	cli_table_row(t);
	cli_table_cell(t, COL_NAME, CLI_PLAIN, p->name);
	cli_table_cell(t, COL_KIND, CLI_PLAIN, p->kind);
	cli_table_cell(t, COL_SWITCH, CLI_PLAIN, p->switch_name);
	cli_table_cell(t, COL_VLANS, CLI_PLAIN, p->vlans);
	cli_table_cell(t, COL_STATE, cli_port_style(p), cli_port_state_text(p, state));
	if (rates) {
		rate_cell(t, COL_RX, rates->rx, "/s", cli->exact);
		rate_cell(t, COL_TX, rates->tx, "/s", cli->exact);
		count_cell(t, COL_RX_BITS, rates->rx_bits, cli->exact);
		count_cell(t, COL_TX_BITS, rates->tx_bits, cli->exact);
		cli_table_cellf(t, COL_DROPS, rates->drops ? CLI_WARN : CLI_PLAIN, "%s/s",
				cli_fmt_count(rates->drops, cli->exact, str));
		return;
	}
	count_cell(t, COL_RX, p->rx, cli->exact);
	count_cell(t, COL_TX, p->tx, cli->exact);
	count_cell(t, COL_DROPS, p->drops, cli->exact);
}

static void print_table(struct cli *cli, const struct cli_model *m, const struct cli_model *before)
{
	static const struct cli_column columns[COL_COUNT] = {
		[COL_NAME] = {"PORT", false, true},
		[COL_KIND] = {"KIND", false, true},
		[COL_SWITCH] = {"SWITCH", false, true},
		[COL_VLANS] = {"VLANS", false, false},
		[COL_STATE] = {"STATE", false, true},
		[COL_RX] = {"RX", true, true},
		[COL_TX] = {"TX", true, true},
		[COL_RX_BITS] = {"RX bit/s", true, true},
		[COL_TX_BITS] = {"TX bit/s", true, true},
		[COL_DROPS] = {"DROPS", true, true},
	};
	struct cli_table *t = cli_table_new(columns, COL_COUNT);

	for (size_t i = 0; i < m->n_ports; i++) {
		struct cli_rates rates;

		if (before)
			cli_rates_between(before, m, &m->ports[i], &rates);
		port_row(cli, t, &m->ports[i], before ? &rates : NULL);
	}
	if (cli_table_rows(t))
		cli_table_print(t, cli->out, cli->width, cli->color);
	else
		fputs("There are no ports in the configuration that is in force.\n", cli->out);
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

static void traffic_line(struct cli *cli, const struct cli_port *p, bool in)
{
	const struct lyd_node *stats = cli_xml_child(p->node, "statistics");
	char a[CLI_NUM_MAX], b[CLI_NUM_MAX], c[CLI_NUM_MAX], d[CLI_NUM_MAX];

	fprintf(cli->out, "  %-10s %s packets, %s%s; %s multicast, %s broadcast\n",
		in ? "received" : "sent", cli_fmt_count(in ? p->rx : p->tx, cli->exact, a),
		cli_fmt_bytes(in ? p->rx_bytes : p->tx_bytes, cli->exact, b),
		cli->exact ? " bytes" : "",
		cli_fmt_count(cli_xml_u64(stats, in ? "in-multicast-pkts" : "out-multicast-pkts"),
			      cli->exact, c),
		cli_fmt_count(cli_xml_u64(stats, in ? "in-broadcast-pkts" : "out-broadcast-pkts"),
			      cli->exact, d));
}

static void print_drops(struct cli *cli, const struct cli_port *p)
{
	if (!p->drops)
		line(cli, "dropped", "nothing");
	cli_xml_foreach(drop, p->state, "drop")
	{
		char n[CLI_NUM_MAX];
		uint64_t packets = cli_xml_u64(drop, "packets");

		if (!packets)
			continue;
		fprintf(cli->out, "  %-10s %s %s %s\n", "dropped",
			cli_fmt_count(packets, cli->exact, n),
			strcmp(cli_xml_text(drop, "direction"), "in") == 0 ? "coming in,"
									   : "going out,",
			cli_xml_text(drop, "reason"));
	}
}

/* Leaves of the kind's container: device, socket and the like. */
static void print_kind(struct cli *cli, const struct cli_port *p)
{
	const struct lyd_node *kind = cli_xml_child(p->node, p->kind);
	struct cli_str text = {0};

	cli_str_puts(&text, p->kind);
	for (const struct lyd_node *leaf = kind ? lyd_child(kind) : NULL; leaf; leaf = leaf->next)
		if (*cli_xml_own_text(leaf))
			cli_str_printf(&text, ", %s %s", cli_xml_name(leaf),
				       cli_xml_own_text(leaf));
	line(cli, "kind", text.text);
	cli_str_free(&text);
}

static void print_one(struct cli *cli, const struct cli_port *p, const struct cli_rates *rates)
{
	const struct lyd_node *counters = cli_xml_child(p->state, "counters");
	const char *since = cli_xml_text(p->node, "last-change");
	char *segments = cli_join(p->state, "segment");
	char a[CLI_NUM_MAX], b[CLI_NUM_MAX], c[CLI_NUM_MAX], state[CLI_STATE_MAX];

	fprintf(cli->out, "port %s\n", p->name);
	fprintf(cli->out, "  %-10s %s%s%s%s%s\n", "state",
		cli_style_on(cli_port_style(p), cli->color), cli_port_state_text(p, state),
		cli_style_off(cli_port_style(p), cli->color), *since ? ", for " : "",
		cli_fmt_ago(since, time(NULL), a));
	if (!p->up)
		line(cli, "", cli_xml_text(p->state, "text"));
	print_kind(cli, p);
	line(cli, "detail", cli_xml_text(p->state, "detail"));
	line(cli, "role", p->role);
	line(cli, "switch", *p->switch_name ? p->switch_name : "none: what comes in is dropped");
	line(cli, "vlans", p->vlans);
	line(cli, "segments", segments);
	fprintf(cli->out, "  %-10s %llu\n", "mtu", (unsigned long long)cli_port_mtu(p));
	line(cli, "flaps", cli_xml_text(p->state, "flaps"));
	traffic_line(cli, p, true);
	traffic_line(cli, p, false);
	fprintf(cli->out, "  %-10s %s admitted, %s offered, %s segmented\n", "counted",
		cli_fmt_count(cli_xml_u64(counters, "admitted"), cli->exact, a),
		cli_fmt_count(cli_xml_u64(counters, "offered"), cli->exact, b),
		cli_fmt_count(cli_xml_u64(counters, "segmented"), cli->exact, c));
	if (cli_xml_u64(counters, "learn-refused"))
		fprintf(cli->out,
			"  %-10s of %s frames the sender was not learned: the port has its share of "
			"the table\n",
			"fdb",
			cli_fmt_count(cli_xml_u64(counters, "learn-refused"), cli->exact, a));
	if (rates) {
		fprintf(cli->out, "  %-10s received %s packets/s, %s bit/s\n", "rates",
			cli_fmt_count(rates->rx, cli->exact, a),
			cli_fmt_count(rates->rx_bits, cli->exact, b));
		fprintf(cli->out, "  %-10s sent %s packets/s, %s bit/s\n", "",
			cli_fmt_count(rates->tx, cli->exact, a),
			cli_fmt_count(rates->tx_bits, cli->exact, b));
	}
	print_drops(cli, p);
	free(segments);
}

static void print_json(struct cli *cli, const struct cli_model *m, const struct cli_model *before,
		       const char *name)
{
	json_t *ports = json_array();

	for (size_t i = 0; i < m->n_ports; i++) {
		json_t *port;

		if (name && strcmp(m->ports[i].name, name) != 0)
			continue;
		port = cli_port_json(&m->ports[i]);
		if (before) {
			struct cli_rates rates;

			cli_rates_between(before, m, &m->ports[i], &rates);
			json_object_set_new(port, "rates", cli_rates_json(&rates));
		}
		json_array_append_new(ports, port);
	}
	cli_json_print(cli, json_pack("{s:o}", "ports", ports));
}

static int show(struct cli *cli, const struct cli_model *m, const struct cli_model *before,
		const char *name)
{
	const struct cli_port *p = name ? cli_model_port(m, name) : NULL;
	struct cli_rates rates;

	if (name && !p)
		return CLI_REFUSED;
	if (cli->json) {
		print_json(cli, m, before, name);
	} else if (p) {
		if (before)
			cli_rates_between(before, m, p, &rates);
		print_one(cli, p, before ? &rates : NULL);
	} else {
		print_table(cli, m, before);
	}
	return CLI_OK;
}

static int run_show_ports(struct cli *cli, const struct cmd_line *line)
{
	const char *name = line->n_args ? line->args[0] : NULL;
	bool attach = cmd_has(line, "attach");
	bool rates = cmd_has(line, "rates") && !attach;
	unsigned int part = name || rates || cli->json ? CLI_PART_PORTS : CLI_PART_PORT_TABLE;
	struct cli_model first = {0}, now = {0};
	struct cli_client *client;
	int rc;

	if (attach && !name) {
		cli_error("--attach is about one port: name it");
		return CLI_USAGE;
	}
	client = cli_connect(cli);
	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_model_get(client, part, NULL, rates ? &first : &now);
	if (rc == 0 && name && !cli_model_port(rates ? &first : &now, name))
		rc = cli_no_such_port(rates ? &first : &now, name);
	if (rc == 0 && rates) {
		struct timespec wait = {.tv_nsec = INTERVAL_NS % 1000000000u,
					.tv_sec = INTERVAL_NS / 1000000000u};

		nanosleep(&wait, NULL);
		rc = cli_model_get(client, part, name, &now);
	}
	if (rc == 0 && attach)
		rc = cli_port_attach(cli, cli_model_port(&now, name));
	else if (rc == 0)
		rc = show(cli, &now, rates ? &first : NULL, name);
	cli_model_free(&first);
	cli_model_free(&now);
	cli_disconnect(cli, client);
	return rc;
}

static const struct cmd_option ports_options[] = {
	{"attach", 'a', NULL,
	 "of one port: how a machine attaches to it, for QEMU, libvirt and containers", NULL},
	{"rates", 'r', NULL, "also packets and bits a second, from two readings one second apart",
	 NULL},
	{0},
};

CMD_REGISTER(cmd_show_ports) = {
	.part = CMD_PART_SHOW,
	.place = 10,
	.group = "what the switch is and does",
	.name = "show ports",
	.args = "[NAME]",
	.summary = "ports, their state, VLANs and counters",
	.text = "Without NAME a table: kind, switch, VLANs, whether the port is up or why it is not, "
		"packets received and sent, and packets dropped at the port for any reason.\n"
		"\n"
		"With NAME everything about one port; when it is down, what is wrong and what would "
		"mend it.",
	.options = ports_options,
	.max_args = 1,
	.words = &words_port,
	.run = run_show_ports,
};

CMD_REGISTER(cmd_port_show) = {
	.part = CMD_PART_PORT,
	.place = 20,
	.name = "port show",
	.args = "NAME",
	.summary = "everything about one port, as show ports NAME; how a machine attaches to it",
	.options = ports_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_port,
	.run = run_show_ports,
};
