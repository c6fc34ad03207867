/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Giving up privilege.
 */
#ifndef CTRLPLANE_MAIN_SANDBOX_H
#define CTRLPLANE_MAIN_SANDBOX_H

#include "heddle/base/err.h"

/*
 * Keeps CAP_NET_ADMIN, if it is there, and no other capability; nothing that is executed from here
 * on can gain one. Before other threads start. Returns 0 or -errno.
 */
int cp_sandbox_enter(struct hd_err *err);

#endif
