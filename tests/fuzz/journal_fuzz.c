/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The files of the journal. What is taken from a log is the same when it is written and read again;
 * nothing that is not sound is taken.
 */
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/journal_format.h"
#include "tests/fuzz/fuzz.h"

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void check_same(const struct jr_record *a, const struct jr_record *b)
{
	FUZZ_ASSERT(a->kind == b->kind && a->generation == b->generation && a->time == b->time &&
		    a->pending == b->pending && a->n == b->n);
	FUZZ_ASSERT(same(a->user, b->user) && same(a->client, b->client) &&
		    same(a->comment, b->comment) && same(a->extra, b->extra) &&
		    same(a->confirm, b->confirm));
	for (size_t i = 0; i < a->n; i++)
		FUZZ_ASSERT(same(a->units[i].path, b->units[i].path) &&
			    same(a->units[i].before, b->units[i].before) &&
			    same(a->units[i].after, b->units[i].after));
}

/* Writes a log of what was taken, and reads it. */
static void again(const struct jr_entries *entries)
{
	struct jr_entries copies = {.n = 0};
	uint8_t *log = ds_alloc(JR_LOG_HEADER);
	size_t size = JR_LOG_HEADER, n;

	jr_log_header(log);
	for (size_t i = 0; i < entries->n; i++) {
		const struct jr_entry *entry = &entries->list[i];
		uint8_t *data = jr_encode(&entry->record, entry->seq, entry->slot, &n);

		FUZZ_ASSERT(data && n % JR_ALIGN == 0);
		log = ds_realloc(log, size + n, 1);
		memcpy(log + size, data, n);
		size += n;
		free(data);
	}
	FUZZ_ASSERT(jr_decode_log(log, size, &copies) == size && copies.n == entries->n);
	for (size_t i = 0; i < copies.n; i++)
		check_same(&copies.list[i].record, &entries->list[i].record);
	/* One byte less, and the last one is not there. */
	if (entries->n) {
		jr_entries_clear(&copies);
		FUZZ_ASSERT(jr_decode_log(log, size - 1, &copies) < size);
		FUZZ_ASSERT(copies.n == entries->n - 1);
	}
	jr_entries_clear(&copies);
	free(log);
}

/* Repairs the checksums of a log, so that changed copies of the seeds get past them. */
static void mend(uint8_t *data, size_t size)
{
	size_t at = JR_LOG_HEADER;

	while (at < size && size - at >= 24 + JR_ALIGN) {
		uint32_t length, crc;
		size_t frame;

		memcpy(&length, data + at + 8, 4);
		frame = ((uint64_t)length + 24 + JR_ALIGN - 1) / JR_ALIGN * JR_ALIGN;
		if (frame + JR_ALIGN > size - at)
			return;
		crc = jr_crc(0, data + at + 8, 16 + (size_t)length);
		memcpy(data + at + 4, &crc, 4);
		at += frame;
		crc = jr_crc(0, data + at + 8, JR_ALIGN - 8);
		memcpy(data + at + 4, &crc, 4);
		at += JR_ALIGN;
	}
}

static void check_log(const uint8_t *data, size_t size)
{
	struct jr_entries entries = {.n = 0};

	FUZZ_ASSERT(jr_decode_log(data, size, &entries) <= size);
	again(&entries);
	jr_entries_clear(&entries);
}

static void check_base(const uint8_t *data, size_t size)
{
	uint8_t header[JR_BASE_HEADER];
	struct jr_base base;

	if (!jr_decode_base(data, size, &base))
		return;
	FUZZ_ASSERT(base.len == size - JR_BASE_HEADER);
	jr_encode_base(header, &base);
	FUZZ_ASSERT(!memcmp(header, data, 44));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = ds_alloc(size);

	check_log(data, size);
	check_base(data, size);
	if (size)
		memcpy(copy, data, size);
	mend(copy, size);
	check_log(copy, size);
	free(copy);
	return 0;
}
