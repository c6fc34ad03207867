/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Binding YANG to the planes: a row for each module.
 *
 * bind_<x>.c knows one module: what makes no sense in it beyond what the schema can say, and what
 * protocol objects it becomes. It registers its row from a constructor, so that a feature is added
 * without touching a list here.
 */
#ifndef MGMT_BIND_BIND_H
#define MGMT_BIND_BIND_H

#include "mgmt/bind/model.h"
#include "mgmt/bind/numbers.h"
#include "mgmt/bind/objects.h"
#include "mgmt/datastore/errors.h"
#include "mgmt/datastore/schema.h"

/* A rule: a pure function over the model that adds an error for each place where it is broken. */
typedef void (*bd_rule_fn)(const struct bd_model *model, struct ds_errors *errs);

struct bd_row {
	const char *module; /* that the row is for; loaded into the schema */
	const char *revision;
	const bd_rule_fn *rules; /* ends with NULL; may be NULL */
	/* Adds the objects of a model that all rules accept. May be NULL. */
	void (*translate)(const struct bd_model *model, struct bd_objects *out);
	struct bd_row *next;
};

void bd_register(struct bd_row *row);

#define BD_REGISTER(var)                                                 \
	__attribute__((constructor)) static void bd_register_##var(void) \
	{                                                                \
		bd_register(&var);                                       \
	}                                                                \
	struct bd_row

/* The rows' modules, in the order of their names. Returns how many; at most @max are written. */
size_t bd_modules(struct ds_module *modules, size_t max);

/*
 * Checks the meaning of @tree (validated by libyang; NULL: empty) and, when it makes sense,
 * translates it. @before: internal numbers of the configuration that runs, or NULL; @numbers: those
 * of this one (may be NULL). Returns true and fills @objects and @numbers, or adds to @errs.
 */
bool bd_translate(const struct ly_ctx *ctx, const struct lyd_node *tree,
		  const struct bd_numbers *before, struct bd_numbers *numbers,
		  struct bd_objects *objects, struct ds_errors *errs);

/* Adds an error about @node. */
struct ds_error *bd_error(struct ds_errors *errs, const struct lyd_node *node, enum ds_tag tag,
			  const char *app_tag, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Ports of a kind, one after another: start with NULL. Host interfaces are of kind tap. */
const struct bd_port *bd_port_next(const struct bd_model *model, const struct bd_port *after,
				   const char *kind_module);

/* enum hd_offload_config of a kind's container. */
uint8_t bd_offloads(const struct lyd_node *params);

/*
 * Reads "10.0.0.1/24" or, when @need_length is false, also "10.0.0.1". Returns false when it is no
 * address or the length does not fit.
 */
bool bd_prefix_parse(const char *text, bool need_length, uint8_t addr[16], uint8_t *family,
		     uint8_t *length);

/* The kernel's device that a port is on, and the namespace ("" for ours). NULL: on none. */
const char *bd_port_device(const struct bd_port *port, const char **netns);

#endif
