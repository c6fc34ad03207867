/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The opener: heddled opens devices, files and memory for heddle-dp and heddle-cp, so that they
 * need no privilege of their own.
 *
 * heddled checks every argument again: names against the roots of heddled.conf, sizes, characters.
 * For each port it keeps a duplicate of the TAP's descriptors, so that the TAP and its addresses
 * outlive a restart of heddle-dp: the same request then gives the same device. A request for
 * another device for the same port deletes the old one first.
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
 * Opens a persistent TAP with this MTU and address, and sets it up (IFF_VNET_HDR with a 12-byte
 * header, IFF_MULTI_QUEUE when queues > 1). The caller sets offloads (TUNSETOFFLOAD). If heddled,
 * or an earlier heddled of the same run directory, made a TAP of this name, that one is used and
 * changed while it lives; it is only made anew when vm differs, or when one of the two has several
 * queues and the other has not. Devices that others made are never touched.
 *
 * The reply has the TAP's queues (descriptors 0..queues-1), and then a datagram socket in its
 * namespace, for SIOCGIFFLAGS and the like. With vm, a VM opens the queues, by the device's name,
 * and the switch is at the other side of the device: the reply has a packet socket on the device,
 * and the datagram socket, as the one of OPEN_PACKET. Then nothing that the VM sends reaches the
 * host's own stack, and the device gets no IPv6 address.
 *
 * ENOENT: no such namespace; EEXIST: another device has the name; EBUSY: another process still has
 * the device open; EPERM. The text says what would mend it.
 */
struct hd_open_tap {
	char port[HD_NAME_MAX];     /* the device is kept for this port */
	char netdev[HD_NETDEV_MAX]; /* kernel name */
	char netns[HD_NAME_MAX];    /* name below the namespace root, empty: heddled's own */
	char owner[32];  /* with vm: the user that may open it; empty: the group's members */
	char group[32];  /* with vm; owner and group empty: the group of the vhost sockets */
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
#define HD_OPENED_KEPT 1 /* the device exists since an earlier heddle-dp */
HD_REQ(OPEN_TAP, HD_MSG_ID(HD_MODULE_OPENER, 1), struct hd_open_tap, struct hd_opened);

/*
 * Opens an AF_PACKET socket on an existing device (ETH_P_ALL; PACKET_VNET_HDR and PACKET_AUXDATA
 * are set; promiscuous; does not receive what it sent itself, if the kernel can do that). The reply
 * has the packet socket, then a datagram socket in the namespace. ENODEV: there is no such device;
 * try again later.
 */
struct hd_open_packet {
	char port[HD_NAME_MAX];
	char netdev[HD_NETDEV_MAX];
	char netns[HD_NAME_MAX];
};
HD_REQ(OPEN_PACKET, HD_MSG_ID(HD_MODULE_OPENER, 2), struct hd_open_packet, struct hd_opened);

/*
 * The port was removed. The next OPEN_SWEEP deletes what is kept for it, unless another port has
 * asked for the same device by then; that port gets the device as it is. It is no error if nothing
 * is kept.
 */
struct hd_open_release {
	char port[HD_NAME_MAX];
};
HD_REQ(OPEN_RELEASE, HD_MSG_ID(HD_MODULE_OPENER, 3), struct hd_open_release, struct hd_nothing);

/*
 * The port is disabled. The TAP that is kept for it stays, also after an OPEN_SWEEP, until OPEN_TAP
 * asks for it again. Until then its carrier is down (with vm: the device is down), and frames that
 * wait in it are thrown away. The same happens to a TAP that an earlier heddled of this run
 * directory left for the port, when it is found. It is no error if there is none.
 */
HD_REQ(OPEN_DOWN, HD_MSG_ID(HD_MODULE_OPENER, 13), struct hd_open_release, struct hd_nothing);

/*
 * heddle-dp has asked for all ports that it has. heddled deletes everything that is kept for other
 * ports, and after the first OPEN_SWEEP also what an earlier heddled of this run directory left.
 * Another thread deletes devices, so they may still exist when the reply comes.
 */
HD_REQ(OPEN_SWEEP, HD_MSG_ID(HD_MODULE_OPENER, 4), struct hd_nothing, struct hd_nothing);

/*
 * Opens shared memory by name ("counters", ...): a sealed memfd of at least @size bytes, which are
 * zero when it is new. The same name, version and size give the same memory, also after the plane
 * that asked has died. Only heddle-dp gets a writable descriptor. heddle-mgmt and heddle-cp get a
 * read-only one, or EAGAIN while the memory does not exist; they ask with size 0 and use fstat(2).
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
 * Opens the directory of a vhost-user port, which lies below the vhost root and has the port's
 * name. heddled makes it if it is not there. Client mode: @owner may make sockets in it, or the
 * group if there is no @owner; heddle-dp may list it and connect to the sockets. Server mode: only
 * heddle-dp may make sockets; @owner and the group may use them as @mode says. heddled looks up the
 * names; an empty name or a mode of 0 is the configured default (group heddle-vm, mode 0660). The
 * reply has a descriptor of the directory (O_PATH). OPEN_RELEASE removes the directory when a guest
 * has left nothing in it.
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
	uint32_t mode; /* permission bits that the socket has to be made with */
	uint32_t zero;
};
HD_REQ(OPEN_VHOST, HD_MSG_ID(HD_MODULE_OPENER, 6), struct hd_open_vhost, struct hd_opened_vhost);

/*
 * Permits heddle-dp to write to the socket in the port's directory: the guest's side made it with
 * an umask that took this right away. ENOENT: there is no socket; EINVAL: something else has its
 * name.
 */
struct hd_vhost_admit {
	char port[HD_NAME_MAX];
};
HD_REQ(VHOST_ADMIT, HD_MSG_ID(HD_MODULE_OPENER, 8), struct hd_vhost_admit, struct hd_nothing);

/*
 * Opens a regular capture file below the capture directory: to read it, or to write it from the
 * start (heddled makes it if it is not there). The reply has a descriptor with a lock, which other
 * ports and switches respect. EBUSY: one of them has the lock.
 */
struct hd_open_capture {
	char name[HD_PATH_MAX];
	uint8_t write;
	uint8_t zero[7];
};
HD_REQ(OPEN_CAPTURE, HD_MSG_ID(HD_MODULE_OPENER, 12), struct hd_open_capture, struct hd_nothing);

/*
 * heddled -> dp: the namespace of the port's TAP has lost its name: the name was deleted, or now
 * stands for another namespace. heddled has closed its duplicates. heddle-dp closes its descriptors
 * and asks again.
 */
struct hd_open_lost {
	char port[HD_NAME_MAX];
};
HD_EVENT(OPEN_LOST, HD_MSG_ID(HD_MODULE_OPENER, 7), struct hd_open_lost);

#endif
