/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/ipc/msg.h"

static const char *const plane_names[HD_PLANE_COUNT] = {
	[HD_PLANE_NONE] = "nobody",      [HD_PLANE_SUPERVISOR] = "heddled",
	[HD_PLANE_DATA] = "heddle-dp",   [HD_PLANE_CONTROL] = "heddle-cp",
	[HD_PLANE_MGMT] = "heddle-mgmt",
};

const char *hd_plane_name(unsigned int plane)
{
	return plane < HD_PLANE_COUNT ? plane_names[plane] : "unknown";
}
