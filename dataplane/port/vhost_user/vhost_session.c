/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads requests in pieces, checks them by the rules of the protocol, and makes replies. */
#include "dataplane/port/vhost_user/vhost_session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define S_NS           1000000000ull
#define REQUEST_NS     (S_NS / VHOST_REQUESTS_A_S)
#define REQUESTS_BURST 1000 /* that may come at once, after a pause */
#define ALWAYS         64   /* no protocol feature is needed */

/* Who gets an answer: with ACKED a result, when the front-end wants one. */
enum reply { ACKED, REPLIES };

/*
 * What a request has to be like. A request without a name is not served: it needs a feature that is
 * not offered, so that no front-end that keeps the protocol sends it.
 */
static const struct rule {
	const char *name;
	uint16_t size_min, size_max;
	uint8_t fds_min, fds_max;
	uint8_t needs; /* enum vhost_protocol_feature, or ALWAYS */
	enum reply reply;
} rules[VHOST_REQUESTS] = {
	[VHOST_GET_FEATURES] = {"GET_FEATURES", 0, 0, 0, 0, ALWAYS, REPLIES},
	[VHOST_SET_FEATURES] = {"SET_FEATURES", 8, 8, 0, 0, ALWAYS, ACKED},
	[VHOST_SET_OWNER] = {"SET_OWNER", 0, 8, 0, 0, ALWAYS, ACKED},
	[VHOST_RESET_OWNER] = {"RESET_OWNER", 0, 8, 0, 0, ALWAYS, ACKED},
	[VHOST_SET_MEM_TABLE] = {"SET_MEM_TABLE", 8, sizeof(struct vhost_table), 0,
				 VHOST_REGIONS_MAX, ALWAYS, ACKED},
	[VHOST_SET_LOG_BASE] = {"SET_LOG_BASE", 16, 16, 1, 1, VHOST_PF_LOG_SHMFD, REPLIES},
	[VHOST_SET_LOG_FD] = {"SET_LOG_FD", 0, 8, 1, 1, ALWAYS, ACKED},
	[VHOST_SET_VRING_NUM] = {"SET_VRING_NUM", 8, 8, 0, 0, ALWAYS, ACKED},
	[VHOST_SET_VRING_ADDR] = {"SET_VRING_ADDR", 40, 40, 0, 0, ALWAYS, ACKED},
	[VHOST_SET_VRING_BASE] = {"SET_VRING_BASE", 8, 8, 0, 0, ALWAYS, ACKED},
	[VHOST_GET_VRING_BASE] = {"GET_VRING_BASE", 8, 8, 0, 0, ALWAYS, REPLIES},
	[VHOST_SET_VRING_KICK] = {"SET_VRING_KICK", 8, 8, 0, 1, ALWAYS, ACKED},
	[VHOST_SET_VRING_CALL] = {"SET_VRING_CALL", 8, 8, 0, 1, ALWAYS, ACKED},
	[VHOST_SET_VRING_ERR] = {"SET_VRING_ERR", 8, 8, 0, 1, ALWAYS, ACKED},
	[VHOST_GET_PROTOCOL_FEATURES] = {"GET_PROTOCOL_FEATURES", 0, 0, 0, 0, ALWAYS, REPLIES},
	[VHOST_SET_PROTOCOL_FEATURES] = {"SET_PROTOCOL_FEATURES", 8, 8, 0, 0, ALWAYS, ACKED},
	[VHOST_GET_QUEUE_NUM] = {"GET_QUEUE_NUM", 0, 0, 0, 0, VHOST_PF_MQ, REPLIES},
	[VHOST_SET_VRING_ENABLE] = {"SET_VRING_ENABLE", 8, 8, 0, 0, ALWAYS, ACKED},
	[VHOST_SEND_RARP] = {"SEND_RARP", 8, 8, 0, 0, VHOST_PF_RARP, ACKED},
	[VHOST_NET_SET_MTU] = {"NET_SET_MTU", 8, 8, 0, 0, VHOST_PF_MTU, ACKED},
	[VHOST_RESET_DEVICE] = {"RESET_DEVICE", 0, 8, 0, 0, VHOST_PF_RESET_DEVICE, ACKED},
	[VHOST_GET_MAX_MEM_SLOTS] = {"GET_MAX_MEM_SLOTS", 0, 8, 0, 0, VHOST_PF_CONFIGURE_MEM_SLOTS,
				     REPLIES},
	[VHOST_ADD_MEM_REG] = {"ADD_MEM_REG", 40, 40, 1, 1, VHOST_PF_CONFIGURE_MEM_SLOTS, ACKED},
	[VHOST_REM_MEM_REG] = {"REM_MEM_REG", 40, 40, 0, 1, VHOST_PF_CONFIGURE_MEM_SLOTS, ACKED},
	[VHOST_SET_STATUS] = {"SET_STATUS", 8, 8, 0, 0, VHOST_PF_STATUS, ACKED},
	[VHOST_GET_STATUS] = {"GET_STATUS", 0, 8, 0, 0, VHOST_PF_STATUS, REPLIES},
};

/* Names of those that are not served, for whoever reads why a front-end was sent away. */
static const char *const others[VHOST_REQUESTS] = {
	[VHOST_SET_BACKEND_REQ_FD] = "SET_BACKEND_REQ_FD",
	[VHOST_IOTLB_MSG] = "IOTLB_MSG",
	[VHOST_SET_VRING_ENDIAN] = "SET_VRING_ENDIAN",
	[VHOST_GET_CONFIG] = "GET_CONFIG",
	[VHOST_SET_CONFIG] = "SET_CONFIG",
	[VHOST_CREATE_CRYPTO_SESSION] = "CREATE_CRYPTO_SESSION",
	[VHOST_CLOSE_CRYPTO_SESSION] = "CLOSE_CRYPTO_SESSION",
	[VHOST_POSTCOPY_ADVISE] = "POSTCOPY_ADVISE",
	[VHOST_POSTCOPY_LISTEN] = "POSTCOPY_LISTEN",
	[VHOST_POSTCOPY_END] = "POSTCOPY_END",
	[VHOST_GET_INFLIGHT_FD] = "GET_INFLIGHT_FD",
	[VHOST_SET_INFLIGHT_FD] = "SET_INFLIGHT_FD",
	[VHOST_GPU_SET_SOCKET] = "GPU_SET_SOCKET",
	[VHOST_VRING_KICK] = "VRING_KICK",
};

const char *vhost_request_name(uint32_t request, char text[24])
{
	if (request < VHOST_REQUESTS && rules[request].name)
		return rules[request].name;
	if (request < VHOST_REQUESTS && others[request])
		return others[request];
	snprintf(text, 24, "request %u", request);
	return text;
}

static const char *name_of(const struct vhost_session *s, char text[24])
{
	return vhost_request_name(s->header.request, text);
}

void vhost_session_init(struct vhost_session *s, uint64_t features, uint64_t protocol,
			uint16_t rings)
{
	memset(s, 0, sizeof(*s));
	s->offered = features | 1ull << VHOST_F_PROTOCOL_FEATURES;
	s->protocol_offered = protocol;
	s->rings = rings;
}

static void close_fds(struct vhost_session *s)
{
	for (unsigned int i = 0; i < s->fds; i++)
		if (s->fd[i] >= 0)
			close(s->fd[i]);
	s->fds = 0;
}

void vhost_session_end(struct vhost_session *s)
{
	close_fds(s);
}

static bool may_ask(const struct vhost_session *s, uint64_t now_ns)
{
	return s->credit_ns <= now_ns + REQUESTS_BURST * REQUEST_NS;
}

size_t vhost_session_room(struct vhost_session *s, uint64_t now_ns, void **at)
{
	if (s->complete || s->reply_sent < s->reply_len)
		return 0;
	if (s->have < VHOST_HEADER_LEN) {
		if (s->have == 0 && !may_ask(s, now_ns))
			return 0;
		*at = (uint8_t *)&s->header + s->have;
		return VHOST_HEADER_LEN - s->have;
	}
	*at = s->payload.bytes + (s->have - VHOST_HEADER_LEN);
	return VHOST_HEADER_LEN + s->header.size - s->have;
}

/* What can be said once the header is there. */
static int check_header(const struct vhost_session *s, struct hd_err *err)
{
	const struct vhost_header *h = &s->header;
	const struct rule *rule = h->request < VHOST_REQUESTS ? &rules[h->request] : &rules[0];
	char text[24];

	if ((h->flags & VHOST_VERSION_MASK) != VHOST_VERSION)
		return hd_err_set(err, EPROTO, "%s has version %u of the protocol, and 1 is right",
				  name_of(s, text), h->flags & VHOST_VERSION_MASK);
	if (h->flags & VHOST_REPLY)
		return hd_err_set(err, EPROTO, "%s is marked as a reply", name_of(s, text));
	if (!rule->name)
		return hd_err_set(err, ENOTSUP, "%s is not served, and was not offered",
				  name_of(s, text));
	if (rule->needs != ALWAYS && !vhost_session_has(s, rule->needs))
		return hd_err_set(err, EPROTO, "%s needs protocol feature %u, which was not taken",
				  rule->name, rule->needs);
	if (h->size < rule->size_min || h->size > rule->size_max)
		return hd_err_set(err, EMSGSIZE, "%s has %u bytes, and %u to %u are right",
				  rule->name, h->size, rule->size_min, rule->size_max);
	return 0;
}

static int check_fds(const struct vhost_session *s, const struct rule *rule, struct hd_err *err)
{
	unsigned int least = rule->fds_min, most = rule->fds_max;

	switch (s->header.request) {
	case VHOST_SET_MEM_TABLE: least = most = s->payload.table.regions; break;
	case VHOST_SET_VRING_KICK:
	case VHOST_SET_VRING_CALL:
	case VHOST_SET_VRING_ERR: least = most = s->payload.u64 & VHOST_NO_FD ? 0 : 1; break;
	}
	if (s->fds < least || s->fds > most)
		/* memory that has no descriptor is not shared */
		return hd_err_set(err,
				  s->header.request == VHOST_SET_MEM_TABLE && s->fds == 0
					  ? EMEDIUMTYPE
					  : EPROTO,
				  "%s came with %u descriptors, and %u to %u are right", rule->name,
				  s->fds, least, most);
	return 0;
}

static int check_table(const struct vhost_session *s, struct hd_err *err)
{
	uint32_t n = s->payload.table.regions;

	if (n == 0 || n > VHOST_REGIONS_MAX)
		return hd_err_set(err, EPROTO,
				  "SET_MEM_TABLE has %u regions, and 1 to %u are right", n,
				  VHOST_REGIONS_MAX);
	/* Front-ends may send the whole table with entries that are not in use. */
	if (s->header.size < 8 + n * sizeof(struct vhost_region))
		return hd_err_set(err, EMSGSIZE,
				  "SET_MEM_TABLE has %u bytes, too few for %u regions",
				  s->header.size, n);
	return 0;
}

/* The ring that a request is about, or -1. */
static int64_t ring_of(const struct vhost_session *s)
{
	switch (s->header.request) {
	case VHOST_SET_VRING_NUM:
	case VHOST_SET_VRING_BASE:
	case VHOST_GET_VRING_BASE:
	case VHOST_SET_VRING_ENABLE: return s->payload.state.index;
	case VHOST_SET_VRING_ADDR: return s->payload.addr.index;
	case VHOST_SET_VRING_KICK:
	case VHOST_SET_VRING_CALL:
	case VHOST_SET_VRING_ERR: return (int64_t)(s->payload.u64 & VHOST_RING_MASK);
	default: return -1;
	}
}

static int check_bits(const char *what, uint64_t wanted, uint64_t offered, struct hd_err *err)
{
	if (wanted & ~offered)
		return hd_err_set(err, EPROTO, "%s takes %#llx, which was not offered", what,
				  (unsigned long long)(wanted & ~offered));
	return 0;
}

/* All of the request is there. */
static int check_request(struct vhost_session *s, struct hd_err *err)
{
	const struct rule *rule = &rules[s->header.request];
	int64_t ring = ring_of(s);
	int ret = 0;

	if (s->header.request == VHOST_SET_MEM_TABLE)
		ret = check_table(s, err);
	if (ret == 0)
		ret = check_fds(s, rule, err);
	if (ret != 0)
		return ret;
	if (ring >= s->rings)
		return hd_err_set(err, EPROTO, "%s is for ring %lld, and there are %u", rule->name,
				  (long long)ring, s->rings);
	switch (s->header.request) {
	case VHOST_SET_FEATURES:
		ret = check_bits(rule->name, s->payload.u64, s->offered, err);
		break;
	case VHOST_SET_PROTOCOL_FEATURES:
		ret = check_bits(rule->name, s->payload.u64, s->protocol_offered, err);
		break;
	}
	return ret;
}

/*
 * Descriptors come with the first byte of what they belong to. The session owns them in any case.
 */
static int take_fds(struct vhost_session *s, const int *fd, unsigned int n, struct hd_err *err)
{
	unsigned int room = VHOST_REGIONS_MAX - s->fds;
	char text[24];

	for (unsigned int i = 0; i < n; i++)
		if (i < room)
			s->fd[s->fds++] = fd[i];
		else
			close(fd[i]);
	if (n > room)
		return hd_err_set(err, EPROTO, "%s came with more than %u descriptors",
				  s->have >= VHOST_HEADER_LEN ? name_of(s, text) : "a request",
				  VHOST_REGIONS_MAX);
	return 0;
}

static void spend_credit(struct vhost_session *s, uint64_t now_ns)
{
	s->credit_ns = (s->credit_ns > now_ns ? s->credit_ns : now_ns) + REQUEST_NS;
}

int vhost_session_read(struct vhost_session *s, size_t len, const int *fd, unsigned int n,
		       uint64_t now_ns, struct hd_err *err)
{
	int ret = take_fds(s, fd, n, err);

	if (ret != 0)
		return ret;
	if (s->have == 0 && len > 0) {
		s->since_ns = now_ns;
		spend_credit(s, now_ns);
		memset(&s->payload, 0, sizeof(s->payload));
	}
	s->have += (uint32_t)len;
	if (s->have < VHOST_HEADER_LEN)
		return 0;
	if (s->have - len < VHOST_HEADER_LEN)
		ret = check_header(s, err);
	if (ret != 0 || s->have < VHOST_HEADER_LEN + s->header.size)
		return ret;
	ret = check_request(s, err);
	if (ret != 0)
		return ret;
	s->complete = true;
	s->since_ns = 0;
	return 1;
}

static void reply(struct vhost_session *s, const void *payload, size_t len, uint64_t now_ns)
{
	struct vhost_header h = {s->header.request, VHOST_VERSION | VHOST_REPLY, (uint32_t)len};

	memcpy(s->reply, &h, VHOST_HEADER_LEN);
	if (len)
		memcpy(s->reply + VHOST_HEADER_LEN, payload, len);
	s->reply_len = (uint32_t)(VHOST_HEADER_LEN + len);
	s->reply_sent = 0;
	s->since_ns = now_ns;
}

int vhost_session_answer(struct vhost_session *s, int result, const void *payload, size_t len,
			 uint64_t now_ns, struct hd_err *err)
{
	const struct rule *rule = &rules[s->header.request];
	bool wants =
		(s->header.flags & VHOST_NEED_REPLY) && vhost_session_has(s, VHOST_PF_REPLY_ACK);
	uint64_t failed = result != 0;

	if (result == 0 && s->header.request == VHOST_SET_FEATURES)
		s->features = s->payload.u64;
	if (result == 0 && s->header.request == VHOST_SET_PROTOCOL_FEATURES)
		s->protocol = s->payload.u64;
	close_fds(s);
	s->have = 0;
	s->complete = false;
	if (rule->reply == REPLIES && result == 0)
		reply(s, payload, len, now_ns);
	else if (rule->reply == ACKED && wants)
		reply(s, &failed, sizeof(failed), now_ns);
	else if (result != 0)
		return hd_err_prefix(err, "%s", rule->name);
	return 0;
}

size_t vhost_session_output(const struct vhost_session *s, const void **at)
{
	*at = s->reply + s->reply_sent;
	return s->reply_len - s->reply_sent;
}

void vhost_session_written(struct vhost_session *s, size_t len)
{
	s->reply_sent += (uint32_t)len;
	if (s->reply_sent < s->reply_len)
		return;
	s->reply_len = s->reply_sent = 0;
	s->since_ns = 0;
}

uint64_t vhost_session_next_ns(const struct vhost_session *s, uint64_t now_ns)
{
	if (s->since_ns)
		return s->since_ns + VHOST_PATIENCE_NS;
	if (!s->complete && !may_ask(s, now_ns))
		return s->credit_ns - REQUESTS_BURST * REQUEST_NS;
	return UINT64_MAX;
}

bool vhost_session_late(const struct vhost_session *s, uint64_t now_ns, struct hd_err *err)
{
	char text[24];

	if (!s->since_ns || now_ns - s->since_ns < VHOST_PATIENCE_NS)
		return false;
	if (s->reply_len)
		hd_err_set(err, ETIMEDOUT, "the reply to %s was not read for %llu s",
			   name_of(s, text), (unsigned long long)(VHOST_PATIENCE_NS / S_NS));
	else
		hd_err_set(err, ETIMEDOUT, "a request came only in part, for %llu s",
			   (unsigned long long)(VHOST_PATIENCE_NS / S_NS));
	return true;
}
