/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Internal VLAN numbers of segments that have no id. They are above all ids (heddle/net/ether.h), so no
 * word of a configuration and no tag can mean one.
 *
 * Deterministic, so that a replay is the same each time: in the order of names, the lowest one that is
 * free. Stable: a segment that had a number keeps it.
 */
#ifndef MGMT_BIND_NUMBERS_H
#define MGMT_BIND_NUMBERS_H

#include "heddle/base/name.h"
#include "mgmt/bind/model.h"

struct bd_number {
	char switch_name[HD_NAME_MAX];
	char segment[HD_NAME_MAX];
	uint16_t vlan;
};

struct bd_numbers {
	struct bd_number *list; /* by switch, then segment */
	size_t n;
};

/*
 * Gives numbers to the model's segments. @before are those that run now; may be NULL. A segment for which
 * none is left keeps 0: bind_switch.c tells of it.
 */
void bd_numbers_assign(struct bd_model *model, const struct bd_numbers *before);

void bd_numbers_copy(struct bd_numbers *copy, const struct bd_numbers *numbers);

/* The internal numbers of @model, for the next time. Free with bd_numbers_free(). */
void bd_numbers_take(struct bd_numbers *numbers, const struct bd_model *model);
void bd_numbers_free(struct bd_numbers *numbers);

/* To and from text, a line each: "switch segment vlan". Lines that make no sense are skipped. */
char *bd_numbers_print(const struct bd_numbers *numbers);
void bd_numbers_parse(struct bd_numbers *numbers, const char *text);

#endif
