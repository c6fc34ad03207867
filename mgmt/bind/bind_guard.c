/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-guard: BPDU guard, RA guard, DHCP guard, MAC limit and anti-spoofing. Ports of virtual machines
 * have all but the last unless they are told otherwise.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "heddle/api/guard.h"
#include "mgmt/bind/bind.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/datastore/types.h"

#define MODULE "heddle-guard"

static void rule_addresses(const struct bd_model *m, const struct bd_port *port,
			   struct ds_errors *errs)
{
	const struct lyd_node *spoof = ds_child(port->port, MODULE, "anti-spoof"), *node;
	uint8_t addr[16], family, length;
	struct hd_mac mac;

	ds_foreach(node, spoof, "mac") if (hd_mac_parse(lyd_get_value(node), &mac) < 0 ||
					   hd_mac_is_group(&mac) || hd_mac_is_zero(&mac))
		bd_error(errs, node, DS_INVALID_VALUE, "bad-mac",
			 "%s is not the address of one station: the second digit of a "
			 "unicast address is even",
			 lyd_get_value(node));
	ds_foreach(node, spoof,
		   "ip") if (!ds_prefix_parse(lyd_get_value(node), false, addr, &family, &length))
		bd_error(errs, node, DS_INVALID_VALUE, "bad-address",
			 "%s is neither an address nor a prefix, like 10.0.0.5, "
			 "10.0.0.0/24 or fd00::/64",
			 lyd_get_value(node));
}

static void listed_too_often(const struct bd_port *port, const char *other, const char *key,
			     struct ds_errors *errs)
{
	const struct lyd_node *spoof = ds_child(port->port, MODULE, "anti-spoof"), *node;
	const char *mac = strchr(key, '/') + 1;

	ds_foreach(node, spoof, "mac") if (!strcasecmp(lyd_get_value(node), mac))
		bd_error(errs, node, DS_OPERATION_FAILED, "too-many-owners",
			 "%d other ports of switch %s list %s already, and no more can: remove it "
			 "from one of them",
			 HD_OWNERS_MAX, port->sw->name, mac);
}

static const struct bd_claim_class mac_class = {"anti-spoof", HD_OWNERS_MAX, listed_too_often};

static void claim(const struct bd_port *port, struct bd_claims *out)
{
	const struct lyd_node *spoof = ds_child(port->port, MODULE, "anti-spoof"), *node;
	char text[HD_MAC_STR_MAX], *key;
	struct hd_mac mac;

	if (!port->sw)
		return;
	ds_foreach(node, spoof, "mac")
	{
		if (hd_mac_parse(lyd_get_value(node), &mac) < 0)
			continue;
		key = ds_printf("%s/%s", port->sw->name, hd_mac_str(&mac, text));
		bd_claim(out, &mac_class, port, false, key);
		free(key);
	}
}

static void translate_anti_spoof(const struct bd_port *port, const struct lyd_node *spoof,
				 struct bd_list *out)
{
	struct hd_anti_spoof_object *o =
		bd_add(out, HD_PLANE_DATA, BD_RANK_FEATURE, ANTI_SPOOF, "%s", port->name);
	const struct lyd_node *node;
	struct hd_mac mac;

	ds_foreach(node, spoof, "mac") if (o->n_macs < HD_ANTI_SPOOF_MACS_MAX &&
					   hd_mac_parse(lyd_get_value(node), &mac) == 0)
		memcpy(o->macs[o->n_macs++], mac.b, sizeof(mac.b));
	ds_foreach(node, spoof, "ip")
	{
		struct hd_ip_prefix *ip = &o->ips[o->n_ips];

		if (o->n_ips < HD_ANTI_SPOOF_IPS_MAX &&
		    ds_prefix_parse(lyd_get_value(node), false, ip->addr, &ip->family, &ip->length))
			o->n_ips++;
	}
}

static void translate_port(const struct bd_model *m, const struct bd_port *port,
			   struct bd_list *out)
{
	const struct lyd_node *spoof = ds_child(port->port, MODULE, "anti-spoof");
	bool vm = port->role == BD_ROLE_VM;
	uint32_t limit = ds_number(port->port, MODULE, "mac-limit", vm ? HD_MAC_LIMIT_DEFAULT : 0);

	if (ds_true(port->port, MODULE, "bpdu-guard", vm))
		bd_add(out, HD_PLANE_DATA, BD_RANK_FEATURE, BPDU_GUARD, "%s", port->name);
	if (ds_true(port->port, MODULE, "ra-guard", vm))
		bd_add(out, HD_PLANE_DATA, BD_RANK_FEATURE, RA_GUARD, "%s", port->name);
	if (ds_true(port->port, MODULE, "dhcp-guard", vm))
		bd_add(out, HD_PLANE_DATA, BD_RANK_FEATURE, DHCP_GUARD, "%s", port->name);
	if (limit) {
		struct hd_mac_limit_object *o =
			bd_add(out, HD_PLANE_DATA, BD_RANK_FEATURE, MAC_LIMIT, "%s", port->name);

		o->limit = limit;
	}
	if (spoof)
		translate_anti_spoof(port, spoof, out);
}

static const bd_port_rule_fn port_rules[] = {rule_addresses, NULL};

static struct bd_row row = {
	.module = MODULE,
	.revision = "2026-11-20",
	.port_rules = port_rules,
	.claim = claim,
	.translate_port = translate_port,
};
BD_REGISTER(row);
