/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One change of configuration on both planes (or, when a plane was restarted, on that one):
 *
 *	wait until the planes are there -> prepare on each -> commit on each
 *	                                \-> abort on each, when one refuses
 *
 * A plane that goes away before all have prepared makes it wait again. One that goes away after
 * that gets everything when it is back.
 */
#ifndef MGMT_BACKEND_TXN_H
#define MGMT_BACKEND_TXN_H

#include "mgmt/backend/backend.h"

/* A plane came or went. */
void bk_txn_plane_up(struct bk *bk);
void bk_txn_plane_down(struct bk *bk);

/* Gives planes that hold another generation what is in force, unless a commit is under way. */
void bk_txn_resync(struct bk *bk);

/* Ends what is under way; done is called with -ECANCELED. */
void bk_txn_cancel(struct bk *bk);

#endif
