/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sections, the parts of the configuration tree (config.h). Each belongs to a feature, which builds
 * it from the objects that it registered (heddle/config/store.h). A section knows only the sections
 * that it is built after.
 *
 * A section is built in the next tree, beside the running one; the trees share what did not change.
 * All that can fail happens there. Control thread only, except where a comment says otherwise.
 */
#ifndef DATAPLANE_CORE_SECTION_H
#define DATAPLANE_CORE_SECTION_H

#include "heddle/config/store.h"
#include "dataplane/core/config.h"

struct dp_build {
	struct hd_store *store; /* has the open bracket */
	struct dp_config *next; /* the tree that is built */
	const struct dp_config *now;
	struct hd_config_result *result;
};

struct dp_section {
	const char *name;
	const char *after; /* name of the section that it is built after, or NULL */
	/*
	 * Builds the section in b->next. 0, or -errno; call hd_store_refuse() if a person can do
	 * something about the error. After a failure, free() frees what was allocated. NULL: the
	 * section has nothing in the tree.
	 */
	int (*prepare)(struct dp_build *b);
	/*
	 * @tree is in force, and no worker is in @old, the tree before it, any more. Cannot fail.
	 * May be NULL.
	 */
	void (*commit)(struct dp_config *tree, const struct dp_config *old,
		       const struct hd_store *store);
	/*
	 * The worker has a new tree (w->config), or ports went up or down. Worker, at the start of
	 * a loop or at the end of a sleep. May be NULL.
	 */
	void (*seen)(struct dp_worker *w);
	/*
	 * Frees the section's part of a tree (dp_config.part), when no other tree shares it. @part
	 * is NULL if the tree has none. May be NULL.
	 */
	void (*free_part)(void *part);
	/*
	 * Frees what is in @tree and not in @other. @discard: @tree was never in force, and may be
	 * built only in part; else it was in force, and @other is the tree after it. NULL: there is
	 * nothing else to free.
	 */
	void (*free)(struct dp_config *tree, const struct dp_config *other, bool discard);
	unsigned int index; /* index in dp_config.part; set by dp_section_init() */
	struct dp_section *next;
};

/* Frees what a section has in @tree and not in @other, by free_part() and free(). */
static inline void dp_section_free(const struct dp_section *section, struct dp_config *tree,
				   const struct dp_config *other, bool discard)
{
	const void *part = tree->part[section->index];

	if (section->free_part && part != other->part[section->index])
		section->free_part((void *)part);
	if (section->free)
		section->free(tree, other, discard);
}

/* Registers a section. From a constructor (RTE_INIT). */
void dp_section_register(struct dp_section *section);

/*
 * Sorts the sections. Once, at the start. 0. -EINVAL with @err: two sections have the same name,
 * ->after has an unknown name, or the order has a circle. -ENOSPC: there are more than
 * DP_SECTIONS_MAX.
 */
int dp_section_init(struct hd_err *err);

/*
 * Returns the first section, in the order in which sections are built. The next ones follow by
 * ->next; the last one has NULL.
 */
const struct dp_section *dp_section_first(void);

#endif
