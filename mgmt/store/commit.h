/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way of a change: check, translate, write down, ask the planes, take over.
 */
#ifndef MGMT_STORE_COMMIT_H
#define MGMT_STORE_COMMIT_H

#include "mgmt/store/internal.h"

/* The change's turn. It ends with ch_end(), now or later. */
void cm_run(struct ch *change);

/* Ends the turn of the first change: it is answered with what is in its errs, and freed. */
void ch_end(struct ch *change);

/* The next change's turn comes soon. */
void ch_next(struct st *st);

/* For the timer of the queue. */
void ch_on_next(evutil_socket_t fd, short what, void *arg);

#endif
