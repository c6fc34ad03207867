/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show fdb, heddle clear fdb
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "heddle/net/ether.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/term/table.h"

#define PAGE          1000 /* entries that are asked for at once */
#define LIMIT_DEFAULT 1000
#define SYSTEM_NS     "urn:heddle:yang:heddle-system"

struct entry {
	char *switch_name, *segment, *mac, *port, *kind;
	unsigned int vlan; /* 0: untagged, the segment has none */
	bool ages;
	uint64_t age;
};

struct fdb {
	struct entry *entries;
	size_t n, room;
	uint64_t total, capacity;
	uint64_t cursor; /* 0: that was all */
};

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

static void add_entry(struct fdb *fdb, const struct lyd_node *node)
{
	if (fdb->n == fdb->room) {
		fdb->room = fdb->room ? fdb->room * 2 : 256;
		fdb->entries = cli_realloc(fdb->entries, fdb->room * sizeof(*fdb->entries));
	}
	fdb->entries[fdb->n++] = (struct entry){
		.switch_name = cli_strdup(cli_xml_text(node, "switch")),
		.segment = cli_strdup(cli_xml_text(node, "segment")),
		.mac = cli_strdup(cli_xml_text(node, "mac")),
		.port = cli_strdup(cli_xml_text(node, "port")),
		.kind = cli_strdup(cli_xml_text(node, "kind")),
		.vlan = (unsigned int)cli_xml_u64(node, "vlan"),
		.ages = cli_xml_child(node, "age") != NULL,
		.age = cli_xml_u64(node, "age"),
	};
}

/* The elements of an answer: beside <rpc-reply> or, from some servers, in <output>. */
static const struct lyd_node *output_of(const struct lyd_node *reply)
{
	const struct lyd_node *output = cli_xml_child(reply, "output");

	return output ? output : reply;
}

static int fetch(struct cli_client *client, const char *filter, uint64_t limit, struct fdb *fdb)
{
	int rc = 0;

	do {
		uint64_t want = limit && limit - fdb->n < PAGE ? limit - fdb->n : PAGE;
		struct cli_str xml = {0};
		struct lyd_node *reply;
		const struct lyd_node *out;

		cli_str_printf(&xml,
			       "<get-fdb xmlns=\"" SYSTEM_NS "\">%s<limit>%" PRIu64
			       "</limit><cursor>%" PRIu64 "</cursor></get-fdb>",
			       filter, want, fdb->cursor);
		rc = cli_request(client, xml.text, &reply);
		cli_str_free(&xml);
		if (rc)
			break;
		out = output_of(reply);
		cli_xml_foreach(node, out, "entry") add_entry(fdb, node);
		fdb->cursor = cli_xml_u64(out, "cursor");
		fdb->total = cli_xml_u64(out, "entries");
		fdb->capacity = cli_xml_u64(out, "capacity");
		lyd_free_all(reply);
	} while (fdb->cursor && (!limit || fdb->n < limit));
	return rc;
}

/* The number of a segment without a VLAN id is the switch's own, and nobody's tag. */
static void forget_own_numbers(struct cli_client *client, struct fdb *fdb)
{
	static const char request[] =
		"<get-config><source><running/></source><filter type=\"subtree\"><switches "
		"xmlns=\"urn:heddle:yang:heddle-switch\"><switch><name/><segment><name/><vlan/>"
		"</segment></switch></switches></filter></get-config>";
	struct lyd_node *reply = NULL;
	struct hd_err err;

	if (fdb->n && cli_client_rpc(client, request, &reply, &err) == 0) {
		const struct lyd_node *data = cli_xml_child(reply, "data");

		cli_xml_foreach(sw, cli_xml_child(data, "switches"), "switch")
		{
			cli_xml_foreach(seg, sw, "segment")
			{
				for (size_t i = 0; i < fdb->n && !cli_xml_child(seg, "vlan"); i++)
					if (!strcmp(fdb->entries[i].segment,
						    cli_xml_text(seg, "name")) &&
					    !strcmp(fdb->entries[i].switch_name,
						    cli_xml_text(sw, "name")))
						fdb->entries[i].vlan = 0;
			}
		}
	}
	lyd_free_all(reply);
}

static int compare(const void *a_, const void *b_)
{
	const struct entry *a = a_, *b = b_;
	int rc = cli_name_compare(a->switch_name, b->switch_name);

	if (rc == 0)
		rc = (a->vlan > b->vlan) - (a->vlan < b->vlan);
	return rc ? rc : strcmp(a->mac, b->mac);
}

static void print_table(struct cli *cli, const struct fdb *fdb)
{
	static const struct cli_column columns[] = {
		{"MAC", false, true},     {"PORT", false, true}, {"SWITCH", false, true},
		{"SEGMENT", false, true}, {"VLAN", true, true},  {"KIND", false, true},
		{"AGE", true, true},
	};
	struct cli_table *t = cli_table_new(columns, 7);
	char a[CLI_NUM_MAX], b[CLI_NUM_MAX];

	for (size_t i = 0; i < fdb->n; i++) {
		const struct entry *e = &fdb->entries[i];

		cli_table_row(t);
		cli_table_cell(t, 0, CLI_PLAIN, e->mac);
		cli_table_cell(t, 1, CLI_PLAIN, e->port);
		cli_table_cell(t, 2, CLI_PLAIN, e->switch_name);
		cli_table_cell(t, 3, CLI_PLAIN, e->segment);
		if (e->vlan)
			cli_table_cellf(t, 4, CLI_PLAIN, "%u", e->vlan);
		else
			cli_table_cell(t, 4, CLI_PLAIN, "untagged");
		cli_table_cell(t, 5, CLI_PLAIN, e->kind);
		if (e->ages)
			cli_table_cell(t, 6, CLI_PLAIN,
				       e->age ? cli_fmt_duration(e->age * 1000000000u, a) : "0s");
	}
	if (fdb->n)
		cli_table_print(t, cli->out, cli->width, cli->color);
	fprintf(cli->out, "%s%zu shown%s; %s in the table, room for %s\n", fdb->n ? "\n" : "",
		fdb->n, fdb->cursor ? ", there are more (--limit 0)" : "",
		cli_fmt_count(fdb->total, cli->exact, a),
		cli_fmt_count(fdb->capacity, cli->exact, b));
	cli_table_free(t);
}

static void print_json(struct cli *cli, const struct fdb *fdb)
{
	json_t *entries = json_array();

	for (size_t i = 0; i < fdb->n; i++) {
		const struct entry *e = &fdb->entries[i];
		json_t *json =
			json_pack("{s:s, s:s, s:s, s:s, s:o, s:s}", "mac", e->mac, "port", e->port,
				  "switch", e->switch_name, "segment", e->segment, "vlan",
				  e->vlan ? json_integer(e->vlan) : json_null(), "kind", e->kind);

		if (e->ages)
			json_object_set_new(json, "age", json_integer((json_int_t)e->age));
		json_array_append_new(entries, json);
	}
	cli_json_print(cli, json_pack("{s:o, s:b, s:I, s:I}", "entries", entries, "more",
				      fdb->cursor != 0, "table-entries", (json_int_t)fdb->total,
				      "table-capacity", (json_int_t)fdb->capacity));
}

static void free_fdb(struct fdb *fdb)
{
	for (size_t i = 0; i < fdb->n; i++) {
		free(fdb->entries[i].switch_name);
		free(fdb->entries[i].segment);
		free(fdb->entries[i].mac);
		free(fdb->entries[i].port);
		free(fdb->entries[i].kind);
	}
	free(fdb->entries);
}

static int run_show_fdb(struct cli *cli, const struct cmd_line *line)
{
	unsigned long limit = LIMIT_DEFAULT;
	struct cli_str filter = {0};
	struct fdb fdb = {0};
	struct cli_client *client;
	int rc;

	cli_str_puts(&filter, "");
	if (!cmd_number(line, "limit", 0, 100000000, &limit) || !add_filter(line, &filter)) {
		cli_str_free(&filter);
		return CLI_USAGE;
	}
	client = cli_connect(cli);
	rc = client ? fetch(client, filter.text, limit, &fdb) : CLI_UNREACHABLE;
	if (rc == 0) {
		forget_own_numbers(client, &fdb);
		if (fdb.n)
			qsort(fdb.entries, fdb.n, sizeof(*fdb.entries), compare);
		if (cli->json)
			print_json(cli, &fdb);
		else
			print_table(cli, &fdb);
	}
	free_fdb(&fdb);
	cli_str_free(&filter);
	cli_disconnect(cli, client);
	return rc;
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
		uint64_t n = cli_xml_u64(output_of(reply), "entries");

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

static const struct cmd_option fdb_options[] = {
	{"switch", 's', "NAME", "only entries of this switch", &words_switch},
	{"segment", 0, "NAME", "only entries of this segment", &words_segment},
	{"vlan", 0, "ID", "only entries of this VLAN", NULL},
	{"port", 'p', "NAME", "only entries that lead to this port", &words_port},
	{"mac", 'm', "MAC", "only this address", NULL},
	{"limit", 'n', "N", "at most N entries (default: 1000; 0: all)", NULL},
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

static const struct cmd_option clear_options[] = {
	{"switch", 's', "NAME", "only entries of this switch", &words_switch},
	{"segment", 0, "NAME", "only entries of this segment", &words_segment},
	{"vlan", 0, "ID", "only entries of this VLAN", NULL},
	{"port", 'p', "NAME", "only entries that lead to this port", &words_port},
	{"mac", 'm', "MAC", "only this address", NULL},
	{0},
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
