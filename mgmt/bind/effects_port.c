/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to ports, and what is odd about those that changed.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mgmt/bind/effects_int.h"

/* ", it is up, with 3 addresses behind it": what is known of the port now; static. */
static const char *now_text(const struct ef_out *out, const char *port)
{
	static char text[80];
	int64_t macs = out->facts->port_macs ? out->facts->port_macs(port, out->facts->arg) : -1;

	if (!ef_is_up(out, port))
		return out->facts->up ? ": it is down now" : "";
	if (macs < 0)
		return ": it is up now";
	snprintf(text, sizeof(text), ": it is up now, with %lld address%s behind it",
		 (long long)macs, macs == 1 ? "" : "es");
	return text;
}

static const char *role(const struct hd_port_object *port)
{
	return port->flags & HD_PORT_UPLINK    ? "uplink"
	       : port->flags & HD_PORT_HOST    ? "host interface"
	       : port->flags & HD_PORT_GATEWAY ? "gateway"
					       : "port";
}

/* An uplink matters to many; a port that is down to nobody. */
static enum ef_severity weight(const struct ef_out *out, const struct ef_port *port)
{
	if (port->before->flags & HD_PORT_UPLINK)
		return EF_DANGER;
	return ef_is_up(out, port->name) || !out->facts->up ? EF_WARNING : EF_INFO;
}

static void append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, size - len, fmt, ap);
	va_end(ap);
}

/* "segment office (VLAN 10), VLAN 7 and 3 more" */
static void set_text(const struct ef_view *view, const char *sw, const struct ef_set *set,
		     char *text, size_t size)
{
	unsigned int n = ef_count(set), told = 0;
	char one[160];

	text[0] = '\0';
	for (unsigned int v = 1; v < HD_VLAN_NUMBERS && told < 4; v++) {
		if (!ef_has(set, v))
			continue;
		ef_vlan_text(view, sw, v, one, sizeof(one));
		append(text, size, "%s%s", told ? told + 1 == n ? " and " : ", " : "", one);
		told++;
	}
	if (n > told)
		append(text, size, " and %u more", n - told);
}

/* The VLANs of a port before, by the numbers that they have after. */
static void vlans_before(const struct ef *ef, const struct hd_port_object *port, struct ef_set *set)
{
	struct ef_set was;

	ef_vlans(port, &was);
	memset(set, 0, sizeof(*set));
	for (unsigned int v = 1; v < HD_VLAN_NUMBERS; v++)
		if (ef_has(&was, v))
			ef_put(set, ef_renumbered(ef, port->switch_name, v));
}

static struct ef_set minus(const struct ef_set *a, const struct ef_set *b)
{
	struct ef_set out;

	for (unsigned int i = 0; i < HD_VLAN_NUMBERS / 64; i++)
		out.w[i] = a->w[i] & ~b->w[i];
	return out;
}

/* Where its frames go. */
static void report_vlans(struct ef_out *out, const struct ef_port *port)
{
	const struct hd_port_object *b = port->before, *a = port->after;
	const struct ef *ef = out->ef;
	bool other_switch = strcmp(b->switch_name, a->switch_name) != 0;
	struct ef_set was, is, joins, leaves;
	char from[400], to[400];

	vlans_before(ef, b, &was);
	ef_vlans(a, &is);
	if (other_switch) {
		ef_vlans(b, &was);
		leaves = was;
		joins = is;
	} else {
		joins = minus(&is, &was);
		leaves = minus(&was, &is);
	}
	if (!ef_count(&joins) && !ef_count(&leaves) && !other_switch) {
		uint16_t native = b->pvid ? ef_renumbered(ef, b->switch_name, b->pvid) : 0;

		if (a->mode != b->mode || native != a->pvid)
			ef_add(out, weight(out, port), "port-moves", ef_path(port),
			       "%s %s has other frames with and without tags than before%s",
			       role(b), port->name, now_text(out, port->name));
		return;
	}
	set_text(&ef->before, b->switch_name, &leaves, from, sizeof(from));
	set_text(&ef->after, a->switch_name, &joins, to, sizeof(to));
	if (ef_count(&leaves) && ef_count(&joins))
		ef_add(out, weight(out, port), "port-moves", ef_path(port),
		       "%s %s moves from %s%s%s to %s%s%s%s", role(a), port->name, from,
		       other_switch ? " of switch " : "", other_switch ? b->switch_name : "", to,
		       other_switch ? " of switch " : "", other_switch ? a->switch_name : "",
		       now_text(out, port->name));
	else if (ef_count(&leaves))
		ef_add(out, weight(out, port), "port-moves", ef_path(port), "%s %s leaves %s%s",
		       role(a), port->name, from, now_text(out, port->name));
	else
		ef_add(out, EF_INFO, "port-moves", ef_path(port), "%s %s joins %s", role(a),
		       port->name, to);
}

static void report_change(struct ef_out *out, const struct ef_port *port)
{
	const struct hd_port_object *b = port->before, *a = port->after;
	uint32_t switched = (a->flags ^ b->flags) & HD_PORT_ENABLED;

	if (port->restarts)
		ef_add(out, weight(out, port), "port-restarts", ef_path(port),
		       "%s %s is closed and opened again%s", role(a), port->name,
		       now_text(out, port->name));
	if (switched && !(a->flags & HD_PORT_ENABLED))
		ef_add(out, weight(out, port), "port-disabled", ef_path(port),
		       "%s %s is disabled%s", role(a), port->name, now_text(out, port->name));
	else if (switched)
		ef_add(out, EF_INFO, "port-enabled", ef_path(port), "%s %s is enabled", role(a),
		       port->name);
	report_vlans(out, port);
	if (a->mtu != b->mtu)
		ef_add(out, EF_INFO, "port-changes", ef_path(port), "%s %s: MTU %u instead of %u",
		       role(a), port->name, a->mtu, b->mtu);
	if (port->guards)
		ef_add(out, EF_INFO, "port-changes", ef_path(port), "%s %s: its guards change",
		       role(a), port->name);
}

/* A port of a VLAN that goes no further. */
static bool is_lonely(const struct ef_view *view, const struct ef_switch *sw, uint16_t vlan)
{
	const struct ef_segment *seg = ef_segment_of(view, sw->name, vlan);

	if (ef_has(&sw->up, vlan))
		return false;
	if (seg)
		return seg->bridged;
	return sw->has_uplink || !(ef_has(&sw->rest2, vlan));
}

static void lonely_vlans(const struct ef_view *view, const struct hd_port_object *port,
			 struct ef_set *set)
{
	const struct ef_switch *sw =
		port && port->mode != HD_VLAN_NONE ? ef_switch_find(view, port->switch_name) : NULL;
	struct ef_set in;

	memset(set, 0, sizeof(*set));
	if (!sw || port->flags & (HD_PORT_UPLINK | HD_PORT_HOST | HD_PORT_GATEWAY))
		return;
	ef_vlans(port, &in);
	if (ef_count(&in) > EF_TRUNK_MAX)
		return;
	for (unsigned int v = 1; v < HD_VLAN_NUMBERS; v++)
		if (ef_has(&in, v) && is_lonely(view, sw, v))
			ef_put(set, v);
}

static void add_lonely(struct ef_out *out, const char *port, const struct ef_switch *sw,
		       const struct ef_set *set, const char *why)
{
	char text[400];

	if (!ef_count(set))
		return;
	set_text(&out->ef->after, sw->name, set, text, sizeof(text));
	ef_add(out, EF_WARNING, "vlan-not-carried", ef_port_path(port),
	       "port %s is in %s, which %s: list an uplink in a segment of that VLAN, or use "
	       "another",
	       port, text, why);
}

/* Not carried by an uplink, or only by one that is off; and with nobody else in it, or somebody. */
static void check_lonely(struct ef_out *out, const struct ef_port *port)
{
	const struct ef_view *after = &out->ef->after;
	struct ef_set was, is, off, shared;
	const struct ef_switch *sw;

	lonely_vlans(&out->ef->before, port->before, &was);
	lonely_vlans(after, port->after, &is);
	if (port->before && !strcmp(port->before->switch_name, port->after->switch_name))
		is = minus(&is, &was);
	if (!ef_count(&is))
		return;
	sw = ef_switch_find(after, port->after->switch_name);
	shared = sw->rest2;
	for (unsigned int i = 0; i < HD_VLAN_NUMBERS / 64; i++) {
		off.w[i] = is.w[i] & sw->off.w[i];
		is.w[i] &= ~off.w[i];
		shared.w[i] = is.w[i] & (shared.w[i] | sw->host.w[i] | sw->gateway.w[i]);
		is.w[i] &= ~shared.w[i];
	}
	add_lonely(out, port->name, sw, &off, "is on no uplink that is enabled");
	add_lonely(out, port->name, sw, &shared, "no uplink carries");
	add_lonely(out, port->name, sw, &is,
		   sw->has_uplink ? "no uplink carries"
				  : "no uplink carries and no other port is in");
}

/* How the MTU of a port does not fit: to @other; 0: it fits. */
static uint16_t misfit(const struct ef_view *view, const struct hd_port_object *port,
		       uint16_t *vlan, bool *at_uplink)
{
	const struct ef_switch *sw =
		port && port->mode != HD_VLAN_NONE ? ef_switch_find(view, port->switch_name) : NULL;
	struct ef_set in;

	if (!sw || !sw->mixed || port->flags & HD_PORT_UPLINK)
		return 0;
	ef_vlans(port, &in);
	for (unsigned int v = 1; v < HD_VLAN_NUMBERS; v++) {
		if (!ef_has(&in, v))
			continue;
		*vlan = v;
		*at_uplink = sw->up_min[v] != 0;
		if (*at_uplink && port->mtu > sw->up_min[v])
			return sw->up_min[v];
		if (!*at_uplink && port->mtu > sw->rest_min[v])
			return sw->rest_min[v];
		if (!*at_uplink && port->mtu < sw->rest_max[v])
			return sw->rest_max[v];
	}
	return 0;
}

static void check_mtu(struct ef_out *out, const struct ef_port *port)
{
	bool at_uplink, was_at_uplink;
	uint16_t vlan, was_vlan;
	uint16_t other = misfit(&out->ef->after, port->after, &vlan, &at_uplink);
	char text[160];

	if (!other || (port->before && port->before->mtu == port->after->mtu &&
		       misfit(&out->ef->before, port->before, &was_vlan, &was_at_uplink)))
		return;
	ef_vlan_text(&out->ef->after, port->after->switch_name, vlan, text, sizeof(text));
	ef_add(out, EF_WARNING, "mtu-mismatch", ef_path(port),
	       "%s %s has MTU %u and %s of %s %u: larger packets are dropped on the way",
	       role(port->after), port->name, port->after->mtu,
	       at_uplink ? "the uplink" : "another port", text, other);
}

/* The uplink got smaller than what is behind it. */
static void check_uplink_mtu(struct ef_out *out, const struct ef_port *port)
{
	const struct hd_port_object *b = port->before, *a = port->after;
	const struct ef_switch *sw = ef_switch_find(&out->ef->after, a->switch_name);
	struct ef_set in;
	char text[160];

	if (!sw || !sw->mixed || (b && b->flags & HD_PORT_UPLINK && b->mtu <= a->mtu))
		return;
	ef_vlans(a, &in);
	for (unsigned int v = 1; v < HD_VLAN_NUMBERS; v++) {
		if (!ef_has(&in, v) || sw->rest_max[v] <= a->mtu)
			continue;
		ef_vlan_text(&out->ef->after, sw->name, v, text, sizeof(text));
		ef_add(out, EF_WARNING, "mtu-mismatch", ef_path(port),
		       "uplink %s has MTU %u and ports of %s up to %u: larger packets are dropped",
		       port->name, a->mtu, text, sw->rest_max[v]);
		return;
	}
}

static void check(struct ef_out *out, const struct ef_port *port)
{
	if (port->after->mode == HD_VLAN_NONE) {
		if (!port->before || port->before->mode != HD_VLAN_NONE)
			ef_add(out, EF_WARNING, "port-without-switch", ef_path(port),
			       "port %s is on no switch and drops what it receives: set switch, and "
			       "access or trunk",
			       port->name);
		return;
	}
	if (port->after->flags & HD_PORT_UPLINK) {
		check_uplink_mtu(out, port);
		return;
	}
	check_lonely(out, port);
	check_mtu(out, port);
}

static void report_ports(struct ef_out *out)
{
	for (size_t i = 0; i < out->ef->n_ports; i++) {
		const struct ef_port *port = &out->ef->port[i];
		uint32_t flags = (port->before ? port->before->flags : 0) |
				 (port->after ? port->after->flags : 0);

		if (flags & HD_PORT_HOST && !port->restarts)
			continue; /* effects_host.c */
		if (port->before && port->after)
			report_change(out, port);
		else if (port->after)
			ef_add(out, EF_INFO, "port-added", ef_path(port), "%s %s is added",
			       role(port->after), port->name);
		else if (port->before)
			ef_add(out, weight(out, port), "port-removed", ef_path(port),
			       "%s %s is removed%s", role(port->before), port->name,
			       now_text(out, port->name));
		if (port->after)
			check(out, port);
	}
}

EF_REGISTER(ports_part) = {.name = "ports", .rank = EF_RANK_PORT, .report = report_ports};
