/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds VRFs and routes from gateways' objects.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/l3/gateway.h"

/* Of an address: a connected and a local route; IPv4 also two addresses that are nobody's. */
#define ROUTES_EACH 4

static bool is_link_local(const struct hd_ip_prefix *a)
{
	return a->family == 6 && l3_ip6_link_local(a->addr);
}

bool l3_gateway_has(const struct l3_gateway *g, unsigned int family, const uint8_t *addr)
{
	for (uint32_t i = 0; i < g->n_addresses; i++)
		if (g->address[i].family == family &&
		    !memcmp(g->address[i].addr, addr, family == 4 ? 4 : 16))
			return true;
	return false;
}

const struct hd_ip_prefix *l3_gateway_toward(const struct l3_gateway *g, unsigned int family,
					     const uint8_t *addr)
{
	struct l3_addr a = l3_addr(family, addr);
	const struct hd_ip_prefix *any = NULL;

	for (uint32_t i = 0; i < g->n_addresses; i++) {
		const struct hd_ip_prefix *p = &g->address[i];

		if (p->family != family)
			continue;
		if (l3_addr_within(&a, p->addr, p->length))
			return p;
		any = p;
	}
	/* Every interface is on the link-local prefix (RFC 4291 2.8). */
	return family == 6 && l3_ip6_link_local(addr) ? any : NULL;
}

int l3_gateway_validate(const void *object, struct hd_err *err)
{
	const struct hd_gateway_object *o = object;

	if (!hd_name_valid(o->head.key, HD_NAME_MAX))
		return hd_err_set(err, EINVAL, "not a name");
	if (!hd_name_valid(o->vrf, sizeof(o->vrf)))
		return hd_err_set(err, EINVAL, "the VRF is not a name");
	if (o->mac[0] & 1 || hd_mac_is_zero((const struct hd_mac *)o->mac))
		return hd_err_set(err, EINVAL, "the MAC of a gateway is a unicast address");
	if (o->n_addresses > HD_GATEWAY_ADDRESSES_MAX)
		return hd_err_set(err, EINVAL, "%u addresses, a gateway can have %d",
				  o->n_addresses, HD_GATEWAY_ADDRESSES_MAX);
	for (uint32_t i = 0; i < o->n_addresses; i++) {
		int rc = hd_ip_prefix_check(&o->addresses[i], err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

/* What is made while the tree is. */
struct build {
	struct l3_tree *t;
	const struct l3_wanted *wanted;
	struct l3_listed *found; /* routes of all gateways */
	struct l3_route *routes; /* of one VRF */
	struct hd_err *err;
};

static int vrf_compare(const void *a, const void *b)
{
	return strcmp(((const struct l3_vrf *)a)->name, ((const struct l3_vrf *)b)->name);
}

static int build_vrfs(struct build *b, uint32_t n)
{
	struct l3_tree *t = b->t;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++)
		memcpy(t->vrf[i].name, b->wanted[i].object->vrf, sizeof(t->vrf[i].name));
	qsort(t->vrf, n, sizeof(*t->vrf), vrf_compare);
	for (uint32_t i = 0; i < n; i++)
		if (!kept || vrf_compare(&t->vrf[i], &t->vrf[kept - 1]) != 0)
			t->vrf[kept++] = t->vrf[i];
	t->n_vrfs = kept;
	if (kept > HD_VRFS_MAX)
		return hd_err_set(b->err, ENOSPC, "%u VRFs, %d can be", kept, HD_VRFS_MAX);
	return 0;
}

static bool is_same(const struct l3_gateway *a, const struct l3_gateway *b,
		    const struct l3_tree *of_a, const struct l3_tree *of_b)
{
	return a->generation == b->generation && a->domain == b->domain &&
	       !memcmp(&a->mac, &b->mac, sizeof(a->mac)) && a->n_addresses == b->n_addresses &&
	       !memcmp(a->address, b->address, a->n_addresses * sizeof(a->address[0])) &&
	       !strcmp(of_a->vrf[a->vrf].name, of_b->vrf[b->vrf].name);
}

static void build_gateway(struct build *b, uint32_t i, const struct l3_tree *now)
{
	static uint32_t last_epoch;
	const struct hd_gateway_object *o = b->wanted[i].object;
	const struct dp_port_config *port = b->wanted[i].port;
	const struct l3_gateway *before =
		now && port->id < now->n_ids ? now->by_id[port->id] : NULL;
	struct l3_gateway *g = &b->t->gateway[i];
	struct l3_vrf key;

	*g = (struct l3_gateway){
		.id = port->id,
		.n_addresses = o->n_addresses,
		.generation = port->port->generation,
		.domain = port->pvid_domain,
	};
	memcpy(&g->mac, o->mac, sizeof(g->mac));
	memcpy(g->address, o->addresses, o->n_addresses * sizeof(o->addresses[0]));
	memcpy(key.name, o->vrf, sizeof(key.name));
	g->vrf = (uint16_t)((struct l3_vrf *)bsearch(&key, b->t->vrf, b->t->n_vrfs, sizeof(key),
						     vrf_compare) -
			    b->t->vrf);
	g->epoch = before && is_same(before, g, now, b->t) ? before->epoch : ++last_epoch;
	b->t->by_id[port->id] = g;
}

/* Two gateways of one segment cannot have one MAC. */
static int mac_compare(const void *a, const void *b)
{
	const struct l3_gateway *x = *(const struct l3_gateway *const *)a;
	const struct l3_gateway *y = *(const struct l3_gateway *const *)b;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return memcmp(&x->mac, &y->mac, sizeof(x->mac));
}

static const char *name_of(const struct build *b, uint16_t id)
{
	return b->wanted[b->t->by_id[id] - b->t->gateway].object->head.key;
}

static int check_macs(struct build *b)
{
	uint32_t n = b->t->n_gateways;
	const struct l3_gateway **all = malloc(n * sizeof(*all));
	char text[HD_MAC_STR_MAX];
	int rc = 0;

	if (!all)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		all[i] = &b->t->gateway[i];
	qsort(all, n, sizeof(*all), mac_compare);
	for (uint32_t i = 1; i < n && !rc; i++)
		if (mac_compare(&all[i - 1], &all[i]) == 0)
			rc = hd_err_set(b->err, EINVAL,
					"gateway %s: gateway %s of the same segment has the MAC %s",
					name_of(b, all[i]->id), name_of(b, all[i - 1]->id),
					hd_mac_str(&all[i]->mac, text));
	free(all);
	return rc;
}

/* @length bits of an address, the others 0, or 1. */
static struct hd_ip_prefix cut(const struct hd_ip_prefix *a, unsigned int length, bool ones)
{
	struct hd_ip_prefix p = {.family = a->family, .length = (uint8_t)length};

	memcpy(p.addr, a->addr, sizeof(p.addr));
	for (unsigned int i = length; i < (a->family == 4 ? 32u : 128u); i++) {
		uint8_t bit = (uint8_t)(0x80 >> i % 8);

		p.addr[i / 8] = (uint8_t)(ones ? p.addr[i / 8] | bit : p.addr[i / 8] & ~bit);
	}
	return p;
}

static void list_routes(struct build *b, const struct l3_gateway *g)
{
	for (uint32_t i = 0; i < g->n_addresses; i++) {
		const struct hd_ip_prefix *a = &g->address[i];
		struct l3_listed *l = &b->found[b->t->n_listed];

		/* Link-local addresses are of one link, and never routed. */
		if (is_link_local(a))
			continue;
		l[0] = (struct l3_listed){cut(a, a->length, false), g->vrf, g->id,
					  HD_ROUTE_CONNECTED};
		l[1] = (struct l3_listed){cut(a, a->family == 4 ? 32 : 128, false), g->vrf, g->id,
					  HD_ROUTE_LOCAL};
		b->t->n_listed += 2;
	}
}

static int listed_compare(const void *a, const void *b)
{
	const struct l3_listed *x = a, *y = b;
	int by_addr = memcmp(x->prefix.addr, y->prefix.addr, sizeof(x->prefix.addr));

	if (x->vrf != y->vrf)
		return x->vrf < y->vrf ? -1 : 1;
	if (x->prefix.family != y->prefix.family)
		return x->prefix.family < y->prefix.family ? -1 : 1;
	if (by_addr)
		return by_addr;
	if (x->prefix.length != y->prefix.length)
		return x->prefix.length < y->prefix.length ? -1 : 1;
	/* an address of a subnet of one host is local */
	return x->kind == y->kind ? 0 : x->kind == HD_ROUTE_LOCAL ? -1 : 1;
}

/* Two listed routes of one prefix: fine on one gateway, but for the same address twice. */
static int conflict(struct build *b, const struct l3_listed *x, const struct l3_listed *y)
{
	const char *vrf = b->t->vrf[x->vrf].name;
	char text[HD_IP_PREFIX_STR_MAX];

	hd_ip_prefix_str(&x->prefix, text);
	if (x->gateway != y->gateway)
		return hd_err_set(
			b->err, EINVAL,
			"gateway %s: gateway %s of VRF %s has %s %s already; each %s is on "
			"one gateway of a VRF",
			name_of(b, y->gateway), name_of(b, x->gateway), vrf,
			x->kind == HD_ROUTE_LOCAL ? "the address" : "the subnet", text,
			x->kind == HD_ROUTE_LOCAL ? "address" : "subnet");
	if (x->kind == HD_ROUTE_LOCAL && y->kind == HD_ROUTE_LOCAL)
		return hd_err_set(b->err, EINVAL, "gateway %s: it has the address %s twice",
				  name_of(b, x->gateway), text);
	return 0;
}

/* Sorts what was found, and leaves out what is there twice. */
static int sort_listed(struct build *b)
{
	struct l3_tree *t = b->t;
	uint32_t kept = 0;

	qsort(b->found, t->n_listed, sizeof(*b->found), listed_compare);
	for (uint32_t i = 0; i < t->n_listed; i++) {
		struct l3_listed *l = &b->found[i], *last = kept ? &t->listed[kept - 1] : NULL;
		int rc;

		if (!last || last->vrf != l->vrf ||
		    memcmp(&last->prefix, &l->prefix, sizeof(l->prefix)) != 0) {
			t->listed[kept++] = *l;
			continue;
		}
		rc = conflict(b, last, l);
		if (rc < 0)
			return rc;
	}
	t->n_listed = kept;
	return 0;
}

static uint32_t put_route(struct build *b, uint32_t n, const struct hd_ip_prefix *p, uint32_t next)
{
	b->routes[n] = (struct l3_route){
		.prefix = l3_addr(p->family, p->addr),
		.family = p->family,
		.length = p->length,
		.next = next,
	};
	return n + 1;
}

/* The table of one VRF, whose routes are @from to @end of the listed ones. */
static int build_fib(struct build *b, struct l3_vrf *vrf, uint32_t from, uint32_t end)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < end; i++) {
		const struct l3_listed *l = &b->t->listed[i];
		struct hd_ip_prefix host;

		n = put_route(b, n, &l->prefix,
			      l3_next(l->kind == HD_ROUTE_LOCAL ? L3_NEXT_LOCAL : L3_NEXT_CONNECTED,
				      l->gateway));
		if (l->prefix.family != 4 || l->prefix.length > 30)
			continue;
		for (int ones = 0; ones < 2; ones++) {
			host = cut(&l->prefix, l->prefix.length, ones);
			host.length = 32;
			n = put_route(b, n, &host, l3_next(L3_NEXT_GROUP, l->gateway));
		}
	}
	vrf->fib = l3_fib_new(b->routes, n);
	return vrf->fib ? 0 : -ENOMEM;
}

static int build_fibs(struct build *b)
{
	uint32_t from = 0, end;
	int rc = 0;

	for (uint32_t v = 0; v < b->t->n_vrfs && !rc; v++, from = end) {
		for (end = from; end < b->t->n_listed && b->t->listed[end].vrf == v;)
			end++;
		rc = build_fib(b, &b->t->vrf[v], from, end);
	}
	return rc;
}

static struct l3_tree *tree_new(const struct l3_wanted *wanted, uint32_t n)
{
	uint32_t ids = 0;
	struct l3_tree *t;

	for (uint32_t i = 0; i < n; i++)
		ids = RTE_MAX(ids, wanted[i].port->id + 1u);
	t = calloc(1, sizeof(*t) + ids * sizeof(t->by_id[0]));
	if (!t)
		return NULL;
	t->n_ids = ids;
	t->n_gateways = n;
	t->vrf = calloc(n, sizeof(*t->vrf));
	t->gateway = calloc(n, sizeof(*t->gateway));
	t->listed = calloc((size_t)n * 2 * HD_GATEWAY_ADDRESSES_MAX, sizeof(*t->listed));
	return t;
}

int l3_tree_build(const struct l3_wanted *wanted, uint32_t n, const struct l3_tree *now,
		  struct l3_tree **out, struct hd_err *err)
{
	struct build b = {.wanted = wanted, .err = err, .t = tree_new(wanted, n)};
	size_t most = (size_t)n * HD_GATEWAY_ADDRESSES_MAX;
	int rc = -ENOMEM;

	*out = b.t;
	b.found = calloc(most * 2, sizeof(*b.found));
	b.routes = calloc(most * ROUTES_EACH, sizeof(*b.routes));
	if (b.t && b.t->vrf && b.t->gateway && b.t->listed && b.found && b.routes)
		rc = build_vrfs(&b, n);
	for (uint32_t i = 0; i < n && !rc; i++)
		build_gateway(&b, i, now);
	for (uint32_t i = 0; i < n && !rc; i++)
		list_routes(&b, &b.t->gateway[i]);
	if (!rc)
		rc = check_macs(&b);
	if (!rc)
		rc = sort_listed(&b);
	if (!rc)
		rc = build_fibs(&b);
	free(b.found);
	free(b.routes);
	return rc;
}

void l3_tree_free(struct l3_tree *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; t->vrf && i < t->n_vrfs; i++)
		l3_fib_free(t->vrf[i].fib);
	free(t->vrf);
	free(t->gateway);
	free(t->listed);
	free(t);
}
