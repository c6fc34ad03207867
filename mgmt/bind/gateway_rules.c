/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways together: addresses in one segment and in one VRF, and how many there can be.
 */
#include <stdlib.h>
#include <string.h>

#include "heddle/api/gateway.h"
#include "mgmt/bind/gateway.h"
#include "mgmt/datastore/mem.h"
#include "mgmt/datastore/tree.h"

/* An address of a gateway, or of a segment's host interface. */
struct entry {
	const struct bd_port *owner;
	const struct bd_segment *segment; /* NULL: not defined, a rule of its own tells */
	const struct lyd_node *node;
	const char *vrf;
	struct hd_ip_prefix a;
	uint8_t net[16]; /* the address without its host part */
};

struct entries {
	struct entry *at;
	size_t n, room;
};

static bool is_gateway(const struct bd_port *port)
{
	return port->role == BD_ROLE_GATEWAY;
}

static const char *what(const struct bd_port *port)
{
	return is_gateway(port) ? "gateway" : "host interface";
}

static const char *vrf_of(const struct bd_port *gateway)
{
	const char *vrf = ds_value(gateway->params, NULL, "vrf");

	return vrf ? vrf : HD_VRF_DEFAULT;
}

static const struct lyd_node *settings(const struct bd_port *port)
{
	return is_gateway(port) ? port->params
				: ds_child(port->host_of->node, NULL, "host-interface");
}

static void add(struct entries *list, const struct bd_port *port, const struct lyd_node *node)
{
	struct entry *e;

	if (list->n == list->room) {
		list->room = list->room ? list->room * 2 : 64;
		list->at = ds_realloc(list->at, list->room, sizeof(*list->at));
	}
	e = &list->at[list->n];
	if (!bd_address(node, &e->a))
		return;
	e->owner = port;
	e->segment = is_gateway(port) ? port->segment : port->host_of;
	e->node = node;
	e->vrf = is_gateway(port) ? vrf_of(port) : NULL;
	for (unsigned int i = 0; i < sizeof(e->net); i++) {
		unsigned int bits = e->a.length < 8 * i ? 0 : e->a.length - 8 * i;

		e->net[i] = bits >= 8 ? e->a.addr[i] : e->a.addr[i] & (0xff00 >> bits);
	}
	list->n++;
}

static void collect(const struct bd_model *m, bool hosts, struct entries *list)
{
	const struct lyd_node *node;

	*list = (struct entries){NULL, 0, 0};
	for (size_t i = 0; i < m->n_ports; i++) {
		const struct bd_port *port = &m->ports[i];

		if (is_gateway(port) || (hosts && port->role == BD_ROLE_HOST))
			ds_foreach(node, settings(port), "address") add(list, port, node);
	}
}

static int by_address(const struct entry *a, const struct entry *b)
{
	return a->a.family != b->a.family ? a->a.family - b->a.family
					  : memcmp(a->a.addr, b->a.addr, sizeof(a->a.addr));
}

/* Host interfaces first: it is a gateway that is told to choose another. */
static int by_owner(const struct bd_port *a, const struct bd_port *b)
{
	return a->role != b->role ? is_gateway(a) - is_gateway(b) : strcmp(a->name, b->name);
}

static int by_segment(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;
	int order;

	if (a->segment != b->segment)
		return a->segment < b->segment ? -1 : 1; /* of one array */
	order = by_address(a, b);
	return order ? order : by_owner(a->owner, b->owner);
}

static void report_twice(const struct entry *e, const struct entry *before, struct ds_errors *errs)
{
	char *plain;

	if (e->owner == before->owner) {
		bd_error(errs, e->node, DS_INVALID_VALUE, "address-twice",
			 "the gateway has this address as %s already: remove one of them",
			 lyd_get_value(before->node));
		return;
	}
	plain = ds_printf("%s is somebody else's address in segment %s: choose another",
			  lyd_get_value(e->node), e->segment->name);
	bd_error_port(bd_error(errs, e->node, DS_INVALID_VALUE, "address-twice",
			       "%s is the address of %s %s in segment %s: choose another",
			       lyd_get_value(e->node), what(before->owner), before->owner->name,
			       e->segment->name),
		      before->owner->name, plain);
	free(plain);
}

void bd_rule_gateway_segments(const struct bd_model *m, struct ds_errors *errs)
{
	struct entries list;

	collect(m, true, &list);
	if (list.n)
		qsort(list.at, list.n, sizeof(*list.at), by_segment);
	for (size_t i = 1; i < list.n; i++) {
		const struct entry *e = &list.at[i], *before = e - 1;

		if (e->segment && e->segment == before->segment && is_gateway(e->owner) &&
		    by_address(e, before) == 0)
			report_twice(e, before, errs);
	}
	free(list.at);
}

/* What contains others comes before them, and with nothing between that it does not contain. */
static int by_network(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;
	int order = strcmp(a->vrf, b->vrf);

	order = order ? order : a->a.family - b->a.family;
	order = order ? order : memcmp(a->net, b->net, sizeof(a->net));
	order = order ? order : a->a.length - b->a.length;
	order = order ? order : memcmp(a->a.addr, b->a.addr, sizeof(a->a.addr));
	return order ? order : strcmp(a->owner->name, b->owner->name);
}

static bool contains(const struct entry *a, const struct entry *b)
{
	unsigned int bits = a->a.length;

	if (strcmp(a->vrf, b->vrf) != 0 || a->a.family != b->a.family ||
	    memcmp(a->net, b->net, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || (a->net[bits / 8] ^ b->net[bits / 8]) >> (8 - bits % 8) == 0;
}

/* Each segment has all of them. */
static bool is_link_local(const struct hd_ip_prefix *a)
{
	return a->family == 6 && a->addr[0] == 0xfe && (a->addr[1] & 0xc0) == 0x80;
}

static void report_overlap(const struct entry *e, const struct entry *other, struct ds_errors *errs)
{
	const char *text = lyd_get_value(e->node);
	bool same = by_address(e, other) == 0;
	char *plain = ds_printf("%s overlaps with another gateway of VRF %s: choose another "
				"network, or another vrf",
				text, e->vrf);
	struct ds_error *err;

	if (same)
		err = bd_error(errs, e->node, DS_INVALID_VALUE, "address-twice",
			       "%s is the address of gateway %s in VRF %s already: choose another "
			       "network, or another vrf",
			       text, other->owner->name, e->vrf);
	else
		err = bd_error(errs, e->node, DS_INVALID_VALUE, "networks-overlap",
			       "%s overlaps with %s of gateway %s, and a VRF reaches an address by "
			       "one gateway: choose another network, or another vrf than %s",
			       text, lyd_get_value(other->node), other->owner->name, e->vrf);
	bd_error_port(err, other->owner->name, plain);
	free(plain);
}

void bd_rule_gateway_networks(const struct bd_model *m, struct ds_errors *errs)
{
	const struct entry *around = NULL;
	struct entries list;

	collect(m, false, &list);
	if (list.n)
		qsort(list.at, list.n, sizeof(*list.at), by_network);
	for (size_t i = 0; i < list.n; i++) {
		const struct entry *e = &list.at[i];

		if (is_link_local(&e->a))
			continue;
		if (!around || !contains(around, e))
			around = e;
		else if (around->owner != e->owner &&
			 (e->segment != around->segment || by_address(e, around) != 0))
			report_overlap(e, around, errs); /* else it was told by the segment */
	}
	free(list.at);
}

/* A gateway, or a host interface whose address is configured, on its segment. */
struct station {
	const struct bd_port *owner;
	const struct bd_segment *segment;
	struct hd_mac mac;
};

static int by_mac(const void *va, const void *vb)
{
	const struct station *a = va, *b = vb;
	int order;

	if (a->segment != b->segment)
		return a->segment < b->segment ? -1 : 1;
	order = memcmp(&a->mac, &b->mac, sizeof(a->mac));
	return order ? order : by_owner(a->owner, b->owner);
}

static void report_mac(const struct station *s, const struct bd_port *other, struct ds_errors *errs)
{
	const struct lyd_node *leaf = ds_child(s->owner->params, NULL, "mac");
	char text[HD_MAC_STR_MAX];

	bd_error_port(bd_error(errs, leaf ? leaf : s->owner->params, DS_INVALID_VALUE, "mac-twice",
			       "%s is the MAC address of %s %s in segment %s: choose another",
			       hd_mac_str(&s->mac, text), what(other), other->name,
			       s->segment->name),
		      other->name, "this MAC address is somebody else's: choose another");
}

void bd_rule_gateway_macs(const struct bd_model *m, struct ds_errors *errs)
{
	struct station *list = ds_alloc((m->n_ports + 1) * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < m->n_ports; i++) {
		const struct bd_port *port = &m->ports[i];
		struct station s = {port, port->segment, {{0}}};

		if (is_gateway(port)) {
			bd_gateway_mac(port, s.mac.b);
		} else if (port->role == BD_ROLE_HOST) {
			s.segment = port->host_of;
			bd_mac(settings(port), s.mac.b);
		}
		if (s.segment && !hd_mac_is_zero(&s.mac))
			list[n++] = s;
	}
	if (n)
		qsort(list, n, sizeof(*list), by_mac);
	for (size_t i = 1; i < n; i++)
		if (is_gateway(list[i].owner) && list[i].segment == list[i - 1].segment &&
		    !memcmp(&list[i].mac, &list[i - 1].mac, sizeof(list[i].mac)))
			report_mac(&list[i], list[i - 1].owner, errs);
	free(list);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What heddle-dp has room for. */
void bd_rule_gateway_room(const struct bd_model *m, struct ds_errors *errs)
{
	const char **vrfs = ds_alloc((m->n_ports + 1) * sizeof(*vrfs));
	const struct bd_port *last = NULL;
	size_t n = 0, different = 0;

	for (size_t i = 0; i < m->n_ports; i++) {
		if (!is_gateway(&m->ports[i]))
			continue;
		last = &m->ports[i];
		vrfs[n++] = vrf_of(last);
	}
	if (n)
		qsort(vrfs, n, sizeof(*vrfs), by_text);
	for (size_t i = 0; i < n; i++)
		different += !i || strcmp(vrfs[i], vrfs[i - 1]) != 0;
	if (n > HD_GATEWAYS_MAX)
		bd_error(errs, last->params, DS_OPERATION_FAILED, "too-many-gateways",
			 "there are %zu gateways, and at most %d can be: remove some", n,
			 HD_GATEWAYS_MAX);
	if (different > HD_VRFS_MAX)
		bd_error(errs, last->params, DS_OPERATION_FAILED, "too-many-vrfs",
			 "gateways are in %zu VRFs, and at most %d can be: put some together",
			 different, HD_VRFS_MAX);
	free(vrfs);
}
