/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * BPDU guard: bridge protocol frames from a guest do not come in.
 */
#ifndef DATAPLANE_GUARD_BPDU_GUARD_BPDU_GUARD_H
#define DATAPLANE_GUARD_BPDU_GUARD_BPDU_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"

/*
 * True if a frame, of which @len bytes can be read, is one of a spanning tree protocol: sent to a
 * bridge group address (STP, RSTP, MSTP; the provider's; PVST+), or to any group address with the
 * LLC header of STP, tags before it or not. Pure.
 */
bool hd_bpdu_guard_match(const uint8_t *frame, size_t len);

/* Checks a struct hd_bpdu_guard_object. 0, or -EINVAL with @err. Pure. */
int hd_bpdu_guard_validate(const void *object, struct hd_err *err);

#endif
