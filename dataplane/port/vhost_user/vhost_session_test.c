/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests as front-ends send them, requests in pieces, and hostile ones. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dataplane/port/vhost_user/vhost_session.h"
#include "tests/unit/unit.h"

#define S_NS     1000000000ull
#define BIT(n)   (1ull << (n))
#define RINGS    4
#define PROTOCOL (BIT(VHOST_PF_MQ) | BIT(VHOST_PF_REPLY_ACK) | BIT(VHOST_PF_CONFIGURE_MEM_SLOTS))

static struct vhost_session ses;
static struct hd_err err;
static uint64_t now;

static void begin(void)
{
	now = 100 * S_NS;
	vhost_session_init(&ses, BIT(32), PROTOCOL, RINGS);
	ses.protocol = PROTOCOL;
}

/* Sends as much as is taken, in pieces of @piece bytes, with @n descriptors at the first. */
static int send_bytes(const void *bytes, size_t len, size_t piece, const int *fd, unsigned int n)
{
	const uint8_t *from = bytes;
	int ret = 0;

	while (len > 0 && ret == 0) {
		void *at;
		size_t room = vhost_session_room(&ses, now, &at);

		if (room == 0)
			return -EAGAIN;
		room = room < piece ? room : piece;
		room = room < len ? room : len;
		memcpy(at, from, room);
		ret = vhost_session_read(&ses, room, fd, n, now, &err);
		from += room;
		len -= room;
		n = 0;
	}
	return ret;
}

static int send_request(uint32_t request, uint32_t flags, const void *payload, uint32_t size,
			const int *fd, unsigned int n)
{
	uint8_t bytes[VHOST_HEADER_LEN + VHOST_PAYLOAD_MAX];
	struct vhost_header h = {request, VHOST_VERSION | flags, size};

	memcpy(bytes, &h, VHOST_HEADER_LEN);
	if (size && size <= VHOST_PAYLOAD_MAX)
		memcpy(bytes + VHOST_HEADER_LEN, payload, size);
	return send_bytes(bytes, VHOST_HEADER_LEN + (size <= VHOST_PAYLOAD_MAX ? size : 0), 1000,
			  fd, n);
}

/* What is to be written, as a reply to @request; its first eight bytes. */
static uint64_t read_reply(uint32_t request, size_t size)
{
	struct vhost_header h;
	const void *at;
	uint64_t value = 0;
	size_t len = vhost_session_output(&ses, &at);

	CU_ASSERT_EQUAL_FATAL(len, VHOST_HEADER_LEN + size);
	memcpy(&h, at, VHOST_HEADER_LEN);
	CU_ASSERT_EQUAL(h.request, request);
	CU_ASSERT_EQUAL(h.flags, VHOST_VERSION | VHOST_REPLY);
	CU_ASSERT_EQUAL(h.size, size);
	memcpy(&value, (const uint8_t *)at + VHOST_HEADER_LEN, size < 8 ? size : 8);
	vhost_session_written(&ses, len);
	return value;
}

static void test_pieces(void)
{
	struct vhost_vring_addr addr = {
		.index = 3, .desc = 0x1000, .used = 0x2000, .avail = 0x3000};
	uint8_t bytes[VHOST_HEADER_LEN + sizeof(addr)];
	struct vhost_header h = {VHOST_SET_VRING_ADDR, VHOST_VERSION, sizeof(addr)};

	memcpy(bytes, &h, VHOST_HEADER_LEN);
	memcpy(bytes + VHOST_HEADER_LEN, &addr, sizeof(addr));
	for (size_t piece = 1; piece <= sizeof(bytes); piece++) {
		const void *out;
		void *at;

		begin();
		CU_ASSERT_EQUAL(send_bytes(bytes, sizeof(bytes), piece, NULL, 0), 1);
		CU_ASSERT_EQUAL(memcmp(&ses.payload.addr, &addr, sizeof(addr)), 0);
		/* nothing more is read before it is answered */
		CU_ASSERT_EQUAL(vhost_session_room(&ses, now, &at), 0);
		CU_ASSERT_EQUAL(vhost_session_answer(&ses, 0, NULL, 0, now, &err), 0);
		CU_ASSERT_EQUAL(vhost_session_output(&ses, &out), 0);
		CU_ASSERT_EQUAL(vhost_session_room(&ses, now, &at), VHOST_HEADER_LEN);
		CU_ASSERT_EQUAL(vhost_session_next_ns(&ses, now), UINT64_MAX);
	}
}

static void test_replies(void)
{
	uint64_t value = 5;
	void *at;

	begin();
	CU_ASSERT_EQUAL(send_request(VHOST_GET_FEATURES, 0, NULL, 0, NULL, 0), 1);
	CU_ASSERT_EQUAL(vhost_session_answer(&ses, 0, &ses.offered, 8, now, &err), 0);
	/* not before the reply was read: half of it is not enough */
	CU_ASSERT_EQUAL(vhost_session_room(&ses, now, &at), 0);
	vhost_session_written(&ses, 7);
	CU_ASSERT_EQUAL(vhost_session_room(&ses, now, &at), 0);
	vhost_session_written(&ses, 13);
	CU_ASSERT_EQUAL(vhost_session_room(&ses, now, &at), VHOST_HEADER_LEN);

	/* a result only for who wants one and took the feature */
	value = BIT(32);
	CU_ASSERT_EQUAL(send_request(VHOST_SET_FEATURES, VHOST_NEED_REPLY, &value, 8, NULL, 0), 1);
	CU_ASSERT_EQUAL(vhost_session_answer(&ses, 0, NULL, 0, now, &err), 0);
	CU_ASSERT_EQUAL(read_reply(VHOST_SET_FEATURES, 8), 0);
	CU_ASSERT_EQUAL(ses.features, BIT(32));
	value = 0;
	CU_ASSERT_EQUAL(send_request(VHOST_SET_FEATURES, VHOST_NEED_REPLY, &value, 8, NULL, 0), 1);
	CU_ASSERT_EQUAL(vhost_session_answer(&ses, -EIO, NULL, 0, now, &err), 0);
	CU_ASSERT_EQUAL(read_reply(VHOST_SET_FEATURES, 8), 1);
	CU_ASSERT_EQUAL(ses.features, BIT(32));
	ses.protocol = 0;
	CU_ASSERT_EQUAL(send_request(VHOST_SET_FEATURES, VHOST_NEED_REPLY, &value, 8, NULL, 0), 1);
	hd_err_set(&err, EIO, "why");
	CU_ASSERT_EQUAL(vhost_session_answer(&ses, -EIO, NULL, 0, now, &err), -EIO);
	CU_ASSERT_STRING_EQUAL(err.text, "SET_FEATURES: why");
}

/* Each with what the connection is ended for. */
static void test_broken(void)
{
	static const struct {
		uint32_t request, flags, size;
		uint64_t first; /* of the payload */
		unsigned int fds;
		const char *words;
	} bad[] = {
		{0, 0, 0, 0, 0, "request 0 is not served"},
		{77, 0, 0, 0, 0, "request 77 is not served"},
		{UINT32_MAX, 0, 0, 0, 0, "request 4294967295 is not served"},
		{VHOST_GET_INFLIGHT_FD, 0, 16, 0, 0, "GET_INFLIGHT_FD is not served"},
		{VHOST_IOTLB_MSG, 0, 0, 0, 0, "IOTLB_MSG is not served"},
		{VHOST_GET_FEATURES, VHOST_REPLY, 0, 0, 0, "marked as a reply"},
		{VHOST_GET_FEATURES, 2, 0, 0, 0, "version 3"},
		{VHOST_GET_FEATURES, 0, 8, 0, 0, "has 8 bytes, and 0 to 0"},
		{VHOST_GET_FEATURES, 0, 0, 0, 1, "came with 1 descriptors, and 0 to 0"},
		{VHOST_SET_FEATURES, 0, 0, 0, 0, "has 0 bytes, and 8 to 8"},
		{VHOST_SET_FEATURES, 0, UINT32_MAX, 0, 0, "has 4294967295 bytes"},
		{VHOST_SET_FEATURES, 0, 8, BIT(3), 0, "takes 0x8, which was not offered"},
		{VHOST_SET_PROTOCOL_FEATURES, 0, 8, BIT(12), 0, "which was not offered"},
		{VHOST_SET_MEM_TABLE, 0, 8, 0, 0, "has 0 regions"},
		{VHOST_SET_MEM_TABLE, 0, 8, 9, 0, "has 9 regions"},
		{VHOST_SET_MEM_TABLE, 0, 8, 1, 1, "too few for 1 regions"},
		{VHOST_SET_MEM_TABLE, 0, 40, 1, 0, "came with 0 descriptors, and 1 to 1"},
		{VHOST_SET_MEM_TABLE, 0, 40, 1, 2, "came with 2 descriptors, and 1 to 1"},
		{VHOST_SET_MEM_TABLE, 0, 40, 1, 9, "more than 8 descriptors"},
		{VHOST_ADD_MEM_REG, 0, 40, 0, 0, "came with 0 descriptors"},
		{VHOST_SEND_RARP, 0, 8, 0, 0, "needs protocol feature 2"},
		{VHOST_SET_VRING_NUM, 0, 8, RINGS, 0, "is for ring 4, and there are 4"},
		{VHOST_SET_VRING_NUM, 0, 8, UINT32_MAX, 0, "is for ring 4294967295"},
		{VHOST_SET_VRING_ADDR, 0, 40, RINGS, 0, "is for ring 4"},
		{VHOST_SET_VRING_KICK, 0, 8, 0xff, 1, "is for ring 255"},
		{VHOST_SET_VRING_KICK, 0, 8, 1, 0, "came with 0 descriptors, and 1 to 1"},
		{VHOST_SET_VRING_CALL, 0, 8, 1 | VHOST_NO_FD, 1, "came with 1 descriptors"},
	};
	int probe = open("/dev/null", O_RDONLY);

	close(probe);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t payload[VHOST_PAYLOAD_MAX] = {0};
		int fd[16];

		begin();
		memcpy(payload, &bad[i].first, 8);
		for (unsigned int j = 0; j < bad[i].fds; j++)
			fd[j] = open("/dev/null", O_RDONLY);
		CU_ASSERT_TRUE(send_request(bad[i].request, bad[i].flags, payload, bad[i].size, fd,
					    bad[i].fds) < 0);
		if (!strstr(err.text, bad[i].words))
			printf("\n  \"%s\" does not say \"%s\"", err.text, bad[i].words);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].words));
		vhost_session_end(&ses);
	}
	/* no descriptor is left open */
	CU_ASSERT_EQUAL(open("/dev/null", O_RDONLY), probe);
	close(probe);
}

/* Whoever serves a request takes its descriptors; the others are closed with the answer. */
static void test_descriptors(void)
{
	struct vhost_table table = {.regions = 2};
	int fd[2], kept;

	begin();
	fd[0] = open("/dev/null", O_RDONLY);
	fd[1] = open("/dev/null", O_RDONLY);
	CU_ASSERT_EQUAL(send_request(VHOST_SET_MEM_TABLE, 0, &table, sizeof(table), fd, 2), 1);
	CU_ASSERT_EQUAL_FATAL(ses.fds, 2);
	kept = ses.fd[0];
	ses.fd[0] = -1;
	CU_ASSERT_EQUAL(vhost_session_answer(&ses, 0, NULL, 0, now, &err), 0);
	CU_ASSERT_EQUAL(fcntl(kept, F_GETFD), 0);
	CU_ASSERT_EQUAL(fcntl(fd[1], F_GETFD), -1);
	close(kept);
}

static void test_patience(void)
{
	uint64_t value = BIT(32);
	void *at;

	/* half a request */
	begin();
	CU_ASSERT_EQUAL(send_bytes(&value, 5, 5, NULL, 0), 0);
	CU_ASSERT_EQUAL(vhost_session_next_ns(&ses, now), now + VHOST_PATIENCE_NS);
	now += VHOST_PATIENCE_NS - 1;
	CU_ASSERT_FALSE(vhost_session_late(&ses, now, &err));
	/* more of it buys no time */
	CU_ASSERT_EQUAL(send_bytes(&value, 1, 1, NULL, 0), 0);
	CU_ASSERT_TRUE(vhost_session_late(&ses, now + 1, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "only in part"));
	/* a reply that is not read */
	begin();
	CU_ASSERT_EQUAL(send_request(VHOST_SET_FEATURES, VHOST_NEED_REPLY, &value, 8, NULL, 0), 1);
	CU_ASSERT_FALSE(vhost_session_late(&ses, now + 100 * S_NS, &err)); /* that is ours to do */
	CU_ASSERT_EQUAL(vhost_session_answer(&ses, 0, NULL, 0, now, &err), 0);
	vhost_session_written(&ses, 1);
	CU_ASSERT_TRUE(vhost_session_late(&ses, now + VHOST_PATIENCE_NS, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "reply to SET_FEATURES was not read"));
	/* none of both */
	begin();
	CU_ASSERT_FALSE(vhost_session_late(&ses, now + 100 * S_NS, &err));
	CU_ASSERT_EQUAL(vhost_session_room(&ses, now, &at), VHOST_HEADER_LEN);
}

static void test_rate(void)
{
	uint64_t value = BIT(32), served = 0;

	begin();
	for (unsigned int ms = 0; ms < 10000; ms++, now += S_NS / 1000)
		while (send_request(VHOST_SET_FEATURES, 0, &value, 8, NULL, 0) == 1) {
			served++;
			vhost_session_answer(&ses, 0, NULL, 0, now, &err);
		}
	CU_ASSERT_TRUE(served >= 10 * VHOST_REQUESTS_A_S);
	CU_ASSERT_TRUE(served <= 11 * VHOST_REQUESTS_A_S);
	/* and it says when to look again */
	CU_ASSERT_TRUE(vhost_session_next_ns(&ses, now) > now - S_NS / 1000);
	CU_ASSERT_TRUE(vhost_session_next_ns(&ses, now) < now + S_NS / 1000 ||
		       vhost_session_next_ns(&ses, now) == UINT64_MAX);
}

UNIT_MAIN("vhost_session", {"pieces", test_pieces}, {"replies", test_replies},
	  {"broken", test_broken}, {"descriptors", test_descriptors}, {"patience", test_patience},
	  {"rate", test_rate});
