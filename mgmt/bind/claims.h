/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What only one port can have, or only some: a socket, a device, a file that it writes. A row says what a port
 * claims; that two claim the same is found by the core, in a set that is kept between commits.
 */
#ifndef MGMT_BIND_CLAIMS_H
#define MGMT_BIND_CLAIMS_H

#include "mgmt/bind/model.h"
#include "mgmt/bind/set.h"

struct bd_claim_class {
	const char *name;  /* "socket" */
	unsigned int most; /* ports that may claim the same, none exclusively; 0: any number */
	/* Adds the error: @other claims @key already. */
	void (*conflict)(const struct bd_port *port, const char *other, const char *key,
			 struct ds_errors *errs);
};

struct bd_claim {
	struct bd_item item;
	bool exclusive;
	const struct bd_claim_class *class;
	char *key, *port; /* behind it */
};

struct bd_claims {
	struct bd_claim **at;
	size_t n, room;
};

/* @exclusive: nobody else has it at all; else others may, who do not claim it exclusively. */
void bd_claim(struct bd_claims *claims, const struct bd_claim_class *class,
	      const struct bd_port *port, bool exclusive, const char *key);
void bd_claims_free(struct bd_claims *claims);
void bd_claim_put(struct bd_claim *claim);

/* Makes @set of @claims, which are empty then; adds an error for each that is in conflict. */
void bd_claims_fill(struct bd_set *set, struct bd_claims *claims, const struct bd_model *model,
		    struct ds_errors *errs);

/* True when what is in @set leaves no room for @claim, which is in it as well. */
bool bd_claim_conflicts(const struct bd_set *set, const struct bd_claim *claim);

#endif
