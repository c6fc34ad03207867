/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of the vhost-user protocol as they are on the socket, in the byte order of this machine
 * (QEMU, docs/interop/vhost-user). A request is a header and a payload; descriptors come with it.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_PROTO_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_PROTO_H

#include <stdint.h>

#define VHOST_REGIONS_MAX 8   /* of a table in one message, which has as many descriptors */
#define VHOST_PAYLOAD_MAX 512 /* no request that we serve is longer; a full table has 264 bytes */

enum vhost_request {
	VHOST_GET_FEATURES = 1,
	VHOST_SET_FEATURES,
	VHOST_SET_OWNER,
	VHOST_RESET_OWNER,
	VHOST_SET_MEM_TABLE,
	VHOST_SET_LOG_BASE,
	VHOST_SET_LOG_FD,
	VHOST_SET_VRING_NUM,
	VHOST_SET_VRING_ADDR,
	VHOST_SET_VRING_BASE,
	VHOST_GET_VRING_BASE,
	VHOST_SET_VRING_KICK,
	VHOST_SET_VRING_CALL,
	VHOST_SET_VRING_ERR,
	VHOST_GET_PROTOCOL_FEATURES,
	VHOST_SET_PROTOCOL_FEATURES,
	VHOST_GET_QUEUE_NUM,
	VHOST_SET_VRING_ENABLE,
	VHOST_SEND_RARP,
	VHOST_NET_SET_MTU,
	VHOST_SET_BACKEND_REQ_FD,
	VHOST_IOTLB_MSG,
	VHOST_SET_VRING_ENDIAN,
	VHOST_GET_CONFIG,
	VHOST_SET_CONFIG,
	VHOST_CREATE_CRYPTO_SESSION,
	VHOST_CLOSE_CRYPTO_SESSION,
	VHOST_POSTCOPY_ADVISE,
	VHOST_POSTCOPY_LISTEN,
	VHOST_POSTCOPY_END,
	VHOST_GET_INFLIGHT_FD,
	VHOST_SET_INFLIGHT_FD,
	VHOST_GPU_SET_SOCKET,
	VHOST_RESET_DEVICE,
	VHOST_VRING_KICK,
	VHOST_GET_MAX_MEM_SLOTS,
	VHOST_ADD_MEM_REG,
	VHOST_REM_MEM_REG,
	VHOST_SET_STATUS,
	VHOST_GET_STATUS,
	VHOST_REQUESTS, /* not a request: one more than the last */
};

/* struct vhost_header.flags */
#define VHOST_VERSION      0x1u
#define VHOST_VERSION_MASK 0x3u
#define VHOST_REPLY        (1u << 2) /* the message is a reply, from the back-end */
#define VHOST_NEED_REPLY   (1u << 3) /* the front-end waits for a result (REPLY_ACK) */

struct vhost_header {
	uint32_t request;
	uint32_t flags;
	uint32_t size; /* of the payload */
};

#define VHOST_HEADER_LEN 12

/* Bits of VHOST_GET_PROTOCOL_FEATURES. */
enum vhost_protocol_feature {
	VHOST_PF_MQ = 0,
	VHOST_PF_LOG_SHMFD = 1,
	VHOST_PF_RARP = 2,
	VHOST_PF_REPLY_ACK = 3,
	VHOST_PF_MTU = 4,
	VHOST_PF_BACKEND_REQ = 5,
	VHOST_PF_CROSS_ENDIAN = 6,
	VHOST_PF_CONFIG = 9,
	VHOST_PF_INFLIGHT_SHMFD = 12,
	VHOST_PF_RESET_DEVICE = 13,
	VHOST_PF_INBAND_NOTIFICATIONS = 14,
	VHOST_PF_CONFIGURE_MEM_SLOTS = 15,
	VHOST_PF_STATUS = 16,
};

/* Virtio feature bits of vhost: dirty pages are logged; there are protocol features. */
#define VHOST_F_LOG_ALL           26
#define VHOST_F_PROTOCOL_FEATURES 30

struct vhost_vring_state { /* _NUM, _BASE, _ENABLE */
	uint32_t index;
	uint32_t num;
};

struct vhost_vring_addr {
	uint32_t index;
	uint32_t flags; /* bit 0: log writes to the used ring */
	uint64_t desc;  /* all in the front-end's own address space */
	uint64_t used;
	uint64_t avail;
	uint64_t log; /* guest address of the used ring, for the log */
};

struct vhost_region {
	uint64_t guest; /* address that the guest's driver uses */
	uint64_t size;
	uint64_t user;   /* address in the front-end's own address space */
	uint64_t offset; /* in the descriptor's file */
};

struct vhost_table { /* _SET_MEM_TABLE */
	uint32_t regions;
	uint32_t padding;
	struct vhost_region region[VHOST_REGIONS_MAX];
};

struct vhost_single { /* _ADD_MEM_REG, _REM_MEM_REG */
	uint64_t padding;
	struct vhost_region region;
};

struct vhost_log_base { /* _SET_LOG_BASE */
	uint64_t size;
	uint64_t offset;
};

/* In the u64 of _SET_VRING_KICK, _CALL and _ERR: the ring; the message has no descriptor. */
#define VHOST_RING_MASK 0xffull
#define VHOST_NO_FD     (1ull << 8)

union vhost_payload {
	uint64_t u64;
	struct vhost_vring_state state;
	struct vhost_vring_addr addr;
	struct vhost_table table;
	struct vhost_single single;
	struct vhost_log_base log;
	uint8_t bytes[VHOST_PAYLOAD_MAX];
};

#endif
