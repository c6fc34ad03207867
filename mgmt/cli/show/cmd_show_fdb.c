/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show fdb, heddle clear fdb
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/show/view.h"

#define SYSTEM_NS "urn:heddle:yang:heddle-system"

static void add_leaf(struct cli_str *xml, const char *name, const char *value)
{
	if (!value)
		return;
	cli_str_printf(xml, "<%s>", name);
	cli_xml_escape(xml, value);
	cli_str_printf(xml, "</%s>", name);
}

/* The options that say which entries are meant. Returns false after a message. */
static bool add_filter(const struct cmd_line *line, struct cli_str *xml)
{
	const char *segment = cmd_value(line, "segment"), *vlan = cmd_value(line, "vlan");
	const char *mac = cmd_value(line, "mac");
	unsigned long number;
	struct hd_mac parsed;
	char text[HD_MAC_STR_MAX];

	if (segment && vlan) {
		cli_error("--segment and --vlan say the same thing: give one of them");
		return false;
	}
	if (!cmd_number(line, "vlan", HD_VLAN_MIN, HD_VLAN_MAX, &number))
		return false;
	if (mac && hd_mac_parse(mac, &parsed) < 0) {
		cli_error("--mac %s: six pairs of hex digits are needed, like 02:00:00:00:00:01",
			  mac);
		return false;
	}
	add_leaf(xml, "switch", cmd_value(line, "switch"));
	add_leaf(xml, "segment-or-vlan", segment ? segment : vlan);
	add_leaf(xml, "port", cmd_value(line, "port"));
	add_leaf(xml, "mac", mac ? hd_mac_str(&parsed, text) : NULL);
	return true;
}

/* Removes the leaf vlan of each row of the segment @seg of @sw. */
static void forget_vlan(struct view_rows *rows, const char *sw, const char *seg)
{
	for (size_t i = 0; i < rows->n; i++)
		if (!strcmp(cli_xml_text(rows->at[i], "segment"), seg) &&
		    !strcmp(cli_xml_text(rows->at[i], "switch"), sw))
			lyd_free_tree((struct lyd_node *)cli_xml_child(rows->at[i], "vlan"));
}

/* The number of a segment without a VLAN id is the switch's own, and nobody's tag. */
static void forget_own_numbers(struct cli_client *client, struct view_rows *rows)
{
	static const char request[] =
		"<get-config><source><running/></source><filter type=\"subtree\"><switches "
		"xmlns=\"urn:heddle:yang:heddle-switch\"><switch><name/><segment><name/><vlan/>"
		"</segment></switch></switches></filter></get-config>";
	struct lyd_node *reply = NULL;
	struct hd_err err;

	if (rows->n && cli_client_rpc(client, request, &reply, &err) == 0) {
		const struct lyd_node *data = cli_xml_child(reply, "data");

		cli_xml_foreach(sw, cli_xml_child(data, "switches"), "switch")
		{
			cli_xml_foreach(seg, sw, "segment")
			{
				if (!cli_xml_child(seg, "vlan"))
					forget_vlan(rows, cli_xml_text(sw, "name"),
						    cli_xml_text(seg, "name"));
			}
		}
	}
	lyd_free_all(reply);
}

static int compare(const void *va, const void *vb)
{
	const struct lyd_node *a = *(const struct lyd_node *const *)va;
	const struct lyd_node *b = *(const struct lyd_node *const *)vb;
	int rc = cli_name_compare(cli_xml_text(a, "switch"), cli_xml_text(b, "switch"));
	uint64_t x = cli_xml_u64(a, "vlan"), y = cli_xml_u64(b, "vlan");

	if (rc == 0)
		rc = (x > y) - (x < y);
	return rc ? rc : strcmp(cli_xml_text(a, "mac"), cli_xml_text(b, "mac"));
}

static const struct view fdb = {
	.name = "entries",
	.columns =
		(const struct view_column[]){
			{"MAC", "mac", "mac", VIEW_TEXT},
			{"PORT", "port", "port", VIEW_TEXT},
			{"SWITCH", "switch", "switch", VIEW_TEXT},
			{"SEGMENT", "segment", "segment", VIEW_TEXT},
			{"VLAN", "vlan", "vlan", VIEW_NUMBER, VIEW_NULL, .none = "untagged"},
			{"KIND", "kind", "kind", VIEW_TEXT},
			{"AGE", "age", "age", VIEW_SECONDS, VIEW_OMIT},
			{0},
		},
};

static const struct view_table fdb_table = {
	.view = &fdb,
	.op = "get-fdb",
	.ns = SYSTEM_NS,
	.filter = add_filter,
	.mend = forget_own_numbers,
	.compare = compare,
	.where = "in the table",
};

static int run_show_fdb(struct cli *cli, const struct cmd_line *line)
{
	return view_run(cli, line, &fdb_table);
}

static int run_clear_fdb(struct cli *cli, const struct cmd_line *line)
{
	struct cli_str xml = {0};
	struct cli_client *client;
	struct lyd_node *reply;
	int rc;

	cli_str_puts(&xml, "<clear-fdb xmlns=\"" SYSTEM_NS "\">");
	if (!add_filter(line, &xml)) {
		cli_str_free(&xml);
		return CLI_USAGE;
	}
	cli_str_puts(&xml, "</clear-fdb>");
	client = cli_connect(cli);
	rc = client ? cli_request(client, xml.text, &reply) : CLI_UNREACHABLE;
	if (rc == 0) {
		uint64_t n = cli_xml_u64(reply, "entries");

		if (cli->json)
			cli_json_print(cli, json_pack("{s:I}", "forgotten", (json_int_t)n));
		else
			fprintf(cli->out, "%" PRIu64 " address%s forgotten\n", n,
				n == 1 ? "" : "es");
		lyd_free_all(reply);
	}
	cli_str_free(&xml);
	cli_disconnect(cli, client);
	return rc;
}

static const struct cmd_option clear_options[] = {
	{"switch", 's', "NAME", "only entries of this switch", &words_switch},
	{"segment", 0, "NAME", "only entries of this segment", &words_segment},
	{"vlan", 0, "ID", "only entries of this VLAN", NULL},
	{"port", 'p', "NAME", "only entries that lead to this port", &words_port},
	{"mac", 'm', "MAC", "only this address", NULL},
	{0},
};

static const struct cmd_option fdb_options[] = {
	{"switch", 's', "NAME", "only entries of this switch", &words_switch},
	{"segment", 0, "NAME", "only entries of this segment", &words_segment},
	{"vlan", 0, "ID", "only entries of this VLAN", NULL},
	{"port", 'p', "NAME", "only entries that lead to this port", &words_port},
	{"mac", 'm', "MAC", "only this address", NULL},
	VIEW_OPTION_LIMIT,
	{0},
};

CMD_REGISTER(cmd_show_fdb) = {
	.part = CMD_PART_SHOW,
	.place = 50,
	.name = "show fdb",
	.args = "",
	.summary = "the forwarding database: which address is behind which port",
	.text = "Options narrow it down, and the switch does the looking. Entries come in no particular "
		"order from the switch; the table is sorted by switch, VLAN and address.",
	.options = fdb_options,
	.run = run_show_fdb,
};

CMD_REGISTER(cmd_clear_fdb) = {
	.part = CMD_PART_CLEAR,
	.place = 10,
	.group = "forget what was learned or counted",
	.name = "clear fdb",
	.args = "",
	.summary = "forget learned addresses; static ones stay",
	.options = clear_options,
	.run = run_clear_fdb,
};
