/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The door of heddle-mgmt: heddled listens on its socket, so that it can lie where heddle-mgmt cannot
 * write, and who connects while heddle-mgmt is started again waits instead of being turned away.
 */
#ifndef SUPERVISOR_FRONT_H
#define SUPERVISOR_FRONT_H

#include "heddle/base/err.h"

/*
 * A listening socket @name in the directory @dir_fd, which replaces one that was left over; everybody may
 * connect. heddle-mgmt decides who may come in: it knows groups that a file cannot have. Returns it,
 * or -errno with @err.
 */
int front_listen(int dir_fd, const char *name, struct hd_err *err);

#endif
