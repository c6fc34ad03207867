/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/core/capture_drops.h"

DP_DROP_REGISTER_ERROR(
	capture_cut, "capture_cut", DP_DROP_INGRESS,
	"the capture holds only the start of the frame; capture whole frames: tcpdump -s 0");
DP_DROP_REGISTER(capture_too_long, "capture_too_long", DP_DROP_INGRESS,
		 "the capture's frame is longer than 64 KB: no Ethernet frame is");
DP_DROP_REGISTER(
	capture_link_type, "capture_link_type", DP_DROP_INGRESS,
	"the frame is from an interface of the capture that is not Ethernet; in replay, another "
	"can be chosen: -i PORT@INTERFACE=FILE");
DP_DROP_REGISTER(capture_time, "capture_time", DP_DROP_INGRESS,
		 "the frame's time in the capture is before 1970 or after July 2554");

const struct dp_drop_reason *dp_drop_of_capture(enum hd_capture_state state)
{
	static const struct dp_drop_reason *const reasons[] = {
		[HD_CAPTURE_WHOLE] = NULL,
		[HD_CAPTURE_CUT] = &capture_cut,
		[HD_CAPTURE_TOO_LONG] = &capture_too_long,
		[HD_CAPTURE_TIME] = &capture_time,
		[HD_CAPTURE_LINK_TYPE] = &capture_link_type,
		[HD_CAPTURE_OTHER] = NULL,
	};

	return reasons[state];
}
