/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds the tree's switches and domains. A domain exists while a port carries its VLAN; its id
 * stays the same from tree to tree. If no switch and no segment changed, domains with unchanged
 * members are shared with the running tree (config_member.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "dataplane/core/config_int.h"
#include "dataplane/core/meta.h"

#define UNITS_PER_S 10 /* DP_FDB_UNIT_NS is 0.1 s */

static uint64_t used[DP_DOMAINS_MAX / 64] = {1}; /* bit 0: DP_DOMAIN_NONE */
static uint32_t lowest_free = 1;

uint32_t dp_domain_id_new(void)
{
	for (uint32_t w = lowest_free / 64; w < DP_DOMAINS_MAX / 64; w++) {
		if (~used[w]) {
			uint32_t id = w * 64 + __builtin_ctzll(~used[w]);

			used[w] |= 1ull << (id % 64);
			lowest_free = id;
			return id;
		}
	}
	return DP_DOMAIN_NONE;
}

static void domain_id_free(uint32_t id)
{
	used[id / 64] &= ~(1ull << (id % 64));
	if (id < lowest_free)
		lowest_free = id;
}

const struct dp_switch *dp_config_switch(const struct dp_config *tree, const char *name)
{
	for (uint32_t i = 0; i < tree->n_switches; i++)
		if (tree->switches[i] && !strcmp(tree->switches[i]->name, name))
			return tree->switches[i];
	return NULL;
}

static int index_new(const struct dp_build *b)
{
	for (uint32_t i = 0; i < HD_SWITCHES_MAX; i++)
		if (!b->next->switches[i] && (i >= b->now->n_switches || !b->now->switches[i]))
			return (int)i;
	return -ENOSPC;
}

static int build_switch(const char *key, enum hd_change change, const void *now, const void *next,
			void *arg)
{
	struct dp_build *b = arg;
	const struct hd_switch_object *o = next;
	const struct dp_switch *old = dp_config_switch(b->now, key);
	struct dp_switch *sw;
	int index;

	(void)change;
	(void)now;
	if (!o)
		return 0;
	index = old ? old->index : index_new(b);
	if (index < 0)
		return hd_store_refuse(b->store, ENOSPC, "switch %s: more than %d switches", key,
				       HD_SWITCHES_MAX);
	sw = calloc(1, sizeof(*sw));
	if (!sw)
		return -ENOMEM;
	hd_str_copy(sw->name, sizeof(sw->name), key);
	sw->index = (uint16_t)index;
	sw->ageing_units = o->ageing_s * UNITS_PER_S;
	sw->mac_limit = o->mac_limit;
	b->next->switches[index] = sw;
	if ((uint32_t)index >= b->next->n_switches)
		b->next->n_switches = index + 1;
	return 0;
}

static int any_change(const char *key, enum hd_change change, const void *now, const void *next,
		      void *arg)
{
	(void)key;
	(void)change;
	(void)now;
	(void)next;
	(void)arg;
	return 1;
}

bool dp_build_same_switches(const struct dp_build *b)
{
	return !hd_store_walk_changes(b->store, HD_SWITCH, any_change, NULL) &&
	       !hd_store_walk_changes(b->store, HD_SEGMENT, any_change, NULL);
}

static int prepare_switches(struct dp_build *b)
{
	b->next->switches = calloc(HD_SWITCHES_MAX, sizeof(*b->next->switches));
	if (!b->next->switches)
		return -ENOMEM;
	if (!dp_build_same_switches(b))
		return hd_store_walk(b->store, HD_SWITCH, build_switch, b);
	b->next->n_switches = b->now->n_switches;
	if (b->now->n_switches)
		memcpy(b->next->switches, b->now->switches,
		       b->now->n_switches * sizeof(*b->next->switches));
	return 0;
}

uint16_t dp_port_next_vlan(const struct dp_port_config *c, uint16_t vid)
{
	if (c->mode == HD_VLAN_NONE || vid >= HD_VLAN_INTERNAL_MIN)
		return 0;
	if (c->mode != HD_VLAN_TRUNK)
		return vid ? 0 : c->pvid;
	for (vid++; vid <= HD_VLAN_MAX; vid++) {
		uint64_t w = c->vlans.w[vid >> 6] >> (vid & 63);

		if ((w & 1) || vid == c->pvid)
			return vid;
		if (!w && !(c->pvid > vid && c->pvid <= (vid | 63)))
			vid |= 63;
	}
	return hd_vlan_id(c->pvid) ? 0 : c->pvid;
}

/* Gives (switch, VLAN) an id, unless it has one. DP_DOMAIN_NONE: no id is free. */
static uint32_t domain_get(struct dp_build *b, struct dp_switch *sw, uint16_t vid)
{
	const struct dp_switch *old = dp_config_switch(b->now, sw->name);
	uint32_t id = sw->domain[vid];

	if (!id && old)
		id = old->domain[vid];
	if (!id)
		id = dp_domain_id_new();
	sw->domain[vid] = id;
	if (id >= b->next->n_domains)
		b->next->n_domains = id + 1;
	return id;
}

static struct dp_switch *switch_of(const struct dp_build *b, const struct dp_port_config *c)
{
	return (struct dp_switch *)b->next->switches[c->switch_index];
}

/*
 * Gives ids to all domains, and ports their native domain. A shared port has the right one already.
 */
static int assign_domains(struct dp_build *b)
{
	for (uint32_t p = 0; p < b->next->n_ports; p++) {
		const struct dp_port_config *c = b->next->ports[p];

		for (uint16_t vid = c ? dp_port_next_vlan(c, 0) : 0; vid;
		     vid = dp_port_next_vlan(c, vid))
			if (!domain_get(b, switch_of(b, c), vid))
				return hd_store_refuse(b->store, ENOSPC,
						       "more than %u VLANs in use", HD_VLANS_MAX);
		if (c && !dp_build_shares(b, c) && c->mode != HD_VLAN_NONE)
			((struct dp_port_config *)c)->pvid_domain =
				c->pvid ? switch_of(b, c)->domain[c->pvid] : DP_DOMAIN_NONE;
	}
	return 0;
}

static int make_domains(struct dp_build *b)
{
	struct dp_config *t = b->next;
	uint32_t *members = calloc(t->n_domains + 1, sizeof(*members));

	t->domains = calloc(t->n_domains + 1, sizeof(*t->domains));
	if (!members || !t->domains) {
		free(members);
		return -ENOMEM;
	}
	for (uint32_t p = 0; p < t->n_ports; p++)
		for (uint16_t vid = t->ports[p] ? dp_port_next_vlan(t->ports[p], 0) : 0; vid;
		     vid = dp_port_next_vlan(t->ports[p], vid))
			members[switch_of(b, t->ports[p])->domain[vid]]++;
	for (uint32_t s = 0; s < t->n_switches; s++) {
		for (uint16_t vid = 1; t->switches[s] && vid < HD_VLAN_NUMBERS; vid++) {
			uint32_t id = t->switches[s]->domain[vid];
			struct dp_domain *d;

			if (!id)
				continue;
			d = calloc(1, sizeof(*d) + members[id] * sizeof(d->member[0]));
			if (!d) {
				free(members);
				return -ENOMEM;
			}
			d->id = id;
			d->vlan = vid;
			d->switch_index = t->switches[s]->index;
			d->ageing_units = t->switches[s]->ageing_units;
			d->switch_mac_limit = t->switches[s]->mac_limit;
			t->domains[id] = d;
		}
	}
	free(members);
	return 0;
}

static void fill_domains(struct dp_build *b)
{
	struct dp_config *t = b->next;

	for (uint32_t p = 0; p < t->n_ports; p++) {
		const struct dp_port_config *c = t->ports[p];

		for (uint16_t vid = c ? dp_port_next_vlan(c, 0) : 0; vid;
		     vid = dp_port_next_vlan(c, vid)) {
			struct dp_domain *d =
				(struct dp_domain *)t->domains[switch_of(b, c)->domain[vid]];

			d->member[d->n_members++] = c->id;
		}
	}
}

struct names {
	struct dp_build *b;
	bool shared; /* some domains are shared with the running tree, and have names */
};

static int build_segment(const char *key, enum hd_change change, const void *now, const void *next,
			 void *arg)
{
	const struct names *names = arg;
	struct dp_build *b = names->b;
	const struct hd_segment_object *o = next;
	const struct dp_switch *sw;
	struct dp_domain *d;

	(void)change;
	(void)now;
	if (!o)
		return 0;
	sw = dp_config_switch(b->next, o->switch_name);
	if (!sw)
		return hd_store_refuse(b->store, EINVAL, "segment %s: there is no switch %s", key,
				       o->switch_name);
	d = (struct dp_domain *)b->next->domains[sw->domain[o->vlan]];
	if (!d)
		return 0; /* no port carries it */
	if (d->segment[0] && names->shared)
		return 0; /* it is shared, and has its name */
	if (d->segment[0])
		return hd_store_refuse(b->store, EINVAL,
				       "segment %s: VLAN %u of switch %s is segment %s", key,
				       o->vlan, sw->name, d->segment);
	hd_str_copy(d->segment, sizeof(d->segment),
		    strrchr(key, '/') ? strrchr(key, '/') + 1 : key);
	d->mac_limit = o->mac_limit;
	return 0;
}

int dp_build_segments(struct dp_build *b, bool shared)
{
	struct names names = {b, shared};

	return hd_store_walk(b->store, HD_SEGMENT, build_segment, &names);
}

static int prepare_domains(struct dp_build *b)
{
	int rc;

	if (dp_build_same_switches(b))
		return dp_build_members(b);
	rc = assign_domains(b);
	if (!rc)
		rc = make_domains(b);
	if (rc)
		return rc;
	fill_domains(b);
	b->next->members_changed = true;
	return dp_build_segments(b, false);
}

static void free_domains(struct dp_config *tree, const struct dp_config *other, bool discard)
{
	(void)discard;
	for (uint32_t i = 0; tree->domains && i < tree->n_domains; i++)
		if (i >= other->n_domains || other->domains[i] != tree->domains[i])
			free((void *)tree->domains[i]);
	free(tree->domains);
}

/* Frees the ids of domains that the switch has, and the same switch in the other tree has not. */
static void release_ids(const struct dp_switch *sw, const struct dp_switch *other)
{
	if (other && strcmp(other->name, sw->name) != 0)
		other = NULL;
	for (uint16_t vid = 1; vid < HD_VLAN_NUMBERS; vid++)
		if (sw->domain[vid] && (!other || other->domain[vid] != sw->domain[vid]))
			domain_id_free(sw->domain[vid]);
}

static void free_switches(struct dp_config *tree, const struct dp_config *other, bool discard)
{
	(void)discard;
	for (uint32_t i = 0; tree->switches && i < tree->n_switches; i++) {
		const struct dp_switch *sw = tree->switches[i];
		const struct dp_switch *same = i < other->n_switches ? other->switches[i] : NULL;

		if (!sw || sw == same)
			continue;
		release_ids(sw, same);
		free((void *)sw);
	}
	free(tree->switches);
}

static struct dp_section switches_section = {
	.name = "switches",
	.prepare = prepare_switches,
	.free = free_switches,
};
static struct dp_section domains_section = {
	.name = "domains",
	.after = "ports",
	.prepare = prepare_domains,
	.free = free_domains,
};

RTE_INIT(domains_section_register)
{
	dp_section_register(&switches_section);
	dp_section_register(&domains_section);
}
