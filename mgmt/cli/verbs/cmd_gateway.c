/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle gateway add|set|remove
 */
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"
#include "mgmt/cli/show/gateway.h"
#include "mgmt/cli/verbs/running.h"

#define ADDRESS_PATH "/ietf-interfaces:interfaces/interface/heddle-gateway:gateway/address"

static void begin(struct cli_str *xml, const char *name, const char *operation)
{
	cli_str_puts(xml, "<interfaces xmlns=\"" CLI_NS_INTERFACES "\"><interface");
	if (operation)
		cli_str_printf(xml, " nc:operation=\"%s\"", operation);
	cli_str_puts(xml, ">");
	cli_xml_leaf(xml, "name", name);
}

#define END "</interface></interfaces>"

/* True when the list of addresses has this one. */
static bool is_listed(const char *list, const char *address)
{
	bool found = false;

	while (list && *list && !found) {
		size_t n = strcspn(list, ",");
		char *item = cli_strndup(list, n), *form = cli_value_form(ADDRESS_PATH, item);

		found = strcmp(form, address) == 0;
		free(form);
		free(item);
		list += n + (list[n] == ',');
	}
	return found;
}

/* The addresses in place of those that @before, the gateway's container, has. False after a message. */
static bool add_addresses(struct cli_str *xml, const char *list, const struct lyd_node *before)
{
	cli_xml_foreach(address, before, "address")
	{
		if (!list || is_listed(list, cli_xml_own_text(address)))
			continue;
		cli_str_puts(xml, "<address nc:operation=\"remove\">");
		cli_xml_escape(xml, cli_xml_own_text(address));
		cli_str_puts(xml, "</address>");
	}
	while (list) {
		size_t n = strcspn(list, ",");
		char *item = cli_strndup(list, n), *form = cli_value_form(ADDRESS_PATH, item);

		if (n)
			cli_xml_leaf(xml, "address", form);
		free(form);
		free(item);
		if (!n) {
			cli_error("an item of the list is empty: it looks like "
				  "192.168.56.254/24,fd00::1/64");
			return false;
		}
		list = list[n] ? list + n + 1 : NULL;
	}
	return true;
}

/* What the options say. @before: the gateway as it is, NULL: a new one. False after a message. */
static bool add_leaves(struct cli_str *xml, const struct cmd_line *line, const char *sw,
		       const struct lyd_node *before)
{
	static const char *const leaves[] = {"segment", "vrf", "mac"};

	if (cmd_has(line, "description"))
		cli_xml_leaf(xml, "description", cmd_value(line, "description"));
	if (cmd_has(line, "disabled"))
		cli_xml_leaf(xml, "enabled", "false");
	cli_str_puts(xml, "<gateway xmlns=\"" CLI_NS_GATEWAY "\">");
	if (sw)
		cli_xml_leaf(xml, "switch", sw);
	for (size_t i = 0; i < sizeof(leaves) / sizeof(*leaves); i++)
		if (cmd_has(line, leaves[i]))
			cli_xml_leaf(xml, leaves[i], cmd_value(line, leaves[i]));
	if (!add_addresses(xml, cmd_value(line, "address"), cli_xml_child(before, "gateway")))
		return false;
	cli_str_puts(xml, "</gateway>");
	if (cmd_has(line, "mtu")) {
		cli_str_puts(xml, "<port xmlns=\"" CLI_NS_PORT "\">");
		cli_xml_leaf(xml, "mtu", cmd_value(line, "mtu"));
		cli_str_puts(xml, "</port>");
	}
	return true;
}

static int make(struct cli *cli, struct cli_client *client, const struct cmd_line *line,
		const struct cli_str *xml, const char *done)
{
	const struct cli_txn change = {
		.line = line,
		.xml = xml->text,
		.done = done,
		.check = cmd_has(line, "check"),
	};

	return cli_txn_make(cli, client, &change);
}

static int run_gateway_add(struct cli *cli, const struct cmd_line *line)
{
	struct cli_running running = {0};
	struct cli_client *client;
	struct cli_str xml = {0};
	const char *sw = NULL;
	char *done;
	int rc;

	if (!cmd_has(line, "segment")) {
		cli_error("gateway add: in which segment? Say --segment NAME");
		return CLI_USAGE;
	}
	client = cli_connect_apart(cli);
	if (!client)
		return CLI_UNREACHABLE;
	rc = cli_running_get(client, NULL, &running);
	if (rc == 0) {
		sw = cli_running_switch(&running, cmd_value(line, "switch"), true);
		rc = sw ? CLI_OK : CLI_REFUSED;
	}
	if (rc == 0 && (cli_running_has(&running, "port", line->args[0], NULL) ||
			cli_running_lacks(&running, cmd_value(line, "segment"), sw)))
		rc = CLI_REFUSED;
	begin(&xml, line->args[0], "create");
	cli_str_puts(&xml, "<type xmlns:kind=\"" CLI_NS_GATEWAY "\">kind:gateway</type>");
	if (rc == 0 && !add_leaves(&xml, line, sw, NULL))
		rc = CLI_USAGE;
	cli_str_puts(&xml, END);
	done = cli_asprintf("gateway %s added", line->args[0]);
	if (rc == 0)
		rc = make(cli, client, line, &xml, done);
	free(done);
	cli_str_free(&xml);
	cli_running_free(&running);
	cli_client_close(client);
	return rc;
}

/* The gateways that run; after a message an exit status when there is no @name among them. */
static int find(struct cli_client *client, const char *name, const struct lyd_node **interface,
		struct cli_model *m)
{
	int rc = cli_model_get(client, CLI_PART_GATEWAYS, NULL, m);
	const struct cli_port *gateway = rc == 0 ? cli_model_port(m, name) : NULL;

	if (rc == 0 && !gateway)
		rc = cli_no_such_gateway(m, name);
	*interface = gateway ? gateway->node : NULL;
	return rc;
}

/* Is any of the command's own options given that changes something? */
static bool changes(const struct cmd_line *line)
{
	for (const struct cmd_option *o = line->cmd->options; o->name; o++)
		if (strcmp(o->name, "check") != 0 && cmd_has(line, o->name))
			return true;
	return false;
}

static int run_gateway_set(struct cli *cli, const struct cmd_line *line)
{
	const struct lyd_node *interface = NULL;
	struct cli_running running = {0};
	struct cli_client *client;
	struct cli_model m = {0};
	struct cli_str xml = {0};
	const char *sw = NULL;
	char *done;
	int rc;

	if (!changes(line)) {
		cli_error("gateway set: what of it? heddle gateway set --help lists the options");
		return CLI_USAGE;
	}
	client = cli_connect_apart(cli);
	rc = client ? find(client, line->args[0], &interface, &m) : CLI_UNREACHABLE;
	if (rc == 0)
		rc = cli_running_get(client, NULL, &running);
	if (rc == 0 && cmd_has(line, "switch")) {
		sw = cli_running_switch(&running, cmd_value(line, "switch"), true);
		rc = sw ? CLI_OK : CLI_REFUSED;
	}
	if (rc == 0 && cmd_has(line, "segment") &&
	    cli_running_lacks(&running, cmd_value(line, "segment"),
			      sw ? sw
				 : cli_xml_text(cli_xml_child(interface, "gateway"), "switch")))
		rc = CLI_REFUSED;
	begin(&xml, line->args[0], NULL);
	if (rc == 0 && !add_leaves(&xml, line, sw, interface))
		rc = CLI_USAGE;
	cli_str_puts(&xml, END);
	done = cli_asprintf("gateway %s changed", line->args[0]);
	if (rc == 0)
		rc = make(cli, client, line, &xml, done);
	free(done);
	cli_str_free(&xml);
	cli_model_free(&m);
	cli_running_free(&running);
	cli_client_close(client);
	return rc;
}

static int run_gateway_remove(struct cli *cli, const struct cmd_line *line)
{
	struct cli_client *client = cli_connect_apart(cli);
	struct cli_str xml = {0}, done = {0};
	struct cli_model m = {0};
	int rc = client ? cli_model_get(client, CLI_PART_GATEWAYS, NULL, &m) : CLI_UNREACHABLE;

	cli_str_printf(&xml, "<interfaces xmlns=\"" CLI_NS_INTERFACES "\">");
	cli_str_printf(&done, "gateway%s ", line->n_args == 1 ? "" : "s");
	for (size_t i = 0; rc == 0 && i < line->n_args; i++) {
		if (!cli_model_port(&m, line->args[i]))
			rc = cli_no_such_gateway(&m, line->args[i]);
		cli_str_puts(&xml, "<interface nc:operation=\"delete\">");
		cli_xml_leaf(&xml, "name", line->args[i]);
		cli_str_puts(&xml, "</interface>");
		cli_str_printf(&done, "%s%s", i ? ", " : "", line->args[i]);
	}
	cli_str_puts(&xml, "</interfaces>");
	cli_str_puts(&done, " removed");
	if (rc == 0)
		rc = make(cli, client, line, &xml, done.text);
	cli_str_free(&done);
	cli_str_free(&xml);
	cli_model_free(&m);
	cli_client_close(client);
	return rc;
}

#define OPTION_VRF                                                                       \
	{                                                                                \
		"vrf", 0, "NAME", "in this routing table (default: default)", &words_vrf \
	}
#define OPTION_MAC                                                                                \
	{                                                                                         \
		"mac", 'm', "MAC",                                                                \
			"its MAC address (default: one that is made of the machine's id and the " \
			"name)",                                                                  \
			NULL                                                                      \
	}
#define OPTION_MTU                                                                        \
	{                                                                                 \
		"mtu", 0, "BYTES", "the largest packet that passes (default: 1500)", NULL \
	}

static const struct cmd_option add_options[] = {
	CLI_OPTION_SWITCH,
	{"segment", 0, "NAME", "in this segment", &words_segment},
	{"address", 'a', "LIST", "its addresses, with their lengths: 192.168.56.254/24,fd00::1/64",
	 NULL},
	OPTION_VRF,
	OPTION_MAC,
	OPTION_MTU,
	CLI_OPTION_DESCRIPTION,
	{"disabled", 0, NULL, "make it, and leave it down", NULL},
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_gateway_add) = {
	.part = CMD_PART_GATEWAY,
	.place = 10,
	.group = "add, change and remove gateways",
	.name = "gateway add",
	.args = "NAME",
	.summary = "add a gateway: the switch routes between its segment and others of its VRF",
	.text = "One transaction, as port add. Ports and gateways share their names: port enable and "
		"port disable take a gateway as well.",
	.options = add_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_new_name,
	.run = run_gateway_add,
};

static const struct cmd_option set_options[] = {
	{"switch", 's', "NAME", "move it to this switch", &words_switch},
	{"segment", 0, "NAME", "move it to this segment", &words_segment},
	{"address", 'a', "LIST", "its addresses, in place of those that it has", NULL},
	{"vrf", 0, "NAME", "move it to this routing table", &words_vrf},
	{"mac", 'm', "MAC", "its MAC address", NULL},
	OPTION_MTU,
	CLI_OPTION_DESCRIPTION,
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_gateway_set) = {
	.part = CMD_PART_GATEWAY,
	.place = 20,
	.name = "gateway set",
	.args = "NAME",
	.summary = "change a gateway: what the options say; all else stays",
	.options = set_options,
	.min_args = 1,
	.max_args = 1,
	.words = &words_gateway,
	.run = run_gateway_set,
};

static const struct cmd_option remove_options[] = {
	CLI_OPTION_CHECK,
	{0},
};

CMD_REGISTER(cmd_gateway_remove) = {
	.part = CMD_PART_GATEWAY,
	.place = 30,
	.name = "gateway remove",
	.args = "NAME...",
	.summary = "remove gateways",
	.options = remove_options,
	.min_args = 1,
	.max_args = 1024,
	.words = &words_gateway,
	.run = run_gateway_remove,
};
