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
	uint32_t type; /* message type */
	uint32_t size;
	uint8_t plane; /* enum hd_plane: who is told */
	uint8_t rank;
	struct hd_object *body; /* @size bytes */
};

struct bd_objects {
	struct bd_object *list;
	size_t n, room;
};

/*
 * Adds an object and returns its body: zeroed but for its head. A key that is too long is cut; the
 * rules have refused such names before.
 */
void *bd_objects_add(struct bd_objects *objects, enum hd_plane plane, enum bd_rank rank,
		     uint32_t type, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

#define bd_add(objects, plane, rank, NAME, ...) \
	bd_objects_add(objects, plane, rank, HD_##NAME, HD_##NAME##_SIZE, __VA_ARGS__)

/* Sorts by (plane, rank, type, key). To be called when all have been added. */
void bd_objects_sort(struct bd_objects *objects);

void bd_objects_free(struct bd_objects *objects);

/*
 * Calls @fn for what makes @next of @prev on @plane: first what goes (last rank first, @fn gets the
 * old object with op HD_OBJECT_DELETE in @op), then what is new or changed, in order. With @prev
 * NULL all of @next is new. Both are sorted. Returns the number of calls.
 */
typedef void (*bd_change_fn)(const struct bd_object *object, enum hd_object_op op, void *arg);
size_t bd_objects_diff(const struct bd_objects *prev, const struct bd_objects *next,
		       enum hd_plane plane, bd_change_fn fn, void *arg);

#endif
