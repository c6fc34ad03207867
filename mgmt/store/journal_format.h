/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The files of the journal as bytes. Pure: no file is touched here.
 *
 * Both start with a header. A record in the log is a frame, padded so that the next one starts at a
 * multiple of JR_ALIGN, and after it a slot of JR_ALIGN bytes that tells how it ended. A slot is
 * overwritten in place: it never crosses a page, so a process that is killed leaves the old or the
 * new one, and it never needs space. All numbers are little-endian.
 */
#ifndef MGMT_STORE_JOURNAL_FORMAT_H
#define MGMT_STORE_JOURNAL_FORMAT_H

#include "mgmt/store/journal.h"

#define JR_ALIGN      32u
#define JR_LOG_HEADER 32u
#define JR_RECORD_MAX (256u << 20)
#define JR_UNITS_MAX  1000000u

enum jr_slot { JR_SLOT_OPEN = 1, JR_SLOT_ENDED, JR_SLOT_CONFIRMED, JR_SLOT_REVERTED };

/* A record, where it lies, and how it ended. */
struct jr_entry {
	struct jr_record record;
	uint64_t seq;      /* counts intents; never used twice */
	uint64_t at, size; /* of frame and slot, in the log */
	enum jr_slot slot;
};

struct jr_entries {
	struct jr_entry *list;
	size_t n, room;
};

uint32_t jr_crc(uint32_t crc, const void *data, size_t size);

/* Adds a place at the end. */
struct jr_entry *jr_entries_add(struct jr_entries *entries);
void jr_entry_clear(struct jr_entry *entry);
void jr_entries_clear(struct jr_entries *entries);
void jr_record_copy(struct jr_record *to, const struct jr_record *from);

/* The header of an empty log. */
void jr_log_header(uint8_t header[JR_LOG_HEADER]);

/*
 * Frame and slot of a record, malloced, *@size bytes. NULL when it is larger than JR_RECORD_MAX.
 */
uint8_t *jr_encode(const struct jr_record *record, uint64_t seq, enum jr_slot slot, size_t *size);
void jr_encode_slot(uint8_t out[JR_ALIGN], uint64_t seq, enum jr_slot slot, uint64_t generation);

/*
 * Takes a log apart: all records before the first damage. Returns how many bytes are sound (0: not
 * even the header).
 */
size_t jr_decode_log(const uint8_t *data, size_t size, struct jr_entries *entries);

/* The base, as one file. */
struct jr_base {
	uint64_t generation;
	uint64_t point; /* seq of the first record that comes after it */
	const char *text;
	size_t len;
};
#define JR_BASE_HEADER 64u
void jr_encode_base(uint8_t header[JR_BASE_HEADER], const struct jr_base *base);
/* @base->text points into @data. False when it is not sound. */
bool jr_decode_base(const uint8_t *data, size_t size, struct jr_base *base);

#endif
