/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory of a capture, and what its reader gets. Control thread.
 */
#ifndef DATAPLANE_CAPTURE_CAPTURE_MEMORY_H
#define DATAPLANE_CAPTURE_CAPTURE_MEMORY_H

#include "dataplane/capture/capture.h"

/*
 * Makes @c->memory with a ring for each of @n workers, their writers, and the socket pair; what the
 * reader needs is sent on it. *@reader is the caller's. On failure capture_memory_free() and closing
 * @c->sock (-1: there is none) are left to do. 0 or -errno with @err.
 */
int capture_memory_new(struct hd_capture *c, unsigned int n, int *reader, struct hd_err *err);
void capture_memory_free(struct hd_capture *c);

#endif
