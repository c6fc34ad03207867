/* SPDX-License-Identifier: BSD-3-Clause */
/* Attacks by what is in the rings, and by where they are. */
#define _GNU_SOURCE
#include "tests/hostile/tools/vhost_attack.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define GONE_MS  8000
#define STORM_MS 700
#define RING_MAX 32768

static uint32_t roll(void)
{
	static uint64_t x = 88172645463325252ull;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 16);
}

/* Rings of the other kind at each connection. */
static bool attach(struct vf_dev *dev)
{
	attack_conf.packed = !attack_conf.packed;
	return attack_attach(dev);
}

static void ring_places(struct vf_dev *dev)
{
	static const uint32_t sizes[] = {0, 65535, 3, 65536, UINT32_MAX};
	struct vhost_vring_addr good, bad;
	struct vhost_vring_state state = {0, 256};
	uint64_t zero = 0;

	if (!attack_attach(dev))
		return;
	good = (struct vhost_vring_addr){.desc = (uintptr_t)vf_rx(dev, 0)->desc,
					 .avail = (uintptr_t)vf_rx(dev, 0)->avail,
					 .used = (uintptr_t)vf_rx(dev, 0)->used};
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		state.num = sizes[i];
		vf_ask(dev, VHOST_SET_VRING_NUM, &state, sizeof(state), NULL, 0);
		bad = good;
		bad.log = i; /* the same place, when the size has changed */
		vf_ask(dev, VHOST_SET_VRING_ADDR, &bad, sizeof(bad), NULL, 0);
		attack_traffic(dev);
	}
	state.num = 256;
	vf_ask(dev, VHOST_SET_VRING_NUM, &state, sizeof(state), NULL, 0);
	for (unsigned int i = 0; i < 9; i++) {
		static const uint64_t by[] = {1, 1ull << 40, 0x7fffffffff000};
		uint64_t *const at[] = {&bad.desc, &bad.used, &bad.avail};

		bad = good;
		*at[i % 3] += by[i / 3];
		attack_refused(dev, "a ring that is not in memory, or not aligned",
			       VHOST_SET_VRING_ADDR, &bad, sizeof(bad), NULL, 0);
		attack_refused(dev, "... started", VHOST_SET_VRING_ADDR, &bad, sizeof(bad), NULL,
			       0);
		vf_ask(dev, VHOST_SET_VRING_KICK, &zero, sizeof(zero), &vf_rx(dev, 0)->kick, 1);
	}
	bad.desc = 1ull << 45;
	attack_say(dev, VHOST_SET_VRING_ADDR, &bad, sizeof(bad), NULL, 0);
	attack_until_gone(dev, GONE_MS);
}

static void wild_index(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + STORM_MS;

	if (!attack_attach(dev))
		return;
	for (unsigned int i = 0; vf_connected(dev) && attack_now_ms() < end; i++) {
		for (unsigned int ring = 0; ring < 2; ring++) {
			__atomic_fetch_add(&dev->ring[ring].avail->idx, 40000, __ATOMIC_RELEASE);
			vf_kick(&dev->ring[ring]);
		}
		usleep(1000);
	}
}

/* What entry @i of a ring, or of a table beside it, is to be. */
typedef void (*entry_fn)(const struct vf_ring *r, unsigned int i, uint64_t *addr, uint32_t *len,
			 uint16_t *flags, uint16_t *next);

static void write_entry(const struct vf_ring *r, unsigned int i, entry_fn make)
{
	uint64_t addr = r->buf_gpa + (uint64_t)(i & r->mask) * r->buf_size;
	uint16_t flags = r->receives ? VRING_DESC_F_WRITE : 0, next = 0;
	uint32_t len = r->buf_size;

	make(r, i, &addr, &len, &flags, &next);
	if (r->packed) {
		bool first = i / r->size % 2 == 0;

		r->packed_desc[i & r->mask].addr = addr;
		r->packed_desc[i & r->mask].len = len;
		flags |= first ? 1u << VRING_PACKED_DESC_F_AVAIL : 1u << VRING_PACKED_DESC_F_USED;
		__atomic_store_n(&r->packed_desc[i & r->mask].flags, flags, __ATOMIC_RELEASE);
	} else {
		r->desc[i & r->mask] = (struct vring_desc){addr, len, flags, next};
	}
}

/* Fills both rings with such entries, again when they were taken, while the switch is busy with them. */
static void entries(struct vf_dev *dev, uint16_t size, entry_fn make)
{
	uint64_t end = attack_now_ms() + STORM_MS;
	unsigned int at = 0;

	attack_conf.ring = size;
	attack_conf.buf_size = size > 1024 ? 64 : 2048;
	if (!attach(dev))
		return;
	while (vf_connected(dev) && attack_now_ms() < end) {
		for (unsigned int ring = 0; ring < 2; ring++) {
			struct vf_ring *r = &dev->ring[ring];

			for (unsigned int i = 0; i < size && at < 2u * size; i++)
				write_entry(r, at + i, make);
			if (!r->packed)
				__atomic_store_n(&r->avail->idx, (uint16_t)(vf_used_idx(r) + size),
						 __ATOMIC_RELEASE);
			vf_kick(r);
		}
		at += size;
		usleep(1000);
	}
}

static void in_loops(const struct vf_ring *r, unsigned int i, uint64_t *addr, uint32_t *len,
		     uint16_t *flags, uint16_t *next)
{
	*len = 1;
	*flags |= VRING_DESC_F_NEXT;
	*next = (uint16_t)(i ^ 1) & r->mask;
}

static void without_end(const struct vf_ring *r, unsigned int i, uint64_t *addr, uint32_t *len,
			uint16_t *flags, uint16_t *next)
{
	*len = 0;
	*flags |= VRING_DESC_F_NEXT;
	*next = (uint16_t)(i + 1) & r->mask;
}

/* Tables in the buffers: of zeros, which is a chain of empty entries; those in a table's own place: */
static void in_indirect(const struct vf_ring *r, unsigned int i, uint64_t *addr, uint32_t *len,
			uint16_t *flags, uint16_t *next)
{
	struct vring_desc inner = {*addr, 64, VRING_DESC_F_INDIRECT, 0};

	memcpy(r->buf + (size_t)(i & r->mask) * r->buf_size, &inner, sizeof(inner));
	*len = i & 1 ? 64 : 17;
	*flags = VRING_DESC_F_INDIRECT | (i & 2 ? VRING_DESC_F_NEXT : 0);
}

/* One table of 32,768 empty entries for all. */
static void in_tables(const struct vf_ring *r, unsigned int i, uint64_t *addr, uint32_t *len,
		      uint16_t *flags, uint16_t *next)
{
	struct vring_desc *table = (struct vring_desc *)r->buf;

	for (unsigned int k = 0; i == 0 && k < RING_MAX; k++)
		table[k] = (struct vring_desc){
			0, 0, (r->receives ? VRING_DESC_F_WRITE : 0) | VRING_DESC_F_NEXT,
			(uint16_t)(k + 1) % RING_MAX};
	*addr = r->buf_gpa;
	*len = RING_MAX * 16;
	*flags = VRING_DESC_F_INDIRECT;
}

static void of_lies(const struct vf_ring *r, unsigned int i, uint64_t *addr, uint32_t *len,
		    uint16_t *flags, uint16_t *next)
{
	static const uint32_t lies[] = {UINT32_MAX, 0, 1, 11, 13, 65581, 65582, 1u << 31};

	*len = lies[i % 8];
}

static void outside(const struct vf_ring *r, unsigned int i, uint64_t *addr, uint32_t *len,
		    uint16_t *flags, uint16_t *next)
{
	static const uint64_t places[] = {UINT64_MAX, 1ull << 63, 1ull << 40, UINT64_MAX - 100};

	*addr = places[i % 4];
}

static void crumbs(const struct vf_ring *r, unsigned int i, uint64_t *addr, uint32_t *len,
		   uint16_t *flags, uint16_t *next)
{
	*len = 1;
}

static void loops(struct vf_dev *dev)
{
	entries(dev, 256, in_loops);
}

static void endless(struct vf_dev *dev)
{
	entries(dev, RING_MAX, without_end);
}

static void indirect(struct vf_dev *dev)
{
	entries(dev, 256, in_indirect);
}

static void tables(struct vf_dev *dev)
{
	entries(dev, RING_MAX, in_tables);
}

static void lengths(struct vf_dev *dev)
{
	entries(dev, 256, of_lies);
}

static void addresses(struct vf_dev *dev)
{
	entries(dev, 256, outside);
}

static void small(struct vf_dev *dev)
{
	entries(dev, RING_MAX, crumbs);
}

/* Anything anywhere, while the switch looks at it. */
static void scribble(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + STORM_MS;

	if (!attach(dev))
		return;
	while (vf_connected(dev) && attack_now_ms() < end) {
		struct vf_ring *r = &dev->ring[roll() & 1];
		uint8_t *from = (uint8_t *)r->desc;

		for (int i = 0; i < 1000; i++)
			from[roll() % (uint32_t)(r->buf - from)] = (uint8_t)roll();
		if (!r->packed)
			r->avail->idx = vf_used_idx(r) + (uint16_t)(roll() % 256);
		vf_kick(r);
	}
}

static void headers(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + STORM_MS;
	uint8_t frame[60] = {2, 0, 0, 0, 0, 0xe0, 2, 0, 0, 0, 0, 0xe3, 8, 0, 0x45};

	attack_conf.features |= VF_FEATURES_OFFLOAD;
	if (!attack_attach(dev))
		return;
	while (vf_connected(dev) && attack_now_ms() < end) {
		struct virtio_net_hdr_v1 h = {
			.flags = (uint8_t)(roll() & 7),
			.gso_type = (uint8_t)(roll() % 6),
			.hdr_len = (uint16_t)roll(),
			.gso_size = (uint16_t)(roll() >> (roll() & 31)),
			.csum_start = (uint16_t)(roll() >> (roll() & 31)),
			.csum_offset = (uint16_t)(roll() >> (roll() & 31)),
			.num_buffers = (uint16_t)roll(),
		};

		frame[23] = roll() & 1 ? 6 : 17;
		vf_send(dev, 0, &h, frame, 1 + roll() % sizeof(frame));
		vf_rx_done(vf_rx(dev, 0), vf_rx_count(vf_rx(dev, 0)));
	}
}

static void send_only(struct vf_dev *dev)
{
	uint64_t end = attack_now_ms() + 5ull * STORM_MS;

	while (vf_connected(dev) && attack_now_ms() < end)
		for (int i = 0; i < 1000 && attack_send(dev); i++)
			;
}

static void deaf(struct vf_dev *dev)
{
	if (attach(dev))
		send_only(dev);
}

static void no_buffers(struct vf_dev *dev)
{
	if (!attack_attach(dev))
		return;
	vf_rx(dev, 0)->avail->idx = 0;
	send_only(dev);
}

const struct attack attacks_rings[] = {
	{"ring-places", "rings outside of its memory, not aligned, of 0 and 65,535 entries",
	 ring_places},
	{"index", "an available index that runs wild", wild_index},
	{"loops", "chains that lead back to themselves", loops},
	{"endless", "chains of 32,768 empty entries", endless},
	{"indirect", "tables in tables, and tables that are no whole number of entries", indirect},
	{"tables", "a table of 32,768 empty entries, offered 32,768 times", tables},
	{"lengths", "lengths of buffers that lie", lengths},
	{"addresses", "buffers outside of its memory", addresses},
	{"crumbs", "32,768 buffers of one byte", small},
	{"scribble", "writes anything into its rings while they are read", scribble},
	{"headers", "virtio-net headers that lie, before frames that are too short", headers},
	{"deaf", "sends as fast as it can, and takes nothing out of its ring", deaf},
	{"no-buffers", "sends as fast as it can, and gives no buffer to receive into", no_buffers},
	{0},
};
