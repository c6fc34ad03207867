/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds the tree's domains if only ports changed: a domain that a port joins or leaves is made
 * anew, the others are shared with the running tree.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/core/config_int.h"

static bool carries(const struct dp_port_config *c, uint16_t sw, uint16_t vid)
{
	if (!c || c->mode == HD_VLAN_NONE || c->switch_index != sw)
		return false;
	return c->pvid == vid || (c->mode == HD_VLAN_TRUNK && hd_vlan_set_has(&c->vlans, vid));
}

/* Returns the next tree's own copy of the switch; makes it if the switch is still shared. */
static struct dp_switch *own_switch(struct dp_build *b, uint16_t index)
{
	const struct dp_switch *sw = b->next->switches[index];
	struct dp_switch *copy;

	if (index >= b->now->n_switches || b->now->switches[index] != sw)
		return (struct dp_switch *)sw;
	copy = malloc(sizeof(*copy));
	if (copy)
		b->next->switches[index] = memcpy(copy, sw, sizeof(*copy));
	return copy;
}

/* Returns the next tree's own copy of the domain, with room for one more member. */
static struct dp_domain *own_domain(struct dp_build *b, uint32_t id)
{
	const struct dp_domain *now = id < b->now->n_domains ? b->now->domains[id] : NULL;
	struct dp_domain *d = (struct dp_domain *)b->next->domains[id], *copy;
	size_t size = sizeof(*d) + (d->n_members + 1u) * sizeof(d->member[0]);

	copy = d == now ? malloc(size) : realloc(d, size);
	if (!copy)
		return NULL;
	if (d == now)
		memcpy(copy, d, size - sizeof(d->member[0]));
	b->next->domains[id] = copy;
	b->next->members_changed = true;
	return copy;
}

static int new_domain(struct dp_build *b, uint16_t index, uint16_t vid)
{
	struct dp_switch *sw = own_switch(b, index);
	uint32_t id = sw ? dp_domain_id_new() : DP_DOMAIN_NONE;
	struct dp_domain *d;

	if (!sw)
		return -ENOMEM;
	if (!id)
		return hd_store_refuse(b->store, ENOSPC, "more than %u VLANs in use", HD_VLANS_MAX);
	sw->domain[vid] = id; /* from here on discarding the tree gives the id back */
	if (id >= b->next->n_domains) {
		const struct dp_domain **more =
			realloc(b->next->domains, (id + 1) * sizeof(*b->next->domains));

		if (!more)
			return -ENOMEM;
		memset(&more[b->next->n_domains], 0, (id + 1 - b->next->n_domains) * sizeof(*more));
		b->next->domains = more;
		b->next->n_domains = id + 1;
	}
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->id = id;
	d->vlan = vid;
	d->switch_index = sw->index;
	d->ageing_units = sw->ageing_units;
	d->switch_mac_limit = sw->mac_limit;
	b->next->domains[id] = d;
	return 0;
}

static int join(struct dp_build *b, const struct dp_port_config *c, uint16_t vid, bool *is_new)
{
	struct dp_domain *d;
	uint32_t at;

	if (!b->next->switches[c->switch_index]->domain[vid]) {
		int rc = new_domain(b, c->switch_index, vid);

		if (rc)
			return rc;
		*is_new = true;
	}
	d = own_domain(b, b->next->switches[c->switch_index]->domain[vid]);
	if (!d)
		return -ENOMEM;
	for (at = d->n_members; at && d->member[at - 1] > c->id; at--)
		d->member[at] = d->member[at - 1];
	d->member[at] = c->id;
	d->n_members++;
	return 0;
}

static int leave(struct dp_build *b, const struct dp_port_config *c, uint16_t vid)
{
	uint32_t id = b->next->switches[c->switch_index]->domain[vid], at = 0;
	struct dp_domain *d = own_domain(b, id);
	struct dp_switch *sw;

	if (!d)
		return -ENOMEM;
	while (at < d->n_members && d->member[at] != c->id)
		at++;
	if (at == d->n_members)
		return 0;
	memmove(&d->member[at], &d->member[at + 1], (--d->n_members - at) * sizeof(d->member[0]));
	if (d->n_members)
		return 0;
	sw = own_switch(b, c->switch_index);
	if (!sw)
		return -ENOMEM;
	sw->domain[vid] = DP_DOMAIN_NONE;
	b->next->domains[id] = NULL;
	free(d);
	return 0;
}

static int join_new(struct dp_build *b, const struct dp_port_config *o,
		    const struct dp_port_config *n, bool *is_new)
{
	int rc = 0;

	for (uint16_t vid = dp_port_next_vlan(n, 0); vid && !rc; vid = dp_port_next_vlan(n, vid))
		if (!carries(o, n->switch_index, vid))
			rc = join(b, n, vid, is_new);
	if (!rc && n->mode != HD_VLAN_NONE)
		((struct dp_port_config *)n)->pvid_domain =
			n->pvid ? b->next->switches[n->switch_index]->domain[n->pvid]
				: DP_DOMAIN_NONE;
	return rc;
}

static int leave_old(struct dp_build *b, const struct dp_port_config *o,
		     const struct dp_port_config *n)
{
	int rc = 0;

	for (uint16_t vid = dp_port_next_vlan(o, 0); vid && !rc; vid = dp_port_next_vlan(o, vid))
		if (!carries(n, o->switch_index, vid))
			rc = leave(b, o, vid);
	return rc;
}

/* Joining first: a domain whose last member goes as another comes stays the same. */
static int move_ports(struct dp_build *b, bool *is_new)
{
	uint32_t end = RTE_MAX(b->now->n_ports, b->next->n_ports);
	int rc = 0;

	for (int leaving = 0; leaving <= 1; leaving++) {
		for (uint32_t id = 0; id < end && !rc; id++) {
			const struct dp_port_config *o =
				id < b->now->n_ports ? b->now->ports[id] : NULL;
			const struct dp_port_config *n =
				id < b->next->n_ports ? b->next->ports[id] : NULL;

			if (o == n)
				continue;
			if (leaving && o)
				rc = leave_old(b, o, n);
			else if (!leaving && n)
				rc = join_new(b, o, n, is_new);
		}
	}
	return rc;
}

int dp_build_members(struct dp_build *b)
{
	struct dp_config *t = b->next;
	bool is_new = false;
	int rc;

	t->domains = calloc(b->now->n_domains + 1, sizeof(*t->domains));
	if (!t->domains)
		return -ENOMEM;
	if (b->now->n_domains)
		memcpy(t->domains, b->now->domains, b->now->n_domains * sizeof(*t->domains));
	t->n_domains = b->now->n_domains;
	rc = move_ports(b, &is_new);
	while (t->n_domains && !t->domains[t->n_domains - 1])
		t->n_domains--;
	return rc || !is_new ? rc : dp_build_segments(b, true);
}
