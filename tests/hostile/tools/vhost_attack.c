/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hostile front-end: plays one attack on a vhost-user port, again and again, until it is killed.
 *
 *	vhost-attack [--connect] SOCKET ATTACK
 *	vhost-attack --help	lists the attacks
 *
 *	--connect	the switch has the socket (its mode is server); without it the attacker has
 *
 * Prints "played" after its first round, and a line for each thing that was taken and should not be.
 */
#define _GNU_SOURCE
#include "tests/hostile/tools/vhost_attack.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define FRAMES     32 /* at a time */
#define EVERYBODY  64 /* one frame of so many is a broadcast */
#define FRAME_LONG 1400

static const struct attack *const tables[] = {attacks_messages, attacks_memory, attacks_rings};

struct vf_config attack_conf = {
	.pairs = 1,
	.ring = 256,
	.buf_size = 2048,
	.features = VF_FEATURES_PLAIN,
	.timeout_ms = 3000,
};

static uint8_t own = 0xe1, other = 0xe2; /* the last bytes of addresses */
static bool played;

uint64_t attack_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int attack_memory(uint64_t size)
{
	int fd = memfd_create("attack", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0) {
		perror("memory");
		exit(1);
	}
	return fd;
}

static bool connected(int ret)
{
	if (ret != 0) {
		usleep(1000);
		return false;
	}
	if (!played)
		printf("played\n");
	played = true;
	return true;
}

bool attack_greet(struct vf_dev *dev)
{
	struct vf_config conf = attack_conf;

	conf.memory = VF_MEMORY_UNSENT;
	return connected(vf_connect(dev, &conf));
}

bool attack_attach(struct vf_dev *dev)
{
	return connected(vf_connect(dev, &attack_conf));
}

void attack_say(struct vf_dev *dev, uint32_t request, const void *payload, uint32_t size,
		const int *fd, unsigned int n)
{
	vf_message(dev, request, VHOST_VERSION, payload, size, fd, n);
}

void attack_refused(struct vf_dev *dev, const char *what, uint32_t request, const void *payload,
		    uint32_t size, const int *fd, unsigned int n)
{
	if (vf_ask(dev, request, payload, size, fd, n) == 0)
		printf("accepted: %s\n", what);
}

void attack_until_gone(const struct vf_dev *dev, int ms)
{
	uint64_t end = attack_now_ms() + (uint64_t)ms;

	while (vf_connected(dev) && attack_now_ms() < end)
		usleep(1000);
}

bool attack_send(struct vf_dev *dev)
{
	static uint8_t frame[FRAME_LONG] = {2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0x88, 0xb5};
	static unsigned int n;

	memset(frame, ++n % EVERYBODY == 0 ? 0xff : 0, 6);
	if (n % EVERYBODY != 0) {
		frame[0] = 2;
		frame[5] = other;
	}
	frame[11] = own;
	return vf_send(dev, 0, NULL, frame, n & 1 ? 60 : FRAME_LONG) == 0;
}

void attack_traffic(struct vf_dev *dev)
{
	struct vf_ring *r = vf_rx(dev, 0);

	for (unsigned int i = 0; i < FRAMES && attack_send(dev); i++)
		;
	vf_rx_done(r, vf_rx_count(r));
}

static const struct attack *find(const char *name)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct attack *a = tables[t]; a->name; a++)
			if (strcmp(a->name, name) == 0)
				return a;
	return NULL;
}

static int help(FILE *out)
{
	fprintf(out, "usage: vhost-attack [--connect] SOCKET ATTACK\n\nattacks:\n");
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct attack *a = tables[t]; a->name; a++)
			fprintf(out, "  %-17s %s\n", a->name, a->words);
	return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	bool connect = argc > 1 && strcmp(argv[1], "--connect") == 0;
	const struct attack *attack;
	struct vf_dev dev;

	argv += connect;
	argc -= connect;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return help(stdout);
	attack = argc == 3 ? find(argv[2]) : NULL;
	if (!attack)
		return help(stderr);
	attack_conf.path = argv[1];
	attack_conf.server = !connect;
	if (connect) {
		own = 0xe2;
		other = 0xe1;
	}
	signal(SIGPIPE, SIG_IGN);
	setlinebuf(stdout);
	if (vf_open(&dev, &attack_conf) < 0) {
		fprintf(stderr, "%s\n", dev.error);
		return 1;
	}
	for (;;) {
		attack->play(&dev);
		vf_disconnect(&dev);
	}
}
