/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Features of the control plane: each a folder that registers itself here.
 *
 * A feature brings the classes of its configuration objects and is told when a configuration is in
 * force. Everything runs on the one thread of the event loop.
 */
#ifndef CTRLPLANE_CORE_FEATURE_H
#define CTRLPLANE_CORE_FEATURE_H

#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"

struct cp_config;
struct hd_handler;
struct event_base;

/* A kind of configuration object (HD_OBJECT): struct hd_object first. */
struct cp_class {
	uint32_t type;
	const char *name; /* for messages: "host interface" */
	size_t size;
	/*
	 * Checks an object that came to be set; every byte may be hostile, the head is checked
	 * already. Pure. Returns 0, or -errno with @err saying what would be right.
	 */
	int (*validate)(const void *object, struct hd_err *err);
};

struct cp_feature {
	const char *name;
	const struct cp_class *classes;
	size_t n_classes;
	/* Once, before any configuration. Returns 0 or -errno; below 0 the program ends. */
	int (*start)(struct event_base *base, struct hd_err *err);
	/* A configuration came into force; @config and its objects stay as they are until the next. */
	void (*commit)(const struct cp_config *config);
	/* What heddled says to it. */
	const struct hd_handler *from_heddled;
	size_t n_from_heddled;
	/* The program ends. */
	void (*stop)(void);
	struct cp_feature *next;
};

/* From a constructor. Keeps @feature. */
void cp_feature_register(struct cp_feature *feature);

/* All features, by name. */
const struct cp_feature *cp_feature_first(void);

/* The class of a message type, or NULL. */
const struct cp_class *cp_class_find(uint32_t type);

#define CP_FEATURE_REGISTER(var)                                       \
	static void __attribute__((constructor)) var##_register_(void) \
	{                                                              \
		cp_feature_register(&(var));                           \
	}                                                              \
	static void var##_register_(void)

#endif
