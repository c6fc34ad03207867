/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/verbs/running.h"

#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/config/change.h"

#define WORDS_MAX 4096
#define USERS_MAX 10 /* ports that a message names */
#define PORTS                                                                                      \
	"<interfaces xmlns=\"" CLI_NS_INTERFACES "\"><interface><name/><port xmlns=\"" CLI_NS_PORT \
	"\"/><gateway xmlns=\"urn:heddle:yang:heddle-gateway\"/></interface></interfaces>"

int cli_running_get(struct cli_client *client, const char *port, struct cli_running *r)
{
	struct cli_str xml = {0};
	const struct lyd_node *data;
	int rc;

	cli_str_puts(&xml, "<get-config><source><running/></source><filter type=\"subtree\">"
			   "<interfaces xmlns=\"" CLI_NS_INTERFACES "\"><interface>");
	if (port)
		cli_xml_leaf(&xml, "name", port);
	else
		cli_str_puts(&xml, "<name/>");
	cli_str_puts(&xml, "</interface></interfaces><switches xmlns=\"" CLI_NS_SWITCH
			   "\"><switch><name/><segment><name/></segment></switch></switches>"
			   "</filter></get-config>");
	*r = (struct cli_running){0};
	rc = cli_request(client, xml.text, &r->reply);
	cli_str_free(&xml);
	if (rc)
		return rc;
	data = cli_xml_child(r->reply, "data");
	r->interfaces = cli_xml_child(data, "interfaces");
	r->switches = cli_xml_child(data, "switches");
	return CLI_OK;
}

void cli_running_free(struct cli_running *r)
{
	lyd_free_all(r->reply);
	*r = (struct cli_running){0};
}

/* Names of the children called @name, up to @max. */
static size_t names_of(const struct lyd_node *node, const char *name, const char **words,
		       size_t max)
{
	size_t n = 0;

	cli_xml_foreach(child, node, name)
	{
		if (n < max)
			words[n++] = cli_xml_text(child, "name");
	}
	return n;
}

const char *cli_running_switch(const struct cli_running *r, const char *name, bool needed)
{
	const char *words[64];
	size_t n = names_of(r->switches, "switch", words, 64);

	for (size_t i = 0; name && i < n; i++)
		if (strcmp(words[i], name) == 0)
			return words[i];
	if (name) {
		cli_error("there is no switch \"%s\"%s", name, cli_did_you_mean(name, words, n));
		return NULL;
	}
	if (n == 1)
		return words[0];
	if (!needed)
		return NULL;
	if (n == 0) {
		cli_error("there is no switch yet: make one with: switch add NAME");
		return NULL;
	}
	fprintf(stderr, "%swhich switch? Say --switch with one of:", cli_error_start());
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, " %s", words[i]);
	fputc('\n', stderr);
	return NULL;
}

static int no_such_port(struct cli_client *client, const char *name)
{
	const char **words = cli_calloc(WORDS_MAX, sizeof(*words));
	struct cli_running all;
	int rc = cli_running_get(client, NULL, &all);

	if (rc == 0)
		cli_error(
			"there is no port \"%s\"%s", name,
			cli_did_you_mean(name, words,
					 names_of(all.interfaces, "interface", words, WORDS_MAX)));
	cli_running_free(&all);
	free(words);
	return CLI_REFUSED;
}

const struct lyd_node *cli_running_port(struct cli_client *client, const struct cli_running *r,
					const char *name)
{
	cli_xml_foreach(port, r->interfaces, "interface")
	{
		if (strcmp(cli_xml_text(port, "name"), name) == 0)
			return port;
	}
	no_such_port(client, name);
	return NULL;
}

/* The child called @list whose name is @name. */
static const struct lyd_node *entry(const struct lyd_node *node, const char *list, const char *name)
{
	cli_xml_foreach(child, node, list)
	{
		if (strcmp(cli_xml_text(child, "name"), name) == 0)
			return child;
	}
	return NULL;
}

bool cli_running_has(const struct cli_running *r, const char *what, const char *name,
		     const char *sw)
{
	bool has = strcmp(what, "port") == 0 ? entry(r->interfaces, "interface", name) != NULL
		   : strcmp(what, "switch") == 0
			   ? entry(r->switches, "switch", name) != NULL
			   : entry(entry(r->switches, "switch", sw), "segment", name) != NULL;

	if (has)
		cli_error("there is a %s \"%s\" already: choose another name, or change it in "
			  "configuration mode",
			  what, name);
	return has;
}

bool cli_running_lacks(const struct cli_running *r, const char *segment, const char *sw)
{
	const struct lyd_node *in = entry(r->switches, "switch", sw);
	const char **words;

	if (entry(in, "segment", segment))
		return false;
	words = cli_calloc(WORDS_MAX, sizeof(*words));
	cli_error("switch %s has no segment \"%s\"%s", sw, segment,
		  cli_did_you_mean(segment, words, names_of(in, "segment", words, WORDS_MAX)));
	free(words);
	return true;
}

/* How a port is in the segment: "access", "trunk", "gateway", ...; NULL: it is not. */
static const char *use_of(const struct lyd_node *port, const char *segment)
{
	static const char *const leaves[] = {"access", "trunk", "native", "tunnel", "segment"};

	for (size_t i = 0; i < sizeof(leaves) / sizeof(*leaves); i++) {
		cli_xml_foreach(leaf, port, leaves[i])
		{
			if (strcmp(cli_xml_own_text(leaf), segment) == 0)
				return i == 4 ? "gateway" : leaves[i];
		}
	}
	return NULL;
}

/* Adds the ports of a reply that are on the switch, or in its segment; returns how many. */
static size_t add_users(const struct lyd_node *reply, const char *sw, const char *segment, size_t n,
			struct cli_str *text)
{
	cli_xml_foreach(interface, cli_xml_child(cli_xml_child(reply, "data"), "interfaces"),
			"interface")
	{
		const struct lyd_node *gateway = cli_xml_child(interface, "gateway");
		const struct lyd_node *port = gateway ? gateway : cli_xml_child(interface, "port");
		const char *use = segment ? use_of(port, segment) : "switch";

		if (!use || strcmp(cli_xml_text(port, "switch"), sw) != 0 || n++ >= USERS_MAX)
			continue;
		cli_str_printf(text, "%s%s", n > 1 ? ", " : "", cli_xml_text(interface, "name"));
		if (segment)
			cli_str_printf(text, " (%s)", use);
	}
	return n;
}

bool cli_running_used(struct cli_client *client, const char *sw, const char *segment)
{
	static const char *const requests[] = {
		"<get-config><source><running/></source><filter type=\"subtree\">" PORTS
		"</filter></get-config>",
		"<get-data xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-nmda\">"
		"<datastore xmlns:hc=\"" CLI_NS_CONFIG "\">hc:transient</datastore>"
		"<subtree-filter>" PORTS "</subtree-filter></get-data>",
	};
	struct cli_str users = {0};
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		struct lyd_node *reply = NULL;
		struct hd_err err;

		if (cli_client_rpc(client, requests[i], &reply, &err) == 0)
			n = add_users(reply, sw, segment, n, &users);
		lyd_free_all(reply);
	}
	if (n > USERS_MAX)
		cli_str_printf(&users, " and %zu more", n - USERS_MAX);
	if (n)
		cli_error("%s %s is in use: port%s %s %s in it. Move or remove %s first",
			  segment ? "segment" : "switch", segment ? segment : sw, n == 1 ? "" : "s",
			  users.text, n == 1 ? "is" : "are", n == 1 ? "it" : "them");
	cli_str_free(&users);
	return n != 0;
}

bool cli_running_is_transient(struct cli_client *client, const char *name)
{
	struct cli_str xml = {0};
	struct lyd_node *reply = NULL;
	struct hd_err err;
	bool is = false;

	cli_str_puts(&xml,
		     "<get-data xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-nmda\">"
		     "<datastore xmlns:hc=\"" CLI_NS_CONFIG "\">hc:transient</datastore>"
		     "<subtree-filter><interfaces xmlns=\"" CLI_NS_INTERFACES "\"><interface>");
	cli_xml_leaf(&xml, "name", name);
	cli_str_puts(&xml, "</interface></interfaces></subtree-filter></get-data>");
	if (cli_client_rpc(client, xml.text, &reply, &err) == 0)
		is = cli_xml_child(cli_xml_child(cli_xml_child(reply, "data"), "interfaces"),
				   "interface") != NULL;
	lyd_free_all(reply);
	cli_str_free(&xml);
	return is;
}
