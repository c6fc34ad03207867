/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a vhost-user back-end does for guests, as lines of text that can be compared:
 *
 *	vhost-probe SOCKET SOCKET
 *
 * Makes the sockets, plays a guest on each, and waits for a back-end that carries frames from one to
 * the other. Each line is a question, a tab, and the answer.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/vhost_types.h>

#include "tests/lab/tools/vhost_front.h"

#define RING      256
#define BUF       66000
#define BUF_SMALL 2048
#define WAIT_MS   2000
#define START_MS  20000
#define NEVER_MS  300 /* what has not come by then does not come */
#define MSS       1448

#define GET_PROTOCOL_FEATURES 15
#define GET_VRING_BASE        11
#define VERSION_1             1 /* of the messages */

struct bit {
	unsigned int bit;
	const char *name;
};

static const struct bit features[] = {
	{VIRTIO_NET_F_CSUM, "CSUM"},
	{VIRTIO_NET_F_GUEST_CSUM, "GUEST_CSUM"},
	{VIRTIO_NET_F_GUEST_TSO4, "GUEST_TSO4"},
	{VIRTIO_NET_F_GUEST_TSO6, "GUEST_TSO6"},
	{VIRTIO_NET_F_HOST_TSO4, "HOST_TSO4"},
	{VIRTIO_NET_F_HOST_TSO6, "HOST_TSO6"},
	{VIRTIO_NET_F_MRG_RXBUF, "MRG_RXBUF"},
	{VIRTIO_NET_F_MQ, "MQ"},
	{VIRTIO_NET_F_GUEST_ANNOUNCE, "GUEST_ANNOUNCE"},
	{VIRTIO_RING_F_INDIRECT_DESC, "INDIRECT_DESC"},
	{VIRTIO_RING_F_EVENT_IDX, "EVENT_IDX"},
	{VIRTIO_F_ANY_LAYOUT, "ANY_LAYOUT"},
	{VIRTIO_F_VERSION_1, "VERSION_1"},
	{VIRTIO_F_RING_PACKED, "RING_PACKED"},
	{26, "LOG_ALL"},
	{30, "PROTOCOL_FEATURES"},
};

static const struct bit protocol[] = {
	{0, "MQ"},        {1, "LOG_SHMFD"}, {2, "RARP"},
	{3, "REPLY_ACK"}, {4, "MTU"},       {15, "CONFIGURE_MEM_SLOTS"},
	{16, "STATUS"},
};

static struct vf_dev dev[2];
static struct vf_config conf[2];
static uint8_t frame[BUF], back[BUF];

static void say(const char *answer, const char *question, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const char *answer, const char *question, ...)
{
	va_list ap;

	va_start(ap, question);
	vprintf(question, ap);
	va_end(ap);
	printf("\t%s\n", answer);
}

static const char *yes(bool is)
{
	return is ? "yes" : "no";
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* The next frame of guest @to, at most @ms later. Its length, or -EAGAIN. */
static int take(unsigned int to, struct virtio_net_hdr_v1 *hdr, int ms)
{
	uint64_t end = now_ms() + (uint64_t)ms;
	int len;

	while ((len = vf_recv(&dev[to], 0, hdr, back, sizeof(back))) == -EAGAIN && now_ms() < end)
		poll(NULL, 0, 1);
	return len;
}

static unsigned int sum(const uint8_t *p, unsigned int n, unsigned int so_far)
{
	for (unsigned int i = 0; i < n; i += 2)
		so_far += (unsigned int)p[i] << 8 | p[i + 1];
	so_far = (so_far & 0xffff) + (so_far >> 16);
	return (so_far + (so_far >> 16)) & 0xffff;
}

/* The IP header's, and in the place of TCP's the part that is left to be completed (RFC 9293, 3.1). */
static void checksums(uint8_t *ip, uint32_t len)
{
	unsigned int header = ~sum(ip, 20, 0), pseudo = sum(ip + 12, 8, ip[9] + len - 20);

	ip[10] = (uint8_t)(header >> 8);
	ip[11] = (uint8_t)header;
	if (ip[9] != 6)
		return;
	ip[36] = (uint8_t)(pseudo >> 8);
	ip[37] = (uint8_t)pseudo;
}

/* A frame of UDP or TCP from guest @from to the other one. */
static void make(unsigned int from, uint32_t len, uint8_t proto)
{
	const uint8_t head[] = {2, 0, 0,   0, 0, (uint8_t)(from ^ 1), 2, 0, 0, 0, 0, (uint8_t)from,
				8, 0, 0x45};

	memset(frame, 0, len);
	memcpy(frame, head, sizeof(head));
	frame[16] = (uint8_t)((len - 14) >> 8);
	frame[17] = (uint8_t)(len - 14);
	frame[22] = 64;
	frame[23] = proto;
	frame[29] = (uint8_t)(from + 1);
	frame[33] = (uint8_t)((from ^ 1) + 1);
	frame[26] = frame[30] = 10;
	checksums(frame + 14, len - 14);
	frame[35] = frame[37] = 9;
	frame[46] = 0x50;
	for (uint32_t i = 60; i < len; i++)
		frame[i] = (uint8_t)(i * 7);
}

/* Does the frame arrive as it is? */
static bool cross(unsigned int from, uint32_t len, const struct virtio_net_hdr_v1 *sent,
		  struct virtio_net_hdr_v1 *got, uint8_t proto)
{
	make(from, len, proto);
	if (vf_send(&dev[from], 0, sent, frame, len) != 0)
		return false;
	return take(from ^ 1, got, WAIT_MS) == (int)len && memcmp(frame, back, len) == 0;
}

/* Until the back-end carries frames; what is too much of these is thrown away. */
static bool begin(void)
{
	uint64_t end = now_ms() + START_MS;
	bool there[2] = {false, false};

	while (!(there[0] && there[1]) && now_ms() < end) {
		for (unsigned int from = 0; from < 2; from++) {
			make(from, 60, 17);
			vf_send(&dev[from], 0, NULL, frame, 60);
			there[from ^ 1] |= take(from ^ 1, NULL, 50) > 0;
		}
	}
	for (unsigned int to = 0; to < 2; to++)
		while (take(to, NULL, NEVER_MS) > 0)
			;
	return there[0] && there[1];
}

static void ask_features(void)
{
	uint64_t has = 0;

	for (unsigned int i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		say(yes(dev[0].offered >> features[i].bit & 1), "offers %s", features[i].name);
	if (vf_message(&dev[0], GET_PROTOCOL_FEATURES, VERSION_1, NULL, 0, NULL, 0) == 0)
		vf_reply(&dev[0], GET_PROTOCOL_FEATURES, &has, sizeof(has), WAIT_MS);
	for (unsigned int i = 0; i < sizeof(protocol) / sizeof(protocol[0]); i++)
		say(yes(has >> protocol[i].bit & 1), "protocol offers %s", protocol[i].name);
}

static void ask_frames(void)
{
	static const uint32_t size[] = {60, 61, 300, 1000, 1514};
	struct virtio_net_hdr_v1 got,
		csum = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 34, .csum_offset = 16};
	struct virtio_net_hdr_v1 super = csum;
	struct vf_ring *r = vf_rx(&dev[1], 0);
	bool same;

	for (unsigned int i = 0; i < sizeof(size) / sizeof(size[0]); i++)
		say(yes(cross(i % 2, size[i], NULL, &got, 17)), "%u bytes arrive as they are",
		    size[i]);
	same = cross(0, 1000, &csum, &got, 6);
	say(yes(same && got.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM && got.csum_start == 34 &&
		got.csum_offset == 16),
	    "a checksum that is left to the receiver stays so");
	for (unsigned int d = 0; d < r->size; d++)
		r->desc[d].len = BUF_SMALL;
	super.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	super.gso_size = MSS;
	super.hdr_len = 54;
	same = cross(0, 30000, &super, &got, 6);
	say(yes(same), "a super-frame arrives whole");
	say(yes(same && got.gso_type == VIRTIO_NET_HDR_GSO_TCPV4 && got.gso_size == MSS &&
		got.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM),
	    "... and says how it is to be cut");
	say(yes(same && got.num_buffers == (30000 + VF_HDR_LEN + BUF_SMALL - 1) / BUF_SMALL),
	    "... in as many buffers as it needs");
}

static bool signalled(const struct vf_ring *r, int ms)
{
	struct pollfd p = {.fd = r->call, .events = POLLIN};
	uint64_t n;

	return poll(&p, 1, ms) > 0 && read(r->call, &n, sizeof(n)) == sizeof(n);
}

static void ask_signals(void)
{
	struct vf_ring *r = vf_rx(&dev[1], 0);
	struct virtio_net_hdr_v1 got;

	while (signalled(r, 0))
		;
	__atomic_store_n(&r->avail->flags, 0, __ATOMIC_SEQ_CST);
	cross(0, 60, NULL, &got, 17);
	say(yes(signalled(r, WAIT_MS)), "a guest that wants to be signalled is");
	__atomic_store_n(&r->avail->flags, VRING_AVAIL_F_NO_INTERRUPT, __ATOMIC_SEQ_CST);
	while (signalled(r, NEVER_MS))
		;
	cross(0, 60, NULL, &got, 17);
	say(yes(signalled(r, NEVER_MS)), "a guest that does not want to be signalled is");
}

static bool base_is(struct vf_dev *d, unsigned int ring, uint16_t want)
{
	struct vhost_vring_state state = {.index = ring};
	struct vhost_vring_state got = {0};

	if (vf_message(d, GET_VRING_BASE, VERSION_1, &state, sizeof(state), NULL, 0) != 0 ||
	    vf_reply(d, GET_VRING_BASE, &got, sizeof(got), WAIT_MS) < 0)
		return false;
	return got.index == ring && got.num == want;
}

static void ask_ends(void)
{
	struct virtio_net_hdr_v1 got;
	bool again = true;

	say(yes(base_is(&dev[0], 1, vf_tx(&dev[0], 0)->next)),
	    "the base of a ring is how far it was sent");
	say(yes(base_is(&dev[1], 0, vf_used_idx(vf_rx(&dev[1], 0)))),
	    "the base of a ring is how far it was received");
	for (unsigned int i = 0; i < 2; i++) {
		vf_disconnect(&dev[i]);
		again &= vf_connect(&dev[i], &conf[i]) == 0;
	}
	say(yes(again && begin() && cross(0, 1000, NULL, &got, 17)),
	    "guests that come back are served again");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: vhost-probe SOCKET SOCKET\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int i = 0; i < 2; i++) {
		conf[i] = (struct vf_config){.path = argv[1 + i],
					     .server = true,
					     .pairs = 1,
					     .ring = RING,
					     .buf_size = BUF,
					     .features = VF_FEATURES_PLAIN | VF_FEATURES_OFFLOAD,
					     .timeout_ms = START_MS};
		if (vf_open(&dev[i], &conf[i]) != 0) {
			fprintf(stderr, "vhost-probe: %s\n", dev[i].error);
			return 1;
		}
	}
	fprintf(stderr, "listening\n");
	for (unsigned int i = 0; i < 2; i++)
		if (vf_connect(&dev[i], &conf[i]) != 0) {
			fprintf(stderr, "vhost-probe: %s\n", dev[i].error);
			return 1;
		}
	ask_features();
	if (!begin()) {
		fprintf(stderr, "vhost-probe: no frame arrives\n");
		return 1;
	}
	ask_frames();
	ask_signals();
	ask_ends();
	for (unsigned int i = 0; i < 2; i++)
		vf_close(&dev[i]);
	return 0;
}
