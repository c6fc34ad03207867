/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Drop reasons that several kinds of ports use.
 */
#ifndef DATAPLANE_PORT_PORT_DROPS_H
#define DATAPLANE_PORT_PORT_DROPS_H

#include "dataplane/core/drop.h"

extern struct dp_drop_reason *const dp_drop_bad_offload;  /* ingress */
extern struct dp_drop_reason *const dp_drop_no_buffers;   /* ingress */
extern struct dp_drop_reason *const dp_drop_rx_truncated; /* ingress */
extern struct dp_drop_reason *const dp_drop_tx_refused;   /* egress */

#endif
