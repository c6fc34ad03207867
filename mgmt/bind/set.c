/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/bind/set.h"
#include "mgmt/datastore/mem.h"

#define FILL (BD_BLOCK_MAX * 3 / 4) /* items of a new block: room for more */

void *bd_item_get(void *item)
{
	((struct bd_item *)item)->refs++;
	return item;
}

void bd_item_put(const struct bd_set_class *class, void *item)
{
	if (--((struct bd_item *)item)->refs == 0)
		class->free(item);
}

static void block_put(const struct bd_set_class *class, struct bd_block *block)
{
	if (--block->refs)
		return;
	for (uint32_t i = 0; i < block->n; i++)
		bd_item_put(class, block->item[i]);
	free(block);
}

static struct bd_block *block_new(void *const *items, size_t n)
{
	struct bd_block *block = ds_alloc(sizeof(*block));

	block->refs = 1;
	block->n = n;
	memcpy(block->item, items, n * sizeof(*items));
	return block;
}

void bd_set_fill(struct bd_set *set, const struct bd_set_class *class, void *const *items, size_t n)
{
	set->class = class;
	set->n = n;
	set->n_blocks = 0;
	set->block = ds_alloc((n / FILL + 1) * sizeof(*set->block));
	for (size_t i = 0; i < n; i += FILL)
		set->block[set->n_blocks++] = block_new(items + i, n - i < FILL ? n - i : FILL);
}

void bd_set_copy(struct bd_set *copy, const struct bd_set *set)
{
	*copy = *set;
	copy->block = ds_alloc((set->n_blocks + 1) * sizeof(*set->block));
	for (size_t i = 0; i < set->n_blocks; i++) {
		copy->block[i] = set->block[i];
		copy->block[i]->refs++;
	}
}

void bd_set_free(struct bd_set *set)
{
	for (size_t i = 0; i < set->n_blocks; i++)
		block_put(set->class, set->block[i]);
	free(set->block);
	set->block = NULL;
	set->n_blocks = 0;
	set->n = 0;
}

/* The last block whose first item is not above @key; 0 when there is none. */
static size_t block_of(const struct bd_set *set, const void *key)
{
	size_t low = 0, high = set->n_blocks;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (set->class->compare(set->block[mid]->item[0], key) <= 0)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* The first in @block that is not below @key. */
static uint32_t place_in(const struct bd_set *set, const struct bd_block *block, const void *key)
{
	uint32_t low = 0, high = block->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (set->class->compare(block->item[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_at(const struct bd_set *set, const struct bd_block *block, uint32_t at,
		  const void *key)
{
	return at < block->n && set->class->compare(block->item[at], key) == 0;
}

/* The block, which nobody else has from now on. */
static struct bd_block *own(struct bd_set *set, size_t i)
{
	struct bd_block *block = set->block[i], *copy;

	if (block->refs == 1)
		return block;
	copy = block_new(block->item, block->n);
	for (uint32_t k = 0; k < copy->n; k++)
		bd_item_get(copy->item[k]);
	block->refs--;
	set->block[i] = copy;
	return copy;
}

static void insert_block(struct bd_set *set, size_t at, struct bd_block *block)
{
	set->block = ds_realloc(set->block, set->n_blocks + 1, sizeof(*set->block));
	memmove(&set->block[at + 1], &set->block[at], (set->n_blocks - at) * sizeof(*set->block));
	set->block[at] = block;
	set->n_blocks++;
}

/* Makes two of a full block; @i is then the one that @at is in. */
static struct bd_block *split(struct bd_set *set, size_t i, uint32_t *at)
{
	struct bd_block *block = set->block[i];
	uint32_t half = block->n / 2;

	insert_block(set, i + 1, block_new(block->item + half, block->n - half));
	block->n = half;
	if (*at <= half)
		return block;
	*at -= half;
	return set->block[i + 1];
}

void bd_set_add(struct bd_set *set, void *item)
{
	size_t i = block_of(set, item);
	struct bd_block *block;
	uint32_t at;

	if (!set->n_blocks) {
		insert_block(set, 0, block_new(&item, 1));
		set->n = 1;
		return;
	}
	block = own(set, i);
	at = place_in(set, block, item);
	if (is_at(set, block, at, item)) {
		bd_item_put(set->class, block->item[at]);
		block->item[at] = item;
		return;
	}
	if (block->n == BD_BLOCK_MAX)
		block = split(set, i, &at);
	memmove(&block->item[at + 1], &block->item[at], (block->n - at) * sizeof(*block->item));
	block->item[at] = item;
	block->n++;
	set->n++;
}

bool bd_set_remove(struct bd_set *set, const void *key)
{
	size_t i = block_of(set, key);
	struct bd_block *block;
	void *item;
	uint32_t at;

	if (!set->n_blocks)
		return false;
	at = place_in(set, set->block[i], key);
	if (!is_at(set, set->block[i], at, key))
		return false;
	block = own(set, i);
	item = block->item[at];
	memmove(&block->item[at], &block->item[at + 1], (--block->n - at) * sizeof(*block->item));
	set->n--;
	if (!block->n) {
		free(block);
		memmove(&set->block[i], &set->block[i + 1],
			(--set->n_blocks - i) * sizeof(*set->block));
	}
	bd_item_put(set->class, item);
	return true;
}

void *bd_set_find(const struct bd_set *set, const void *key)
{
	const struct bd_block *block;
	uint32_t at;

	if (!set->n_blocks)
		return NULL;
	block = set->block[block_of(set, key)];
	at = place_in(set, block, key);
	return is_at(set, block, at, key) ? block->item[at] : NULL;
}

struct bd_place bd_set_begin(const struct bd_set *set)
{
	return (struct bd_place){set, 0, 0};
}

struct bd_place bd_set_from(const struct bd_set *set, const void *key)
{
	struct bd_place place = {set, 0, 0};

	if (set->n_blocks) {
		place.block = block_of(set, key);
		place.at = place_in(set, set->block[place.block], key);
	}
	return place;
}

/* Goes to the next block at the end of one; false at the end of all. */
static bool settle(struct bd_place *place)
{
	if (place->block < place->set->n_blocks &&
	    place->at == place->set->block[place->block]->n) {
		place->block++;
		place->at = 0;
	}
	return place->block < place->set->n_blocks;
}

void *bd_set_next(struct bd_place *place)
{
	return settle(place) ? place->set->block[place->block]->item[place->at++] : NULL;
}

/* Leaves out blocks that both have. */
static void skip(struct bd_place *a, struct bd_place *b)
{
	while (settle(a) && settle(b) && !a->at && !b->at &&
	       a->set->block[a->block] == b->set->block[b->block]) {
		a->block++;
		b->block++;
	}
}

void bd_set_diff(const struct bd_set *before, const struct bd_set *after, bd_set_diff_fn fn,
		 void *arg)
{
	struct bd_place a = bd_set_begin(before), b = bd_set_begin(after);

	for (;;) {
		void *x, *y;
		int order;

		skip(&a, &b);
		x = settle(&a) ? a.set->block[a.block]->item[a.at] : NULL;
		y = settle(&b) ? b.set->block[b.block]->item[b.at] : NULL;
		if (!x && !y)
			return;
		order = x == y ? 0 : !x ? 1 : !y ? -1 : after->class->compare(x, y);
		if (x != y)
			fn(order <= 0 ? x : NULL, order >= 0 ? y : NULL, arg);
		a.at += order <= 0;
		b.at += order >= 0;
	}
}
