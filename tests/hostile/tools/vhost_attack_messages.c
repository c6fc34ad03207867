/* SPDX-License-Identifier: BSD-3-Clause */
/* Attacks by messages, and by the descriptors that come with them. */
#define _GNU_SOURCE
#include "tests/hostile/tools/vhost_attack.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define GONE_MS  8000 /* the switch waits for 5 s */
#define STORM_MS 700
#define MANY     20

static void call_pipe(struct vf_dev *dev)
{
	static const uint8_t zeros[4096];
	uint64_t ring = 0;
	int fd[2];

	if (!attack_attach(dev) || pipe2(fd, O_NONBLOCK | O_CLOEXEC) != 0)
		return;
	while (write(fd[1], zeros, sizeof(zeros)) > 0)
		;
	attack_say(dev, VHOST_SET_VRING_CALL, &ring, sizeof(ring), &fd[1], 1);
	vf_tx(dev, 0)->avail->flags = vf_rx(dev, 0)->avail->flags = 0;
	attack_traffic(dev);
	attack_until_gone(dev, GONE_MS);
	close(fd[0]);
	close(fd[1]);
}

/* Events that are full; @late: they become so, and ones that wait, after they were given. */
static void full_events(struct vf_dev *dev, bool late)
{
	uint64_t most = UINT64_MAX - 1, end = attack_now_ms() + STORM_MS;
	int fd = eventfd(0, EFD_CLOEXEC | (late ? EFD_NONBLOCK : 0));

	if (fd < 0 || !attack_attach(dev))
		return;
	if (!late && write(fd, &most, sizeof(most)) < 0)
		perror("eventfd");
	for (uint64_t ring = 0; ring < 2; ring++)
		attack_say(dev, VHOST_SET_VRING_CALL, &ring, sizeof(ring), &fd, 1);
	attack_traffic(dev);
	if (late && (write(fd, &most, sizeof(most)) < 0 || fcntl(fd, F_SETFL, 0) != 0))
		perror("eventfd");
	vf_tx(dev, 0)->avail->flags = vf_rx(dev, 0)->avail->flags = 0; /* be signalled */
	while (vf_connected(dev) && attack_now_ms() < end)
		attack_traffic(dev);
	close(fd);
}

static void call_full(struct vf_dev *dev)
{
	full_events(dev, false);
}

static void call_flag(struct vf_dev *dev)
{
	full_events(dev, true);
}

static void unread(struct vf_dev *dev)
{
	if (!attack_greet(dev))
		return;
	while (vf_message(dev, VHOST_GET_FEATURES, VHOST_VERSION, NULL, 0, NULL, 0) == 0)
		;
}

static void requests(struct vf_dev *dev)
{
	uint64_t value, end = attack_now_ms() + 10 * STORM_MS;

	if (!attack_greet(dev))
		return;
	while (attack_now_ms() < end &&
	       vf_message(dev, VHOST_GET_FEATURES, VHOST_VERSION, NULL, 0, NULL, 0) == 0 &&
	       vf_reply(dev, VHOST_GET_FEATURES, &value, sizeof(value), 1000) == sizeof(value))
		;
}

static void half(struct vf_dev *dev, size_t bytes)
{
	struct vhost_header header = {VHOST_SET_FEATURES, VHOST_VERSION, 8};
	uint8_t message[VHOST_HEADER_LEN + 8] = {0};

	memcpy(message, &header, VHOST_HEADER_LEN);
	if (!attack_greet(dev))
		return;
	if (send(dev->sock, message, bytes, MSG_NOSIGNAL) < 0)
		return;
	attack_until_gone(dev, GONE_MS);
}

static void one_byte(struct vf_dev *dev)
{
	half(dev, 1);
}

static void only_header(struct vf_dev *dev)
{
	half(dev, VHOST_HEADER_LEN);
}

static void half_payload(struct vf_dev *dev)
{
	half(dev, VHOST_HEADER_LEN + 4);
}

static void inflight(struct vf_dev *dev)
{
	struct {
		uint64_t size, offset;
		uint16_t queues, entries;
	} __attribute__((packed)) want = {64ull << 30, 0, UINT16_MAX, UINT16_MAX};

	if (!attack_greet(dev))
		return;
	attack_say(dev, VHOST_GET_INFLIGHT_FD, &want, sizeof(want), NULL, 0);
	attack_until_gone(dev, GONE_MS);
}

/* A request with @n descriptors. */
static void with_fds(struct vf_dev *dev, uint32_t request, uint32_t size, unsigned int n)
{
	uint64_t zero = 0;
	int fd[MANY], event = eventfd(0, EFD_CLOEXEC);

	for (unsigned int i = 0; i < n; i++)
		fd[i] = event;
	if (attack_greet(dev)) {
		attack_say(dev, request, &zero, size, fd, n);
		attack_until_gone(dev, GONE_MS);
	}
	close(event);
}

static void many_fds(struct vf_dev *dev)
{
	with_fds(dev, VHOST_SET_FEATURES, 8, MANY);
}

static void unwanted_fds(struct vf_dev *dev)
{
	with_fds(dev, VHOST_GET_FEATURES, 0, 8);
}

static void no_fds(struct vf_dev *dev)
{
	with_fds(dev, VHOST_SET_VRING_KICK, 8, 0);
}

static void odd_header(struct vf_dev *dev, uint32_t request, uint32_t flags, uint32_t size)
{
	struct vhost_header header = {request, flags, size};

	if (!attack_greet(dev) ||
	    send(dev->sock, &header, VHOST_HEADER_LEN, MSG_NOSIGNAL) != VHOST_HEADER_LEN)
		return;
	attack_until_gone(dev, GONE_MS);
}

static void unknown(struct vf_dev *dev)
{
	odd_header(dev, 77, VHOST_VERSION, 0);
}

static void reply(struct vf_dev *dev)
{
	odd_header(dev, VHOST_GET_FEATURES, VHOST_VERSION | VHOST_REPLY, 0);
}

static void version(struct vf_dev *dev)
{
	odd_header(dev, VHOST_GET_FEATURES, 2, 0);
}

static void size(struct vf_dev *dev)
{
	odd_header(dev, VHOST_SET_MEM_TABLE, VHOST_VERSION, UINT32_MAX);
}

static void ring_number(struct vf_dev *dev)
{
	struct vhost_vring_state state = {255, 256};

	if (!attack_greet(dev))
		return;
	attack_say(dev, VHOST_SET_VRING_NUM, &state, sizeof(state), NULL, 0);
	attack_until_gone(dev, GONE_MS);
}

/* All in the wrong order: rings before memory, memory twice, a device that is stopped before it runs. */
static void order(struct vf_dev *dev)
{
	static const uint32_t asks[] = {VHOST_SET_VRING_ENABLE, VHOST_SET_VRING_BASE,
					VHOST_SET_VRING_NUM, VHOST_SET_VRING_ENABLE};
	struct vhost_vring_state state = {0, 1};
	struct vhost_vring_addr addr = {.desc = 4096, .avail = 8192, .used = 12288};
	uint64_t zero = 0;
	int event = eventfd(0, EFD_CLOEXEC);

	if (attack_greet(dev)) {
		attack_say(dev, VHOST_GET_VRING_BASE, &state, sizeof(state), NULL, 0);
		vf_reply(dev, VHOST_GET_VRING_BASE, &state, sizeof(state), 1000);
		for (unsigned int i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
			vf_ask(dev, asks[i], &state, sizeof(state), NULL, 0);
		vf_ask(dev, VHOST_SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0);
		vf_ask(dev, VHOST_SET_VRING_KICK, &zero, sizeof(zero), &event, 1);
		vf_ask(dev, VHOST_RESET_OWNER, NULL, 0, NULL, 0);
	}
	vf_disconnect(dev);
	if (attack_attach(dev)) {
		vf_ask(dev, VHOST_SET_OWNER, NULL, 0, NULL, 0);
		vf_ask(dev, VHOST_SET_VRING_KICK, &zero, sizeof(zero), &event, 1);
		vf_ask(dev, VHOST_SET_VRING_ADDR, &addr, sizeof(addr), NULL, 0);
		vf_stop(dev);
		vf_stop(dev);
	}
	close(event);
}

static void connects(struct vf_dev *dev)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	uint64_t end = attack_now_ms() + 1000;

	memcpy(sun.sun_path, dev->path, sizeof(sun.sun_path));
	for (int i = 0; i < 10000 && attack_now_ms() < end; i++) {
		int fd;

		if (attack_conf.server) {
			fd = accept4(dev->listener, NULL, NULL, SOCK_CLOEXEC);
		} else {
			fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
			if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
				usleep(10);
		}
		close(fd);
	}
	printf("played\n");
}

static void enable_storm(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + STORM_MS;

	if (!attack_attach(dev))
		return;
	for (uint32_t i = 0; vf_connected(dev) && attack_now_ms() < end; i++) {
		struct vhost_vring_state state = {i & 1, i >> 1 & 1};

		attack_say(dev, VHOST_SET_VRING_ENABLE, &state, sizeof(state), NULL, 0);
		attack_traffic(dev);
	}
}

static void event_storm(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + STORM_MS;

	if (!attack_attach(dev))
		return;
	vf_tx(dev, 0)->avail->flags = vf_rx(dev, 0)->avail->flags = 0;
	for (uint64_t i = 0; vf_connected(dev) && attack_now_ms() < end; i++) {
		int fd = eventfd(1, EFD_CLOEXEC);
		uint64_t ring = i & 1;

		attack_say(dev, i & 2 ? VHOST_SET_VRING_KICK : VHOST_SET_VRING_CALL, &ring,
			   sizeof(ring), &fd, 1);
		close(fd);
		attack_traffic(dev);
		vf_kick(vf_tx(dev, 0));
	}
}

/* Features, status and resets, while packets cross. */
static void reset_storm(struct vf_dev *dev)
{
	static const uint32_t requests[] = {VHOST_RESET_OWNER, VHOST_SET_FEATURES,
					    VHOST_SET_VRING_KICK};
	uint64_t end = attack_now_ms() + STORM_MS;

	if (!attack_attach(dev))
		return;
	for (uint32_t i = 0; vf_connected(dev) && attack_now_ms() < end; i++) {
		uint32_t request = requests[i % 3];
		uint64_t value = 0;

		if (request == VHOST_SET_FEATURES)
			value = dev->features ^ (i & 1 ? 1ull << VIRTIO_F_RING_PACKED : 0);
		vf_ask(dev, request, &value, request == VHOST_RESET_OWNER ? 0 : sizeof(value),
		       &vf_rx(dev, 0)->kick, request == VHOST_SET_VRING_KICK);
		attack_traffic(dev);
	}
}

const struct attack attacks_messages[] = {
	{"call-pipe", "the descriptor to signal it by is a pipe that is full", call_pipe},
	{"call-full", "the event to signal it by is full, and who writes to it waits", call_full},
	{"call-flag", "... becomes so after it was given", call_flag},
	{"unread", "asks as fast as it can, and reads no reply", unread},
	{"requests", "asks as fast as it can, and reads the replies", requests},
	{"one-byte", "one byte of a request, and no more", one_byte},
	{"only-header", "the header of a request, and no more", only_header},
	{"half-payload", "a request that lacks its end", half_payload},
	{"inflight", "GET_INFLIGHT_FD of 64 GB", inflight},
	{"many-fds", "a request with 20 descriptors", many_fds},
	{"unwanted-fds", "a request with descriptors that has none", unwanted_fds},
	{"no-fds", "a request without a descriptor that has one", no_fds},
	{"unknown", "a request that does not exist", unknown},
	{"reply", "a reply in the place of a request", reply},
	{"version", "another version of the protocol", version},
	{"size", "a request of 4 GB", size},
	{"ring-number", "a ring that the port does not have", ring_number},
	{"order", "requests in the wrong order", order},
	{"connects", "connects and hangs up, up to 10,000 times a second", connects},
	{"enable-storm", "enables and disables its rings all the time", enable_storm},
	{"event-storm", "gives other events all the time, and signals", event_storm},
	{"reset-storm", "resets its device and changes its features all the time", reset_storm},
	{0},
};
