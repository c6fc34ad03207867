/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/command/names.h"

#include <stdlib.h>
#include <string.h>

#include "heddle/api/gateway.h"
#include "mgmt/cli/command/model.h"

/* Names alone: the counters of thousands of ports are not worth waiting for. */
#define REQUEST                                                                             \
	"<get-config><source><running/></source><filter type=\"subtree\">"                  \
	"<interfaces xmlns=\"urn:ietf:params:xml:ns:yang:ietf-interfaces\"><interface>"     \
	"<name/><type/><gateway xmlns=\"urn:heddle:yang:heddle-gateway\"><vrf/></gateway>"  \
	"</interface></interfaces>"                                                         \
	"<switches xmlns=\"urn:heddle:yang:heddle-switch\"><switch><name/><segment><name/>" \
	"</segment></switch></switches></filter></get-config>"

static void add(struct cli_names *names, enum cli_name_kind kind, const char *name, char *help)
{
	names->list = cli_realloc(names->list, (names->n + 1) * sizeof(*names->list));
	names->list[names->n++] = (struct cli_name){kind, cli_strdup(name), help};
}

static int compare(const void *a_, const void *b_)
{
	const struct cli_name *a = a_, *b = b_;

	return a->kind != b->kind ? (int)a->kind - (int)b->kind
				  : cli_name_compare(a->name, b->name);
}

static void add_gateway(struct cli_names *names, const struct lyd_node *interface)
{
	const char *vrf = cli_xml_text(cli_xml_child(interface, "gateway"), "vrf");

	vrf = *vrf ? vrf : HD_VRF_DEFAULT;
	add(names, CLI_NAME_GATEWAY, cli_xml_text(interface, "name"),
	    cli_asprintf("gateway, VRF %s", vrf));
	for (size_t i = 0; i < names->n; i++)
		if (names->list[i].kind == CLI_NAME_VRF && strcmp(names->list[i].name, vrf) == 0)
			return;
	add(names, CLI_NAME_VRF, vrf, cli_strdup("VRF"));
}

static void read_names(const struct lyd_node *data, struct cli_names *names)
{
	cli_xml_foreach(port, cli_xml_child(data, "interfaces"), "interface")
	{
		const char *type = cli_xml_text(port, "type"), *colon = strchr(type, ':');
		const char *kind = colon ? colon + 1 : type;
		bool gateway = strcmp(kind, "gateway") == 0;

		add(names, CLI_NAME_PORT, cli_xml_text(port, "name"),
		    cli_asprintf(gateway ? "%s" : "%s port", kind));
		if (gateway)
			add_gateway(names, port);
	}
	cli_xml_foreach(sw, cli_xml_child(data, "switches"), "switch")
	{
		add(names, CLI_NAME_SWITCH, cli_xml_text(sw, "name"), cli_strdup("switch"));
		cli_xml_foreach(segment, sw, "segment")
			add(names, CLI_NAME_SEGMENT, cli_xml_text(segment, "name"),
			    cli_asprintf("segment of %s", cli_xml_text(sw, "name")));
	}
}

void cli_names_get(struct cli *cli, struct cli_names *names)
{
	struct cli_client *client = cli->session, *own = NULL;
	struct lyd_node *reply = NULL;
	struct hd_err err;

	*names = (struct cli_names){0};
	if (!client && cli_client_open(&own, cli->socket, &err) == 0)
		client = own;
	if (client && cli_client_rpc(client, REQUEST, &reply, &err) == 0)
		read_names(cli_xml_child(reply, "data"), names);
	lyd_free_all(reply);
	cli_client_close(own);
	if (names->n)
		qsort(names->list, names->n, sizeof(*names->list), compare);
}

void cli_names_free(struct cli_names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		free(names->list[i].name);
		free(names->list[i].help);
	}
	free(names->list);
	*names = (struct cli_names){0};
}
