/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle segment add|remove, heddle switch add|remove
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/command/offers.h"
#include "mgmt/cli/verbs/running.h"

#define KERNEL_NAME_MAX 15

static void begin_switch(struct cli_str *xml, const char *name, const char *operation)
{
	cli_str_printf(xml, "<switches xmlns=\"" CLI_NS_SWITCH "\"><switch%s%s%s>",
		       operation ? " nc:operation=\"" : "", operation ? operation : "",
		       operation ? "\"" : "");
	cli_xml_leaf(xml, "name", name);
}

#define END_SWITCH "</switch></switches>"

/* Elements of a list that is separated by commas. */
static void add_items(struct cli_str *xml, const char *name, const char *list)
{
	while (list && *list) {
		size_t n = strcspn(list, ",");
		char *item = cli_strndup(list, n);

		cli_xml_leaf(xml, name, item);
		free(item);
		list += n + (list[n] == ',');
	}
}

/* What the segment is joined to. False after a message. */
static bool add_joined(struct cli_str *xml, const struct cmd_line *line)
{
	const char *uplinks = cmd_value(line, "uplink");
	bool bridged = uplinks || cmd_has(line, "bridged"), alone = cmd_has(line, "host-only");

	if (bridged == alone) {
		cli_error(
			bridged ? "a segment is bridged (--uplink, --bridged) or --host-only, not "
				  "both"
				: "what is the segment joined to? Say --uplink PORT, --bridged or "
				  "--host-only");
		return false;
	}
	if (alone) {
		cli_str_puts(xml, "<host-only/>");
		return true;
	}
	cli_str_puts(xml, "<bridged>");
	add_items(xml, "uplink", uplinks);
	cli_str_puts(xml, "</bridged>");
	return true;
}

/* The host's interface in it. False after a message. */
static bool add_interface(struct cli_str *xml, const struct cmd_line *line)
{
	const char *name = cmd_value(line, "interface"), *addresses = cmd_value(line, "address");
	char *own = NULL;

	if (!name && !addresses)
		return true;
	if (!name)
		name = own = cli_asprintf("hd-%s", line->args[0]);
	if (own && strlen(own) > KERNEL_NAME_MAX) {
		cli_error(
			"\"%s\" is too long for an interface of the kernel: choose one of at most %d "
			"characters with --interface",
			own, KERNEL_NAME_MAX);
		free(own);
		return false;
	}
	cli_str_puts(xml, "<host-interface>");
	cli_xml_leaf(xml, "name", name);
	add_items(xml, "address", addresses);
	cli_str_puts(xml, "</host-interface>");
	free(own);
	return true;
}

static bool add_segment(struct cli_str *xml, const struct cmd_line *line, const char *sw)
{
	begin_switch(xml, sw, NULL);
	cli_str_puts(xml, "<segment nc:operation=\"create\">");
	cli_xml_leaf(xml, "name", line->args[0]);
	if (cmd_has(line, "description"))
		cli_xml_leaf(xml, "description", cmd_value(line, "description"));
	if (cmd_has(line, "vlan"))
		cli_xml_leaf(xml, "vlan", cmd_value(line, "vlan"));
	if (!add_joined(xml, line) || !add_interface(xml, line))
		return false;
	cli_str_puts(xml, "</segment>" END_SWITCH);
	return true;
}

/* The switch that has the segment, when it was not said; NULL: none or several. */
static const char *switch_of(const struct cli_running *running, const char *segment)
{
	const char *found = NULL;
	unsigned int n = 0;

	cli_xml_foreach(sw, running->switches, "switch")
	{
		cli_xml_foreach(s, sw, "segment")
		{
			if (strcmp(cli_xml_text(s, "name"), segment) != 0)
				continue;
			found = cli_xml_text(sw, "name");
			n++;
		}
	}
	return n == 1 ? found : NULL;
}

static bool remove_segment(struct cli_str *xml, const struct cmd_line *line, const char *sw)
{
	begin_switch(xml, sw, NULL);
	cli_str_puts(xml, "<segment nc:operation=\"delete\">");
	cli_xml_leaf(xml, "name", line->args[0]);
	cli_str_puts(xml, "</segment>" END_SWITCH);
	return true;
}

static int make(struct cli *cli, struct cli_client *client, const struct cmd_line *line,
		const struct cli_str *xml, const char *what, bool add)
{
	char *done = cli_asprintf("%s %s %s", what, line->args[0], add ? "added" : "removed");
	const struct cli_txn change = {
		.line = line,
		.xml = xml->text,
		.done = done,
		.check = cmd_has(line, "check"),
	};
	int rc = cli_txn_make(cli, client, &change);

	free(done);
	return rc;
}

static int run_segment(struct cli *cli, const struct cmd_line *line)
{
	bool add = strcmp(line->cmd->name, "segment add") == 0;
	const char *sw = cmd_value(line, "switch");
	struct cli_client *client = cli_connect_apart(cli);
	struct cli_running running = {0};
	struct cli_str xml = {0};
	int rc = client ? cli_running_get(client, NULL, &running) : CLI_UNREACHABLE;

	if (rc == 0) {
		if (!sw && !add)
			sw = switch_of(&running, line->args[0]);
		sw = cli_running_switch(&running, sw, true);
		rc = sw ? 0 : CLI_REFUSED;
	}
	if (rc == 0 && (add ? cli_running_has(&running, "segment", line->args[0], sw)
			    : cli_running_lacks(&running, line->args[0], sw) ||
					cli_running_used(client, sw, line->args[0])))
		rc = CLI_REFUSED;
	if (rc == 0 && !(add ? add_segment(&xml, line, sw) : remove_segment(&xml, line, sw)))
		rc = CLI_USAGE;
	if (rc == 0)
		rc = make(cli, client, line, &xml, "segment", add);
	cli_str_free(&xml);
	cli_running_free(&running);
	cli_client_close(client);
	return rc;
}

static int run_switch(struct cli *cli, const struct cmd_line *line)
{
	bool add = strcmp(line->cmd->name, "switch add") == 0;
	struct cli_client *client = cli_connect_apart(cli);
	struct cli_running running = {0};
	struct cli_str xml = {0};
	int rc = client ? cli_running_get(client, NULL, &running) : CLI_UNREACHABLE;

	if (rc == 0 && add && cli_running_has(&running, "switch", line->args[0], NULL))
		rc = CLI_REFUSED;
	if (rc == 0 && !add &&
	    (!cli_running_switch(&running, line->args[0], true) ||
	     cli_running_used(client, line->args[0], NULL)))
		rc = CLI_REFUSED;
	begin_switch(&xml, line->args[0], add ? "create" : "delete");
	if (cmd_has(line, "description"))
		cli_xml_leaf(&xml, "description", cmd_value(line, "description"));
	cli_str_puts(&xml, END_SWITCH);
	if (rc == 0)
		rc = make(cli, client, line, &xml, "switch", add);
	cli_str_free(&xml);
	cli_running_free(&running);
	cli_client_close(client);
	return rc;
}

static void offer_tap(const struct cmd_ask *ask, cli_offer_fn fn, void *arg)
{
	words_new_name.offer(ask, fn, arg);
	cli_offers_host("taps", fn, arg);
}

/* An interface of the host that is a TAP device, or is to be one. */
static const struct cmd_words words_tap = {.offer = offer_tap};

static const struct cmd_option segment_add_options[] = {
	CLI_OPTION_SWITCH,
	{"vlan", 'v', "ID", "the VLAN id on uplinks and trunks (default: untagged there)", NULL},
	{"uplink", 'u', "PORT",
	 "bridged: joined to the network behind this port; several: eth1,eth2", &words_port},
	{"bridged", 0, NULL, "bridged, without an uplink yet", NULL},
	{"host-only", 0, NULL, "joined to nothing but its ports and the host", NULL},
	{"interface", 'i', "NAME", "the host has this interface in it", &words_tap},
	{"address", 0, "ADDRESS", "of that interface, with its length: 192.168.56.1/24", NULL},
	CLI_OPTION_DESCRIPTION,
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_segment_add) = {
	.part = CMD_PART_SEGMENT,
	.place = 10,
	.group = "add and remove segments",
	.name = "segment add",
	.args = "NAME",
	.summary = "add a segment: a VLAN of a switch, with a name",
	.text = "It is bridged (--uplink, --bridged) or --host-only. With --address or --interface the "
		"host has an interface in it (default: hd-NAME).",
	.options = segment_add_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_new_name,
	.run = run_segment,
};

static const struct cmd_option segment_remove_options[] = {
	CLI_OPTION_SWITCH,
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_segment_remove) = {
	.part = CMD_PART_SEGMENT,
	.place = 20,
	.name = "segment remove",
	.args = "NAME",
	.summary = "remove a segment that no port is in",
	.options = segment_remove_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_segment,
	.run = run_segment,
};

static const struct cmd_option switch_add_options[] = {
	CLI_OPTION_DESCRIPTION,
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_switch_add) = {
	.part = CMD_PART_SWITCH,
	.place = 10,
	.group = "add and remove switches",
	.name = "switch add",
	.args = "NAME",
	.summary = "add a switch",
	.options = switch_add_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_new_name,
	.run = run_switch,
};

static const struct cmd_option check_options[] = {
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_switch_remove) = {
	.part = CMD_PART_SWITCH,
	.place = 20,
	.name = "switch remove",
	.args = "NAME",
	.summary = "remove a switch, with its segments; no port is on it any more",
	.options = check_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_switch,
	.run = run_switch,
};
