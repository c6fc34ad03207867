/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle port show NAME --attach: what attaches a machine or a container to this very port. It is
 * made as JSON; what people read is printed from that.
 */
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mgmt/cli/show/port_attach.h"
#include "mgmt/cli/term/table.h"

#define MEMORY "1G"

/* What a port is attached by. Strings are the model's. */
struct place {
	const struct cli_port *port;
	const struct lyd_node *kind; /* its container, may be NULL */
	const char *socket;          /* "" for kinds without */
	const char *device, *netns;  /* of the kernel */
	char *mac;                   /* that the guest is to have; NULL: it may choose */
	uint64_t queues;
};

static void add(json_t *list, const char *text)
{
	json_array_append_new(list, json_string(text));
}

static void add_free(json_t *list, char *text)
{
	add(list, text);
	free(text);
}

/* In an option of QEMU a comma separates; a doubled one is a comma. Allocated, NULL for "". */
static char *qemu_value(const char *text)
{
	struct cli_str out = {0};

	for (; *text; text++)
		cli_str_printf(&out, "%c%s", *text, *text == ',' ? "," : "");
	return out.text;
}

/* The card that the guest sees. */
static void qemu_card(json_t *qemu, const struct place *at)
{
	struct cli_str card = {0};

	cli_str_printf(&card, "virtio-net-pci,netdev=net-%s", at->port->name);
	if (at->mac)
		cli_str_printf(&card, ",mac=%s", at->mac);
	/* an interrupt for each ring, one for changes of the card, one for its control ring */
	if (at->queues > 1)
		cli_str_printf(&card, ",mq=on,vectors=%llu",
			       2 * (unsigned long long)at->queues + 2);
	add(qemu, "-device");
	add_free(qemu, card.text);
}

static char *queues_option(const struct place *at)
{
	return at->queues > 1 ? cli_asprintf(",queues=%llu", (unsigned long long)at->queues)
			      : cli_strdup("");
}

static bool is_server(const struct place *at)
{
	return strcmp(cli_xml_text(at->kind, "mode"), "server") == 0;
}

static json_t *qemu_vhost(const struct place *at)
{
	json_t *qemu = json_pack("[s, s, s, s, s, s]", "-m", MEMORY, "-object",
				 "memory-backend-memfd,id=mem,size=" MEMORY ",share=on", "-numa",
				 "node,memdev=mem");
	char *path = qemu_value(at->socket), *queues = queues_option(at);

	add(qemu, "-chardev");
	add_free(qemu, cli_asprintf("socket,id=chr-%s,path=%s,%s", at->port->name, path,
				    is_server(at) ? "reconnect=1" : "server=on,wait=off"));
	add(qemu, "-netdev");
	add_free(qemu, cli_asprintf("vhost-user,id=net-%s,chardev=chr-%s%s", at->port->name,
				    at->port->name, queues));
	qemu_card(qemu, at);
	free(path);
	free(queues);
	return qemu;
}

static json_t *qemu_tap(const struct place *at)
{
	json_t *qemu = json_array();
	char *queues = queues_option(at);

	add(qemu, "-netdev");
	add_free(qemu, cli_asprintf("tap,id=net-%s,ifname=%s,script=no,downscript=no,vhost=off%s",
				    at->port->name, at->device, queues));
	qemu_card(qemu, at);
	free(queues);
	return qemu;
}

/* The end of a libvirt interface, which all kinds share. */
static void libvirt_card(struct cli_str *xml, const struct place *at)
{
	if (at->mac)
		cli_str_printf(xml, "  <mac address='%s'/>\n", at->mac);
	cli_str_puts(xml, "  <model type='virtio'/>\n");
	if (at->queues > 1)
		cli_str_printf(xml, "  <driver queues='%llu'/>\n", (unsigned long long)at->queues);
	cli_str_puts(xml, "</interface>\n");
}

static char *libvirt_vhost(const struct place *at)
{
	struct cli_str xml = {0};

	cli_str_puts(&xml, "<interface type='vhostuser'>\n  <source type='unix' path='");
	cli_xml_escape(&xml, at->socket);
	if (is_server(at))
		cli_str_puts(&xml, "' mode='client'>\n    <reconnect enabled='yes' timeout='1'/>\n"
				   "  </source>\n");
	else
		cli_str_puts(&xml, "' mode='server'/>\n");
	libvirt_card(&xml, at);
	return xml.text;
}

static char *libvirt_tap(const struct place *at)
{
	struct cli_str xml = {0};

	cli_str_puts(&xml, "<interface type='ethernet'>\n  <target dev='");
	cli_xml_escape(&xml, at->device);
	cli_str_puts(&xml, "' managed='no'/>\n");
	libvirt_card(&xml, at);
	return xml.text;
}

static json_t *part(const char *where, char *xml)
{
	json_t *part = json_pack("{s:s, s:s}", "in", where, "xml", xml);

	free(xml);
	return part;
}

static void command(json_t *list, const char *what, char *line)
{
	json_array_append_new(list, json_pack("{s:s, s:s}", "what", what, "command", line));
	free(line);
}

/* The group of the folder that @path is in; "heddle-vm" where that cannot be seen. */
static const char *group_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = cli_strndup(path, slash ? (size_t)(slash - path) : 0);
	const struct group *group = NULL;
	struct stat st;

	if (*folder && stat(folder, &st) == 0 && st.st_gid != 0)
		group = getgrgid(st.st_gid);
	free(folder);
	return group ? group->gr_name : "heddle-vm";
}

/* Who may open it: the kind's owner and group; without them the group of the socket's folder. */
static void rights(json_t *commands, const struct place *at)
{
	const char *owner = cli_xml_text(at->kind, "owner");
	const char *group = cli_xml_text(at->kind, "group");

	if (*owner)
		command(commands, "QEMU runs as the owner",
			cli_asprintf("sudo -u %s qemu-system-x86_64 ...", owner));
	if (*group || !*owner)
		command(commands, "QEMU's user, with libvirt libvirt-qemu, is in the group",
			cli_asprintf("usermod -aG %s libvirt-qemu",
				     *group ? group : group_of(at->socket)));
}

static json_t *namespaced(const struct place *at)
{
	json_t *commands = json_array();
	const char *ns = at->netns;
	char *in = *ns ? cli_asprintf("ip -n %s", ns) : cli_strdup("ip");

	if (*ns)
		command(commands,
			"The namespace of a container gets this name by the pid of a process in it",
			cli_asprintf("ip netns attach %s PID", ns));
	command(commands, "An address for the machine",
		cli_asprintf("%s addr add ADDRESS/LENGTH dev %s", in, at->device));
	free(in);
	return commands;
}

static json_t *attach_vhost(const struct place *at, json_t *out)
{
	json_t *commands = json_array();

	rights(commands, at);
	json_object_set_new(out, "socket", json_string(at->socket));
	json_object_set_new(out, "qemu", qemu_vhost(at));
	json_object_set_new(
		out, "libvirt",
		json_pack("[o, o]",
			  part("domain", cli_strdup("<memoryBacking>\n  <source type='memfd'/>\n"
						    "  <access mode='shared'/>\n"
						    "</memoryBacking>\n")),
			  part("devices", libvirt_vhost(at))));
	json_object_set_new(out, "commands", commands);
	return out;
}

static json_t *attach_vm_tap(const struct place *at, json_t *out)
{
	json_t *commands = json_array();

	rights(commands, at);
	if (*at->netns)
		command(commands, "QEMU runs in the namespace of the device",
			cli_asprintf("ip netns exec %s qemu-system-x86_64 ...", at->netns));
	json_object_set_new(out, "device", json_string(at->device));
	json_object_set_new(out, "qemu", qemu_tap(at));
	json_object_set_new(out, "libvirt", json_pack("[o]", part("devices", libvirt_tap(at))));
	json_object_set_new(out, "commands", commands);
	return out;
}

static json_t *attach_tap(const struct place *at, json_t *out)
{
	json_object_set_new(out, "device", json_string(at->device));
	json_object_set_new(out, "commands", namespaced(at));
	json_object_set_new(out, "note",
			    json_string("The switch holds this device: a virtual machine cannot "
					"open it, and takes a port of kind vhost-user or vm-tap."));
	return out;
}

/*
 * All cards of QEMU have the same address unless told otherwise. One that the port's guard lets send;
 * else one made of the port's name, which stays.
 */
static char *address_of(const struct cli_port *p)
{
	const char *mac = cli_xml_text(cli_xml_child(p->port, "anti-spoof"), "mac");
	uint32_t hash = 2166136261u; /* FNV-1a */

	if (*mac)
		return cli_strdup(mac);
	for (const char *c = p->name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	return cli_asprintf("52:54:00:%02x:%02x:%02x", hash >> 16 & 255, hash >> 8 & 255,
			    hash & 255);
}

/* Other sides are named by the kind; NULL after a message for kinds that nothing attaches to. */
static json_t *attach(const struct cli_port *p)
{
	struct place at = {
		.port = p,
		.kind = cli_xml_child(p->node, p->kind),
	};
	json_t *out = json_pack("{s:s, s:s}", "port", p->name, "kind", p->kind);

	at.socket = cli_xml_text(at.kind, "path");
	at.queues = cli_xml_u64(at.kind, "queues") ? cli_xml_u64(at.kind, "queues") : 1;
	at.device = *cli_xml_text(at.kind, "device") ? cli_xml_text(at.kind, "device") : p->name;
	at.netns = cli_xml_text(at.kind, "namespace");
	at.mac = address_of(p);
	if (strcmp(p->role, "host") == 0)
		cli_error("port %s is the interface of the host itself: nothing attaches to it",
			  p->name);
	else if (strcmp(p->kind, "vhost-user") == 0)
		out = attach_vhost(&at, out);
	else if (strcmp(p->kind, "vm-tap") == 0)
		out = attach_vm_tap(&at, out);
	else if (strcmp(p->kind, "tap") == 0)
		out = attach_tap(&at, out);
	else
		cli_error("port %s is of kind %s: machines and containers attach to ports of kind "
			  "vhost-user, vm-tap and tap",
			  p->name, p->kind);
	free(at.mac);
	if (json_object_size(out) > 2)
		return out;
	json_decref(out);
	return NULL;
}

static void text_line(struct cli *cli, const char *indent, const char *text)
{
	char *clean = cli_text_clean(cli_strdup(text));

	fprintf(cli->out, "%s%s\n", indent, clean);
	free(clean);
}

/* One option a line, as it is typed into a shell. */
static void print_qemu(struct cli *cli, const json_t *qemu)
{
	size_t n = json_array_size(qemu);

	for (size_t i = 0; i + 1 < n; i += 2) {
		char *option = cli_asprintf("%s %s%s", json_string_value(json_array_get(qemu, i)),
					    json_string_value(json_array_get(qemu, i + 1)),
					    i + 2 < n ? " \\" : "");

		text_line(cli, "  ", option);
		free(option);
	}
}

static void print_xml(struct cli *cli, const char *xml)
{
	while (*xml) {
		size_t n = strcspn(xml, "\n");
		char *one = cli_strndup(xml, n);

		text_line(cli, "  ", one);
		free(one);
		xml += n + (xml[n] == '\n');
	}
}

static void print_attach(struct cli *cli, const json_t *out)
{
	const json_t *qemu = json_object_get(out, "qemu"), *part;
	const char *note = json_string_value(json_object_get(out, "note"));
	size_t i;

	if (qemu) {
		fputs("QEMU:\n", cli->out);
		print_qemu(cli, qemu);
	}
	json_array_foreach(json_object_get(out, "libvirt"), i, part)
	{
		fprintf(cli->out, "libvirt, in <%s>:\n",
			json_string_value(json_object_get(part, "in")));
		print_xml(cli, json_string_value(json_object_get(part, "xml")));
	}
	json_array_foreach(json_object_get(out, "commands"), i, part)
	{
		fprintf(cli->out, "%s:\n", json_string_value(json_object_get(part, "what")));
		text_line(cli, "  ", json_string_value(json_object_get(part, "command")));
	}
	if (note)
		cli_wrap(cli->out, note, 0, cli->width);
}

int cli_port_attach(struct cli *cli, const struct cli_port *port)
{
	json_t *out = attach(port);

	if (!out)
		return CLI_REFUSED;
	if (cli->json) {
		cli_json_print(cli, out);
		return CLI_OK;
	}
	print_attach(cli, out);
	json_decref(out);
	return CLI_OK;
}
