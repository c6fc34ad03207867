/* SPDX-License-Identifier: BSD-3-Clause */
/* Attacks by memory that is shared: what it is, where it is, and that it goes away. */
#define _GNU_SOURCE
#include "tests/hostile/tools/vhost_attack.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define GONE_MS  8000
#define STORM_MS 700
#define MB       (1ull << 20)
#define FAR      (1ull << 40)

/* Kicks by the event alone: its own memory may be gone, too. */
static void kick_until_gone(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + GONE_MS;

	while (vf_connected(dev) && attack_now_ms() < end) {
		vf_kick(vf_tx(dev, 0));
		usleep(1000);
	}
}

static void truncated(struct vf_dev *dev)
{
	if (!attack_attach(dev))
		return;
	attack_traffic(dev);
	if (ftruncate(dev->mem_fd, 0) < 0)
		perror("ftruncate");
	kick_until_gone(dev);
}

/* The rings stay; what is in the buffers of a hundred frames goes. */
static void truncated_buffers(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + GONE_MS;
	bool cut = false;

	if (!attack_attach(dev))
		return;
	for (int i = 0; i < 20; i++)
		attack_traffic(dev);
	while (vf_connected(dev) && attack_now_ms() < end) {
		struct vf_ring *r = vf_tx(dev, 0);

		if (!cut && ftruncate(dev->mem_fd, (off_t)((uint8_t *)r->buf - dev->mem)) < 0)
			perror("ftruncate");
		cut = true;
		vf_tx_len(r, 0, 1400);
		if (vf_tx_room(r))
			vf_post(r, 1);
		vf_kick(r);
	}
}

static void holes(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + STORM_MS;

	if (!attack_attach(dev))
		return;
	while (vf_connected(dev) && attack_now_ms() < end) {
		attack_traffic(dev);
		if (fallocate(dev->mem_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			      (off_t)(attack_now_ms() % 64 * 4096), 256 * 4096) < 0)
			perror("fallocate");
	}
}

static struct vhost_table table_of(uint64_t guest, uint64_t size, uint64_t offset)
{
	return (struct vhost_table){.regions = 1, .region = {{guest, size, FAR + guest, offset}}};
}

static void refused_table(struct vf_dev *dev, const char *what, struct vhost_table t, int fd)
{
	int fds[VHOST_REGIONS_MAX];

	for (uint32_t i = 0; i < t.regions; i++)
		fds[i] = fd;
	attack_refused(dev, what, VHOST_SET_MEM_TABLE, &t, sizeof(t), fds, t.regions);
}

static void region_files(struct vf_dev *dev)
{
	struct vhost_table t = table_of(0, MB, 0);
	int memory = attack_memory(MB), sealed = attack_memory(MB), brief = attack_memory(4096);
	int pair[2], ends[2], dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int zero = open("/dev/zero", O_RDWR | O_CLOEXEC), read_only;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	read_only = open(path, O_RDONLY | O_CLOEXEC);
	if (fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE) != 0 || pipe2(ends, O_CLOEXEC) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
		perror("descriptors");
		exit(1);
	}
	if (attack_greet(dev)) {
		refused_table(dev, "a directory", t, dir);
		refused_table(dev, "/dev/zero", t, zero);
		refused_table(dev, "a socket", t, pair[0]);
		refused_table(dev, "memory to read", t, read_only);
		refused_table(dev, "sealed memory", t, sealed);
		refused_table(dev, "memory that is too short", t, brief);
		refused_table(dev, "a pipe", t, ends[0]);
		attack_say(dev, VHOST_SET_MEM_TABLE, &t, sizeof(t), &ends[0], 1);
		attack_until_gone(dev, GONE_MS);
	}
	for (unsigned int i = 0; i < 2; i++) {
		close(pair[i]);
		close(ends[i]);
	}
	close(memory);
	close(sealed);
	close(brief);
	close(dir);
	close(zero);
	close(read_only);
}

static void region_places(struct vf_dev *dev)
{
	struct vhost_table overlap = table_of(0, MB, 0), none = {0}, many = {.regions = 9};
	int fd = attack_memory(MB);

	overlap.regions = 2;
	overlap.region[1] = (struct vhost_region){MB - 4096, MB, 2 * FAR, 0};
	if (attack_greet(dev)) {
		refused_table(dev, "a region of 0 bytes", table_of(0, 0, 0), fd);
		refused_table(dev, "a region behind its file", table_of(0, MB, 4096), fd);
		refused_table(dev, "an offset that wraps", table_of(0, MB, UINT64_MAX - 4095), fd);
		refused_table(dev, "a region that wraps", table_of(UINT64_MAX - 4095, MB, 0), fd);
		refused_table(dev, "a region of all bytes", table_of(0, UINT64_MAX, 0), fd);
		refused_table(dev, "regions that overlap", overlap, fd);
		vf_ask(dev, VHOST_SET_MEM_TABLE, &overlap, 8, NULL, 0);
	}
	vf_disconnect(dev);
	/* numbers of regions that there are not, and then the words of two that overlap */
	if (attack_greet(dev))
		attack_say(dev, VHOST_SET_MEM_TABLE, &none, sizeof(none), NULL, 0);
	vf_disconnect(dev);
	if (attack_greet(dev))
		attack_say(dev, VHOST_SET_MEM_TABLE, &many, sizeof(many), NULL, 0);
	vf_disconnect(dev);
	if (attack_greet(dev)) {
		int fds[2] = {fd, fd};

		attack_say(dev, VHOST_SET_MEM_TABLE, &overlap, sizeof(overlap), fds, 2);
		attack_until_gone(dev, GONE_MS);
	}
	close(fd);
}

static void table_storm(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + STORM_MS;

	if (!attack_attach(dev))
		return;
	while (vf_connected(dev) && attack_now_ms() < end) {
		struct vhost_table t = {
			.regions = 1,
			.region = {{0, dev->mem_size, (uintptr_t)dev->mem, 0}},
		};

		vf_ask(dev, VHOST_SET_MEM_TABLE, &t, sizeof(t), &dev->mem_fd, 1);
		for (int i = 0; i < 10; i++)
			attack_traffic(dev);
	}
}

/* Half of the frames it sends, and half of its buffers, are in a region that comes and goes. */
static void slots_storm(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + STORM_MS;
	struct vhost_single far = {.region = {FAR, 16 * MB, 2 * FAR, 0}};
	int fd = attack_memory(16 * MB);

	attack_conf.protocol = 1ull << VHOST_PF_CONFIGURE_MEM_SLOTS;
	if (attack_attach(dev)) {
		for (unsigned int ring = 0; ring < 2; ring++)
			for (unsigned int i = 0; i < dev->ring[ring].size; i += 2)
				dev->ring[ring].desc[i].addr = FAR + i * 4096ull;
		while (vf_connected(dev) && attack_now_ms() < end) {
			vf_ask(dev, VHOST_ADD_MEM_REG, &far, sizeof(far), &fd, 1);
			far.region.user += 4096;
			attack_refused(dev, "the same memory at two places", VHOST_ADD_MEM_REG,
				       &far, sizeof(far), &fd, 1);
			far.region.user -= 4096;
			for (int i = 0; i < 10; i++)
				attack_traffic(dev);
			vf_ask(dev, VHOST_REM_MEM_REG, &far, sizeof(far), NULL, 0);
			attack_traffic(dev);
		}
	}
	close(fd);
}

/* As many regions as there can be, and more. */
static void slots_full(struct vf_dev *dev)
{
	struct vhost_single slot = {.region = {0, 4096, 0, 0}};
	int fd = attack_memory(4096);

	attack_conf.protocol = 1ull << VHOST_PF_CONFIGURE_MEM_SLOTS;
	if (attack_greet(dev)) {
		int ret = 0;

		for (unsigned int i = 0; i < 200 && ret == 0; i++) {
			slot.region.guest = FAR + i * MB;
			slot.region.user = 2 * FAR + i * MB;
			ret = vf_ask(dev, VHOST_ADD_MEM_REG, &slot, sizeof(slot), &fd, 1);
		}
		if (ret == 0)
			printf("accepted: 200 regions\n");
		attack_say(dev, VHOST_ADD_MEM_REG, &slot, sizeof(slot), &fd, 1);
		attack_until_gone(dev, GONE_MS);
	}
	close(fd);
}

/* The ring that it lives in is taken away while packets cross. */
static void slot_of_rings(struct vf_dev *dev)
{
	struct vhost_single all = {.region = {0, 0, 0, 0}};

	attack_conf.protocol = 1ull << VHOST_PF_CONFIGURE_MEM_SLOTS;
	if (!attack_attach(dev))
		return;
	all.region.size = dev->mem_size;
	all.region.user = (uintptr_t)dev->mem;
	for (int i = 0; i < 10; i++)
		attack_traffic(dev);
	vf_ask(dev, VHOST_REM_MEM_REG, &all, sizeof(all), NULL, 0);
	for (int i = 0; i < 10; i++)
		attack_traffic(dev);
}

/* With logging on, of a log of @log bytes in a file of @file. */
static bool log_on(struct vf_dev *dev, int fd, uint64_t log, uint64_t offset)
{
	struct vhost_log_base base = {log, offset};
	uint64_t value =
		dev->features | 1ull << VHOST_F_PROTOCOL_FEATURES | 1ull << VHOST_F_LOG_ALL;

	attack_say(dev, VHOST_SET_LOG_BASE, &base, sizeof(base), &fd, 1);
	if (vf_reply(dev, VHOST_SET_LOG_BASE, &base, sizeof(base), 2000) < 0)
		return false;
	return vf_ask(dev, VHOST_SET_FEATURES, &value, sizeof(value), NULL, 0) == 0;
}

static void log_lies(struct vf_dev *dev)
{
	static const struct {
		uint64_t size, offset;
	} lies[] = {{2 * MB, 0}, {MB, 4096}, {UINT64_MAX, 1}, {0, 0}, {MB, UINT64_MAX - MB + 2}};
	static unsigned int n;
	int fd = attack_memory(MB);

	attack_conf.protocol = 1ull << VHOST_PF_LOG_SHMFD;
	if (attack_attach(dev)) {
		unsigned int i = n++ % (sizeof(lies) / sizeof(lies[0]));

		if (log_on(dev, fd, lies[i].size, lies[i].offset))
			printf("accepted: log %u\n", i);
		attack_until_gone(dev, GONE_MS);
	}
	close(fd);
}

/* A log without room for the guest's pages; then it is taken away. */
static void log_truncated(struct vf_dev *dev)
{
	int fd = attack_memory(MB);

	attack_conf.protocol = 1ull << VHOST_PF_LOG_SHMFD;
	if (attack_attach(dev) && log_on(dev, fd, 1, 0)) {
		for (int i = 0; i < 100; i++)
			attack_traffic(dev);
		if (log_on(dev, fd, MB, 0) && ftruncate(fd, 0) == 0)
			for (int i = 0; i < GONE_MS && vf_connected(dev); i++) {
				attack_traffic(dev);
				usleep(1000);
			}
	}
	close(fd);
}

const struct attack attacks_memory[] = {
	{"truncate", "takes its memory away when it was mapped", truncated},
	{"truncate-buffers", "... the part that its frames are in, while they are sent",
	 truncated_buffers},
	{"holes", "punches holes into its memory while packets cross", holes},
	{"region-files",
	 "regions that are a pipe, a socket, a directory, /dev/zero, read-only, "
	 "sealed, too short",
	 region_files},
	{"region-places",
	 "regions that overlap, wrap, are empty, behind their file, none, too many", region_places},
	{"table-storm", "shares its memory again and again while packets cross", table_storm},
	{"slots-storm", "adds and removes memory that packets are in, all the time", slots_storm},
	{"slots-full", "more regions than there can be", slots_full},
	{"slot-of-rings", "removes the memory that its rings are in", slot_of_rings},
	{"log-lies", "a log of changed pages that is empty, or ends behind its file", log_lies},
	{"log-truncate", "a log that is too short, and then taken away", log_truncated},
	{0},
};
