/* SPDX-License-Identifier: BSD-3-Clause */
/* Rings that no real driver makes, and a ring that changes while it is read. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "dataplane/port/vhost_user/vhost_ring_test.h"
#include "tests/unit/unit.h"

static struct hd_err err;

static void test_places(void)
{
	static const struct {
		bool packed;
		uint32_t size;
		uint64_t desc, avail, used;
		const char *words;
	} bad[] = {
		{false, 0, VR_USER, VR_USER + 8192, VR_USER + 12288, "a ring of 0 entries"},
		{false, 65535, VR_USER, VR_USER + 8192, VR_USER + 12288, "a ring of 65535 entries"},
		{false, 24, VR_USER, VR_USER + 8192, VR_USER + 12288, "power of two"},
		{true, 32769, VR_USER, VR_USER + 8192, VR_USER + 12288, "a ring of 32769 entries"},
		{false, 8, 0, VR_USER + 8192, VR_USER + 12288, "descriptors at 0 is not in"},
		{false, 8, VR_USER + 8, VR_USER + 8192, VR_USER + 12288, "not aligned to 16"},
		{false, 8, VR_USER, VR_USER + 8191, VR_USER + 12288, "available ring at"},
		{false, 8, VR_USER, VR_USER + 8192, VR_USER + 12286, "used ring at"},
		{false, 8, VR_USER, VR_USER + 8192, VR_USER + (1 << 20) - 8, "used ring at"},
		{false, 8, VR_USER + (1 << 20) - 64, VR_USER + 8192, VR_USER + 12288,
		 "descriptors at"},
		{true, 8, VR_USER, VR_USER + 8190, VR_USER + 12288, "driver area at"},
		{true, 8, VR_USER, VR_USER + 8192, UINT64_MAX - 1, "device area at"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct vhost_ring r = {.packed = bad[i].packed};

		CU_ASSERT_TRUE(vhost_ring_place(&r, &vr_mem, bad[i].size, bad[i].desc, bad[i].avail,
						bad[i].used, &err) < 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].words));
		if (!strstr(err.text, bad[i].words))
			printf("\n  \"%s\" does not say \"%s\"", err.text, bad[i].words);
	}
}

/* What a split ring's driver does not do: given back empty and counted, or the ring is broken. */
static void test_hostile(void)
{
	struct vring_desc *desc = (void *)vr_ram;
	struct vring_avail *avail = (void *)(vr_ram + VR_AVAIL_AT);
	static const struct {
		struct vring_desc first, second;
	} bad[] = {
		{{VR_GUEST, 20, VRING_DESC_F_NEXT, 0}, {0}}, /* a loop */
		{{VR_GUEST, 20, VRING_DESC_F_NEXT, 8}, {0}}, /* beyond the ring */
		{{VR_GUEST + VR_BYTES - 10, 20, 0, 0}, {0}}, /* beyond memory */
		{{VR_GUEST - 1, 20, 0, 0}, {0}},
		{{UINT64_MAX - 5, 20, 0, 0}, {0}},
		{{VR_GUEST, UINT32_MAX, 0, 0}, {0}},
		{{VR_GUEST, 20, VRING_DESC_F_WRITE, 0}, {0}}, /* to write, not to read */
		{{VR_GUEST, 20, VRING_DESC_F_NEXT, 1}, {VR_GUEST, 5, VRING_DESC_F_WRITE, 0}},
		{{VR_GUEST + VR_TABLES_AT, 16, VRING_DESC_F_INDIRECT | VRING_DESC_F_NEXT, 1},
		 {VR_GUEST, 5, 0, 0}},
		{{VR_GUEST + VR_TABLES_AT, 17, VRING_DESC_F_INDIRECT, 0},
		 {0}}, /* not whole entries */
		{{VR_GUEST + VR_TABLES_AT, 0, VRING_DESC_F_INDIRECT, 0}, {0}},
		{{VR_GUEST + VR_TABLES_AT, 16 * 9, VRING_DESC_F_INDIRECT, 0},
		 {0}}, /* more than the ring has */
		{{0, 16, VRING_DESC_F_INDIRECT, 0}, {0}},
		{{VR_GUEST, 20, VRING_DESC_F_NEXT, 1},
		 {VR_GUEST + VR_TABLES_AT, 16, VRING_DESC_F_INDIRECT, 0}},
	};
	struct vhost_ring r;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		vr_start(&r, false, 8, false);
		/* an indirect one in the table as well */
		*(struct vring_desc *)(vr_ram + VR_TABLES_AT) =
			(struct vring_desc){VR_GUEST, 20, VRING_DESC_F_INDIRECT, 0};
		desc[0] = bad[i].first;
		desc[1] = bad[i].second;
		avail->idx = 1;
		CU_ASSERT_EQUAL(vhost_ring_read(&r, &vr_batch, 8), 1);
		CU_ASSERT_EQUAL(vr_batch.packet[0].pieces, 0);
		CU_ASSERT_EQUAL(r.bad, 1);
		vhost_ring_return(&r, &vr_batch, 1);
		CU_ASSERT_EQUAL(((struct vring_used *)(vr_ram + VR_USED_AT))->idx, 1);
	}
	vr_start(&r, false, 8, false);
	avail->idx = 9; /* more than the ring has */
	CU_ASSERT_EQUAL(vhost_ring_read(&r, &vr_batch, 8), 0);
	CU_ASSERT_PTR_NOT_NULL(r.broken);
	vr_start(&r, false, 8, false);
	desc[0] = (struct vring_desc){VR_GUEST, 20, 0, 0};
	avail->idx = 2;
	avail->ring[1] = 8;
	CU_ASSERT_EQUAL(vhost_ring_read(&r, &vr_batch, 8), 1);
	CU_ASSERT_PTR_NOT_NULL(r.broken);
	vhost_ring_return(&r, &vr_batch, 1);
	CU_ASSERT_EQUAL(vhost_ring_read(&r, &vr_batch, 8), 0);
}

/*
 * The longest chains fill a vr_batch, and go into the next one whole; one that fits in none is bad.
 */
static void test_long(void)
{
	struct vhost_ring r;
	struct vring_desc *desc = (void *)vr_ram;
	struct vring_avail *avail = (void *)(vr_ram + VR_AVAIL_AT);

	vr_start(&r, false, 256, false);
	for (unsigned int i = 0; i < 256; i++)
		desc[i] = (struct vring_desc){VR_GUEST + VR_BUFFERS_AT + 8192, 5,
					      i % 128 == 127 ? 0 : VRING_DESC_F_NEXT,
					      (uint16_t)(i + 1)};
	for (unsigned int i = 0; i < 8; i++)
		avail->ring[i] = i % 2 ? 128 : 0;
	avail->idx = 8;
	CU_ASSERT_EQUAL(vhost_ring_read(&r, &vr_batch, 64), 4);
	CU_ASSERT_EQUAL(vr_batch.pieces, 512);
	vhost_ring_return(&r, &vr_batch, 4);
	CU_ASSERT_EQUAL(vhost_ring_read(&r, &vr_batch, 64), 4);
	vhost_ring_return(&r, &vr_batch, 4);
	CU_ASSERT_EQUAL(r.bad, 0);
	/* 1,300 bytes of each of 256: more than a packet can have */
	for (unsigned int i = 0; i < 256; i++) {
		desc[i].len = 1300;
		desc[i].flags = i == 255 ? 0 : VRING_DESC_F_NEXT;
	}
	avail->idx = 9;
	avail->ring[8] = 0;
	CU_ASSERT_EQUAL(vhost_ring_read(&r, &vr_batch, 64), 1);
	CU_ASSERT_EQUAL(r.bad, 1);
}

/* Empty entries are no pieces, and take time all the same. */
static void test_empty(void)
{
	struct vring_packed_desc *packed_table = (void *)(vr_ram + VR_TABLES_AT);
	struct vring_desc *table = (void *)(vr_ram + VR_TABLES_AT);
	struct vhost_ring r;

	for (uint32_t n = VHOST_CHAIN_MAX; n <= VHOST_CHAIN_MAX + 1; n++)
		for (int packed = 0; packed < 2; packed++) {
			struct vring_avail *avail = (void *)(vr_ram + (600u << 10));
			uint8_t *desc = vr_ram + (512u << 10);

			vr_start(&r, packed, 256, false);
			CU_ASSERT_EQUAL_FATAL(vhost_ring_place(&r, &vr_mem, 1024,
							       VR_USER + (512 << 10),
							       VR_USER + (600 << 10),
							       VR_USER + (640 << 10), &err),
					      0);
			for (uint16_t i = 0; i < n && packed; i++)
				packed_table[i] = (struct vring_packed_desc){
					VR_GUEST + VR_BUFFERS_AT, i + 1u == n ? 60 : 0, 0, 0};
			for (uint16_t i = 0; i < n && !packed; i++)
				table[i] = (struct vring_desc){
					VR_GUEST + VR_BUFFERS_AT, i + 1u == n ? 60 : 0,
					i + 1u == n ? 0 : VRING_DESC_F_NEXT, (uint16_t)(i + 1)};
			if (packed)
				*(struct vring_packed_desc *)desc = (struct vring_packed_desc){
					VR_GUEST + VR_TABLES_AT, n * 16, 0,
					VRING_DESC_F_INDIRECT | 1u << VRING_PACKED_DESC_F_AVAIL};
			else
				*(struct vring_desc *)desc = (struct vring_desc){
					VR_GUEST + VR_TABLES_AT, n * 16, VRING_DESC_F_INDIRECT, 0};
			avail->idx = !packed;
			CU_ASSERT_EQUAL(vhost_ring_read(&r, &vr_batch, 64), 1);
			CU_ASSERT_EQUAL(vr_batch.packet[0].len, n > VHOST_CHAIN_MAX ? 0 : 60);
			CU_ASSERT_EQUAL(r.bad, n > VHOST_CHAIN_MAX);
			vhost_ring_return(&r, &vr_batch, 1);
		}
}

static _Atomic bool over;

/* Plausible and other words, all over the ring and a table. */
static void *scribble(void *arg)
{
	static const uint32_t places[] = {VR_DESC_AT, VR_AVAIL_AT, VR_USED_AT, VR_TABLES_AT};
	uint32_t x = 12345;

	(void)arg;
	while (!atomic_load(&over)) {
		volatile uint16_t *word;

		x = x * 1664525u + 1013904223u;
		word = (volatile uint16_t *)(vr_ram + places[x >> 30] + (x >> 16 & 0xfe));
		*word = (uint16_t)(x & 1 ? x >> 1 & 0xff : x >> 8);
	}
	return NULL;
}

/* The driver changes all of it while we look: no piece is outside its memory, and nothing hangs. */
static void test_changed(void)
{
	uint32_t len[VHOST_BATCH];
	pthread_t thread;
	struct vhost_ring r;
	bool too_long;

	for (unsigned int i = 0; i < VHOST_BATCH; i++)
		len[i] = 12 + 60 * (i % 30);
	for (int packed = 0; packed < 2; packed++) {
		vr_start(&r, packed, 16, true);
		atomic_store(&over, false);
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, scribble, NULL), 0);
		for (int round = 0; round < 20000; round++) {
			if (round & 1)
				vhost_ring_room(&r, &vr_batch, len, VHOST_BATCH, round & 2,
						&too_long);
			else
				vhost_ring_read(&r, &vr_batch, VHOST_BATCH);
			for (unsigned int i = 0; i < vr_batch.pieces; i++) {
				uint8_t *at = vr_batch.piece[i].at;
				bool inside = false;

				for (unsigned int j = 0; j < vr_mem.n; j++)
					inside |=
						at >= vr_mem.map[j].host &&
						at + vr_batch.piece[i].len <=
							vr_mem.map[j].host + (vr_mem.map[j].end -
									      vr_mem.map[j].guest);
				if (!inside) {
					CU_FAIL("a piece outside of the guest's memory");
					break;
				}
			}
			vhost_ring_return(&r, &vr_batch, vr_batch.packets);
			vhost_ring_wants_signal(&r);
			vhost_ring_ask_signal(&r, round & 4);
			if (r.broken)
				vhost_ring_set_base(&r, vhost_ring_base(&r));
		}
		atomic_store(&over, true);
		pthread_join(thread, NULL);
	}
}

static void test_base(void)
{
	struct vhost_ring r = {.packed = true};

	vhost_ring_set_base(&r, 0x80058003);
	CU_ASSERT_TRUE(r.next_avail == 3 && r.avail_wrap && r.next_used == 3 && r.used_wrap);
	CU_ASSERT_EQUAL(vhost_ring_base(&r), 0x80038003);
	r.packed = false;
	vhost_ring_set_base(&r, 0xffff);
	CU_ASSERT_TRUE(r.next_avail == 0xffff && r.next_used == 0xffff);
	CU_ASSERT_EQUAL(vhost_ring_base(&r), 0xffff);
}

/* A front-end that lost its back-end, and knows no better base than 0. */
static void test_goes_on(void)
{
	struct vhost_ring r;

	vr_start(&r, false, 256, false);
	r.used->idx = 65530;
	vhost_ring_set_base(&r, 0);
	CU_ASSERT_EQUAL(vhost_ring_place(&r, &vr_mem, 256, VR_USER + VR_DESC_AT,
					 VR_USER + VR_AVAIL_AT, VR_USER + VR_USED_AT, &err),
			0);
	CU_ASSERT_EQUAL(vhost_ring_base(&r), 65530);
}

UNIT_MAIN_SETUP("vhost_ring_hostile", vr_setup, {"places", test_places}, {"hostile", test_hostile},
		{"long", test_long}, {"empty", test_empty}, {"changed", test_changed},
		{"base", test_base}, {"goes on", test_goes_on});
