/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/core/section.h"

#include <errno.h>
#include <string.h>

static struct dp_section *sections;

void dp_section_register(struct dp_section *section)
{
	struct dp_section **at = &sections;

	/* Sorts by name: the order between sections that ask for none. */
	while (*at && strcmp((*at)->name, section->name) < 0)
		at = &(*at)->next;
	section->next = *at;
	*at = section;
}

const struct dp_section *dp_section_first(void)
{
	return sections;
}

static bool has(const struct dp_section *list, const char *name)
{
	for (; list; list = list->next)
		if (!strcmp(list->name, name))
			return true;
	return false;
}

/* Takes the first section that need not be built after a remaining one. NULL: there is none. */
static struct dp_section *take_next(struct dp_section **left)
{
	for (struct dp_section **at = left; *at; at = &(*at)->next) {
		struct dp_section *s = *at;

		if (s->after && has(*left, s->after))
			continue;
		*at = s->next;
		return s;
	}
	return NULL;
}

int dp_section_init(struct hd_err *err)
{
	struct dp_section *sorted = NULL, **end = &sorted, *s;
	unsigned int n = 0;

	for (s = sections; s; s = s->next) {
		if (has(s->next, s->name))
			return hd_err_set(err, EINVAL, "two sections are named %s", s->name);
		if (s->after && !has(sections, s->after))
			return hd_err_set(err, EINVAL,
					  "section %s is built after %s, which is unknown", s->name,
					  s->after);
	}
	while (sections && n < DP_SECTIONS_MAX && (s = take_next(&sections)) != NULL) {
		s->index = n++;
		s->next = NULL;
		*end = s;
		end = &s->next;
	}
	*end = sections;
	sections = sorted;
	if (!*end)
		return 0;
	return n == DP_SECTIONS_MAX
		       ? hd_err_set(err, ENOSPC, "more than %d sections", DP_SECTIONS_MAX)
		       : hd_err_set(err, EINVAL, "the order of sections is a circle at %s",
				    (*end)->name);
}
