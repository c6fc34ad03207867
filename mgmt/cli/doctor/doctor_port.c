/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks of a configuration: the file, and what each port needs from the machine.
 */
#include <errno.h>
#include <grp.h>
#include <net/if.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "mgmt/cli/command/config_file.h"
#include "mgmt/cli/doctor/doctor.h"
#include "mgmt/cli/command/instance.h"

#define SUN_PATH (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

static bool is_kind(const struct lyd_node *interface, const char *kind)
{
	const char *type = cli_xml_text(interface, "type");
	const char *colon = strchr(type, ':');

	return strcmp(colon ? colon + 1 : type, kind) == 0;
}

int doctor_read_config(struct doctor *d, struct hd_err *err)
{
	int rc = cli_instance_tree(d->config, &d->tree, err);

	if (rc < 0)
		hd_err_prefix(err, "%s", d->config);
	cli_xml_foreach(port, cli_xml_child(d->tree, "interfaces"), "interface")
	{
		d->n_tap += is_kind(port, "tap") || is_kind(port, "vm-tap");
		d->n_vm_tap += is_kind(port, "vm-tap");
		d->n_af_packet += is_kind(port, "af-packet");
		d->n_vhost_user += is_kind(port, "vhost-user");
	}
	cli_xml_foreach(sw, cli_xml_child(d->tree, "switches"), "switch")
	{
		cli_xml_foreach(seg, sw, "segment") d->n_tap +=
			cli_xml_child(seg, "host-interface") != NULL;
	}
	return rc;
}

/* True if the namespace is there, or none is asked for. */
static bool check_namespace(struct doctor *d, const char *port, const char *netns)
{
	char *below, *path;
	bool there;

	if (!*netns)
		return true;
	below = cli_asprintf("%s/%s", d->netns_dir, netns);
	path = doctor_path(d, below);
	there = access(path, F_OK) == 0;
	if (!there)
		doctor_report(d, DOCTOR_PROBLEM, "namespace",
			      strcmp(d->netns_dir, "/run/netns") == 0
				      ? cli_asprintf("sudo ip netns add %s", netns)
				      : NULL,
			      "port %s: there is no namespace %s (%s); the port stays down until "
			      "there is",
			      port, netns, below);
	free(below);
	free(path);
	return there;
}

static long nic_number(struct doctor *d, const char *device, const char *what, long missing)
{
	char *path = cli_asprintf("/sys/class/net/%s/%s", device, what);
	long n = doctor_number(d, path, missing);

	free(path);
	return n;
}

static bool nic_has(struct doctor *d, const char *device, const char *what)
{
	char *below = cli_asprintf("/sys/class/net/%s%s%s", device, *what ? "/" : "", what);
	char *path = doctor_path(d, below);
	bool there = access(path, F_OK) == 0;

	free(below);
	free(path);
	return there;
}

/* NetworkManager's own record of the devices that it manages. */
static bool nm_manages(struct doctor *d, const char *device)
{
	char *below = cli_asprintf("/run/NetworkManager/devices/%ld",
				   nic_number(d, device, "ifindex", 0));
	char *path = doctor_path(d, below);
	FILE *file = fopen(path, "re");
	char text[256];
	bool manages = false;

	while (file && fgets(text, sizeof(text), file))
		manages |= strncmp(text, "connection-uuid=", 16) == 0 ||
			   strncmp(text, "managed=true", 12) == 0 ||
			   strncmp(text, "managed=1", 9) == 0;
	if (file)
		fclose(file);
	free(below);
	free(path);
	return manages;
}

static bool has_default_route(struct doctor *d, const char *device)
{
	char *path = doctor_path(d, "/proc/net/route");
	FILE *file = fopen(path, "re");
	char text[256], name[32], to[16];
	bool found = false;

	while (file && fgets(text, sizeof(text), file))
		found |= sscanf(text, "%31s %15s", name, to) == 2 && strcmp(name, device) == 0 &&
			 strcmp(to, "00000000") == 0;
	if (file)
		fclose(file);
	free(path);
	return found;
}

static void warn_of_owners(struct doctor *d, const char *port, const char *device)
{
	if (nic_has(d, device, "brport"))
		doctor_report(
			d, DOCTOR_WARNING, "network card",
			cli_asprintf("sudo ip link set %s nomaster", device),
			"port %s: %s is in a bridge of the kernel, which takes its frames too",
			port, device);
	else if (nic_has(d, device, "master"))
		doctor_report(d, DOCTOR_WARNING, "network card",
			      cli_asprintf("sudo ip link set %s nomaster", device),
			      "port %s: %s belongs to another device of the kernel", port, device);
	if (nm_manages(d, device))
		doctor_report(d, DOCTOR_WARNING, "network card",
			      cli_asprintf("sudo nmcli device set %s managed no", device),
			      "port %s: NetworkManager manages %s, and may take it down", port,
			      device);
	if (has_default_route(d, device))
		doctor_report(d, DOCTOR_WARNING, "network card", NULL,
			      "port %s: %s holds the default route: the host uses it for itself as "
			      "well, and both answer on it",
			      port, device);
}

static void check_nic(struct doctor *d, const char *port, const char *device, uint64_t mtu)
{
	long nic_mtu = nic_number(d, device, "mtu", 0);
	size_t before = d->n_results;

	if (!nic_has(d, device, "")) {
		doctor_report(d, DOCTOR_PROBLEM, "network card", cli_strdup("ip -br link"),
			      "port %s: there is no %s; the port stays down until there is (the "
			      "command lists those that there are)",
			      port, device);
		return;
	}
	if (!(nic_number(d, device, "flags", 0) & IFF_UP))
		doctor_report(d, DOCTOR_PROBLEM, "network card",
			      cli_asprintf("sudo ip link set %s up", device), "port %s: %s is down",
			      port, device);
	else if (nic_number(d, device, "carrier", 1) == 0)
		doctor_report(d, DOCTOR_WARNING, "network card", NULL,
			      "port %s: %s has no carrier: is the cable in?", port, device);
	if (nic_mtu && (uint64_t)nic_mtu < mtu)
		doctor_report(d, DOCTOR_WARNING, "network card",
			      cli_asprintf("sudo ip link set %s mtu %llu", device,
					   (unsigned long long)mtu),
			      "port %s: the MTU of %s is %ld, that of the port %llu", port, device,
			      nic_mtu, (unsigned long long)mtu);
	warn_of_owners(d, port, device);
	if (d->n_results == before)
		doctor_report(d, DOCTOR_OK, "network card", NULL, "port %s: %s is up", port,
			      device);
}

static void check_accounts(struct doctor *d, const char *port, const struct lyd_node *kind)
{
	const char *owner = cli_xml_text(kind, "owner"), *group = cli_xml_text(kind, "group");

	if (*owner && !getpwnam(owner) && owner[strspn(owner, "0123456789")])
		doctor_report(d, DOCTOR_PROBLEM, "accounts", NULL, "port %s: there is no user %s",
			      port, owner);
	if (*group && !getgrnam(group) && group[strspn(group, "0123456789")])
		doctor_report(d, DOCTOR_PROBLEM, "accounts",
			      cli_asprintf("sudo groupadd %s", group),
			      "port %s: there is no group %s", port, group);
}

/* The kernel's name must be free, or be a TAP. */
static void check_tap(struct doctor *d, const char *port, const char *device)
{
	if (nic_has(d, device, "") && !nic_has(d, device, "tun_flags"))
		doctor_report(d, DOCTOR_PROBLEM, "tap device",
			      cli_asprintf("sudo ip link set %s name NEWNAME", device),
			      "port %s: the kernel has another device named %s: give the port "
			      "another tap device, or rename that one",
			      port, device);
}

static void check_socket(struct doctor *d, const char *port, const char *socket)
{
	char *path = cli_asprintf("%s/%s/%s", d->vhost_dir, port, *socket ? socket : "sock");

	if (strlen(path) > SUN_PATH)
		doctor_report(d, DOCTOR_PROBLEM, "socket path", NULL,
			      "port %s: %s has %zu bytes, a socket's path at most %zu: give it a "
			      "shorter name, or heddled a shorter --vhost-dir",
			      port, path, strlen(path), SUN_PATH);
	free(path);
}

void doctor_check_port(struct doctor *d, const struct lyd_node *interface)
{
	const char *name = cli_xml_text(interface, "name");
	const struct lyd_node *vm_tap = cli_xml_child(interface, "vm-tap");
	const struct lyd_node *tap = vm_tap ? vm_tap : cli_xml_child(interface, "tap");
	const struct lyd_node *nic = cli_xml_child(interface, "af-packet");
	const struct lyd_node *vhost = cli_xml_child(interface, "vhost-user");
	const char *device = cli_xml_text(tap ? tap : nic, "device");
	const char *netns = cli_xml_text(tap ? tap : nic, "namespace");
	uint64_t mtu = cli_xml_u64(cli_xml_child(interface, "port"), "mtu");
	bool local = check_namespace(d, name, netns) && !*netns;

	if (!*device)
		device = name;
	if ((is_kind(interface, "tap") || is_kind(interface, "vm-tap")) && local)
		check_tap(d, name, device);
	if (is_kind(interface, "af-packet") && local)
		check_nic(d, name, device, mtu ? mtu : 1500);
	if (is_kind(interface, "vhost-user"))
		check_socket(d, name, cli_xml_text(vhost, "socket"));
	check_accounts(d, name, vm_tap ? vm_tap : vhost);
}

/* Is it right? Each error is a result of its own. */
static void check_file(struct doctor *d)
{
	struct ds_errors errs = {.n = 0};
	struct cli_str text = {0};
	struct hd_err err;

	if (cli_instance_read(d->config, &text, &err) == 0 &&
	    cli_config_check(text.text, text.len, &errs, &err) == 0)
		doctor_report(d, DOCTOR_OK, "configuration", NULL, "%s is right", d->config);
	for (size_t i = 0; i < errs.n; i++)
		doctor_report(d, DOCTOR_PROBLEM, "configuration", NULL, "%s%s%s",
			      errs.list[i].path ? errs.list[i].path : "",
			      errs.list[i].path ? ": " : "", errs.list[i].message);
	/* a model that is not installed was told before */
	ds_errors_clear(&errs);
	cli_str_free(&text);
}

void doctor_check_config(struct doctor *d)
{
	if (!d->tree)
		return;
	check_file(d);
	cli_xml_foreach(port, cli_xml_child(d->tree, "interfaces"), "interface")
		doctor_check_port(d, port);
	cli_xml_foreach(sw, cli_xml_child(d->tree, "switches"), "switch")
	{
		cli_xml_foreach(seg, sw, "segment")
		{
			const struct lyd_node *host = cli_xml_child(seg, "host-interface");

			if (host)
				check_tap(d, cli_xml_text(seg, "name"), cli_xml_text(host, "name"));
		}
	}
}
