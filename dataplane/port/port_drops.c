/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/port_drops.h"

DP_DROP_REGISTER_ERROR(
	bad_offload, "bad_offload", DP_DROP_INGRESS,
	"the offload header that came with the frame does not fit the frame: the sender's "
	"driver is broken or lies, or uses an offload that was not agreed on");
DP_DROP_REGISTER(no_buffers, "no_buffers", DP_DROP_INGRESS,
		 "the packet pool was empty when the frame came in; give heddled more --memory");
DP_DROP_REGISTER_ERROR(
	rx_truncated, "rx_truncated", DP_DROP_INGRESS,
	"the frame came in incomplete: shorter than an Ethernet header, longer than 64 KB, "
	"or cut by the snapshot length of its capture");
DP_DROP_REGISTER_ERROR(
	tx_refused, "tx_refused", DP_DROP_EGRESS,
	"the kernel refused the frame: as a rule the interface's MTU (ip link) is smaller "
	"than the port's");

struct dp_drop_reason *const dp_drop_bad_offload = &bad_offload;
struct dp_drop_reason *const dp_drop_no_buffers = &no_buffers;
struct dp_drop_reason *const dp_drop_rx_truncated = &rx_truncated;
struct dp_drop_reason *const dp_drop_tx_refused = &tx_refused;
