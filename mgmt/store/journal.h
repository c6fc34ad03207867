/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What running was, is and is about to be, on disk.
 *
 *	base	a whole configuration, and the generation that it is
 *	log	records that are appended: an intent before the planes are asked, its end after
 *
 * What runs is base with the records that ended well. A record has each unit that it changes as it
 * was and as it becomes, so the last JR_HISTORY can be undone: that is the history. Records that
 * fall out of it are folded into base, beside the loop.
 *
 * It is for a process that is killed: bytes that were written count, and are not synced. For boots
 * there is startup. A torn or damaged tail is cut off and reported; nothing that it finds in a file
 * makes it crash. Only what grows the log can fail for want of space: the end of a record, and its
 * confirmation, are written into room that its intent took.
 */
#ifndef MGMT_STORE_JOURNAL_H
#define MGMT_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "heddle/base/err.h"

#define JR_HISTORY 50 /* records that can be undone */

struct jr_unit {
	char *path;   /* as libyang writes it */
	char *before; /* XML of the unit; NULL: there was none */
	char *after;  /* NULL: it is removed */
};

enum jr_kind { JR_COMMIT, JR_BOOT };

struct jr_record {
	enum jr_kind kind;
	uint64_t generation; /* that the planes are given */
	time_t time;
	char *user, *client, *comment; /* each may be NULL */
	char *extra;   /* what else goes with it; kept and not looked at; may be NULL */
	char *confirm; /* of a confirmed commit: deadline.h; may be NULL */
	bool pending;  /* a confirmed commit that was not confirmed (yet) */
	struct jr_unit *units;
	size_t n;
};

struct jr;

/*
 * Opens or makes the journal in @dir (0700; files 0600), and keeps others out until it is closed.
 * @base: the whole configuration as text that the log starts from, when there was one (malloced,
 * the caller's; NULL: none, the records start from an empty one). Damage is repaired as far as it
 * goes and told in @note ("" when all was well). NULL with @err.
 */
struct jr *jr_open(const char *dir, char **base, uint64_t *base_generation, char *note,
		   size_t note_size, struct hd_err *err);
void jr_close(struct jr *jr);

/* Records that ended well, oldest first; @i below jr_count(). Valid until the next change. */
size_t jr_count(const struct jr *jr);
const struct jr_record *jr_get(const struct jr *jr, size_t i);

/* The intent whose end is not written: the process was killed between. NULL: none. */
const struct jr_record *jr_open_intent(const struct jr *jr);

/*
 * Writes an intent. After it, exactly one of jr_end() and jr_revert(). Fails for want of space and
 * leaves the log as it was; nothing may be changed then. @record is copied.
 */
int jr_intend(struct jr *jr, const struct jr_record *record, struct hd_err *err);

/* The planes have it; @generation: that they were really given. */
int jr_end(struct jr *jr, uint64_t generation, struct hd_err *err);
int jr_revert(struct jr *jr, struct hd_err *err);

/* The last records, as far as they are pending, were confirmed. */
int jr_confirm(struct jr *jr, struct hd_err *err);

/*
 * True when the log is long enough to be folded. Then the oldest jr_count() - jr_keep() records
 * leave it: the caller gives the configuration as it was before the oldest one that stays, which
 * becomes the base.
 */
bool jr_wants_base(const struct jr *jr);
size_t jr_keep(const struct jr *jr);
int jr_rebase(struct jr *jr, const char *text, uint64_t generation, size_t keep,
	      struct hd_err *err);

/*
 * The same in two halves, for a large configuration: jr_rebase_write() only writes a file beside and
 * syncs it, so that a forked child can call it (saver.h); jr_rebase_finish() is for the parent, also
 * when there are newer records by then. @point: from jr_rebase_point(), before the fork.
 */
uint64_t jr_rebase_point(const struct jr *jr, size_t keep);
int jr_rebase_write(const struct jr *jr, const char *text, uint64_t generation, uint64_t point,
		    struct hd_err *err);
int jr_rebase_finish(struct jr *jr, uint64_t point, struct hd_err *err);

#endif
