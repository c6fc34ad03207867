/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to VLANs and segments, and what is odd about them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/effects_int.h"

uint16_t ef_renumbered(const struct ef *ef, const char *sw, uint16_t vlan)
{
	const struct ef_segment *seg = ef_segment_of(&ef->before, sw, vlan);
	const struct ef_segment *now = seg ? ef_segment_find(&ef->after, seg->key) : NULL;

	return now ? now->vlan : vlan;
}

static unsigned int members(const struct ef_view *view, const char *sw, uint16_t vlan)
{
	struct bd_place place = ef_first(&view->objects, HD_PLANE_DATA, BD_RANK_PORT, HD_PORT);
	const struct hd_port_object *o;
	struct ef_set set;
	unsigned int n = 0;

	while ((o = ef_next(&place, HD_PORT))) {
		if (o->mode == HD_VLAN_NONE || strcmp(o->switch_name, sw) != 0)
			continue;
		ef_vlans(o, &set);
		n += ef_has(&set, vlan);
	}
	return n;
}

/* "12 ports are in it now, with 34 addresses" */
static void use_text(const struct ef_out *out, const char *sw, uint16_t vlan, unsigned int ports,
		     char *text, size_t size)
{
	int64_t macs =
		out->facts->vlan_macs ? out->facts->vlan_macs(sw, vlan, out->facts->arg) : -1;
	int n = snprintf(text, size, "%u port%s in it now", ports, ports == 1 ? " is" : "s are");

	if (macs >= 0)
		snprintf(text + n, size - n, ", with %lld address%s", (long long)macs,
			 macs == 1 ? "" : "es");
}

static enum ef_severity gone_severity(const struct ef_out *out, const char *sw, uint16_t vlan,
				      unsigned int ports)
{
	int64_t macs =
		out->facts->vlan_macs ? out->facts->vlan_macs(sw, vlan, out->facts->arg) : -1;

	if (ports > 1 && macs)
		return EF_DANGER;
	return macs ? EF_WARNING : EF_INFO;
}

/* VLANs that some port was in, and none is any more. */
static void report_gone(struct ef_out *out, const struct ef_switch *sw)
{
	const struct ef_switch *now = ef_switch_find(&out->ef->after, sw->name);
	unsigned int told = 0, more = 0;
	char text[160], use[120];

	for (unsigned int v = 1; v < HD_VLAN_NUMBERS; v++) {
		uint16_t is = ef_renumbered(out->ef, sw->name, v);
		const struct ef_segment *seg;
		unsigned int ports;

		if (!ef_has(&sw->any, v) || (now && ef_has(&now->any, is)))
			continue;
		if (told == EF_KIND_MAX) {
			more++;
			continue;
		}
		told++;
		ports = members(&out->ef->before, sw->name, v);
		use_text(out, sw->name, v, ports, use, sizeof(use));
		ef_vlan_text(&out->ef->before, sw->name, v, text, sizeof(text));
		seg = ef_segment_of(&out->ef->before, sw->name, v);
		ef_add(out, gone_severity(out, sw->name, v, ports), "vlan-removed",
		       seg ? ef_segment_path(seg) : ef_switch_path(sw->name),
		       "%s of switch %s %s: %s", text, sw->name,
		       seg && ef_segment_find(&out->ef->after, seg->key) ? "loses its last port"
									 : "goes",
		       use);
	}
	if (more)
		ef_add(out, EF_WARNING, "vlan-removed", ef_switch_path(sw->name),
		       "%u more VLANs of switch %s go", more, sw->name);
}

/* VLANs that led out of the machine, and do not any more. */
static void report_cut(struct ef_out *out, const struct ef_switch *sw)
{
	const struct ef_switch *now = ef_switch_find(&out->ef->after, sw->name);
	unsigned int told = 0;
	char text[160], use[120];

	for (unsigned int v = 1; now && v < HD_VLAN_NUMBERS && told < EF_KIND_MAX; v++) {
		uint16_t is = ef_renumbered(out->ef, sw->name, v);
		const struct ef_segment *seg = ef_segment_of(&out->ef->after, sw->name, is);

		if (!ef_has(&sw->up, v) || ef_has(&now->up, is) ||
		    !(ef_has(&now->rest, is) || ef_has(&now->host, is) ||
		      ef_has(&now->gateway, is)))
			continue;
		told++;
		use_text(out, sw->name, v, members(&out->ef->before, sw->name, v), use,
			 sizeof(use));
		ef_vlan_text(&out->ef->after, sw->name, is, text, sizeof(text));
		ef_add(out, EF_DANGER, "uplink-lost",
		       seg ? ef_segment_path(seg) : ef_switch_path(sw->name),
		       "%s of switch %s is on no uplink %s, so it leads out of the machine no "
		       "longer: %s",
		       text, sw->name, ef_has(&now->off, is) ? "that is enabled" : "any more", use);
	}
}

/* What becomes of the number; an untagged segment's is on no wire. */
static void number_text(const struct ef_segment *was, const struct ef_segment *is, char *text,
			size_t size)
{
	if (was->internal)
		snprintf(text, size, "becomes VLAN %u: on uplinks and trunks it has that tag",
			 is->vlan);
	else if (is->internal)
		snprintf(text, size, "was VLAN %u and has no tag any more", was->vlan);
	else
		snprintf(text, size, "is VLAN %u and was %u: its tags change", is->vlan, was->vlan);
}

static void report_renumbered(struct ef_out *out)
{
	const struct ef *ef = out->ef;
	char use[120], number[96];

	for (size_t i = 0; i < ef->before.n_seg; i++) {
		const struct ef_segment *was = &ef->before.seg[i];
		const struct ef_segment *is = ef_segment_find(&ef->after, was->key);
		unsigned int ports;

		if (!is || is->vlan == was->vlan)
			continue;
		ports = members(&ef->before, was->sw, was->vlan);
		use_text(out, was->sw, was->vlan, ports, use, sizeof(use));
		number_text(was, is, number, sizeof(number));
		ef_add(out, ports ? EF_WARNING : EF_INFO, "segment-renumbered",
		       ef_segment_path(was),
		       "segment %s of switch %s %s; its addresses are learned anew: %s", was->name,
		       was->sw, number, use);
	}
}

/* What a segment without a port has all the same. */
static const char *but(const struct ef_switch *sw, uint16_t vlan)
{
	static const char *const texts[] = {
		"",
		" but a gateway",
		" but the host interface",
		" but the host interface and a gateway",
		" but an uplink",
		" but an uplink and a gateway",
		" but an uplink and the host interface",
		" but an uplink, the host interface and a gateway",
	};
	bool uplink = ef_has(&sw->up, vlan) || ef_has(&sw->off, vlan);

	return texts[4 * uplink + 2 * ef_has(&sw->host, vlan) + ef_has(&sw->gateway, vlan)];
}

/* A segment that nobody is in, unless that was so before. */
static void report_empty(struct ef_out *out)
{
	const struct ef *ef = out->ef;

	for (size_t i = 0; i < ef->after.n_seg; i++) {
		const struct ef_segment *is = &ef->after.seg[i];
		const struct ef_segment *was = ef_segment_find(&ef->before, is->key);
		const struct ef_switch *sw = ef_switch_find(&ef->after, is->sw);
		const struct ef_switch *old = ef_switch_find(&ef->before, is->sw);

		if (!sw || ef_has(&sw->rest, is->vlan) ||
		    (was && old && !ef_has(&old->rest, was->vlan)))
			continue;
		ef_add(out, EF_WARNING, "segment-empty", ef_segment_path(is),
		       "segment %s of switch %s has no port%s: put one there with access %s",
		       is->name, is->sw, but(sw, is->vlan), is->name);
	}
}

/* Frames would circle through two uplinks that lead to one network: nothing here stops them. */
static void report_loops(struct ef_out *out, const struct ef_switch *sw)
{
	const struct ef_switch *old = ef_switch_find(&out->ef->before, sw->name);
	char first[160] = "";
	unsigned int n = 0;

	for (unsigned int v = 1; v < HD_VLAN_NUMBERS; v++) {
		if (!ef_has(&sw->up2, v) || (old && ef_has(&old->up2, v)))
			continue;
		if (!n++)
			ef_vlan_text(&out->ef->after, sw->name, v, first, sizeof(first));
	}
	if (n == 1)
		ef_add(out, EF_DANGER, "two-uplinks", ef_switch_path(sw->name),
		       "%s of switch %s is on two uplinks: where both lead to one network, frames "
		       "circle",
		       first, sw->name);
	else if (n)
		ef_add(out, EF_DANGER, "two-uplinks", ef_switch_path(sw->name),
		       "%s and %u more of switch %s are on two uplinks: where both lead to one "
		       "network, frames circle",
		       first, n - 1, sw->name);
}

/* Where no tag exists, a trunk has none for it. */
static void report_idle(struct ef_out *out)
{
	const struct ef *ef = out->ef;

	for (size_t i = 0; i < ef->after.n_idle; i++) {
		const struct ef_idle *idle = &ef->after.idle[i];
		const char *name = idle->seg->name;

		if (!ef_is_idle(&ef->before, idle))
			ef_add(out, EF_WARNING, "trunk-without-tag", ef_port_path(idle->port),
			       "port %s is not in segment %s, which its trunk names: %s has no "
			       "vlan, so no tag is its own; give it a vlan, or make it the port's "
			       "native one: native %s",
			       idle->port, name, name, name);
	}
}

static void report_vlans(struct ef_out *out)
{
	const struct ef *ef = out->ef;

	for (size_t i = 0; i < ef->before.n_sw; i++) {
		report_gone(out, &ef->before.sw[i]);
		report_cut(out, &ef->before.sw[i]);
	}
	for (size_t i = 0; i < ef->after.n_sw; i++)
		report_loops(out, &ef->after.sw[i]);
	report_renumbered(out);
	report_empty(out);
	report_idle(out);
}

EF_REGISTER(vlans_part) = {.name = "segments", .rank = EF_RANK_SEGMENT, .report = report_vlans};
