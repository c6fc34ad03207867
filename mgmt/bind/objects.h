/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a configuration means to the planes: a list of protocol objects, sorted, and what differs
 * between two of them. Pure.
 */
#ifndef MGMT_BIND_OBJECTS_H
#define MGMT_BIND_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/config.h"
#include "mgmt/bind/set.h"

/* The order in which objects are told: what others name comes first. */
enum bd_rank {
	BD_RANK_SWITCH,
	BD_RANK_SEGMENT,
	BD_RANK_PORT,
	BD_RANK_KIND,
	BD_RANK_FEATURE,
	BD_RANK_ENTRY,
};

struct bd_object {
	struct bd_item item;
	uint32_t type; /* message type */
	uint32_t size;
	uint8_t plane; /* enum hd_plane: who is told */
	uint8_t rank;
	struct hd_object *body; /* @size bytes */
};

/* Objects as they are made, in any order. */
struct bd_list {
	struct bd_object **at;
	size_t n, room;
};

/*
 * Adds an object and returns its body: zeroed but for its head. A key that is too long is cut; the
 * rules have refused such names before.
 */
void *bd_list_add(struct bd_list *list, enum hd_plane plane, enum bd_rank rank, uint32_t type,
		  size_t size, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

#define bd_add(list, plane, rank, NAME, ...) \
	bd_list_add(list, plane, rank, HD_##NAME, HD_##NAME##_SIZE, __VA_ARGS__)

void bd_list_free(struct bd_list *list);

/* All objects of a configuration, by (plane, rank, type, key); shares what others have too. */
struct bd_objects {
	struct bd_set set;
};

/* Makes @objects of what is in @list, which is empty then. */
void bd_objects_fill(struct bd_objects *objects, struct bd_list *list);
void bd_objects_copy(struct bd_objects *copy, const struct bd_objects *objects);
void bd_objects_free(struct bd_objects *objects);

void bd_objects_add(struct bd_objects *objects, struct bd_object *object); /* a reference more */
void bd_objects_remove(struct bd_objects *objects, const struct bd_object *object);
const struct bd_object *bd_objects_find(const struct bd_objects *objects, enum hd_plane plane,
					enum bd_rank rank, uint32_t type, const char *key);
void bd_object_put(struct bd_object *object);

/*
 * Calls @fn for what makes @next of @prev on @plane: first what goes (last rank first, @fn gets the
 * old object with op HD_OBJECT_DELETE in @op), then what is new or changed, in order. With @prev
 * NULL all of @next is new. Costs what differs, when one was made of the other. Returns the number
 * of calls.
 */
typedef void (*bd_change_fn)(const struct bd_object *object, enum hd_object_op op, void *arg);
size_t bd_objects_diff(const struct bd_objects *prev, const struct bd_objects *next,
		       enum hd_plane plane, bd_change_fn fn, void *arg);

#endif
