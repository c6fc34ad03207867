/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads and changes network devices by ioctl, through a datagram socket in their namespace.
 */
#ifndef SUPERVISOR_NETDEV_H
#define SUPERVISOR_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

#include "heddle/base/err.h"
#include "supervisor/netns.h"

/* Each returns 0 or -errno. netdev_name_valid() must be true for @name. */
int netdev_index(int sock, const char *name, uint32_t *index);
int netdev_mac_get(int sock, const char *name, uint8_t mac[6]);
int netdev_mac_set(int sock, const char *name, const uint8_t mac[6]);
int netdev_mtu_get(int sock, const char *name, uint16_t *mtu);
int netdev_mtu_set(int sock, const char *name, uint16_t mtu);
int netdev_up(int sock, const char *name);
int netdev_down(int sock, const char *name);
int netdev_is_loopback(int sock, const char *name, bool *is);

/* Opens a datagram socket in @netns for the calls above. Returns it, or -errno with @err. */
int netdev_socket(const struct netns *netns, struct hd_err *err);

#endif
