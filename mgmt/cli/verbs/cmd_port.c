/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle port add|move|trunk|remove|enable|disable
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/command/kinds.h"
#include "mgmt/cli/command/model.h"
#include "mgmt/cli/verbs/running.h"

/* Leaves that say which VLANs a port is in. */
static const char *const vlan_leaves[] = {"access", "trunk",         "native",
					  "tunnel", "tunnel-cvlans", "native-tagged"};
#define VLAN_LEAVES (sizeof(vlan_leaves) / sizeof(*vlan_leaves))

#define PORT_PATH "/ietf-interfaces:interfaces/interface/heddle-port:port/"

/* "office,lab,100-200": an element for each. False after a message when one is empty. */
static bool add_list(struct cli_str *xml, const char *name, const char *list)
{
	do {
		size_t n = strcspn(list, ",");
		char *path = cli_asprintf(PORT_PATH "%s", name);
		char *item = cli_strndup(list, n), *value = cli_value_form(path, item);

		if (n)
			cli_xml_leaf(xml, name, value);
		else
			cli_error("an item of the list is empty: it looks like office,lab,100-200");
		free(value);
		free(item);
		free(path);
		if (!n)
			return false;
		list += n;
	} while (*list++ == ',');
	return true;
}

/* The VLANs that the options ask for. False after a message. */
static bool add_vlans(struct cli_str *xml, const char *access, const char *trunk,
		      const char *native)
{
	if (access && (trunk || native)) {
		cli_error("--access is for one segment without tags, --trunk and --native are for "
			  "several: give one of both");
		return false;
	}
	if (native && !trunk) {
		cli_error("--native is the segment of a trunk's untagged frames: give --trunk as "
			  "well");
		return false;
	}
	if (access)
		cli_xml_leaf(xml, "access", access);
	if (trunk && !add_list(xml, "trunk", trunk))
		return false;
	if (native)
		cli_xml_leaf(xml, "native", native);
	return true;
}

/* The container of the kind, from the options that are its own. */
static void add_kind(struct cli_str *xml, const struct cmd_line *line, const struct cli_kind *kind)
{
	const struct cmd_option *options = cmd_kind_options(kind->name);
	bool open = false;

	for (size_t i = 0; i < line->n_values; i++) {
		for (const struct cmd_option *o = options; o->name; o++) {
			if (o != line->values[i].option)
				continue;
			if (!open)
				cli_str_printf(xml, "<%s xmlns=\"%s\">", kind->name, kind->ns);
			open = true;
			cli_xml_leaf(xml, o->name, line->values[i].value);
		}
	}
	if (open)
		cli_str_printf(xml, "</%s>", kind->name);
}

static void begin(struct cli_str *xml, const char *name, const char *operation)
{
	cli_str_printf(xml, "<interfaces xmlns=\"" CLI_NS_INTERFACES "\"><interface%s%s%s>",
		       operation ? " nc:operation=\"" : "", operation ? operation : "",
		       operation ? "\"" : "");
	cli_xml_leaf(xml, "name", name);
}

#define END "</interface></interfaces>"

static bool add_port(struct cli_str *xml, const struct cmd_line *line, const struct cli_kind *kind,
		     const char *sw)
{
	begin(xml, line->args[0], "create");
	cli_str_printf(xml, "<type xmlns:kind=\"%s\">kind:%s</type>", kind->ns, kind->name);
	if (cmd_has(line, "description"))
		cli_xml_leaf(xml, "description", cmd_value(line, "description"));
	if (cmd_has(line, "disabled"))
		cli_xml_leaf(xml, "enabled", "false");
	add_kind(xml, line, kind);
	cli_str_puts(xml, "<port xmlns=\"" CLI_NS_PORT "\">");
	if (sw)
		cli_xml_leaf(xml, "switch", sw);
	if (!add_vlans(xml, cmd_value(line, "access"), cmd_value(line, "trunk"),
		       cmd_value(line, "native")))
		return false;
	if (cmd_has(line, "mtu"))
		cli_xml_leaf(xml, "mtu", cmd_value(line, "mtu"));
	cli_str_puts(xml, "</port>" END);
	return true;
}

static int make(struct cli *cli, struct cli_client *client, const struct cmd_line *line,
		const struct cli_str *xml, bool transient, const char *done)
{
	const struct cli_txn change = {
		.line = line,
		.xml = xml->text,
		.done = done,
		.check = cmd_has(line, "check"),
		.transient = transient,
	};

	return cli_txn_make(cli, client, &change);
}

/* How long to wait for the port. False after a message. */
static bool can_wait(const struct cmd_line *line, unsigned long *seconds)
{
	if (cmd_has(line, "wait") && (cmd_has(line, "check") || cmd_has(line, "disabled"))) {
		cli_error("--wait is for a port that comes up: leave out --%s",
			  cmd_has(line, "check") ? "check" : "disabled");
		return false;
	}
	return cmd_number(line, "wait", 0, 86400, seconds);
}

static int run_port_add(struct cli *cli, const struct cmd_line *line)
{
	const struct cli_kind *kind = cli_kind_find(line->args[1]);
	bool vlans = cmd_has(line, "access") || cmd_has(line, "trunk"), transient;
	struct cli_client *client;
	struct cli_running running;
	struct cli_str xml = {0};
	unsigned long seconds = 0;
	const char *sw = NULL;
	char *done;
	int rc;

	if (!kind)
		return cli_kind_unknown(line->args[1]);
	if (!can_wait(line, &seconds))
		return CLI_USAGE;
	client = cli_connect_apart(cli);
	if (!client)
		return CLI_UNREACHABLE;
	transient = cmd_has(line, "transient");
	rc = cli_running_get(client, NULL, &running);
	if (rc == 0) {
		sw = cli_running_switch(&running, cmd_value(line, "switch"), vlans);
		if (!sw && (vlans || cmd_has(line, "switch")))
			rc = CLI_REFUSED;
	}
	if (rc == 0 && cli_running_has(&running, "port", line->args[0], NULL))
		rc = CLI_REFUSED;
	if (rc == 0 && !add_port(&xml, line, kind, sw))
		rc = CLI_USAGE;
	done = cli_asprintf("%sport %s added", transient ? "transient " : "", line->args[0]);
	if (rc == 0)
		rc = make(cli, client, line, &xml, transient, done);
	if (rc == 0 && cmd_has(line, "wait"))
		rc = cli_port_wait(cli, client, line->args[0], seconds);
	free(done);
	cli_str_free(&xml);
	cli_running_free(&running);
	cli_client_close(client);
	return rc;
}

/* True when @vlans, new elements of the port, have this one. */
static bool stays(const struct cli_str *vlans, const char *name, const char *value)
{
	struct cli_str element = {0};
	bool found;

	cli_xml_leaf(&element, name, value);
	found = vlans->text && strstr(vlans->text, element.text);
	cli_str_free(&element);
	return found;
}

/* What the port is in now and is not to be in any more. */
static void add_removals(struct cli_str *xml, const struct lyd_node *port,
			 const struct cli_str *vlans)
{
	for (size_t i = 0; i < VLAN_LEAVES; i++) {
		bool list = strcmp(vlan_leaves[i], "trunk") == 0 ||
			    strcmp(vlan_leaves[i], "tunnel-cvlans") == 0;

		cli_xml_foreach(leaf, port, vlan_leaves[i])
		{
			char *start = cli_asprintf("<%s>", vlan_leaves[i]);
			bool set_again = vlans->text && strstr(vlans->text, start);

			free(start);
			if (list ? stays(vlans, vlan_leaves[i], cli_xml_own_text(leaf)) : set_again)
				continue;
			cli_str_printf(xml, "<%s nc:operation=\"remove\">", vlan_leaves[i]);
			cli_xml_escape(xml, cli_xml_own_text(leaf));
			cli_str_printf(xml, "</%s>", vlan_leaves[i]);
		}
	}
}

/* port move and port trunk: other VLANs in place of those it has. */
static int change_vlans(struct cli *cli, const struct cmd_line *line, const struct cli_str *vlans,
			char *done)
{
	const char *name = line->args[0], *sw = NULL;
	struct cli_client *client = cli_connect_apart(cli);
	const struct lyd_node *interface = NULL;
	struct cli_running running = {0};
	struct cli_str xml = {0};
	int rc = client ? cli_running_get(client, name, &running) : CLI_UNREACHABLE;

	if (rc == 0) {
		interface = cli_running_port(client, &running, name);
		rc = interface ? 0 : CLI_REFUSED;
	}
	if (rc == 0) {
		const struct lyd_node *port = cli_xml_child(interface, "port");

		if (cmd_has(line, "switch") || !*cli_xml_text(port, "switch"))
			sw = cli_running_switch(&running, cmd_value(line, "switch"), true);
		if (!sw && (cmd_has(line, "switch") || !*cli_xml_text(port, "switch")))
			rc = CLI_REFUSED;
		begin(&xml, name, NULL);
		cli_str_puts(&xml, "<port xmlns=\"" CLI_NS_PORT "\">");
		if (sw)
			cli_xml_leaf(&xml, "switch", sw);
		add_removals(&xml, port, vlans);
		cli_str_puts(&xml, vlans->text);
		cli_str_puts(&xml, "</port>" END);
	}
	if (rc == 0)
		rc = make(cli, client, line, &xml, false, done);
	free(done);
	cli_str_free(&xml);
	cli_running_free(&running);
	cli_client_close(client);
	return rc;
}

static int run_port_move(struct cli *cli, const struct cmd_line *line)
{
	const char *access = cmd_value(line, "access");
	struct cli_str vlans = {0};
	int rc;

	if (!access) {
		cli_error("port move: where to? Say --access SEGMENT");
		return CLI_USAGE;
	}
	cli_xml_leaf(&vlans, "access", access);
	rc = change_vlans(cli, line, &vlans,
			  cli_asprintf("port %s moved to %s", line->args[0], access));
	cli_str_free(&vlans);
	return rc;
}

static int run_port_trunk(struct cli *cli, const struct cmd_line *line)
{
	struct cli_str vlans = {0};
	int rc = CLI_USAGE;

	if (add_vlans(&vlans, NULL, line->args[1], cmd_value(line, "native")))
		rc = change_vlans(
			cli, line, &vlans,
			cli_asprintf("port %s is a trunk of %s", line->args[0], line->args[1]));
	cli_str_free(&vlans);
	return rc;
}

static int run_port_remove(struct cli *cli, const struct cmd_line *line)
{
	struct cli_client *client = cli_connect_apart(cli);
	bool transient = client && cli_running_is_transient(client, line->args[0]);
	struct cli_str xml = {0}, done = {0};
	struct cli_running running = {0};
	int rc = client ? cli_running_get(client, NULL, &running) : CLI_UNREACHABLE;

	cli_str_printf(&xml, "<interfaces xmlns=\"" CLI_NS_INTERFACES "\">");
	cli_str_printf(&done, "%sport%s ", transient ? "transient " : "",
		       line->n_args == 1 ? "" : "s");
	for (size_t i = 0; rc == 0 && i < line->n_args; i++) {
		if (cli_running_is_transient(client, line->args[i]) != transient) {
			cli_error("some of these ports are transient: remove those on their own");
			rc = CLI_REFUSED;
		} else if (!transient && !cli_running_port(client, &running, line->args[i])) {
			rc = CLI_REFUSED;
		}
		cli_str_puts(&xml, "<interface nc:operation=\"delete\">");
		cli_xml_leaf(&xml, "name", line->args[i]);
		cli_str_puts(&xml, "</interface>");
		cli_str_printf(&done, "%s%s", i ? ", " : "", line->args[i]);
	}
	cli_str_puts(&xml, "</interfaces>");
	cli_str_puts(&done, " removed");
	if (rc == 0)
		rc = make(cli, client, line, &xml, transient, done.text);
	cli_str_free(&done);
	cli_str_free(&xml);
	cli_running_free(&running);
	cli_client_close(client);
	return rc;
}

static int run_port_enable(struct cli *cli, const struct cmd_line *line)
{
	bool enable = strcmp(line->cmd->name, "port enable") == 0;
	struct cli_client *client = cli_connect_apart(cli);
	struct cli_running running = {0};
	struct cli_str xml = {0};
	char *done = cli_asprintf("port %s %s", line->args[0], enable ? "enabled" : "disabled");
	int rc = client ? cli_running_get(client, line->args[0], &running) : CLI_UNREACHABLE;

	if (rc == 0 && !cli_running_port(client, &running, line->args[0]))
		rc = CLI_REFUSED;
	begin(&xml, line->args[0], NULL);
	cli_xml_leaf(&xml, "enabled", enable ? "true" : "false");
	cli_str_puts(&xml, END);
	if (rc == 0)
		rc = make(cli, client, line, &xml, false, done);
	free(done);
	cli_str_free(&xml);
	cli_running_free(&running);
	cli_client_close(client);
	return rc;
}

static const struct cmd_option port_add_options[] = {
	CLI_OPTION_SWITCH,
	{"access", 'a', "SEGMENT", "in this segment or VLAN, without tags", &words_segment},
	{"trunk", 't', "LIST", "in these segments and VLANs, with tags: office,lab,100-200",
	 &words_vlans},
	{"native", 0, "SEGMENT", "on a trunk: the segment or VLAN of frames without a tag",
	 &words_segment},
	CLI_OPTION_DESCRIPTION,
	{"disabled", 0, NULL, "make it, and leave it down", NULL},
	{"mtu", 0, "BYTES", "the largest packet that passes (default: 1500)", NULL},
	{"wait", 0, "SECONDS",
	 "wait until the port is up, or there for its machine; at most so long", NULL},
	{"transient", 0, NULL, "for a machine that comes and goes: it does not outlive a boot",
	 NULL},
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_port_add) = {
	.part = CMD_PART_PORT,
	.place = 10,
	.group = "add, change and remove ports",
	.name = "port add",
	.args = "NAME KIND",
	.summary = "add a port: a machine, a namespace or a network card",
	.text = "One transaction: the port is committed and saved, and edits that somebody left in "
		"the candidate are not touched. KIND says what is behind the port, and has "
		"options of its own, which stand after it. What the change does to the "
		"switch is shown.",
	.options = port_add_options,
	.min_args = 2,
	.max_args = 2,
	.words = &words_new_name,
	.words2 = &words_kind,
	.kinds = true,
	.run = run_port_add,
};

static const struct cmd_option port_move_options[] = {
	{"access", 'a', "SEGMENT", "into this segment or VLAN, without tags", &words_segment},
	CLI_OPTION_SWITCH,
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_port_move) = {
	.part = CMD_PART_PORT,
	.place = 30,
	.name = "port move",
	.args = "NAME",
	.summary = "put a port into another segment",
	.text = "Whatever segments and VLANs the port was in before, it leaves.",
	.options = port_move_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_port,
	.run = run_port_move,
};

static const struct cmd_option port_trunk_options[] = {
	{"native", 0, "SEGMENT", "the segment or VLAN of frames without a tag", &words_segment},
	CLI_OPTION_SWITCH,
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_port_trunk) = {
	.part = CMD_PART_PORT,
	.place = 40,
	.name = "port trunk",
	.args = "NAME LIST",
	.summary = "put a port into several segments and VLANs, with tags",
	.text = "LIST is segments, VLAN ids and ranges: office,lab,100-200. Whatever the port was in "
		"before and is not listed, it leaves.",
	.options = port_trunk_options,
	.min_args = 2,
	.max_args = 2,
	.words = &words_port,
	.words2 = &words_vlans,
	.run = run_port_trunk,
};

static const struct cmd_option check_options[] = {
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_port_remove) = {
	.part = CMD_PART_PORT,
	.place = 50,
	.name = "port remove",
	.args = "NAME...",
	.summary = "remove ports, also transient ones",
	.options = check_options,
	.min_args = 1,
	.max_args = 1024,
	.words = &words_port,
	.run = run_port_remove,
};

CMD_REGISTER(cmd_port_enable) = {
	.part = CMD_PART_PORT,
	.place = 60,
	.name = "port enable",
	.args = "NAME",
	.summary = "let a port come up",
	.options = check_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_port,
	.run = run_port_enable,
};

CMD_REGISTER(cmd_port_disable) = {
	.part = CMD_PART_PORT,
	.place = 70,
	.name = "port disable",
	.args = "NAME",
	.summary = "take a port down",
	.options = check_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_port,
	.run = run_port_enable,
};
