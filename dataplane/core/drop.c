/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/core/drop.h"

DP_DROP_REGISTER(port_disabled, "port_disabled", DP_DROP_INGRESS,
		 "the port is disabled, or the frame waited there since it was");

DP_DROP_REGISTER(
	outdated, "outdated", DP_DROP_INGRESS,
	"the frame waited when a commit took its port or segment away, or its port out of the "
	"segment");

struct dp_drop_reason *const dp_drop_port_disabled = &port_disabled;
struct dp_drop_reason *const dp_drop_outdated = &outdated;

static struct dp_drop_reason *reasons;
static struct dp_drop_reason *by_index[HD_DROP_REASONS_MAX];
static unsigned int n_reasons;

void dp_drop_register(struct dp_drop_reason *reason)
{
	struct dp_drop_reason **at = &reasons;

	/* Kept sorted, so that indices do not depend on the order of constructors. */
	while (*at && strcmp((*at)->name, reason->name) < 0)
		at = &(*at)->next;
	if (*at && !strcmp((*at)->name, reason->name))
		abort(); /* two reasons of one name: a mistake in the program */
	reason->next = *at;
	*at = reason;
}

int dp_drop_init(void)
{
	n_reasons = 0;
	for (struct dp_drop_reason *r = reasons; r; r = r->next) {
		if (n_reasons == HD_DROP_REASONS_MAX || strlen(r->name) >= HD_DROP_NAME_MAX)
			return -ENOSPC;
		r->index = n_reasons;
		by_index[n_reasons++] = r;
	}
	return 0;
}

const struct dp_drop_reason *dp_drop_by_index(unsigned int index)
{
	return index < n_reasons ? by_index[index] : NULL;
}
