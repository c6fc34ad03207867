/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is kept of a configuration, so that the next one can be made from it: what each port became,
 * and the names and numbers of switches and segments.
 */
#ifndef MGMT_BIND_PART_H
#define MGMT_BIND_PART_H

#include "mgmt/bind/bind.h"
#include "mgmt/bind/config.h"

/* What one port became. Neither it nor what it has ever changes. */
struct bd_part {
	struct bd_item item;
	char *name;
	struct bd_object **object;
	struct bd_claim **claim;
	size_t n_objects, n_claims;
};

/*
 * Has a reference to each of @objects[n] and @claims[n].
 */
struct bd_part *bd_part_new(const char *name, struct bd_object *const *objects, size_t n_objects,
			    struct bd_claim *const *claims, size_t n_claims);
void bd_parts_fill(struct bd_set *set, struct bd_part **parts, size_t n); /* sorted by name */
struct bd_part *bd_part_find(const struct bd_set *parts, const char *name);

/* Switches and segments without their nodes, and the names that their rows look at. */
struct bd_switches {
	unsigned int refs;
	struct bd_model model; /* no ports */
	struct bd_names names; /* sorted */
};

struct bd_switches *bd_switches_new(const struct bd_model *model);
void bd_switches_put(struct bd_switches *switches);

/* Do switches look at the port of this name? */
bool bd_switches_name(const struct bd_switches *switches, const char *name);

#endif
