/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RA guard: drops IPv6 router advertisements and redirects (RFC 4861) that come in from a guest, so
 * that it cannot pose as a router, and packets whose headers do not show whether they are one (RFC
 * 6105, RFC 7113).
 */
#ifndef DATAPLANE_GUARD_RA_GUARD_RA_GUARD_H
#define DATAPLANE_GUARD_RA_GUARD_RA_GUARD_H

#include <stdbool.h>

#include "heddle/base/err.h"
#include "dataplane/guard/frame.h"

/*
 * True if a frame of at least 14 readable bytes is a router advertisement or a redirect, behind any
 * tags, SNAP and extension headers, or IPv6 whose headers do not show its upper layer. Pure.
 */
bool dp_ra_guard_match(const struct dp_guard_frame *frame);

/* Checks a struct hd_ra_guard_object. 0, or -EINVAL with @err. Pure. */
int dp_ra_guard_validate(const void *object, struct hd_err *err);

#endif
