/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the tree's builder share. Control thread only.
 */
#ifndef DATAPLANE_CORE_CONFIG_INT_H
#define DATAPLANE_CORE_CONFIG_INT_H

#include "dataplane/core/config.h"
#include "dataplane/core/config_build.h"

struct hd_builder {
	struct hd_store *store;
	struct hd_config *next; /* being built */
	const struct hd_config *now;
	struct hd_config_result *result;
	void *touched;      /* tsearch(3) set of names of ports of which something changed */
	bool same_switches; /* no switch and no segment changed */
};

/* Is the port's configuration the one that runs? */
static inline bool hd_build_shares(const struct hd_builder *b, const struct hd_port_config *c)
{
	return c->id < b->now->n_ports && b->now->ports[c->id] == c;
}

/* config_port.c: the ports of the next tree; new ones are made, unchanged ones shared. 0, -errno. */
int hd_build_ports(struct hd_builder *b);

/* Frees port configurations (and new ports) of @tree that @other does not have. */
void hd_build_free_ports(struct hd_config *tree, const struct hd_config *other, bool with_ports);

/* config_domain.c: switches and domains; sets the ports' pvid_domain. 0, -errno. */
int hd_build_switches(struct hd_builder *b);
int hd_build_domains(struct hd_builder *b);
int hd_build_segments(struct hd_builder *b);
uint32_t hd_domain_id_new(void); /* HD_DOMAIN_NONE: there are no more */

/* What a port carries, one VLAN after the other. Starts with 0, ends with 0. */
uint16_t hd_port_next_vlan(const struct hd_port_config *c, uint16_t vid);

/* config_member.c: domains from those that run and the ports that changed. 0, -errno. */
int hd_build_members(struct hd_builder *b);

/* config_owners.c: which addresses belong to which ports; after ports. 0, -errno. */
int hd_build_owners(struct hd_builder *b);
void hd_build_free_owners(struct hd_config *tree, const struct hd_config *other);

/* Frees domains and switches of @tree that @other does not have. */
void hd_build_free_domains(struct hd_config *tree, const struct hd_config *other);

/* Domain ids that @tree has and @other has not can be given again. */
void hd_build_release_domains(const struct hd_config *tree, const struct hd_config *other);

#endif
