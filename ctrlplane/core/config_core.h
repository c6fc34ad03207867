/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration that the control plane holds, and the bracket that changes it
 * (include/heddle/api/config.h). Pure: no sockets, no clock. One thread.
 *
 *	begin -> object ... -> prepare -> commit | abort
 *
 * The running objects do not change before commit. Objects are kept sorted by type and key.
 */
#ifndef CTRLPLANE_CORE_CONFIG_CORE_H
#define CTRLPLANE_CORE_CONFIG_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/api/config.h"
#include "heddle/base/err.h"
#include "ctrlplane/core/feature.h"

#define CP_OBJECTS_MAX 65536

struct cp_object {
	const struct cp_class *class;
	struct hd_object *data; /* class->size bytes */
};

struct cp_objects {
	struct cp_object *at;
	size_t n, room;
};

enum cp_config_state { CP_CONFIG_IDLE, CP_CONFIG_OPEN, CP_CONFIG_PREPARED };

struct cp_config {
	uint64_t generation; /* of the running objects; 0: none came yet */
	struct cp_objects running;

	enum cp_config_state state;
	uint64_t next_generation;
	struct cp_objects next;
	struct hd_err refused; /* the first object that was; code 0: none */
	struct hd_config_result result;
};

/*
 * Opens a bracket; one that is open is aborted. -EINVAL: mode, generation; -ESTALE: a delta against
 * another generation than ours; -ENOMEM.
 */
int cp_config_begin(struct cp_config *config, const struct hd_config_begin *begin,
		    struct hd_err *err);

/*
 * One object message of @class (class->size bytes). What is wrong with it is kept for
 * cp_config_prepare(). Returns -EPROTO when no bracket is open (the object is ignored), else 0.
 */
int cp_config_object(struct cp_config *config, const struct cp_class *class, const void *object);

/* Does all that can fail. -EPROTO: no bracket; else what the first refused object says. */
int cp_config_prepare(struct cp_config *config, struct hd_config_result *result,
		      struct hd_err *err);

/* The prepared objects are the running ones from here on. -EPROTO: nothing is prepared. */
int cp_config_commit(struct cp_config *config, struct hd_config_result *result, struct hd_err *err);

/* Forgets the bracket, if one is open. */
void cp_config_abort(struct cp_config *config);

/* The running object of @class with @key, or NULL. */
const void *cp_config_find(const struct cp_config *config, const struct cp_class *class,
			   const char *key);

/*
 * The running objects of @class, in the order of their keys: call with *@iter 0 first, until it
 * returns NULL.
 */
const void *cp_config_next(const struct cp_config *config, const struct cp_class *class,
			   size_t *iter);

/* Frees what @config holds; it is as zeroed after that. */
void cp_config_clear(struct cp_config *config);

#endif
