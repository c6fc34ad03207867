/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Drop reasons for frames of a capture file that cannot be received.
 */
#ifndef DATAPLANE_CORE_CAPTURE_DROPS_H
#define DATAPLANE_CORE_CAPTURE_DROPS_H

#include "heddle/net/capture_file.h"
#include "dataplane/core/drop.h"

/*
 * Returns the reason for which a frame in this state is dropped; NULL: it is not dropped here,
 * since it is whole, or is from an interface that is not read.
 */
const struct dp_drop_reason *dp_drop_of_capture(enum hd_capture_state state);

#endif
