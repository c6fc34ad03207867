/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A virtqueue as a hostile driver leaves it: the input is the memory that the ring lies in, and is laid
 * over it again and again, shifted, between our reads and writes.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dataplane/port/vhost_user/vhost_ring.h"
#include "tests/fuzz/fuzz.h"

#define GUEST  0x10000ull
#define BYTES  65536u
#define AVAIL  4096u
#define USED   8192u
#define ROUNDS 8

static struct vhost_mem mem;
static uint8_t *ram;

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void setup(void)
{
	struct vhost_region r[2] = {{GUEST, BYTES / 2, GUEST, 0},
				    {GUEST + BYTES / 2, BYTES / 2, GUEST + BYTES / 2, BYTES / 2}};
	int fd = memfd_create("guest", MFD_CLOEXEC);
	static _Atomic bool fault;
	struct hd_err err;

	must(fd >= 0 && ftruncate(fd, BYTES) == 0);
	ram = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(ram != MAP_FAILED && vhost_mem_add(&mem, &r[0], fd, &fault, &err) == 0 &&
	     vhost_mem_add(&mem, &r[1], fd, &fault, &err) == 0);
	close(fd);
}

/* All pieces are the guest's memory, and add up. */
static void check(const struct vhost_batch *b, unsigned int n, bool reading)
{
	unsigned int heads = 0;

	must(b->packets == n && n <= VHOST_BATCH && b->heads <= VHOST_HEADS);
	for (unsigned int i = 0; i < n; i++) {
		const struct vhost_packet *p = &b->packet[i];
		uint64_t sum = 0;

		must(p->first + p->pieces <= b->pieces && p->len <= VHOST_PACKET_MAX);
		for (unsigned int j = p->first; j < p->first + (unsigned int)p->pieces; j++) {
			const struct vhost_piece *piece = &b->piece[j];
			const struct vhost_map *map =
				&mem.map[piece->at >= mem.map[1].host &&
					 piece->at < mem.map[1].host + BYTES / 2];

			must(piece->len > 0 && piece->at >= map->host &&
			     piece->at + piece->len <= map->host + BYTES / 2);
			sum += piece->len;
		}
		must(reading ? sum == p->len : sum >= p->len);
		heads += p->heads;
	}
	must(heads == b->heads);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vhost_batch b;
	struct vhost_ring r = {0};
	uint32_t len[VHOST_BATCH];
	struct hd_err err;
	bool merge, too_long;

	if (!ram)
		setup();
	if (size < 4)
		return 0;
	r.packed = data[0] & 1;
	r.event_idx = data[0] & 2;
	merge = data[0] & 4;
	vhost_ring_set_base(&r, r.packed ? 0x80008000 : data[2]);
	if (vhost_ring_place(&r, &mem, r.packed ? data[1] + 1u : 1u << data[1] % 9, GUEST,
			     GUEST + AVAIL, GUEST + USED, &err) != 0)
		return 0;
	memset(ram, 0, BYTES);
	for (unsigned int round = 0; round < ROUNDS && !r.broken; round++) {
		for (size_t i = 4; i < size; i++)
			ram[(i - 4 + round * data[3]) % BYTES] = data[i];
		check(&b, vhost_ring_read(&r, &b, 1 + data[round % 4] % VHOST_BATCH), true);
		vhost_ring_return(&r, &b, b.packets - (b.packets ? data[3] % b.packets : 0));
		vhost_ring_wants_signal(&r);
		for (unsigned int i = 0; i < VHOST_BATCH; i++)
			len[i] = 12 + data[i % size] * (data[i % size] & 1 ? 250u : 1u);
		check(&b, vhost_ring_room(&r, &b, len, VHOST_BATCH, merge, &too_long), false);
		vhost_ring_return(&r, &b, b.packets);
		vhost_ring_ask_signal(&r, round & 1);
		must(r.packed ? r.next_avail < r.size && r.next_used < r.size
			      : r.next_avail == r.next_used);
	}
	return 0;
}
