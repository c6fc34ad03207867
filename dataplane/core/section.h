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

struct hd_build {
	struct hd_store *store; /* with the open bracket */
	struct hd_config *next; /* being built */
	const struct hd_config *now;
	struct hd_config_result *result;
};

struct hd_section {
	const char *name;
	const char *after; /* name of the section that it is built after, or NULL */
	/*
	 * Builds the section in b->next; what it allocated there when it fails is freed by free().
	 * 0, or -errno, with hd_store_refuse() where a person can do something about it. NULL: the
	 * section has nothing in the tree.
	 */
	int (*prepare)(struct hd_build *b);
	/*
	 * @tree is in force, and no worker is in @old any more, the one before it. Cannot fail. May
	 * be NULL.
	 */
	void (*commit)(struct hd_config *tree, const struct hd_config *old,
		       const struct hd_store *store);
	/*
	 * The worker has another tree (w->config), or ports in it went up or down. Worker, at the start of a
	 * loop or at the end of a sleep. May be NULL.
	 */
	void (*seen)(struct hd_worker *w);
	/*
	 * Frees the section's part (hd_config.part) of a tree, when no other shares it; NULL where the tree
	 * has none. May be NULL.
	 */
	void (*free_part)(void *part);
	/*
	 * Frees what @tree has and @other has not. @discard: @tree was never in force, and may have
	 * been built half. Else it was, and @other came after it. NULL: there is nothing else to free.
	 */
	void (*free)(struct hd_config *tree, const struct hd_config *other, bool discard);
	unsigned int index; /* of hd_config.part; set by hd_section_init() */
	struct hd_section *next;
};

/* Frees what a section has in @tree, and not in @other: as ->free() says. */
static inline void hd_section_free(const struct hd_section *section, struct hd_config *tree,
				   const struct hd_config *other, bool discard)
{
	const void *part = tree->part[section->index];

	if (section->free_part && part != other->part[section->index])
		section->free_part((void *)part);
	if (section->free)
		section->free(tree, other, discard);
}

/* From a constructor (RTE_INIT). */
void hd_section_register(struct hd_section *section);

/*
 * Sorts. Once, at the start. -EINVAL with @err: two of one name, an unknown name in ->after, or a
 * circle; -ENOSPC: more than HD_SECTIONS_MAX.
 */
int hd_section_init(struct hd_err *err);

/* In the order in which they are built. Ends with NULL through ->next. */
const struct hd_section *hd_section_first(void);

#endif
