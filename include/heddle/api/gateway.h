/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways: the switch's own interfaces in segments, which route between them.
 *
 * A gateway is a port of the kind "gateway", in access mode, with HD_PORT_GATEWAY: what its segment gives
 * to that port goes to the router, and what the router sends by it comes into the segment as if the
 * port had received it. So it has a port's state and counters: rx is what it sent into its segment, tx
 * what it got from there.
 */
#ifndef HEDDLE_API_GATEWAY_H
#define HEDDLE_API_GATEWAY_H

#include "heddle/api/config.h"
#include "heddle/net/ip.h"

#define HD_GATEWAY_KIND          "gateway"
#define HD_GATEWAY_ADDRESSES_MAX 16
#define HD_GATEWAYS_MAX          4096 /* of all switches */
#define HD_VRFS_MAX              1024
#define HD_VRF_DEFAULT           "default"

/* key: the port's name */
struct hd_gateway_object {
	struct hd_object head;
	char vrf[HD_NAME_MAX]; /* the routing table that it is in; one exists while a gateway is in it */
	uint8_t mac[6];        /* unicast, never zero */
	uint16_t zero;
	uint32_t n_addresses;
	uint32_t zero2;
	struct hd_ip_prefix addresses[HD_GATEWAY_ADDRESSES_MAX]; /* hd_ip_prefix_check() */
};
HD_OBJECT(GATEWAY, HD_MSG_ID(HD_MODULE_GATEWAY, 1), struct hd_gateway_object);

#endif
