/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection of a front-end, as a pure core: bytes and descriptors in, requests that have been
 * checked out, and bytes of replies. It makes no system call but close(), and nothing in it waits.
 *
 * The front-end is hostile. A request is at most 524 bytes; a second one is not read before the first
 * is answered, so that what waits here is one request and one reply. A front-end that stops in the
 * middle of a request, or does not read a reply, has VHOST_PATIENCE_NS; one that asks faster than
 * VHOST_REQUESTS_A_S is read no faster than that.
 *
 * A session belongs to one thread.
 */
#ifndef DATAPLANE_PORT_VHOST_USER_VHOST_SESSION_H
#define DATAPLANE_PORT_VHOST_USER_VHOST_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heddle/base/err.h"
#include "dataplane/port/vhost_user/vhost_proto.h"

#define VHOST_PATIENCE_NS  (5 * 1000000000ull)
#define VHOST_REQUESTS_A_S 2000 /* QEMU sends about 40 to start a device with one pair of rings */

struct vhost_session {
	/* what the back-end offers, and what the front-end took of it */
	uint64_t offered, features;
	uint64_t protocol_offered, protocol;
	uint16_t rings; /* that exist: requests for others are refused */

	/* the request that is read, or that is being served */
	struct vhost_header header;
	union vhost_payload payload;
	int fd[VHOST_REGIONS_MAX]; /* who serves the request takes one by setting it to -1 */
	unsigned int fds;
	uint32_t have; /* bytes of header and payload that came */
	bool complete; /* it is being served */

	uint8_t reply[VHOST_HEADER_LEN + VHOST_PAYLOAD_MAX];
	uint32_t reply_len, reply_sent;

	uint64_t since_ns;  /* of the half request or the reply that is not read; 0: neither */
	uint64_t credit_ns; /* when all requests so far would have come at VHOST_REQUESTS_A_S */
};

/* Begins a session. @features and @protocol are offered; @rings exist. */
void vhost_session_init(struct vhost_session *s, uint64_t features, uint64_t protocol,
			uint16_t rings);

/* Closes the descriptors that nobody took. */
void vhost_session_end(struct vhost_session *s);

/*
 * Where the next bytes from the socket belong: puts the place in *@at, and returns how many bytes may
 * be read there. Never more than the rest of the header or of the payload, so that descriptors are of
 * the request that they come with. 0: none now.
 */
size_t vhost_session_room(struct vhost_session *s, uint64_t now_ns, void **at);

/*
 * @len bytes were read to where vhost_session_room() said, with @n descriptors, which are the
 * session's now. 1: a request is complete, and obeys the protocol as far as that can be seen without
 * the device; serve it and call vhost_session_answer(). 0: more has to come. Below 0: the front-end
 * broke the protocol, and @err says how; the connection must end.
 */
int vhost_session_read(struct vhost_session *s, size_t len, const int *fd, unsigned int n,
		       uint64_t now_ns, struct hd_err *err);

/*
 * The request has been served with @result, 0 or -errno, and @payload of @len bytes is its reply,
 * when it is one that has a reply. Returns 0, or -errno with @err when the front-end cannot be told
 * of a failure: the connection must end. @err has the reason of the failure already, if there is one.
 */
int vhost_session_answer(struct vhost_session *s, int result, const void *payload, size_t len,
			 uint64_t now_ns, struct hd_err *err);

/* Bytes of a reply that wait to be written, from *@at on. 0: none. */
size_t vhost_session_output(const struct vhost_session *s, const void **at);

/* @len bytes of it were written. */
void vhost_session_written(struct vhost_session *s, size_t len);

/*
 * When vhost_session_room() or vhost_session_late() will change without anything that comes;
 * UINT64_MAX: never.
 */
uint64_t vhost_session_next_ns(const struct vhost_session *s, uint64_t now_ns);

/* True, with @err, when the front-end's patience is over: the connection must end. */
bool vhost_session_late(const struct vhost_session *s, uint64_t now_ns, struct hd_err *err);

/* "SET_MEM_TABLE", or "request 77". Returns static text or @text. */
const char *vhost_request_name(uint32_t request, char text[24]);

static inline bool vhost_session_has(const struct vhost_session *s, enum vhost_protocol_feature bit)
{
	return s->protocol >> bit & 1;
}

#endif
