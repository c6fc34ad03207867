/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle show switches, heddle show segments
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/term/table.h"

static size_t count(const struct lyd_node *node, const char *name)
{
	size_t n = 0;

	cli_xml_foreach(child, node, name) n++;
	return n;
}

static size_t count_ports(const struct cli_model *m, const char *switch_name)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_ports; i++)
		n += strcmp(m->ports[i].switch_name, switch_name) == 0;
	return n;
}

static uint64_t ageing(const struct lyd_node *sw)
{
	uint64_t s = cli_xml_u64(sw, "mac-ageing-time");

	return s ? s : 300; /* a default need not be in the answer */
}

/* The segment of the switch with that name; NULL: none. */
static const struct lyd_node *segment_of(const struct lyd_node *sw, const char *name)
{
	cli_xml_foreach(seg, sw, "segment")
	{
		if (strcmp(cli_xml_text(seg, "name"), name) == 0)
			return seg;
	}
	return NULL;
}

/* The VLAN id on the wire: null for a segment that has none, whose number is the switch's own. */
static json_t *id_json(const struct lyd_node *seg, uint64_t id)
{
	return seg && !cli_xml_child(seg, "vlan") ? json_null() : json_integer((json_int_t)id);
}

static json_t *vlan_json(const struct lyd_node *sw, const struct lyd_node *vlan)
{
	const char *name = cli_xml_text(vlan, "segment");

	return json_pack("{s:o, s:s, s:o, s:I}", "id",
			 id_json(*name ? segment_of(sw, name) : NULL, cli_xml_u64(vlan, "id")),
			 "segment", name, "ports", cli_strings(vlan, "member"), "macs",
			 (json_int_t)cli_xml_u64(vlan, "macs"));
}

static json_t *vlans_json(const struct lyd_node *sw)
{
	json_t *vlans = json_array();

	cli_xml_foreach(vlan, cli_xml_child(sw, "state"), "vlan")
	{
		json_array_append_new(vlans, vlan_json(sw, vlan));
	}
	return vlans;
}

static json_t *switch_json(const struct cli_model *m, const struct lyd_node *sw)
{
	const char *name = cli_xml_text(sw, "name");

	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "name", name, "description",
			 cli_xml_text(sw, "description"), "segments",
			 (json_int_t)count(sw, "segment"), "ports",
			 (json_int_t)count_ports(m, name), "macs",
			 (json_int_t)cli_xml_u64(cli_xml_child(sw, "state"), "macs"), "mac-limit",
			 (json_int_t)cli_xml_u64(sw, "mac-limit"), "mac-ageing-time",
			 (json_int_t)ageing(sw), "vlans", vlans_json(sw));
}

static void switch_row(struct cli *cli, struct cli_table *t, const struct cli_model *m,
		       const struct lyd_node *sw)
{
	const char *name = cli_xml_text(sw, "name");
	uint64_t limit = cli_xml_u64(sw, "mac-limit");
	char str[CLI_NUM_MAX];

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, name);
	cli_table_cellf(t, 1, CLI_PLAIN, "%zu", count(sw, "segment"));
	cli_table_cellf(t, 2, CLI_PLAIN, "%zu", count(cli_xml_child(sw, "state"), "vlan"));
	cli_table_cellf(t, 3, CLI_PLAIN, "%zu", count_ports(m, name));
	cli_table_cell(
		t, 4, CLI_PLAIN,
		cli_fmt_count(cli_xml_u64(cli_xml_child(sw, "state"), "macs"), cli->exact, str));
	cli_table_cell(t, 5, CLI_PLAIN, limit ? cli_fmt_count(limit, cli->exact, str) : "none");
	cli_table_cellf(t, 6, CLI_PLAIN, "%llus", (unsigned long long)ageing(sw));
	cli_table_cell(t, 7, CLI_PLAIN, cli_xml_text(sw, "description"));
}

static void print_switches(struct cli *cli, const struct cli_model *m, const char *name)
{
	static const struct cli_column columns[] = {
		{"SWITCH", false, true}, {"SEGMENTS", true, true},      {"VLANS", true, true},
		{"PORTS", true, true},   {"MACS", true, true},          {"MAC LIMIT", true, true},
		{"AGEING", true, true},  {"DESCRIPTION", false, false},
	};
	struct cli_table *t = cli_table_new(columns, 8);

	cli_xml_foreach(sw, m->switches, "switch")
	{
		if (!name || strcmp(cli_xml_text(sw, "name"), name) == 0)
			switch_row(cli, t, m, sw);
	}
	if (cli_table_rows(t))
		cli_table_print(t, cli->out, cli->width, cli->color);
	else
		fputs("There are no switches in the configuration.\n", cli->out);
	cli_table_free(t);
}

/* Says that there is no switch or segment of that name. */
static int no_such(const struct cli_model *m, const char *name, bool segment)
{
	const char *words[256];
	size_t n = 0;

	cli_xml_foreach(sw, m->switches, "switch")
	{
		if (!segment && n < 256)
			words[n++] = cli_xml_text(sw, "name");
		cli_xml_foreach(seg, sw, "segment")
		{
			if (segment && n < 256)
				words[n++] = cli_xml_text(seg, "name");
		}
	}
	cli_error("there is no %s \"%s\"%s", segment ? "segment" : "switch", name,
		  cli_did_you_mean(name, words, n));
	return CLI_REFUSED;
}

static bool exists(const struct cli_model *m, const char *name, bool segment)
{
	cli_xml_foreach(sw, m->switches, "switch")
	{
		if (!segment && strcmp(cli_xml_text(sw, "name"), name) == 0)
			return true;
		cli_xml_foreach(seg, sw, "segment")
		{
			if (segment && strcmp(cli_xml_text(seg, "name"), name) == 0)
				return true;
		}
	}
	return false;
}

static int fetch(struct cli *cli, const char *name, bool segment, struct cli_model *m)
{
	struct cli_client *client = cli_connect(cli);
	int rc;

	*m = (struct cli_model){0};
	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_model_get(client, CLI_PART_PORTS | CLI_PART_SWITCHES, NULL, m);
	if (rc == 0 && name && !exists(m, name, segment))
		rc = no_such(m, name, segment);
	cli_disconnect(cli, client);
	return rc;
}

static int run_show_switches(struct cli *cli, const struct cmd_line *line)
{
	const char *name = line->n_args ? line->args[0] : NULL;
	struct cli_model m;
	int rc = fetch(cli, name, false, &m);

	if (rc == 0 && cli->json) {
		json_t *switches = json_array();

		cli_xml_foreach(sw, m.switches, "switch")
		{
			if (!name || strcmp(cli_xml_text(sw, "name"), name) == 0)
				json_array_append_new(switches, switch_json(&m, sw));
		}
		cli_json_print(cli, json_pack("{s:o}", "switches", switches));
	} else if (rc == 0) {
		print_switches(cli, &m, name);
	}
	cli_model_free(&m);
	return rc;
}

static const char *segment_kind(const struct lyd_node *seg)
{
	return cli_xml_child(seg, "bridged")     ? "bridged"
	       : cli_xml_child(seg, "host-only") ? "host-only"
						 : "";
}

static json_t *segment_json(const struct lyd_node *sw, const struct lyd_node *seg)
{
	const struct lyd_node *state = cli_xml_child(seg, "state");
	const struct lyd_node *host = cli_xml_child(seg, "host-interface");
	json_t *json = json_pack(
		"{s:s, s:s, s:s, s:o, s:b, s:o, s:o, s:I, s:I}", "name", cli_xml_text(seg, "name"),
		"switch", cli_xml_text(sw, "name"), "kind", segment_kind(seg), "vlan",
		cli_xml_child(state, "vlan") ? id_json(seg, cli_xml_u64(state, "vlan"))
					     : json_null(),
		"tagged", cli_xml_child(seg, "vlan") != NULL, "uplinks",
		cli_strings(cli_xml_child(seg, "bridged"), "uplink"), "ports",
		cli_strings(state, "member"), "macs", (json_int_t)cli_xml_u64(state, "macs"),
		"mac-limit", (json_int_t)cli_xml_u64(seg, "mac-limit"));

	if (host)
		json_object_set_new(json, "host-interface",
				    json_pack("{s:s, s:o}", "name", cli_xml_text(host, "name"),
					      "addresses", cli_strings(host, "address")));
	return json;
}

static void segment_row(struct cli *cli, struct cli_table *t, const struct lyd_node *sw,
			const struct lyd_node *seg)
{
	const struct lyd_node *state = cli_xml_child(seg, "state");
	const struct lyd_node *host = cli_xml_child(seg, "host-interface");
	char *uplinks = cli_join(cli_xml_child(seg, "bridged"), "uplink");
	char *members = cli_join(state, "member");
	char *addresses = cli_join(host, "address");
	char str[CLI_NUM_MAX];

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, cli_xml_text(seg, "name"));
	cli_table_cell(t, 1, CLI_PLAIN, cli_xml_text(sw, "name"));
	cli_table_cell(t, 2, CLI_PLAIN,
		       cli_xml_child(seg, "vlan") ? cli_xml_text(seg, "vlan") : "untagged");
	cli_table_cell(t, 3, CLI_PLAIN, segment_kind(seg));
	if (*uplinks)
		cli_table_cellf(t, 4, CLI_PLAIN, "uplink %s", uplinks);
	else if (host)
		cli_table_cellf(t, 4, CLI_PLAIN, "host %s %s", cli_xml_text(host, "name"),
				addresses);
	cli_table_cell(t, 5, CLI_PLAIN, *members ? members : "none");
	cli_table_cell(t, 6, CLI_PLAIN, cli_fmt_count(cli_xml_u64(state, "macs"), cli->exact, str));
	free(uplinks);
	free(members);
	free(addresses);
}

/* A VLAN that has no segment and the ones after it that have the same ports, as one row. */
static void unnamed_row(struct cli *cli, struct cli_table *t, const struct lyd_node *sw,
			const struct lyd_node *first, const struct lyd_node *last, uint64_t macs)
{
	const char *from = cli_xml_text(first, "id"), *to = cli_xml_text(last, "id");
	char *members = cli_join(first, "member");
	char str[CLI_NUM_MAX];

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_DIM, "-");
	cli_table_cell(t, 1, CLI_PLAIN, cli_xml_text(sw, "name"));
	cli_table_cellf(t, 2, CLI_PLAIN, "%s%s%s", from, first == last ? "" : "-",
			first == last ? "" : to);
	cli_table_cell(t, 3, CLI_DIM, "no segment");
	cli_table_cell(t, 5, CLI_PLAIN, *members ? members : "none");
	cli_table_cell(t, 6, CLI_PLAIN, cli_fmt_count(macs, cli->exact, str));
	free(members);
}

/* True when both are alike but for their numbers, which are neighbours. */
static bool continues(const struct lyd_node *a, const struct lyd_node *b)
{
	char *one = cli_join(a, "member"), *two = cli_join(b, "member");
	bool same = cli_xml_u64(b, "id") == cli_xml_u64(a, "id") + 1 && strcmp(one, two) == 0;

	free(one);
	free(two);
	return same;
}

/* VLANs that ports carry by number alone. */
static void unnamed_rows(struct cli *cli, struct cli_table *t, const struct lyd_node *sw)
{
	const struct lyd_node *first = NULL, *last = NULL;
	uint64_t macs = 0;

	cli_xml_foreach(vlan, cli_xml_child(sw, "state"), "vlan")
	{
		if (*cli_xml_text(vlan, "segment"))
			continue;
		if (last && !continues(last, vlan)) {
			unnamed_row(cli, t, sw, first, last, macs);
			first = NULL;
		}
		macs = (first ? macs : 0) + cli_xml_u64(vlan, "macs");
		first = first ? first : vlan;
		last = vlan;
	}
	if (first)
		unnamed_row(cli, t, sw, first, last, macs);
}

static void print_segments(struct cli *cli, const struct cli_model *m, const char *name)
{
	static const struct cli_column columns[] = {
		{"SEGMENT", false, true}, {"SWITCH", false, true},     {"VLAN", true, true},
		{"KIND", false, true},    {"JOINED TO", false, false}, {"PORTS", false, false},
		{"MACS", true, true},
	};
	struct cli_table *t = cli_table_new(columns, 7);

	cli_xml_foreach(sw, m->switches, "switch")
	{
		cli_xml_foreach(seg, sw, "segment")
		{
			if (!name || strcmp(cli_xml_text(seg, "name"), name) == 0)
				segment_row(cli, t, sw, seg);
		}
		if (!name)
			unnamed_rows(cli, t, sw);
	}
	if (cli_table_rows(t))
		cli_table_print(t, cli->out, cli->width, cli->color);
	else
		fputs("There are no segments in the configuration.\n", cli->out);
	cli_table_free(t);
}

static void segments_json(struct cli *cli, const struct cli_model *m, const char *name)
{
	json_t *segments = json_array(), *unnamed = json_array();

	cli_xml_foreach(sw, m->switches, "switch")
	{
		cli_xml_foreach(seg, sw, "segment")
		{
			if (!name || strcmp(cli_xml_text(seg, "name"), name) == 0)
				json_array_append_new(segments, segment_json(sw, seg));
		}
		cli_xml_foreach(vlan, cli_xml_child(sw, "state"), "vlan")
		{
			if (name || *cli_xml_text(vlan, "segment"))
				continue;
			json_array_append_new(
				unnamed, json_pack("{s:s, s:I, s:o, s:I}", "switch",
						   cli_xml_text(sw, "name"), "vlan",
						   (json_int_t)cli_xml_u64(vlan, "id"), "ports",
						   cli_strings(vlan, "member"), "macs",
						   (json_int_t)cli_xml_u64(vlan, "macs")));
		}
	}
	cli_json_print(cli,
		       json_pack("{s:o, s:o}", "segments", segments, "unnamed-vlans", unnamed));
}

static int run_show_segments(struct cli *cli, const struct cmd_line *line)
{
	const char *name = line->n_args ? line->args[0] : NULL;
	struct cli_model m;
	int rc = fetch(cli, name, true, &m);

	if (rc == 0 && cli->json)
		segments_json(cli, &m, name);
	else if (rc == 0)
		print_segments(cli, &m, name);
	cli_model_free(&m);
	return rc;
}

CMD_REGISTER(cmd_show_switches) = {
	.part = CMD_PART_SHOW,
	.place = 20,
	.name = "show switches",
	.args = "[NAME]",
	.summary = "switches, with the number of their segments, ports and addresses",
	.max_args = 1,
	.words = &words_switch,
	.run = run_show_switches,
};

CMD_REGISTER(cmd_show_segments) = {
	.part = CMD_PART_SHOW,
	.place = 30,
	.name = "show segments",
	.args = "[NAME]",
	.summary = "segments: VLAN, kind, uplinks, ports that are in them",
	.text = "VLANs that ports carry by number, without a segment, stand below those of the switch.",
	.max_args = 1,
	.words = &words_segment,
	.run = run_show_segments,
};
