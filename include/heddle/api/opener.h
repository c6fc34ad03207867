/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What heddled opens for heddle-dp and heddle-cp, so that they need no privilege of their own.
 *
 * heddled checks every argument again: names against the roots of heddled.conf, sizes, characters.
 * It keeps a duplicate of the TAPs that it opened, by port, so that they and their addresses outlive
 * a restart of heddle-dp: the same request then gives the same device. A request for another device
 * for the same port deletes the old one first.
 */
#ifndef HEDDLE_API_OPENER_H
#define HEDDLE_API_OPENER_H

#include "heddle/base/name.h"
#include "heddle/ipc/msg.h"

#define HD_NETDEV_MAX        16 /* IFNAMSIZ */
#define HD_PATH_MAX          256
#define HD_TAP_QUEUES_MAX    8
#define HD_VM_TAP_QUEUES_MAX 16

/*
 * A TAP (IFF_VNET_HDR, 12-byte header, IFF_MULTI_QUEUE when queues > 1; offloads are the caller's
 * TUNSETOFFLOAD) with this MTU and address, up. It is persistent. One of ours of that name is taken
 * as it is, and made to fit while it lives, also when an earlier heddled of the same run directory
 * made it; only one that differs in vm or in whether it has several queues is made anew. A device of
 * anybody else is never touched.
 * Reply: descriptors 0..queues-1 the TAP's queues, and last a datagram socket in its namespace for
 * SIOCGIFFLAGS and the like.
 * With vm its queues are for a VM, which opens the device by its name, and the switch is at the other
 * side: the reply has a packet socket on it and the datagram socket, as of OPEN_PACKET. Nothing that
 * the VM sends reaches the host's own stack, and the device gets no IPv6 address.
 * ENOENT: no such namespace; EEXIST: the name is taken by another device; EBUSY: another process
 * holds it still; EPERM. The text says what would mend it.
 */
struct hd_open_tap {
	char port[HD_NAME_MAX];     /* the cache key */
	char netdev[HD_NETDEV_MAX]; /* kernel name */
	char netns[HD_NAME_MAX];    /* name below the namespace root, empty: heddled's own */
	char owner[32];  /* with vm: the user that may open it; empty: any of the group */
	char group[32];  /* with vm; both empty: the group of the vhost sockets */
	uint16_t queues; /* 1..HD_TAP_QUEUES_MAX, with vm 1..HD_VM_TAP_QUEUES_MAX */
	uint16_t mtu;    /* L3 bytes, 68..65521 */
	uint8_t mac[6];  /* of the kernel's interface; all zero: the kernel chooses */
	uint8_t vm;      /* 1: for a VM to open */
	uint8_t zero[5];
};
struct hd_opened {
	uint32_t ifindex;
	uint32_t flags; /* HD_OPENED_* */
	uint8_t mac[6];
	uint16_t mtu;
};
#define HD_OPENED_KEPT 1 /* the device was there: opened for an earlier heddle-dp */
HD_REQ(OPEN_TAP, HD_MSG_ID(HD_MODULE_OPENER, 1), struct hd_open_tap, struct hd_opened);

/*
 * Opens an AF_PACKET socket bound to an existing device (ETH_P_ALL, PACKET_VNET_HDR and
 * PACKET_AUXDATA set, promiscuous membership, own transmissions not looped back where the kernel
 * can). Reply: the packet socket, then a datagram socket in the namespace.
 * ENODEV: no such device, try again later.
 */
struct hd_open_packet {
	char port[HD_NAME_MAX];
	char netdev[HD_NETDEV_MAX];
	char netns[HD_NAME_MAX];
};
HD_REQ(OPEN_PACKET, HD_MSG_ID(HD_MODULE_OPENER, 2), struct hd_open_packet, struct hd_opened);

/*
 * The port is gone: what is kept for it goes with the next OPEN_SWEEP, unless another port asks for the
 * same device until then, which it gets as it is. Not an error when nothing is kept.
 */
struct hd_open_release {
	char port[HD_NAME_MAX];
};
HD_REQ(OPEN_RELEASE, HD_MSG_ID(HD_MODULE_OPENER, 3), struct hd_open_release, struct hd_nothing);

/*
 * The port is disabled: the TAP that is kept for it stays, also at the next OPEN_SWEEP, with its carrier
 * down (of a VM's: the device is down), and with nothing of what was sent there, until OPEN_TAP asks for
 * it again. So does what an earlier heddled of this run directory left of it, when that is found. Not an
 * error when there is nothing.
 */
HD_REQ(OPEN_DOWN, HD_MSG_ID(HD_MODULE_OPENER, 13), struct hd_open_release, struct hd_nothing);

/*
 * All ports were asked for that there are: delete what is kept for others, and at the first time also
 * what an earlier heddled of this run directory left. Devices are deleted beside, and are not gone yet
 * when the answer comes.
 */
HD_REQ(OPEN_SWEEP, HD_MSG_ID(HD_MODULE_OPENER, 4), struct hd_nothing, struct hd_nothing);

/*
 * Shared memory by name ("counters", ...): a sealed memfd of at least @size bytes, zeroed when new.
 * The same name, version and size gives the same memory also after the asking plane died. Only
 * heddle-dp gets a writable descriptor; heddle-mgmt and heddle-cp get a read-only one, and -EAGAIN
 * while it does not exist. (A reader passes size 0 and learns it from fstat.)
 */
struct hd_open_shm {
	char name[32];
	uint64_t size;
	uint32_t version; /* of the layout */
	uint32_t zero;
};
struct hd_opened_shm {
	uint64_t size;
	uint32_t version;
	uint32_t is_new;
};
HD_REQ(OPEN_SHM, HD_MSG_ID(HD_MODULE_OPENER, 5), struct hd_open_shm, struct hd_opened_shm);

/*
 * The directory of a vhost-user port below the vhost root, named like the port; made if it is not there.
 * Client mode: @owner may make sockets there, or the group when there is no @owner; heddle-dp may look,
 * and connect to what is made. Server mode: heddle-dp alone may make sockets, and @owner and the group
 * may use them as @mode says. Names are looked up by heddled; empty: the configured default (group
 * heddle-vm, mode 0660). Reply: a descriptor of the directory (O_PATH). OPEN_RELEASE removes it, when
 * nothing of a guest's is left in it.
 */
struct hd_open_vhost {
	char port[HD_NAME_MAX];
	char socket[HD_NAME_MAX]; /* file name */
	char owner[32];
	char group[32];
	uint32_t mode; /* server mode: permission bits of the socket, 0: the default */
	uint8_t server;
	uint8_t zero[3];
};
struct hd_opened_vhost {
	uint32_t
		mode; /* to make the socket with: the permission bits that the umask has to leave */
	uint32_t zero;
};
HD_REQ(OPEN_VHOST, HD_MSG_ID(HD_MODULE_OPENER, 6), struct hd_open_vhost, struct hd_opened_vhost);

/*
 * heddle-dp may not write to the socket that the guest's side made in the port's directory (its umask
 * took the right away): heddled adds the right. ENOENT: there is none; EINVAL: it is something else.
 */
struct hd_vhost_admit {
	char port[HD_NAME_MAX];
};
HD_REQ(VHOST_ADMIT, HD_MSG_ID(HD_MODULE_OPENER, 8), struct hd_vhost_admit, struct hd_nothing);

/*
 * A capture file below the capture directory, a regular one: to be read, or written anew (made if it is
 * not there). Reply: a descriptor, with a lock that other ports and switches respect. EBUSY: one of them
 * has it.
 */
struct hd_open_capture {
	char name[HD_PATH_MAX];
	uint8_t write;
	uint8_t zero[7];
};
HD_REQ(OPEN_CAPTURE, HD_MSG_ID(HD_MODULE_OPENER, 12), struct hd_open_capture, struct hd_nothing);

/*
 * heddled -> dp: the namespace that the port's TAP is in no longer has its name (it was deleted, or
 * another one was given the name). heddled has closed its duplicate; close yours and ask again.
 */
struct hd_open_lost {
	char port[HD_NAME_MAX];
};
HD_EVENT(OPEN_LOST, HD_MSG_ID(HD_MODULE_OPENER, 7), struct hd_open_lost);

#endif
