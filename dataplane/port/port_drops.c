/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/port/port_drops.h"

HD_DROP_REGISTER_ERROR(
	bad_offload, "bad_offload", HD_DROP_INGRESS,
	"the offload header that came with the frame does not fit the frame: the sender's "
	"driver is broken or lies, or uses an offload that was not agreed on");
HD_DROP_REGISTER(no_buffers, "no_buffers", HD_DROP_INGRESS,
		 "the packet pool was empty when the frame came in; give heddled more --memory");
HD_DROP_REGISTER_ERROR(
	rx_truncated, "rx_truncated", HD_DROP_INGRESS,
	"the frame came in incomplete: shorter than an Ethernet header, longer than 64 KB, "
	"or cut by the snapshot length of its capture");
HD_DROP_REGISTER_ERROR(
	tx_refused, "tx_refused", HD_DROP_EGRESS,
	"the kernel refused the frame: as a rule the interface's MTU (ip link) is smaller "
	"than the port's");

struct hd_drop_reason *const hd_drop_bad_offload = &bad_offload;
struct hd_drop_reason *const hd_drop_no_buffers = &no_buffers;
struct hd_drop_reason *const hd_drop_rx_truncated = &rx_truncated;
struct hd_drop_reason *const hd_drop_tx_refused = &tx_refused;
