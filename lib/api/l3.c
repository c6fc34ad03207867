/* SPDX-License-Identifier: BSD-3-Clause */
#include "heddle/api/neighbour.h"
#include "heddle/api/route.h"

static const char *const neighbour_states[HD_NEIGHBOUR_STATE_COUNT] = {
	[HD_NEIGHBOUR_INCOMPLETE] = "incomplete", [HD_NEIGHBOUR_REACHABLE] = "reachable",
	[HD_NEIGHBOUR_STALE] = "stale",           [HD_NEIGHBOUR_DELAY] = "delay",
	[HD_NEIGHBOUR_PROBE] = "probe",           [HD_NEIGHBOUR_FAILED] = "failed",
};

static const char *const route_kinds[HD_ROUTE_KIND_COUNT] = {
	[HD_ROUTE_CONNECTED] = "connected",
	[HD_ROUTE_LOCAL] = "local",
};

const char *hd_neighbour_state_name(unsigned int state)
{
	return state < HD_NEIGHBOUR_STATE_COUNT ? neighbour_states[state] : "unknown";
}

const char *hd_route_kind_name(unsigned int kind)
{
	return kind < HD_ROUTE_KIND_COUNT ? route_kinds[kind] : "unknown";
}
