/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The form of the messages between planes.
 *
 * SOCK_SEQPACKET socket pairs, which heddled makes, connect the planes. A packet is a message: a
 * header and a fixed-width struct. A request has exactly one final reply, with the same sequence
 * number; a streamed reply is any number of HD_MSG_F_MORE items and then the final reply. Events
 * are not answered. The protocol is private to one build: the first message in each direction is a
 * hello, and a peer of another version or build is refused.
 *
 * Each type number is bound to its structs here, by macro; the dispatcher checks the size before
 * any handler runs. Type numbers are (module << 16 | n); modules are listed in this file.
 */
#ifndef HEDDLE_IPC_MSG_H
#define HEDDLE_IPC_MSG_H

#include <stdbool.h>
#include <stdint.h>

#define HD_PROTO_VERSION 1
#define HD_MSG_MAGIC     0x4844
#define HD_MSG_MAX       65536 /* bytes of a message, header included */
#define HD_MSG_FDS_MAX   16    /* descriptors with one message */

enum hd_msg_flags {
	HD_MSG_F_REQUEST = 1 << 0,
	HD_MSG_F_REPLY = 1 << 1,
	HD_MSG_F_EVENT = 1 << 2,
	HD_MSG_F_MORE = 1 << 3, /* with REPLY: an item of a stream; more messages follow */
};

struct hd_msg_hdr {
	uint16_t magic; /* HD_MSG_MAGIC */
	uint16_t flags; /* enum hd_msg_flags, exactly one of the first three */
	uint32_t type;
	uint32_t seq;   /* of the request; 0 in events */
	int32_t status; /* replies: 0 or -errno; else 0 */
	uint32_t len;   /* bytes after the header */
	uint32_t zero;
};

_Static_assert(sizeof(struct hd_msg_hdr) == 24, "message header");

#define HD_MODULE_IPC        0x0001 /* hello, ping, error text */
#define HD_MODULE_SUPERVISOR 0x0002
#define HD_MODULE_OPENER     0x0003
#define HD_MODULE_CONFIG     0x0010
#define HD_MODULE_PORT       0x0011
#define HD_MODULE_SWITCH     0x0012
#define HD_MODULE_FDB        0x0013
#define HD_MODULE_STATS      0x0014
#define HD_MODULE_REPLAY     0x0015
#define HD_MODULE_HOSTIF     0x0016
#define HD_MODULE_CAPTURE    0x0017
#define HD_MODULE_NEIGHBOUR  0x0018
#define HD_MODULE_ROUTE      0x0019
#define HD_MODULE_PUNT       0x001a
#define HD_MODULE_VHOST      0x0020 /* port kinds */
#define HD_MODULE_TAP        0x0021
#define HD_MODULE_AF_PACKET  0x0022
#define HD_MODULE_PCAP       0x0023
#define HD_MODULE_VM_TAP     0x0024
#define HD_MODULE_GATEWAY    0x0025
#define HD_MODULE_BPDU_GUARD 0x0030 /* features */
#define HD_MODULE_MAC_LIMIT  0x0031
#define HD_MODULE_ANTI_SPOOF 0x0032
#define HD_MODULE_RA_GUARD   0x0033
#define HD_MODULE_DHCP_GUARD 0x0034

#define HD_MSG_ID(module, n) ((uint32_t)(module) << 16 | (n))

/* A message without a body. */
struct hd_nothing {
	char none[0];
};

/* Binds NAME to its number and to the structs of request and reply. */
#define HD_REQ(NAME, id, req_type, rep_type)             \
	enum {                                           \
		HD_##NAME = (id),                        \
		HD_##NAME##_REQ_SIZE = sizeof(req_type), \
		HD_##NAME##_REP_SIZE = sizeof(rep_type), \
	};                                               \
	_Static_assert(sizeof(req_type) % 8 == 0 && sizeof(rep_type) % 8 == 0, #NAME)

/* As HD_REQ; the reply is a stream of items, and ends with rep_type. */
#define HD_REQ_STREAM(NAME, id, req_type, item_type, rep_type) \
	HD_REQ(NAME, id, req_type, rep_type);                  \
	enum { HD_##NAME##_ITEM_SIZE = sizeof(item_type) };    \
	_Static_assert(sizeof(item_type) % 8 == 0, #NAME " item")

#define HD_EVENT(NAME, id, event_type)                                    \
	enum { HD_##NAME = (id), HD_##NAME##_SIZE = sizeof(event_type) }; \
	_Static_assert(sizeof(event_type) % 8 == 0, #NAME)

enum hd_plane {
	HD_PLANE_NONE,
	HD_PLANE_SUPERVISOR,
	HD_PLANE_DATA,
	HD_PLANE_CONTROL,
	HD_PLANE_MGMT,
	HD_PLANE_COUNT,
};

/* "heddled", "heddle-dp", ...: the program that is this plane. "unknown" beyond the last. */
const char *hd_plane_name(unsigned int plane);

/* First message each way, sent by hd_chan_new(). An event. */
struct hd_hello {
	uint32_t version;    /* HD_PROTO_VERSION */
	uint32_t plane;      /* enum hd_plane */
	uint64_t generation; /* of the configuration that the sender holds, 0: none */
	char build[64];      /* of the sender: a peer of another build is refused as well */
};
HD_EVENT(HELLO, HD_MSG_ID(HD_MODULE_IPC, 1), struct hd_hello);

/* Asks whether the peer lives. The peer's channel itself answers, from its owner's event loop. */
HD_REQ(PING, HD_MSG_ID(HD_MODULE_IPC, 2), struct hd_nothing, struct hd_nothing);

/*
 * Sets the log level (hd_log_level_set()). heddle-mgmt -> heddled, which sets its own and sends it
 * to all planes; heddled -> plane, where the channel itself sets it.
 */
struct hd_log_level_msg {
	uint32_t level; /* enum hd_log_level */
	uint32_t zero;
};
HD_EVENT(LOG_LEVEL, HD_MSG_ID(HD_MODULE_IPC, 3), struct hd_log_level_msg);

/*
 * Sets the log level of this process. False: @msg names no level, and nothing changes. Any thread.
 */
bool hd_log_level_take(const struct hd_log_level_msg *msg);

/* The body of each reply with a status below 0, whatever its type is. */
struct hd_msg_error {
	char text[256];
};

#endif
