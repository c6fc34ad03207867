/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Confirmed commits (RFC 6241 8.4).
 */
#ifndef MGMT_STORE_CONFIRM_H
#define MGMT_STORE_CONFIRM_H

#include "mgmt/store/internal.h"

/* A confirmed commit that waits. */
struct cf {
	bool is;
	unsigned int serial; /* of the confirmed commit, or its extension, that waits */
	char user[64];
	uint32_t session; /* that began it; 0: before a restart of heddle-mgmt */
	char *persist;    /* token, or NULL: it ends with the session */
	bool save;        /* write startup once it is confirmed */
	time_t deadline;
	struct event *timer;
	struct jr_record undo; /* units as they were before it */
};

void cf_init(struct st *st);
void cf_clear(struct st *st);

/*
 * May @who commit, edit running or cancel (@what: "commit") while another's confirmed commit waits?
 * @persist_id: as given; NULL: none. An error names who waits for what.
 */
bool cf_may(struct st *st, const struct nacm_subject *who, const char *persist_id,
	    struct ds_errors *errs);

/* May @who lock running? Not while another's confirmed commit waits (RFC 6241 7.5). */
bool cf_may_lock(const struct st *st, const struct nacm_subject *who, struct ds_errors *errs);

/* Text of the journal for a commit that is confirmed or follows one; NULL: for others. */
char *cf_text(const struct ch *change);

/* The change is in force; its overlay still says what it changed. */
void cf_changed(struct ch *change);

/* Makes the overlay of a CH_REVERT. False with its errors. */
bool cf_begin_revert(struct ch *change);

/* It could not be made: it is tried again. */
void cf_revert_failed(struct st *st, const struct ds_errors *errs);

/* After a restart: what the journal says that waits. */
void cf_restore(struct st *st);

/* The session is gone. */
void cf_session_gone(struct st *st, const struct nacm_subject *who);

#endif
