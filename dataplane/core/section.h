/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sections: what the configuration tree (config.h) is made of. Each is a feature's own, made from the
 * objects that the feature registered (heddle/config/store.h), and knows the sections that it is built
 * after and no others.
 *
 * A section is built in the next tree, beside the one that runs; what did not change is shared by
 * both. All that can fail happens there. Control thread only.
 */
#ifndef DATAPLANE_CORE_SECTION_H
#define DATAPLANE_CORE_SECTION_H

#include "heddle/config/store.h"
#include "dataplane/core/config.h"

struct dp_build {
	struct hd_store *store; /* with the open bracket */
	struct dp_config *next; /* being built */
	const struct dp_config *now;
	struct hd_config_result *result;
};

struct dp_section {
	const char *name;
	const char *after; /* name of the section that it is built after, or NULL */
	/*
	 * Builds the section in b->next; what it allocated there when it fails is freed by free().
	 * 0, or -errno, with hd_store_refuse() where a person can do something about it. NULL: the
	 * section has nothing in the tree.
	 */
	int (*prepare)(struct dp_build *b);
	/*
	 * @tree is in force, and no worker is in @old any more, the one before it. Cannot fail. May
	 * be NULL.
	 */
	void (*commit)(struct dp_config *tree, const struct dp_config *old,
		       const struct hd_store *store);
	/*
	 * The worker has another tree (w->config), or ports in it went up or down. Worker, at the start of a
	 * loop or at the end of a sleep. May be NULL.
	 */
	void (*seen)(struct dp_worker *w);
	/*
	 * Frees the section's part (dp_config.part) of a tree, when no other shares it; NULL where the tree
	 * has none. May be NULL.
	 */
	void (*free_part)(void *part);
	/*
	 * Frees what @tree has and @other has not. @discard: @tree was never in force, and may have
	 * been built half. Else it was, and @other came after it. NULL: there is nothing else to free.
	 */
	void (*free)(struct dp_config *tree, const struct dp_config *other, bool discard);
	unsigned int index; /* of dp_config.part; set by dp_section_init() */
	struct dp_section *next;
};

/* Frees what a section has in @tree, and not in @other: as ->free() says. */
static inline void dp_section_free(const struct dp_section *section, struct dp_config *tree,
				   const struct dp_config *other, bool discard)
{
	const void *part = tree->part[section->index];

	if (section->free_part && part != other->part[section->index])
		section->free_part((void *)part);
	if (section->free)
		section->free(tree, other, discard);
}

/* From a constructor (RTE_INIT). */
void dp_section_register(struct dp_section *section);

/*
 * Sorts. Once, at the start. -EINVAL with @err: two of one name, an unknown name in ->after, or a
 * circle; -ENOSPC: more than DP_SECTIONS_MAX.
 */
int dp_section_init(struct hd_err *err);

/* In the order in which they are built. Ends with NULL through ->next. */
const struct dp_section *dp_section_first(void);

#endif
