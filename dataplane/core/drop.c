/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dataplane/core/drop.h"

HD_DROP_REGISTER(port_disabled, "port_disabled", HD_DROP_INGRESS,
		 "the port is disabled, or the frame waited there since it was");

HD_DROP_REGISTER(
	outdated, "outdated", HD_DROP_INGRESS,
	"the frame waited when a commit took its port or segment away, or its port out of the "
	"segment");

struct hd_drop_reason *const hd_drop_port_disabled = &port_disabled;
struct hd_drop_reason *const hd_drop_outdated = &outdated;

static struct hd_drop_reason *reasons;
static struct hd_drop_reason *by_index[HD_DROP_REASONS_MAX];
static unsigned int n_reasons;

void hd_drop_register(struct hd_drop_reason *reason)
{
	struct hd_drop_reason **at = &reasons;

	/* Kept sorted, so that indices do not depend on the order of constructors. */
	while (*at && strcmp((*at)->name, reason->name) < 0)
		at = &(*at)->next;
	if (*at && !strcmp((*at)->name, reason->name))
		abort(); /* two reasons of one name: a mistake in the program */
	reason->next = *at;
	*at = reason;
}

int hd_drop_init(void)
{
	n_reasons = 0;
	for (struct hd_drop_reason *r = reasons; r; r = r->next) {
		if (n_reasons == HD_DROP_REASONS_MAX || strlen(r->name) >= HD_DROP_NAME_MAX)
			return -ENOSPC;
		r->index = n_reasons;
		by_index[n_reasons++] = r;
	}
	return 0;
}

const struct hd_drop_reason *hd_drop_by_index(unsigned int index)
{
	return index < n_reasons ? by_index[index] : NULL;
}
