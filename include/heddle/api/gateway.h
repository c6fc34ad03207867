/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways: the switch's own interfaces in segments, which route between them.
 *
 * A gateway is a port of the kind "gateway", in access mode, with HD_PORT_GATEWAY. The router gets
 * the frames that the segment sends out of this port. A frame that the router sends by it comes
 * into the segment as if the port had received it. So a gateway has a port's state and counters: rx
 * counts frames that the router sent into the segment, tx counts frames that the router got from
 * there.
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
	char vrf[HD_NAME_MAX]; /* its VRF (routing table), which exists while it has a gateway */
	uint8_t mac[6];        /* unicast, never zero */
	uint16_t zero;
	uint32_t n_addresses;
	uint32_t zero2;
	struct hd_ip_prefix addresses[HD_GATEWAY_ADDRESSES_MAX]; /* hd_ip_prefix_check() is 0 */
};
HD_OBJECT(GATEWAY, HD_MSG_ID(HD_MODULE_GATEWAY, 1), struct hd_gateway_object);

#endif
