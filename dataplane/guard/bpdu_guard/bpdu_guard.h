/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * BPDU guard: drops bridge protocol frames that come in from a guest.
 */
#ifndef DATAPLANE_GUARD_BPDU_GUARD_BPDU_GUARD_H
#define DATAPLANE_GUARD_BPDU_GUARD_BPDU_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"

/*
 * True if a frame, of which @len bytes can be read, is of a spanning tree protocol. It is if its
 * destination is a bridge group address (of STP, RSTP and MSTP; of provider bridges; of PVST+), or
 * any group address and it has the LLC header of STP, with or without tags before it. Pure.
 */
bool dp_bpdu_guard_match(const uint8_t *frame, size_t len);

/* Checks a struct hd_bpdu_guard_object. 0, or -EINVAL with @err. Pure. */
int dp_bpdu_guard_validate(const void *object, struct hd_err *err);

#endif
