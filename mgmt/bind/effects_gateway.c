/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to gateways besides what happens to them as ports (effects_port.c).
 */
#include <string.h>

#include "heddle/api/gateway.h"
#include "heddle/net/ether.h"
#include "mgmt/bind/effects_int.h"

static const struct hd_gateway_object *gateway_of(const struct ef_view *view, const char *name)
{
	const struct bd_object *o =
		bd_objects_find(&view->objects, HD_PLANE_DATA, BD_RANK_KIND, HD_GATEWAY, name);

	return o ? (const struct hd_gateway_object *)o->body : NULL;
}

static bool has(const struct hd_gateway_object *gateway, const struct hd_ip_prefix *a)
{
	for (uint32_t i = 0; i < gateway->n_addresses; i++)
		if (!memcmp(&gateway->addresses[i], a, sizeof(*a)))
			return true;
	return false;
}

/* Addresses that @a has and @b has not. */
static void report_addresses(struct ef_out *out, const struct ef_port *port,
			     const struct hd_gateway_object *a, const struct hd_gateway_object *b,
			     bool come)
{
	char text[HD_IP_PREFIX_STR_MAX];

	for (uint32_t i = 0; i < a->n_addresses; i++) {
		if (has(b, &a->addresses[i]))
			continue;
		hd_ip_prefix_str(&a->addresses[i], text);
		if (come)
			ef_add(out, EF_INFO, "gateway-address", ef_path(port),
			       "gateway %s gets the address %s", port->name, text);
		else
			ef_add(out, EF_WARNING, "gateway-address", ef_path(port),
			       "gateway %s loses the address %s: hosts that send by it reach "
			       "their own segment only",
			       port->name, text);
	}
}

static void report_change(struct ef_out *out, const struct ef_port *port,
			  const struct hd_gateway_object *b, const struct hd_gateway_object *a)
{
	char was[HD_MAC_STR_MAX], is[HD_MAC_STR_MAX];
	struct hd_mac before, after;

	memcpy(before.b, b->mac, sizeof(before.b));
	memcpy(after.b, a->mac, sizeof(after.b));
	if (strcmp(a->vrf, b->vrf) != 0)
		ef_add(out, EF_WARNING, "gateway-vrf", ef_path(port),
		       "gateway %s is in VRF %s instead of %s: it routes to the gateways there",
		       port->name, a->vrf, b->vrf);
	if (memcmp(a->mac, b->mac, sizeof(a->mac)) != 0)
		ef_add(out, EF_WARNING, "gateway-mac", ef_path(port),
		       "gateway %s has the MAC address %s instead of %s: hosts have to learn it",
		       port->name, hd_mac_str(&after, is), hd_mac_str(&before, was));
	report_addresses(out, port, b, a, false);
	report_addresses(out, port, a, b, true);
}

static void report_gateways(struct ef_out *out)
{
	for (size_t i = 0; i < out->ef->n_ports; i++) {
		const struct ef_port *port = &out->ef->port[i];
		const struct hd_gateway_object *b = gateway_of(&out->ef->before, port->name),
					       *a = gateway_of(&out->ef->after, port->name);

		if (a && b)
			report_change(out, port, b, a);
		if (a && !a->n_addresses && (!b || b->n_addresses))
			ef_add(out, EF_WARNING, "gateway-without-address", ef_path(port),
			       "gateway %s has no address, and routes nothing: set address",
			       port->name);
	}
}

EF_REGISTER(gateways_part) = {.name = "gateways",
			      .rank = EF_RANK_FEATURE,
			      .report = report_gateways,
			      .lasting = HD_GATEWAY};
