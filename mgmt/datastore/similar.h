/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "Did you mean ...?": the closest of some words to one that is unknown. Pure.
 */
#ifndef MGMT_DATASTORE_SIMILAR_H
#define MGMT_DATASTORE_SIMILAR_H

#define DS_SIMILAR_MAX 63 /* longer words are like nothing */

struct ds_similar {
	const char *word;
	char best[DS_SIMILAR_MAX + 1];
	unsigned int distance;
};

/* Edits (insert, delete, replace, swap of neighbours) that make @b of @a; 100 for long words. */
unsigned int ds_edit_distance(const char *a, const char *b);

/* @word must stay valid until the last call. */
void ds_similar_init(struct ds_similar *s, const char *word);

/* One word that would be right. */
void ds_similar_offer(struct ds_similar *s, const char *candidate);

/* The closest one, or NULL if none is close enough to be what was meant. */
const char *ds_similar_best(const struct ds_similar *s);

/* "; did you mean "X"?" in @text, or an empty string. Returns @text. */
const char *ds_similar_hint(const struct ds_similar *s, char *text, unsigned int size);

#endif
