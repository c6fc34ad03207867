/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reasons for drops of frames that a capture file has, and that cannot come in.
 */
#ifndef DATAPLANE_CORE_CAPTURE_DROPS_H
#define DATAPLANE_CORE_CAPTURE_DROPS_H

#include "heddle/net/capture_file.h"
#include "dataplane/core/drop.h"

/* Why a frame in this state is dropped; NULL: it is whole, or of an interface that is not read. */
const struct dp_drop_reason *dp_drop_of_capture(enum hd_capture_state state);

#endif
