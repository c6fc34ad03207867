/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rings against a simple driver that was written from the standard: random chains, direct and
 * indirect, in batches that are returned in parts.
 */
#include <string.h>

#include "dataplane/port/vhost_user/vhost_ring_test.h"
#include "tests/unit/random.h"
#include "tests/unit/unit.h"

#define RING_MAX  256u
#define PARTS_MAX 5u

/* A chain that the driver has offered. */
struct offer {
	uint16_t id, descs;
	uint32_t len; /* of all parts */
	uint32_t part[PARTS_MAX], at[PARTS_MAX];
	unsigned int parts;
};

struct driver {
	struct vhost_ring ring;
	bool writing;        /* its buffers are for us to write */
	uint16_t next, used; /* where it offers next, and looks for what comes back */
	bool wrap, used_wrap;
	unsigned int room; /* entries that are not offered */
	struct offer queue[RING_MAX];
	unsigned int head, tail;
};

static void start(struct driver *d, bool packed, uint16_t size, bool writing, bool event_idx)
{
	memset(d, 0, sizeof(*d));
	d->writing = writing;
	d->room = size;
	d->wrap = d->used_wrap = true;
	vr_start(&d->ring, packed, size, event_idx);
}

/* A buffer of @len bytes that no other one in use lies on; some lie across two regions. */
static uint32_t buffer(uint32_t len)
{
	static uint32_t next;
	uint32_t at;

	if (next + len > VR_BYTES - VR_BUFFERS_AT)
		next = 0;
	at = VR_BUFFERS_AT - 2000 + next;
	next += len;
	return at;
}

static void entry(bool packed, void *at, const struct offer *o, unsigned int i, uint16_t flags,
		  uint16_t next)
{
	struct vring_packed_desc p = {
		.addr = VR_GUEST + o->at[i], .len = o->part[i], .id = o->id, .flags = flags};
	struct vring_desc d = {VR_GUEST + o->at[i], o->part[i], flags, next};

	if (packed)
		memcpy(at, &p, sizeof(p));
	else
		memcpy(at, &d, sizeof(d));
}

static uint16_t packed_flags(const struct driver *d)
{
	return d->wrap ? 1u << VRING_PACKED_DESC_F_AVAIL : 1u << VRING_PACKED_DESC_F_USED;
}

static void step(struct driver *d)
{
	if (++d->next == d->ring.size && d->ring.packed) {
		d->next = 0;
		d->wrap = !d->wrap;
	}
}

/* Puts @o in the ring, in a table of its own if @indirect. */
static void put(struct driver *d, struct offer *o, bool indirect)
{
	uint16_t size = d->ring.size, slot = d->ring.packed ? d->next : d->next % size;
	uint16_t write = d->writing ? VRING_DESC_F_WRITE : 0;
	uint32_t table = VR_TABLES_AT + slot * (8u * 16u + 3u); /* these need not be aligned */
	struct offer whole = {.id = o->id, .at = {table}, .part = {o->parts * 16}};
	bool packed = d->ring.packed;

	o->descs = indirect ? 1 : (uint16_t)o->parts;
	if (indirect) {
		for (unsigned int i = 0; i < o->parts; i++)
			entry(packed, vr_ram + table + 16 * i, o, i,
			      write | (!packed && i + 1 < o->parts ? VRING_DESC_F_NEXT : 0),
			      (uint16_t)(i + 1));
		o = &whole;
		o->parts = 1;
		write = VRING_DESC_F_INDIRECT;
	}
	if (!packed) {
		/* entries from slot on, as many as there are parts: none of them is in use */
		for (unsigned int i = 0; i < o->parts; i++)
			entry(false, vr_ram + 16 * ((slot + i) % size), o, i,
			      write | (i + 1 < o->parts ? VRING_DESC_F_NEXT : 0),
			      (uint16_t)((slot + i + 1) % size));
		return;
	}
	for (unsigned int i = 0; i < o->parts; i++) {
		entry(true, vr_ram + 16 * d->next, o, i,
		      write | packed_flags(d) | (i + 1 < o->parts ? VRING_DESC_F_NEXT : 0), 0);
		step(d);
	}
}

/* Offers a random chain. False: the ring is full. */
static bool offer(struct driver *d)
{
	struct offer *o = &d->queue[d->tail % RING_MAX];
	bool indirect = dice(3) == 0;
	struct vring_avail *avail = (void *)(vr_ram + VR_AVAIL_AT);
	uint16_t slot = d->next % d->ring.size;

	*o = (struct offer){.parts = 1 + dice(PARTS_MAX)};
	if ((indirect ? 1 : o->parts) > d->room)
		return false;
	o->id = d->ring.packed ? (uint16_t)(d->tail * 7) : slot;
	for (unsigned int i = 0; i < o->parts; i++) {
		o->part[i] = dice(4) == 0 ? dice(4000) : 1 + dice(60);
		o->at[i] = buffer(o->part[i]);
		o->len += o->part[i];
		for (uint32_t j = 0; j < o->part[i] && !d->writing; j++)
			vr_ram[o->at[i] + j] = (uint8_t)dice(256);
	}
	put(d, o, indirect);
	if (!d->ring.packed) {
		/* a split ring has its order in the available ring, one entry a chain */
		avail->ring[d->tail % d->ring.size] = o->id;
		d->next = (uint16_t)((d->next + o->descs) % d->ring.size);
		__atomic_store_n(&avail->idx, (uint16_t)(d->tail + 1), __ATOMIC_RELEASE);
	}
	d->room -= o->descs;
	d->tail++;
	return true;
}

/*
 * What comes back must be what was offered first. Returns the bytes written, or -1: nothing came.
 */
static int64_t collect(struct driver *d)
{
	const struct offer *o = &d->queue[d->head % RING_MAX];
	const struct vring_used *used = (const void *)(vr_ram + VR_USED_AT);
	uint32_t id, len;

	if (d->ring.packed) {
		const struct vring_packed_desc *p = (const void *)(vr_ram + 16 * d->used);
		bool avail = p->flags >> VRING_PACKED_DESC_F_AVAIL & 1;
		bool is_used = p->flags >> VRING_PACKED_DESC_F_USED & 1;

		if (avail != d->used_wrap || is_used != d->used_wrap)
			return -1;
		id = p->id;
		len = p->len;
		d->used += o->descs;
		if (d->used >= d->ring.size) {
			d->used -= d->ring.size;
			d->used_wrap = !d->used_wrap;
		}
	} else {
		if (used->idx == (uint16_t)d->head)
			return -1;
		id = used->ring[d->head % d->ring.size].id;
		len = used->ring[d->head % d->ring.size].len;
	}
	CU_ASSERT_NOT_EQUAL_FATAL(d->head, d->tail);
	CU_ASSERT_EQUAL_FATAL(id, o->id);
	CU_ASSERT_TRUE(len <= o->len);
	d->room += o->descs;
	d->head++;
	return len;
}

/* The bytes of an offer, in a row. */
static uint32_t bytes_of(const struct offer *o, uint8_t *to)
{
	uint32_t n = 0;

	for (unsigned int i = 0; i < o->parts; i++) {
		memcpy(to + n, vr_ram + o->at[i], o->part[i]);
		n += o->part[i];
	}
	return n;
}

static uint32_t bytes_of_packet(const struct vhost_packet *p, uint8_t *to)
{
	uint32_t n = 0;

	for (unsigned int i = 0; i < p->pieces; i++) {
		const struct vhost_piece *piece = &vr_batch.piece[p->first + i];

		memcpy(to + n, piece->at, piece->len);
		n += piece->len;
	}
	return n;
}

static void read_round(struct driver *d)
{
	static uint8_t sent[20000], got[20000];
	unsigned int n, keep;

	while (dice(8) && offer(d))
		;
	n = vhost_ring_read(&d->ring, &vr_batch, 1 + dice(VHOST_BATCH));
	CU_ASSERT_TRUE(n <= d->tail - d->head);
	CU_ASSERT_EQUAL(vr_batch.packets, n);
	for (unsigned int i = 0; i < n; i++) {
		const struct offer *o = &d->queue[(d->head + i) % RING_MAX];

		CU_ASSERT_EQUAL(vr_batch.packet[i].len, o->len);
		CU_ASSERT_EQUAL(bytes_of_packet(&vr_batch.packet[i], got), bytes_of(o, sent));
		CU_ASSERT_EQUAL(memcmp(sent, got, o->len), 0);
	}
	keep = dice(4) ? n : dice(n + 1);
	vhost_ring_return(&d->ring, &vr_batch, keep);
	for (unsigned int i = 0; i < keep; i++)
		CU_ASSERT_EQUAL(collect(d), 0);
	CU_ASSERT_EQUAL(collect(d), -1);
}

static const struct {
	bool packed;
	uint16_t size;
} kinds[] = {{false, 8}, {false, 256}, {true, 8}, {true, 256}, {true, 7}, {true, 200}};

static void test_read(void)
{
	struct driver d;

	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		start(&d, kinds[kind].packed, kinds[kind].size, false, false);
		for (int round = 0; round < 3000; round++)
			read_round(&d);
		CU_ASSERT_EQUAL(d.ring.bad, 0);
		CU_ASSERT_PTR_NULL(d.ring.broken);
		CU_ASSERT_TRUE(d.tail > 1000);
	}
}

/* Writes packet @i of the vr_batch with bytes that tell which and where. */
static void fill(const struct vhost_packet *p, uint8_t first)
{
	uint32_t n = 0;

	for (unsigned int i = 0; i < p->pieces && n < p->len; i++) {
		const struct vhost_piece *piece = &vr_batch.piece[p->first + i];

		for (uint32_t j = 0; j < piece->len && n < p->len; j++, n++)
			piece->at[j] = (uint8_t)(first + n * 3);
	}
	CU_ASSERT_EQUAL(n, p->len);
}

static void write_round(struct driver *d, bool merge)
{
	static uint8_t got[20000];
	uint32_t len[VHOST_BATCH];
	unsigned int n = 1 + dice(VHOST_BATCH), room, keep, head = d->head;
	bool too_long;

	while (dice(8) && offer(d))
		;
	for (unsigned int i = 0; i < n; i++)
		len[i] = dice(10) == 0 ? 1 + dice(3000) : 1 + dice(40);
	room = vhost_ring_room(&d->ring, &vr_batch, len, n, merge, &too_long);
	CU_ASSERT_TRUE(room <= n);
	CU_ASSERT_TRUE(!merge || !too_long);
	if (too_long)
		CU_ASSERT_TRUE(len[room] > d->queue[(head + room) % RING_MAX].len);
	keep = dice(4) ? room : dice(room + 1);
	for (unsigned int i = 0; i < keep; i++) {
		CU_ASSERT_EQUAL(vr_batch.packet[i].len, len[i]);
		fill(&vr_batch.packet[i], (uint8_t)i);
		for (uint32_t h = 0, n2 = 0; h < vr_batch.packet[i].heads; h++) {
			const struct offer *o = &d->queue[head++ % RING_MAX];
			uint32_t all = bytes_of(o, got);

			for (uint32_t j = 0; j < all && n2 < len[i]; j++, n2++)
				if (got[j] != (uint8_t)(i + n2 * 3)) {
					CU_FAIL("another byte than was written");
					return;
				}
		}
	}
	vhost_ring_return(&d->ring, &vr_batch, keep);
	for (unsigned int i = 0; i < keep; i++) {
		uint32_t sum = 0;

		for (unsigned int h = 0; h < vr_batch.packet[i].heads; h++)
			sum += (uint32_t)collect(d);
		CU_ASSERT_EQUAL(sum, len[i]);
	}
	CU_ASSERT_EQUAL(collect(d), -1);
	if (keep == 0 && too_long) { /* such a buffer would be in the way for ever */
		len[0] = 1;
		room = vhost_ring_room(&d->ring, &vr_batch, len, 1, false, &too_long);
		vhost_ring_return(&d->ring, &vr_batch, room);
		while (room-- > 0)
			collect(d);
	}
}

static void test_write(void)
{
	struct driver d;

	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
		for (int merge = 0; merge < 2; merge++) {
			start(&d, kinds[kind].packed, kinds[kind].size, true, false);
			for (int round = 0; round < 2000; round++)
				write_round(&d, merge);
			CU_ASSERT_PTR_NULL(d.ring.broken);
			CU_ASSERT_TRUE(d.tail > 500);
		}
}

/* Signals by index: exactly when what is returned passes the entry that the driver named. */
static void test_signals(void)
{
	struct driver d;

	for (int packed = 0; packed < 2; packed++) {
		struct vring_avail *avail = (void *)(vr_ram + VR_AVAIL_AT);
		struct vring_packed_desc_event *event = (void *)(vr_ram + VR_AVAIL_AT);
		unsigned int signals = 0;

		start(&d, packed, 8, false, true);
		for (unsigned int i = 0; i < 64; i++) {
			/* every third packet: the driver wants to know when number 3k is back */
			unsigned int at = i / 3 * 3 + 2;

			if (packed) {
				event->flags = VRING_PACKED_EVENT_FLAG_DESC;
				event->off_wrap = (uint16_t)(at % 8 | (at / 8 % 2 ? 0 : 1u << 15));
			} else {
				avail->ring[8] = (uint16_t)at;
			}
			d.queue[d.tail % RING_MAX] = (struct offer){.id = (uint16_t)(i % 8),
								    .parts = 1,
								    .part = {20},
								    .at = {VR_BUFFERS_AT}};
			put(&d, &d.queue[d.tail % RING_MAX], false);
			if (!packed) {
				avail->ring[i % 8] = (uint16_t)(i % 8);
				avail->idx = (uint16_t)(i + 1);
				d.next = (uint16_t)((d.next + 1) % 8);
			}
			d.tail++;
			CU_ASSERT_EQUAL(vhost_ring_read(&d.ring, &vr_batch, 8), 1);
			vhost_ring_return(&d.ring, &vr_batch, 1);
			CU_ASSERT_EQUAL(collect(&d), 0);
			if (vhost_ring_wants_signal(&d.ring)) {
				signals++;
				CU_ASSERT_TRUE(i % 3 == 2 || i == 0);
			}
		}
		CU_ASSERT_EQUAL(signals, 22); /* 21 and the first one */
		/* asked to signal at the next entry, and there is none yet */
		CU_ASSERT_FALSE(vhost_ring_ask_signal(&d.ring, true));
		CU_ASSERT_TRUE(offer(&d));
		CU_ASSERT_TRUE(vhost_ring_ask_signal(&d.ring, true));
	}
}

UNIT_MAIN_SETUP("vhost_ring", vr_setup, {"read", test_read}, {"write", test_write},
		{"signals", test_signals});
