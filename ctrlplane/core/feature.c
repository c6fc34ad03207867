/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctrlplane/core/feature.h"

#include <string.h>

static struct cp_feature *features;

void cp_feature_register(struct cp_feature *feature)
{
	struct cp_feature **at = &features;

	/* by name, so that the order does not depend on how the program was linked */
	while (*at && strcmp((*at)->name, feature->name) < 0)
		at = &(*at)->next;
	feature->next = *at;
	*at = feature;
}

const struct cp_feature *cp_feature_first(void)
{
	return features;
}
