/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host interfaces of segments, as heddle-cp sees them: it puts addresses on them.
 * The interface itself is a TAP port of heddle-dp; it may come later, or again.
 */
#ifndef HEDDLE_API_HOSTIF_H
#define HEDDLE_API_HOSTIF_H

#include "heddle/api/config.h"
#include "heddle/api/opener.h"
#include "heddle/base/err.h"

#define HD_HOSTIF_ADDRESSES_MAX 16

struct hd_hostif_address {
	uint8_t addr[16];
	uint8_t family; /* 4 or 6 */
	uint8_t length;
	uint8_t zero[6];
};

/*
 * Can an interface have it? Returns 0, or -EINVAL with @err when its family or length is none, or it
 * stands for no single host of its subnet (loopback, multicast, the subnet's own, broadcast). Any
 * thread.
 */
int hd_hostif_address_check(const struct hd_hostif_address *address, struct hd_err *err);

#define HD_HOSTIF_ADDRESS_STR_MAX 64

/* Writes "192.0.2.1/24" and returns @str. Any thread. */
const char *hd_hostif_address_str(const struct hd_hostif_address *address,
				  char str[HD_HOSTIF_ADDRESS_STR_MAX]);

/* key: the name of the kernel's interface */
struct hd_hostif_object {
	struct hd_object head;
	uint32_t n_addresses;
	uint32_t zero;
	struct hd_hostif_address addresses[HD_HOSTIF_ADDRESSES_MAX];
};
HD_OBJECT(HOSTIF, HD_MSG_ID(HD_MODULE_HOSTIF, 1), struct hd_hostif_object);

/*
 * heddled -> cp: the device that heddled made, in its own namespace, for the TAP port @port. heddle-cp
 * touches no other, whatever its name is. Sent when the device is opened, and to a heddle-cp that
 * starts; @ifindex 0: the port is gone.
 */
struct hd_hostif_device {
	char port[HD_NAME_MAX];
	uint32_t ifindex;
	uint32_t zero;
};
HD_EVENT(HOSTIF_DEVICE, HD_MSG_ID(HD_MODULE_HOSTIF, 2), struct hd_hostif_device);

#endif
