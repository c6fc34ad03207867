/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The store: the configuration objects that a plane was given, by (type, key), and the bracket
 * around their changes (heddle/api/config.h). It does not know what objects mean. One thread.
 */
#ifndef HEDDLE_CONFIG_STORE_H
#define HEDDLE_CONFIG_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/config.h"
#include "heddle/base/err.h"

struct hd_object_class {
	const char *name;
	uint32_t type;
	size_t size;
	/*
	 * Checks everything in the object except its head; every byte may be hostile. 0 or -errno
	 * with @err. Pure. May be NULL.
	 */
	int (*validate)(const void *object, struct hd_err *err);
	struct hd_object_class *next;
};

/*
 * Registers a class. Call from a constructor. Aborts the program if the type has a class already.
 */
void hd_object_class_register(struct hd_object_class *cls);

#define HD_OBJECT_CLASS_REGISTER(cls_)                                  \
	static void __attribute__((constructor)) cls_##_register_(void) \
	{                                                               \
		hd_object_class_register(&(cls_));                      \
	}                                                               \
	static void cls_##_register_(void)

/* The first class of the list (go on with ->next), and the class of a type; NULL: there is none. */
const struct hd_object_class *hd_object_class_first(void);
const struct hd_object_class *hd_object_class_find(uint32_t type);

struct hd_store;

#define HD_OBJECTS_MAX (1u << 23) /* that a plane takes; no valid configuration has so many */

/*
 * Makes a store for the classes that are registered, with room for @max objects. NULL: no memory.
 */
struct hd_store *hd_store_new(uint32_t max);
void hd_store_free(struct hd_store *store);

/* The generation of the last commit; 0: there was none. */
uint64_t hd_store_generation(const struct hd_store *store);

/*
 * Opens a bracket, and aborts one that is open. 0; with @err -ESTALE: a delta starts from a
 * generation that the store does not hold, or -EINVAL.
 */
int hd_store_begin(struct hd_store *store, const struct hd_config_begin *begin, struct hd_err *err);
bool hd_store_in_bracket(const struct hd_store *store);

/*
 * Checks the head and the content of one object message, and enters it into the bracket. 0 or
 * -errno. The first failure is kept for hd_store_failed(), and later objects of the bracket are
 * ignored.
 */
int hd_store_put(struct hd_store *store, uint32_t type, const void *object, size_t len);
int hd_store_failed(const struct hd_store *store, struct hd_err *err);

/* Marks the bracket as refused, with the reason that a later check found. Returns -@code. */
int hd_store_refuse(struct hd_store *store, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Ends the bracket. commit: its objects are in force, replaced ones are freed. abort: nothing
 * changes.
 */
void hd_store_commit(struct hd_store *store);
void hd_store_abort(struct hd_store *store);

/* The object that is in force, or NULL. */
const void *hd_store_now(const struct hd_store *store, uint32_t type, const char *key);

/* The object as it will be after the commit (outside a bracket: as it is), or NULL. */
const void *hd_store_next(const struct hd_store *store, uint32_t type, const char *key);

/* How the bracket changes an object. */
enum hd_change { HD_UNCHANGED, HD_ADDED, HD_CHANGED, HD_REMOVED };

/*
 * Calls @fn for every object of @type, in the order of keys; @now is NULL for an added one, @next
 * for a removed one. Stops at the first value other than 0, and returns it.
 */
typedef int (*hd_store_fn)(const char *key, enum hd_change change, const void *now,
			   const void *next, void *arg);
int hd_store_walk(const struct hd_store *store, uint32_t type, hd_store_fn fn, void *arg);

/*
 * The same for the objects that the open bracket adds, changes or removes. The cost of a delta
 * depends on these only.
 */
int hd_store_walk_changes(struct hd_store *store, uint32_t type, hd_store_fn fn, void *arg);

/* Counts the objects that the bracket adds, changes, removes and leaves, into @result. */
void hd_store_count(struct hd_store *store, struct hd_config_result *result);

#endif
