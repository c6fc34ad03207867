/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host's own addresses in segments, and the connection that commits. heddle-mgmt serves a UNIX
 * socket and cannot see where a client came from: it has to be told, or can only say "perhaps".
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/effects_int.h"
#include "mgmt/datastore/mem.h"

static const struct hd_port_object *port_of(const struct ef_view *view, const char *name)
{
	const struct bd_object *o =
		bd_objects_find(&view->objects, HD_PLANE_DATA, BD_RANK_PORT, HD_PORT, name);

	return o ? (const struct hd_port_object *)o->body : NULL;
}

static void address_text(const struct hd_ip_prefix *a, char text[INET6_ADDRSTRLEN])
{
	inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->addr, text, INET6_ADDRSTRLEN);
}

static bool has_address(const struct hd_hostif_object *host, const struct hd_ip_prefix *a)
{
	for (uint32_t i = 0; host && i < host->n_addresses; i++)
		if (host->addresses[i].family == a->family &&
		    !memcmp(host->addresses[i].addr, a->addr, sizeof(a->addr)))
			return true;
	return false;
}

static bool is_own(const struct ef_out *out, const struct hd_ip_prefix *a)
{
	uint8_t own[16] = {0};

	return out->facts->address &&
	       inet_pton(a->family == 4 ? AF_INET : AF_INET6, out->facts->address, own) == 1 &&
	       !memcmp(own, a->addr, a->family == 4 ? 4 : 16);
}

/* Where it is configured, or was. */
static char *host_path(const struct ef *ef, const char *name)
{
	const struct hd_port_object *a = port_of(&ef->after, name);
	const struct hd_port_object *port = a ? a : port_of(&ef->before, name);
	const struct ef_segment *seg =
		port ? ef_segment_of(a ? &ef->after : &ef->before, port->switch_name, port->pvid)
		     : NULL;
	char *path = seg ? ef_segment_path(seg) : NULL, *whole;

	if (!path)
		return NULL;
	whole = ds_printf("%s/host-interface", path);
	free(path);
	return whole;
}

/* How the interface is cut off; NULL: it is not. */
static const char *cut(const struct ef *ef, const char *name)
{
	const struct hd_port_object *b = port_of(&ef->before, name), *a = port_of(&ef->after, name);
	const struct ef_switch *old = b ? ef_switch_find(&ef->before, b->switch_name) : NULL;
	const struct ef_switch *new = a ? ef_switch_find(&ef->after, a->switch_name) : NULL;
	uint16_t vlan;

	if (!a || !b || !old || !new)
		return "goes";
	vlan = ef_renumbered(ef, b->switch_name, b->pvid);
	if (strcmp(a->switch_name, b->switch_name) != 0 || a->pvid != vlan)
		return "moves to another segment";
	if (ef_has(&old->up, b->pvid) && !ef_has(&new->up, a->pvid))
		return ef_has(&new->off, a->pvid) ? "is on no uplink that is enabled"
						  : "is on no uplink any more";
	return NULL;
}

static void report_address(struct ef_out *out, const struct ef_host *host,
			   const struct hd_ip_prefix *a, const char *how)
{
	char text[INET6_ADDRSTRLEN];

	address_text(a, text);
	if (is_own(out, a))
		ef_add(out, EF_DANGER, "own-connection", host_path(out->ef, host->name),
		       "host interface %s, by whose address %s you are connected, %s: this "
		       "connection is cut; use commit confirmed",
		       host->name, text, how);
	else if (!out->facts->address)
		ef_add(out, EF_DANGER, "own-connection", host_path(out->ef, host->name),
		       "host interface %s %s: connections to %s are cut, perhaps your own",
		       host->name, how, text);
	else
		ef_add(out, EF_WARNING, "host-interface", host_path(out->ef, host->name),
		       "host interface %s %s: connections to %s are cut", host->name, how, text);
}

static void report_host(struct ef_out *out, const struct ef_host *host)
{
	const char *how = cut(out->ef, host->name);
	char text[INET6_ADDRSTRLEN];

	if (!host->before) {
		ef_add(out, EF_INFO, "host-interface", host_path(out->ef, host->name),
		       "host interface %s is added", host->name);
		return;
	}
	for (uint32_t i = 0; i < host->before->n_addresses; i++) {
		const struct hd_ip_prefix *a = &host->before->addresses[i];

		if (how)
			report_address(out, host, a, how);
		else if (!has_address(host->after, a))
			report_address(out, host, a, "loses the address");
	}
	for (uint32_t i = 0; host->after && i < host->after->n_addresses; i++) {
		if (has_address(host->before, &host->after->addresses[i]))
			continue;
		address_text(&host->after->addresses[i], text);
		ef_add(out, EF_INFO, "host-interface", host_path(out->ef, host->name),
		       "host interface %s gets the address %s", host->name, text);
	}
}

static bool is_link_local(const struct hd_ip_prefix *a)
{
	return a->family == 6 && a->addr[0] == 0xfe && (a->addr[1] & 0xc0) == 0x80;
}

/* Is one's network a part of the other's? Link-local ones are each interface's own. */
static bool overlap(const struct hd_ip_prefix *a, const struct hd_ip_prefix *b)
{
	unsigned int bits = a->length < b->length ? a->length : b->length;

	if (a->family != b->family || is_link_local(a) || is_link_local(b) ||
	    memcmp(a->addr, b->addr, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || (a->addr[bits / 8] ^ b->addr[bits / 8]) >> (8 - bits % 8) == 0;
}

/* It was there with this length. */
static bool is_old(const struct hd_hostif_object *before, const struct hd_ip_prefix *a)
{
	for (uint32_t i = 0; before && i < before->n_addresses; i++)
		if (!memcmp(&before->addresses[i], a, sizeof(*a)))
			return true;
	return false;
}

/* An address that is new, against those of another interface; two new ones are told of once. */
static void report_overlap(struct ef_out *out, const struct ef_host *host,
			   const struct hd_ip_prefix *a, const struct ef_host *other)
{
	char one[HD_IP_PREFIX_STR_MAX], two[HD_IP_PREFIX_STR_MAX];

	for (uint32_t i = 0; other->after && i < other->after->n_addresses; i++) {
		const struct hd_ip_prefix *b = &other->after->addresses[i];

		if (!overlap(a, b) || (other < host && !is_old(other->before, b)))
			continue;
		ef_add(out, EF_WARNING, "addresses-overlap", host_path(out->ef, host->name),
		       "host interface %s has %s, and %s has %s: the host reaches addresses that "
		       "are in both by one of them only",
		       host->name, hd_ip_prefix_str(a, one), other->name, hd_ip_prefix_str(b, two));
	}
}

static void report_overlaps(struct ef_out *out, const struct ef_host *host)
{
	for (uint32_t i = 0; host->after && i < host->after->n_addresses; i++) {
		const struct hd_ip_prefix *a = &host->after->addresses[i];

		for (size_t k = 0; k < out->ef->n_hosts && !is_old(host->before, a); k++)
			if (&out->ef->host[k] != host)
				report_overlap(out, host, a, &out->ef->host[k]);
	}
}

static void report_hosts(struct ef_out *out)
{
	for (size_t i = 0; i < out->ef->n_hosts; i++) {
		report_host(out, &out->ef->host[i]);
		report_overlaps(out, &out->ef->host[i]);
	}
}

EF_REGISTER(hosts_part) = {.name = "host-interfaces", .rank = EF_RANK_HOST, .report = report_hosts};
