/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A session: one connection of a front-end, as a pure core. Bytes and descriptors go in; checked
 * requests, and the bytes of replies, come out. It makes no system call except close(2), and never
 * waits.
 *
 * The front-end is hostile. A request has at most 524 bytes, and the next one is not read before it
 * is answered, so a session holds at most one request and one reply. A front-end that stops in the
 * middle of a request, or does not read a reply, is given VHOST_PATIENCE_NS. Requests are read at
 * VHOST_REQUESTS_A_S at most.
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
	/* features that the back-end offers, and those of them that the front-end accepted */
	uint64_t offered, features;
	uint64_t protocol_offered, protocol;
	uint16_t rings; /* number of rings; requests for others are refused */

	/* the request that is being read or served */
	struct vhost_header header;
	union vhost_payload payload;
	int fd[VHOST_REGIONS_MAX]; /* to keep one, the code that serves the request sets it to -1 */
	unsigned int fds;
	uint32_t have; /* bytes of header and payload that came */
	bool complete; /* the request is complete, and is being served */

	uint8_t reply[VHOST_HEADER_LEN + VHOST_PAYLOAD_MAX];
	uint32_t reply_len, reply_sent;

	uint64_t since_ns; /* start of an incomplete request or an unread reply; 0: there is none */
	uint64_t credit_ns; /* when all requests would have come, at VHOST_REQUESTS_A_S */
};

/* Begins a session that offers @features and @protocol features, and has @rings rings. */
void vhost_session_init(struct vhost_session *s, uint64_t features, uint64_t protocol,
			uint16_t rings);

/* Ends a session: closes the descriptors that nobody kept. */
void vhost_session_end(struct vhost_session *s);

/*
 * Sets *@at to the place for the next bytes from the socket, and returns how many bytes may be read
 * there; 0: none now. These are never more than the rest of the header or of the payload, so that
 * descriptors belong to the request with which they come.
 */
size_t vhost_session_room(struct vhost_session *s, uint64_t now_ns, void **at);

/*
 * @len bytes were read to the place that vhost_session_room() returned, with @n descriptors, which
 * the session owns from now on. 1: a request is complete, and obeys the protocol as far as the
 * session can check; serve it and call vhost_session_answer(). 0: the request is not complete.
 * Below 0 with @err: the front-end broke the protocol; the connection must end.
 */
int vhost_session_read(struct vhost_session *s, size_t len, const int *fd, unsigned int n,
		       uint64_t now_ns, struct hd_err *err);

/*
 * The request has been served with @result, 0 or -errno. @payload, of @len bytes, is the reply, if
 * the request has one. After a failure @err has its reason already. Returns 0, or -errno with @err:
 * the protocol has no way to tell the front-end of the failure; the connection must end.
 */
int vhost_session_answer(struct vhost_session *s, int result, const void *payload, size_t len,
			 uint64_t now_ns, struct hd_err *err);

/*
 * Sets *@at to the bytes of a reply that are still to be written, and returns their number; 0:
 * none.
 */
size_t vhost_session_output(const struct vhost_session *s, const void **at);

/* @len bytes of the reply were written. */
void vhost_session_written(struct vhost_session *s, size_t len);

/*
 * The time at which the result of vhost_session_room() or vhost_session_late() changes if nothing
 * comes; UINT64_MAX: never.
 */
uint64_t vhost_session_next_ns(const struct vhost_session *s, uint64_t now_ns);

/* True, with @err: the front-end took longer than VHOST_PATIENCE_NS; the connection must end. */
bool vhost_session_late(const struct vhost_session *s, uint64_t now_ns, struct hd_err *err);

/* The name of a request, "SET_MEM_TABLE", or "request 77": static text, or @text. */
const char *vhost_request_name(uint32_t request, char text[24]);

static inline bool vhost_session_has(const struct vhost_session *s, enum vhost_protocol_feature bit)
{
	return s->protocol >> bit & 1;
}

#endif
