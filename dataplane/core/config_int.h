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
	void *touched; /* tsearch(3) set of port names whose guards or kind changed */
};

/* config_port.c: the ports of the next tree; new ones are made, unchanged ones shared. 0, -errno. */
int hd_build_ports(struct hd_builder *b);

/* Frees port configurations (and new ports) of @tree that @other does not have. */
void hd_build_free_ports(struct hd_config *tree, const struct hd_config *other, bool with_ports);

/* config_domain.c: switches and domains; sets the ports' pvid_domain. 0, -errno. */
int hd_build_switches(struct hd_builder *b);
int hd_build_domains(struct hd_builder *b);
void hd_build_free_domains(struct hd_config *tree);

/* Domain ids that @tree has and @other has not can be given again. */
void hd_build_release_domains(const struct hd_config *tree, const struct hd_config *other);

#endif
