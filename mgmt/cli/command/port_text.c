/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A port's VLANs in words, and a port as JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/api/port.h"
#include "mgmt/cli/term/format.h"
#include "mgmt/cli/command/model.h"

/* "100..200" as people write it. */
static void add_range(struct cli_str *text, const char *range)
{
	const char *dots = strstr(range, "..");

	if (dots)
		cli_str_printf(text, "%.*s-%s", (int)(dots - range), range, dots + 2);
	else
		cli_str_puts(text, range);
}

static void add_list(struct cli_str *text, const char *word, const struct lyd_node *node,
		     const char *name)
{
	const char *separator = " ";

	cli_str_puts(text, word);
	cli_xml_foreach(item, node, name)
	{
		cli_str_puts(text, separator);
		add_range(text, cli_xml_own_text(item));
		separator = ",";
	}
}

const char *cli_port_state_text(const struct cli_port *p, char text[CLI_STATE_MAX])
{
	if (p->up)
		return "up";
	if (strcmp(p->reason, "disabled") == 0)
		return "disabled";
	snprintf(text, CLI_STATE_MAX, "down, %s", p->reason);
	return text;
}

char *cli_port_vlans(const struct cli_port *p)
{
	struct cli_str text = {0};

	if (cli_xml_child(p->port, "access")) {
		add_list(&text, "access", p->port, "access");
	} else if (cli_xml_child(p->port, "trunk")) {
		add_list(&text, "trunk", p->port, "trunk");
		if (cli_xml_child(p->port, "native"))
			add_list(&text, " native", p->port, "native");
	} else if (cli_xml_child(p->port, "tunnel")) {
		add_list(&text, "tunnel", p->port, "tunnel");
	} else if (strcmp(p->role, "uplink") == 0 || strcmp(p->role, "host") == 0 ||
		   strcmp(p->role, "gateway") == 0) {
		add_list(&text, p->role, p->state, "segment");
	}
	return text.text ? text.text : cli_strdup("");
}

json_t *cli_port_vlans_json(const struct cli_port *p)
{
	static const char *const single[] = {"access", "tunnel", "native"};
	json_t *vlans = json_object();
	const char *mode = "none";

	for (size_t i = 0; i < 3; i++) {
		if (!cli_xml_child(p->port, single[i]))
			continue;
		json_object_set_new(vlans, single[i],
				    json_string(cli_xml_text(p->port, single[i])));
		if (i < 2)
			mode = single[i];
	}
	if (cli_xml_child(p->port, "trunk")) {
		json_object_set_new(vlans, "trunk", cli_strings(p->port, "trunk"));
		mode = "trunk";
	}
	json_object_set_new(vlans, "mode", json_string(mode));
	return vlans;
}

static json_t *number(const struct lyd_node *node, const char *name)
{
	return json_integer((json_int_t)cli_xml_u64(node, name));
}

static json_t *direction(const struct cli_port *p, bool in)
{
	const struct lyd_node *stats = cli_xml_child(p->node, "statistics");

	return json_pack("{s:I, s:I, s:o, s:o}", "packets", (json_int_t)(in ? p->rx : p->tx),
			 "bytes", (json_int_t)(in ? p->rx_bytes : p->tx_bytes), "multicast",
			 number(stats, in ? "in-multicast-pkts" : "out-multicast-pkts"),
			 "broadcast",
			 number(stats, in ? "in-broadcast-pkts" : "out-broadcast-pkts"));
}

static json_t *drops(const struct cli_port *p, const char *side)
{
	json_t *reasons = json_object();

	cli_xml_foreach(drop, p->state, "drop")
	{
		if (strcmp(cli_xml_text(drop, "direction"), side) == 0)
			json_object_set_new(reasons, cli_xml_text(drop, "reason"),
					    number(drop, "packets"));
	}
	return reasons;
}

uint64_t cli_port_mtu(const struct cli_port *p)
{
	uint64_t mtu = cli_xml_u64(p->port, "mtu");

	return mtu ? mtu : HD_PORT_MTU_DEFAULT; /* a default need not be in the answer */
}

json_t *cli_port_json(const struct cli_port *p)
{
	const struct lyd_node *counters = cli_xml_child(p->state, "counters");
	json_t *port = json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:s, s:s, s:s}", "name", p->name, "kind",
		p->kind, "role", p->role, "switch", p->switch_name, "vlans", cli_port_vlans_json(p),
		"segments", cli_strings(p->state, "segment"), "up", p->up, "reason", p->reason,
		"text", cli_xml_text(p->state, "text"), "detail", cli_xml_text(p->state, "detail"));
	char since[CLI_NUM_MAX];

	json_object_set_new(port, "since",
			    json_string(cli_fmt_utc(cli_xml_text(p->node, "last-change"), since)));
	json_object_set_new(port, "mtu", json_integer((json_int_t)cli_port_mtu(p)));
	json_object_set_new(port, "queues", number(p->state, "queues"));
	json_object_set_new(port, "flaps", number(p->state, "flaps"));
	json_object_set_new(port, "rx", direction(p, true));
	json_object_set_new(port, "tx", direction(p, false));
	json_object_set_new(port, "admitted", number(counters, "admitted"));
	json_object_set_new(port, "offered", number(counters, "offered"));
	json_object_set_new(port, "segmented", number(counters, "segmented"));
	json_object_set_new(port, "learn-refused", number(counters, "learn-refused"));
	json_object_set_new(port, "drops",
			    json_pack("{s:I, s:o, s:o}", "total", (json_int_t)p->drops, "in",
				      drops(p, "in"), "out", drops(p, "out")));
	return port;
}
