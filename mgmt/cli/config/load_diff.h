/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a load changed: ports, switches and segments of two configurations, compared. Pure.
 */
#ifndef MGMT_CLI_CONFIG_LOAD_DIFF_H
#define MGMT_CLI_CONFIG_LOAD_DIFF_H

#include <stddef.h>

#include "mgmt/cli/command/xml.h"

enum cli_change {
	CLI_UNCHANGED,
	CLI_ADDED,
	CLI_CHANGED,
	CLI_REMOVED,
	CLI_CHANGES,
};

struct cli_object {
	char *name; /* "port web1", "switch sw0", "segment sw0/office" */
	char *text; /* its configuration */
	enum cli_change change;
};

struct cli_objects {
	struct cli_object *list; /* sorted by name */
	size_t n;
};

/* The objects in a <data> element (NULL: none). */
void cli_objects_read(const struct lyd_node *data, struct cli_objects *objects);

/*
 * Marks those of @after as unchanged, changed or added, and moves those that are gone from @before
 * to it, as removed. @before is empty after that.
 */
void cli_objects_compare(struct cli_objects *before, struct cli_objects *after);

void cli_objects_free(struct cli_objects *objects);

#endif
