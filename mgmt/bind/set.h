/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sorted sets that share what they have in common: a copy costs a few hundred pointers, a change of
 * it one block, and what two of them differ in is found without looking at the rest. Items are
 * counted by the blocks that hold them, and never change.
 */
#ifndef MGMT_BIND_SET_H
#define MGMT_BIND_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BD_BLOCK_MAX 64 /* items */

/* The first member of what is put into a set. */
struct bd_item {
	uint32_t refs;
};

struct bd_set_class {
	int (*compare)(const void *a, const void *b);
	void (*free)(void *item); /* when nobody has it any more */
};

struct bd_block {
	uint32_t refs;
	uint32_t n; /* never 0 */
	void *item[BD_BLOCK_MAX];
};

/* All zero but for the class: an empty one. */
struct bd_set {
	const struct bd_set_class *class;
	struct bd_block **block;
	size_t n_blocks;
	size_t n; /* items */
};

/* A reference more, or less. */
void *bd_item_get(void *item);
void bd_item_put(const struct bd_set_class *class, void *item);

/* Makes @set of @n items, sorted by the class; their references are taken over. */
void bd_set_fill(struct bd_set *set, const struct bd_set_class *class, void *const *items,
		 size_t n);

/* Makes @copy of @set, which it has to be freed apart from. */
void bd_set_copy(struct bd_set *copy, const struct bd_set *set);
void bd_set_free(struct bd_set *set);

/* Adds an item, whose reference is taken over; one that is equal is replaced. */
void bd_set_add(struct bd_set *set, void *item);

/* Takes out what equals @key. False: there was none. */
bool bd_set_remove(struct bd_set *set, const void *key);

/* What equals @key, or NULL. */
void *bd_set_find(const struct bd_set *set, const void *key);

/* Places, in order. */
struct bd_place {
	const struct bd_set *set;
	size_t block, at;
};
struct bd_place bd_set_begin(const struct bd_set *set);

/* The first item that is not below @key. */
struct bd_place bd_set_from(const struct bd_set *set, const void *key);

/* The item there, NULL at the end; then the place goes on. */
void *bd_set_next(struct bd_place *place);

/*
 * Calls @fn for each item that is not the same in both, in order: @before NULL: it is new, @after
 * NULL: it is gone. The same item in both is not looked at; equal ones that are two are told of.
 */
typedef void (*bd_set_diff_fn)(void *before, void *after, void *arg);
void bd_set_diff(const struct bd_set *before, const struct bd_set *after, bd_set_diff_fn fn,
		 void *arg);

#endif
