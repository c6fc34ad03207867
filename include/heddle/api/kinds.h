/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kinds of ports: for each an object with the leaves that struct hd_port_object does not have.
 * Its key is the port's name. A change of this object reopens the port; a change of the port object
 * alone does not.
 */
#ifndef HEDDLE_API_KINDS_H
#define HEDDLE_API_KINDS_H

#include "heddle/api/config.h"
#include "heddle/api/opener.h"

enum hd_offload_config {
	HD_OFFLOAD_CSUM = 1 << 0, /* frames may cross with partial checksums */
	HD_OFFLOAD_TSO = 1 << 1,  /* super-frames of TCP over IPv4 and IPv6 may cross */
};

struct hd_vhost_user_object {
	struct hd_object head;
	char socket[HD_NAME_MAX]; /* file name, in the port's directory below the socket root */
	char owner[32];       /* user. Client mode: may make the socket; server mode: may use it */
	char group[32];       /* the same for a group */
	uint32_t socket_mode; /* server mode: permission bits, 0: the default */
	uint16_t queues;      /* pairs of queues at most: 1..16 */
	uint8_t server;       /* 1: we make the socket; 0: the VM's side makes it (default) */
	uint8_t offloads;     /* enum hd_offload_config; constant while a guest runs */
};
HD_OBJECT(VHOST_USER, HD_MSG_ID(HD_MODULE_VHOST, 1), struct hd_vhost_user_object);

struct hd_tap_object {
	struct hd_object head;
	char netdev[HD_NETDEV_MAX];
	char netns[HD_NAME_MAX];
	uint8_t mac[6];  /* of the kernel's interface; zero: the kernel's choice */
	uint16_t queues; /* 1..8 */
	uint16_t mtu;    /* of the kernel's interface; equal to the port's */
	uint8_t offloads;
	uint8_t zero[5];
};
HD_OBJECT(TAP, HD_MSG_ID(HD_MODULE_TAP, 1), struct hd_tap_object);

/* A TAP that a VM opens by its name. */
struct hd_vm_tap_object {
	struct hd_object head;
	char netdev[HD_NETDEV_MAX];
	char netns[HD_NAME_MAX];
	char owner[32]; /* user and group that may open it; both empty: the vhost sockets' group */
	char group[32];
	uint8_t mac[6];  /* of the kernel's interface, not the guest's; zero: the kernel's choice */
	uint16_t queues; /* that the VM may open: 1..16 */
	uint16_t mtu;    /* of the kernel's interface; equal to the port's */
	uint8_t zero[6];
};
HD_OBJECT(VM_TAP, HD_MSG_ID(HD_MODULE_VM_TAP, 1), struct hd_vm_tap_object);

struct hd_af_packet_object {
	struct hd_object head;
	char netdev[HD_NETDEV_MAX];
	char netns[HD_NAME_MAX];
	uint8_t offloads;
	uint8_t zero[7];
};
HD_OBJECT(AF_PACKET, HD_MSG_ID(HD_MODULE_AF_PACKET, 1), struct hd_af_packet_object);

/*
 * A live port reads one capture file, once, and writes another. In replay the command line names
 * the files instead.
 */
struct hd_pcap_object {
	struct hd_object head;
	char read[HD_PATH_MAX];  /* below the capture root; empty: receives nothing */
	char write[HD_PATH_MAX]; /* the same; empty: frames that are sent are counted only */
};
HD_OBJECT(PCAP, HD_MSG_ID(HD_MODULE_PCAP, 1), struct hd_pcap_object);

#endif
