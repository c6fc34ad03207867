/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a change does to gateways.
 */
#include "mgmt/bind/effects_fixture.h"

#define GATEWAY(segment, more)                                                            \
	TWO PORTS(UP "," VM("b", ACCESS("lab")) ",{\"name\":\"g\",\"type\":"              \
						"\"heddle-gateway:gateway\","             \
						"\"heddle-gateway:gateway\":{"            \
						"\"switch\":\"s\",\"segment\":\"" segment \
						"\"" more "}}")
#define NONE             TWO PORTS(UP "," VM("b", ACCESS("lab")))
#define ONE              GATEWAY("lab", ",\"address\":[\"10.0.0.1/24\"],\"mac\":\"02:00:00:00:00:01\"")
#define PATH(kind)       kind " /ietf-interfaces:interfaces/interface[name='g']/heddle-gateway:gateway "
#define SAYS(kind, text) PATH(kind) "gateway g " text "\n"

static void test_ports(void)
{
	expect(NONE, ONE, &live, SAYS("info port-added", "is added"));
	expect(NONE, GATEWAY("lab", ""), &live,
	       SAYS("warning gateway-without-address",
		    "has no address, and routes nothing: set address")
		       SAYS("info port-added", "is added"));
	expect(ONE, NONE, &live,
	       SAYS("warning port-removed",
		    "is removed: it is up now, with 0 addresses behind it"));
	expect(ONE, ONE, &live, "");
	expect(ONE,
	       GATEWAY("office", ",\"address\":[\"10.0.0.1/24\"],\"mac\":\"02:00:00:00:00:01\""),
	       &nothing,
	       SAYS("warning port-moves", "moves from segment lab to segment office (VLAN 10)"));
}

static void test_changes(void)
{
	expect(ONE,
	       GATEWAY("lab", ",\"address\":[\"10.0.0.2/24\",\"fd00::1/64\"],"
			      "\"mac\":\"02:00:00:00:00:01\""),
	       &live,
	       SAYS("warning gateway-address",
		    "loses the address 10.0.0.1/24: hosts that send by it reach their own segment "
		    "only") SAYS("info gateway-address", "gets the address 10.0.0.2/24")
		       SAYS("info gateway-address", "gets the address fd00::1/64"));
	expect(ONE,
	       GATEWAY("lab", ",\"address\":[\"10.0.0.1/24\"],\"mac\":\"02:00:00:00:00:02\","
			      "\"vrf\":\"blue\""),
	       &live,
	       SAYS("warning gateway-vrf",
		    "is in VRF blue instead of default: it routes to the gateways there")
		       SAYS("warning gateway-mac",
			    "has the MAC address 02:00:00:00:00:02 instead of 02:00:00:00:00:01: hosts "
			    "have to learn it"));
	expect(ONE, GATEWAY("lab", ",\"mac\":\"02:00:00:00:00:01\""), &live,
	       SAYS("warning gateway-address",
		    "loses the address 10.0.0.1/24: hosts that send by it reach their own segment "
		    "only") SAYS("warning gateway-without-address",
				 "has no address, and routes nothing: set address"));
}

/* A gateway makes no segment a used one. */
static void test_empty(void)
{
	expect(TWO PORTS(UP "," VM("a", ACCESS("office")) "," VM("b", ACCESS("lab"))),
	       TWO PORTS(UP "," VM("a", ACCESS("office")) ",{\"name\":\"g\",\"type\":"
							  "\"heddle-gateway:gateway\","
							  "\"heddle-gateway:gateway\":{\"switch\":"
							  "\"s\",\"segment\":\"lab\",\"address\":"
							  "[\"10.0.0.1/24\"]}}"),
	       &nothing,
	       "warning segment-empty " SEG(
		       "lab") "segment lab of switch s has no port but a "
			      "gateway: put one there with access lab\n"
			      "warning port-removed " IF("b") "port b is removed\n" SAYS(
				      "info port-added", "is added"));
}

UNIT_MAIN_SETUP("effects-gateway", yang_setup, {"as ports", test_ports}, {"changes", test_changes},
		{"empty segments", test_empty});
