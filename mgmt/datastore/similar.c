/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "mgmt/datastore/similar.h"

#define FAR 100

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned int ds_edit_distance(const char *a, const char *b)
{
	unsigned int row[3][DS_SIMILAR_MAX + 2];
	size_t la = strlen(a), lb = strlen(b);

	if (la > DS_SIMILAR_MAX || lb > DS_SIMILAR_MAX)
		return FAR;
	for (size_t j = 0; j <= lb; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		unsigned int *now = row[i % 3], *prev = row[(i + 2) % 3],
			     *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned char x = tolower((unsigned char)a[i - 1]);
			unsigned char y = tolower((unsigned char)b[j - 1]);

			now[j] = min3(prev[j] + 1, now[j - 1] + 1, prev[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
	}
	return row[la % 3][lb];
}

void ds_similar_init(struct ds_similar *s, const char *word)
{
	s->word = word;
	s->best[0] = '\0';
	s->distance = FAR;
}

void ds_similar_offer(struct ds_similar *s, const char *candidate)
{
	unsigned int d = ds_edit_distance(s->word, candidate);

	if (d < s->distance) {
		s->distance = d;
		snprintf(s->best, sizeof(s->best), "%s", candidate);
	}
}

const char *ds_similar_best(const struct ds_similar *s)
{
	size_t len = strlen(s->word);

	/* A third of the letters may be wrong: with more, a guess confuses. */
	return s->best[0] && s->distance <= (len < 3 ? 1 : (len + 1) / 3) ? s->best : NULL;
}

const char *ds_similar_hint(const struct ds_similar *s, char *text, unsigned int size)
{
	const char *best = ds_similar_best(s);

	if (best)
		snprintf(text, size, "; did you mean \"%s\"?", best);
	else
		text[0] = '\0';
	return text;
}
