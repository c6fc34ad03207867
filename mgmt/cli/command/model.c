/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/model.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int cli_name_compare(const char *a, const char *b)
{
	int rc = strverscmp(a, b);

	return rc ? rc : strcmp(a, b);
}

static int compare_ports(const void *a, const void *b)
{
	return cli_name_compare(((const struct cli_port *)a)->name,
				((const struct cli_port *)b)->name);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

char *cli_join(const struct lyd_node *node, const char *name)
{
	struct cli_str text = {0};

	cli_xml_foreach(item, node, name)
	{
		if (text.len)
			cli_str_puts(&text, ",");
		cli_str_puts(&text, cli_xml_own_text(item));
	}
	return text.text ? text.text : cli_strdup("");
}

json_t *cli_strings(const struct lyd_node *node, const char *name)
{
	json_t *array = json_array();

	cli_xml_foreach(item, node, name)
		json_array_append_new(array, json_string(cli_xml_own_text(item)));
	return array;
}

/* The part after the prefix: "heddle-tap:tap" is a tap. */
static const char *identity(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon ? colon + 1 : text;
}

static void read_counters(struct cli_port *p)
{
	const struct lyd_node *stats = cli_xml_child(p->node, "statistics");
	const struct lyd_node *counters = cli_xml_child(p->state, "counters");

	p->rx = cli_xml_u64(counters, "in-packets");
	p->tx = cli_xml_u64(counters, "out-packets");
	p->rx_bytes = cli_xml_u64(stats, "in-octets");
	p->tx_bytes = cli_xml_u64(stats, "out-octets");
	cli_xml_foreach(drop, p->state, "drop")
	{
		uint64_t n = cli_xml_u64(drop, "packets");

		p->drops += n;
		if (strcmp(cli_xml_text(drop, "direction"), "in") == 0)
			p->drops_in += n;
		else
			p->drops_out += n;
	}
}

static void read_port(struct cli_port *p, const struct lyd_node *node)
{
	const char *enabled = cli_xml_text(node, "enabled");

	p->node = node;
	p->port = cli_xml_child(node, "port");
	p->state = cli_xml_child(p->port, "state");
	p->name = cli_xml_text(node, "name");
	p->kind = identity(cli_xml_text(node, "type"));
	p->gateway = strcmp(p->kind, "gateway") == 0 ? cli_xml_child(node, "gateway") : NULL;
	p->switch_name = cli_xml_text(p->gateway ? p->gateway : p->port, "switch");
	p->role = cli_xml_text(p->state, "role");
	p->reason = cli_xml_text(p->state, "reason");
	p->up = strcmp(cli_xml_text(node, "oper-status"), "up") == 0;
	if (!*p->reason)
		p->reason = p->up ? "up" : strcmp(enabled, "false") == 0 ? "disabled" : "unknown";
	p->vlans = cli_port_vlans(p);
	read_counters(p);
}

static void read_ports(struct cli_model *m, const struct lyd_node *interfaces)
{
	cli_xml_foreach(node, interfaces, "interface") m->n_ports++;
	m->ports = cli_calloc(m->n_ports, sizeof(*m->ports));
	m->n_ports = 0;
	cli_xml_foreach(node, interfaces, "interface") read_port(&m->ports[m->n_ports++], node);
	if (m->n_ports)
		qsort(m->ports, m->n_ports, sizeof(*m->ports), compare_ports);
}

/* What a table or rates need of a port: with thousands of them the rest is worth leaving out. */
#define PORT_STATE                                                                             \
	"<reason/><counters><in-packets/><out-packets/></counters><drop><reason/><direction/>" \
	"<packets/></drop>"
#define PORT_TABLE                                                                             \
	"<type/><enabled/><oper-status/><port xmlns=\"urn:heddle:yang:heddle-port\"><switch/>" \
	"<access/><trunk/><native/><tunnel/><state><role/><segment/>" PORT_STATE               \
	"</state></port><gateway xmlns=\"urn:heddle:yang:heddle-gateway\"><switch/></gateway>"
#define PORT_RATES                                                                   \
	"<enabled/><oper-status/><statistics><in-octets/><out-octets/></statistics>" \
	"<port xmlns=\"urn:heddle:yang:heddle-port\"><state>" PORT_STATE "</state></port>"

static char *filter(unsigned int parts, const char *port)
{
	const char *few = parts & CLI_PART_PORT_TABLE   ? PORT_TABLE
			  : parts & CLI_PART_PORT_RATES ? PORT_RATES
							: NULL;
	struct cli_str xml = {0};

	cli_str_puts(&xml, "<get><filter type=\"subtree\">");
	if (few)
		cli_str_printf(&xml,
			       "<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\">"
			       "<interface><name/>%s</interface></interfaces>",
			       few);
	if (parts & CLI_PART_PORTS) {
		cli_str_puts(&xml,
			     "<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\">");
		if (port) {
			cli_str_puts(&xml, "<interface><name>");
			cli_xml_escape(&xml, port);
			cli_str_puts(&xml, "</name></interface>");
		}
		cli_str_puts(&xml, "</interfaces>");
	}
	if (parts & CLI_PART_GATEWAYS)
		cli_str_puts(&xml,
			     "<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\">"
			     "<interface><type xmlns:kind=\"urn:heddle:yang:heddle-gateway\">"
			     "kind:gateway</type></interface></interfaces>");
	if (parts & CLI_PART_SWITCHES)
		cli_str_puts(&xml, "<switches xmlns=\"urn:heddle:yang:heddle-switch\"/>");
	if (parts & CLI_PART_SYSTEM)
		cli_str_puts(&xml, "<system xmlns=\"urn:heddle:yang:heddle-system\"/>");
	cli_str_puts(&xml, "</filter></get>");
	return xml.text;
}

int cli_model_get(struct cli_client *client, unsigned int parts, const char *port,
		  struct cli_model *m)
{
	const struct lyd_node *data;
	char *request = filter(parts, port);
	int rc;

	*m = (struct cli_model){0};
	rc = cli_request(client, request, &m->reply);
	free(request);
	if (rc)
		return rc;
	m->taken_ns = now_ns();
	data = cli_xml_child(m->reply, "data");
	m->switches = cli_xml_child(data, "switches");
	m->system = cli_xml_child(data, "system");
	read_ports(m, cli_xml_child(data, "interfaces"));
	return CLI_OK;
}

void cli_model_free(struct cli_model *m)
{
	for (size_t i = 0; i < m->n_ports; i++)
		free(m->ports[i].vlans);
	free(m->ports);
	lyd_free_all(m->reply);
	*m = (struct cli_model){0};
}

const struct cli_port *cli_model_port(const struct cli_model *m, const char *name)
{
	struct cli_port key = {.name = name};

	if (!m->n_ports)
		return NULL;
	return bsearch(&key, m->ports, m->n_ports, sizeof(*m->ports), compare_ports);
}

int cli_no_such_port(const struct cli_model *m, const char *name)
{
	const char **words = cli_calloc(m->n_ports, sizeof(*words));

	for (size_t i = 0; i < m->n_ports; i++)
		words[i] = m->ports[i].name;
	cli_error("there is no port \"%s\"%s", name, cli_did_you_mean(name, words, m->n_ports));
	free(words);
	return CLI_REFUSED;
}
