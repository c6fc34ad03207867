/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host interfaces of segments, for heddle-cp, which puts addresses on them. The interface itself is
 * a TAP port of heddle-dp: it may appear after the object, and may go and appear again.
 */
#ifndef HEDDLE_API_HOSTIF_H
#define HEDDLE_API_HOSTIF_H

#include "heddle/api/config.h"
#include "heddle/api/opener.h"
#include "heddle/net/ip.h"

#define HD_HOSTIF_ADDRESSES_MAX 16

/* key: the name of the kernel's interface */
struct hd_hostif_object {
	struct hd_object head;
	uint32_t n_addresses;
	uint32_t zero;
	struct hd_ip_prefix addresses[HD_HOSTIF_ADDRESSES_MAX];
};
HD_OBJECT(HOSTIF, HD_MSG_ID(HD_MODULE_HOSTIF, 1), struct hd_hostif_object);

/*
 * heddled -> cp: heddled made the device @ifindex, in its own namespace, for the TAP port @port; 0:
 * the port is gone. heddle-cp touches no other device, whatever its name is. heddled sends this
 * when it opens the device, and when heddle-cp starts.
 */
struct hd_hostif_device {
	char port[HD_NAME_MAX];
	uint32_t ifindex;
	uint32_t zero;
};
HD_EVENT(HOSTIF_DEVICE, HD_MSG_ID(HD_MODULE_HOSTIF, 2), struct hd_hostif_device);

#endif
