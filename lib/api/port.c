/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/api/port.h"

static const char *const reason_names[HD_PORT_REASON_COUNT] = {
	[HD_PORT_UP] = "up",
	[HD_PORT_DISABLED] = "disabled",
	[HD_PORT_OPENING] = "opening",
	[HD_PORT_NO_PEER] = "no-peer",
	[HD_PORT_NO_DEVICE] = "no-device",
	[HD_PORT_NO_NAMESPACE] = "no-namespace",
	[HD_PORT_NO_PERMISSION] = "no-permission",
	[HD_PORT_NAME_TAKEN] = "name-taken",
	[HD_PORT_LINK_DOWN] = "link-down",
	[HD_PORT_NOT_SHARED] = "not-shared",
	[HD_PORT_HELD_BACK] = "held-back",
	[HD_PORT_ERROR] = "error",
};

const char *hd_port_reason_name(unsigned int reason)
{
	return reason < HD_PORT_REASON_COUNT ? reason_names[reason] : "unknown";
}
