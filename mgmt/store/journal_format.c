/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/store/journal_format.h"

/*
 * frame: magic, CRC of what follows, length of the payload, seq, payload, zeros
 * slot: magic, CRC of what follows, state, 0, seq, generation
 */
#define FRAME_HEADER 24u
#define FRAME_MAGIC  0x4d524648u /* "HFRM" */
#define SLOT_MAGIC   0x544c5348u /* "HSLT" */
#define NO_STRING    UINT32_MAX

static const char log_magic[16] = "heddle log 1\n";
static const char base_magic[16] = "heddle base 1\n";

uint32_t jr_crc(uint32_t crc, const void *data, size_t size)
{
	static uint32_t table[256];
	const uint8_t *p = data;

	if (!table[1])
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t c = i;

			for (int bit = 0; bit < 8; bit++)
				c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
			table[i] = c;
		}
	crc = ~crc;
	while (size--)
		crc = table[(crc ^ *p++) & 0xff] ^ crc >> 8;
	return ~crc;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void put64(uint8_t *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32(p + 4, (uint32_t)(v >> 32));
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

struct jr_entry *jr_entries_add(struct jr_entries *entries)
{
	if (entries->n == entries->room) {
		entries->room = entries->room ? 2 * entries->room : 16;
		entries->list = ds_realloc(entries->list, entries->room, sizeof(*entries->list));
	}
	memset(&entries->list[entries->n], 0, sizeof(*entries->list));
	return &entries->list[entries->n++];
}

void jr_entry_clear(struct jr_entry *entry)
{
	struct jr_record *r = &entry->record;

	for (size_t i = 0; i < r->n; i++) {
		free(r->units[i].path);
		free(r->units[i].before);
		free(r->units[i].after);
	}
	free(r->units);
	free(r->user);
	free(r->client);
	free(r->comment);
	free(r->extra);
	free(r->confirm);
	memset(entry, 0, sizeof(*entry));
}

void jr_entries_clear(struct jr_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		jr_entry_clear(&entries->list[i]);
	free(entries->list);
	memset(entries, 0, sizeof(*entries));
}

static char *copy(const char *text)
{
	return text ? ds_strdup(text) : NULL;
}

void jr_record_copy(struct jr_record *to, const struct jr_record *from)
{
	*to = *from;
	to->user = copy(from->user);
	to->client = copy(from->client);
	to->comment = copy(from->comment);
	to->extra = copy(from->extra);
	to->confirm = copy(from->confirm);
	to->units = ds_alloc(from->n * sizeof(*to->units));
	for (size_t i = 0; i < from->n; i++) {
		to->units[i].path = copy(from->units[i].path);
		to->units[i].before = copy(from->units[i].before);
		to->units[i].after = copy(from->units[i].after);
	}
}

void jr_log_header(uint8_t header[JR_LOG_HEADER])
{
	memset(header, 0, JR_LOG_HEADER);
	memcpy(header, log_magic, sizeof(log_magic));
}

/* Encoding: once to measure (@p NULL), once to write. */
struct out {
	uint8_t *p;
	size_t n;
};

static void out32(struct out *out, uint32_t v)
{
	if (out->p)
		put32(out->p + out->n, v);
	out->n += 4;
}

static void out64(struct out *out, uint64_t v)
{
	out32(out, (uint32_t)v);
	out32(out, (uint32_t)(v >> 32));
}

static void out_text(struct out *out, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	out32(out, !text ? NO_STRING : len >= NO_STRING ? NO_STRING - 1 : (uint32_t)len);
	if (out->p && len)
		memcpy(out->p + out->n, text, len);
	out->n += len;
}

static void out_record(struct out *out, const struct jr_record *r)
{
	out32(out, r->kind);
	out32(out, r->pending);
	out64(out, r->generation);
	out64(out, (uint64_t)r->time);
	out_text(out, r->user);
	out_text(out, r->client);
	out_text(out, r->comment);
	out_text(out, r->extra);
	out_text(out, r->confirm);
	out32(out, (uint32_t)r->n);
	for (size_t i = 0; i < r->n; i++) {
		out_text(out, r->units[i].path);
		out_text(out, r->units[i].before);
		out_text(out, r->units[i].after);
	}
}

static size_t padded(size_t size)
{
	return (size + JR_ALIGN - 1) / JR_ALIGN * JR_ALIGN;
}

void jr_encode_slot(uint8_t out[JR_ALIGN], uint64_t seq, enum jr_slot slot, uint64_t generation)
{
	put32(out, SLOT_MAGIC);
	put32(out + 8, slot);
	put32(out + 12, 0);
	put64(out + 16, seq);
	put64(out + 24, generation);
	put32(out + 4, jr_crc(0, out + 8, JR_ALIGN - 8));
}

uint8_t *jr_encode(const struct jr_record *record, uint64_t seq, enum jr_slot slot, size_t *size)
{
	struct out out = {NULL, 0};
	size_t length, frame;
	uint8_t *data;

	out_record(&out, record);
	length = out.n;
	if (length > JR_RECORD_MAX || record->n > JR_UNITS_MAX)
		return NULL;
	frame = padded(FRAME_HEADER + length);
	*size = frame + JR_ALIGN;
	data = ds_alloc(*size);
	out = (struct out){data, FRAME_HEADER};
	out_record(&out, record);
	put32(data, FRAME_MAGIC);
	put64(data + 8, length);
	put64(data + 16, seq);
	put32(data + 4, jr_crc(0, data + 8, FRAME_HEADER - 8 + length));
	jr_encode_slot(data + frame, seq, slot, record->generation);
	return data;
}

/* Decoding: @bad is kept, and nothing is read beyond the end. */
struct in {
	const uint8_t *p;
	size_t left;
	bool bad;
};

static const uint8_t *in_bytes(struct in *in, size_t n)
{
	const uint8_t *p = in->p;

	if (in->bad || n > in->left) {
		in->bad = true;
		return NULL;
	}
	in->p += n;
	in->left -= n;
	return p;
}

static uint32_t in32(struct in *in)
{
	const uint8_t *p = in_bytes(in, 4);

	return p ? get32(p) : 0;
}

static uint64_t in64(struct in *in)
{
	const uint8_t *p = in_bytes(in, 8);

	return p ? get64(p) : 0;
}

static char *in_text(struct in *in)
{
	uint32_t len = in32(in);
	const uint8_t *p;

	if (in->bad || len == NO_STRING)
		return NULL;
	p = in_bytes(in, len);
	if (!p)
		return NULL;
	if (memchr(p, '\0', len)) {
		in->bad = true;
		return NULL;
	}
	return ds_strndup((const char *)p, len);
}

static bool in_record(struct in *in, struct jr_record *r)
{
	uint32_t kind = in32(in), pending = in32(in), n;

	r->kind = kind == JR_BOOT ? JR_BOOT : JR_COMMIT;
	r->pending = pending == 1;
	r->generation = in64(in);
	r->time = (time_t)in64(in);
	r->user = in_text(in);
	r->client = in_text(in);
	r->comment = in_text(in);
	r->extra = in_text(in);
	r->confirm = in_text(in);
	n = in32(in);
	/* A unit has three lengths, so a number that lies cannot make us take much memory. */
	if (in->bad || kind > JR_BOOT || pending > 1 || n > JR_UNITS_MAX || n > in->left / 12)
		return false;
	r->units = ds_alloc(n * sizeof(*r->units));
	for (r->n = 0; r->n < n && !in->bad;) {
		struct jr_unit *unit = &r->units[r->n++];

		unit->path = in_text(in);
		unit->before = in_text(in);
		unit->after = in_text(in);
		if (!unit->path)
			in->bad = true;
	}
	return !in->bad && in->left == 0;
}

static bool decode_slot(const uint8_t *p, struct jr_entry *entry)
{
	uint32_t slot = get32(p + 8);

	if (get32(p) != SLOT_MAGIC || get32(p + 4) != jr_crc(0, p + 8, JR_ALIGN - 8) ||
	    get64(p + 16) != entry->seq || slot < JR_SLOT_OPEN || slot > JR_SLOT_REVERTED)
		return false;
	entry->slot = (enum jr_slot)slot;
	if (entry->slot == JR_SLOT_CONFIRMED)
		entry->record.pending = false;
	entry->record.generation = get64(p + 24);
	return true;
}

/* One record at @at. False: what is there is not sound. */
static bool decode_one(const uint8_t *data, size_t size, size_t at, struct jr_entry *entry)
{
	const uint8_t *p = data + at;
	struct in in = {.bad = false};
	uint64_t length;
	size_t frame;

	if (size - at < FRAME_HEADER + JR_ALIGN || get32(p) != FRAME_MAGIC)
		return false;
	length = get64(p + 8);
	if (length > JR_RECORD_MAX)
		return false;
	frame = padded(FRAME_HEADER + length);
	if (size - at < frame + JR_ALIGN ||
	    get32(p + 4) != jr_crc(0, p + 8, FRAME_HEADER - 8 + length))
		return false;
	entry->seq = get64(p + 16);
	entry->at = at;
	entry->size = frame + JR_ALIGN;
	in.p = p + FRAME_HEADER;
	in.left = length;
	return in_record(&in, &entry->record) && decode_slot(p + frame, entry);
}

size_t jr_decode_log(const uint8_t *data, size_t size, struct jr_entries *entries)
{
	size_t at = JR_LOG_HEADER;
	uint64_t seq = 0;

	if (size < JR_LOG_HEADER || memcmp(data, log_magic, sizeof(log_magic)) != 0)
		return 0;
	while (at < size) {
		struct jr_entry *entry = jr_entries_add(entries);

		/* After an open intent there is nothing: it is the last one. */
		if ((entries->n > 1 && entry[-1].slot == JR_SLOT_OPEN) ||
		    !decode_one(data, size, at, entry) || entry->seq <= seq) {
			jr_entry_clear(entry);
			entries->n--;
			break;
		}
		seq = entry->seq;
		at += entry->size;
	}
	return at;
}

/* base: magic, generation, point, length, CRC of the text, CRC of the header before it, 16 zeros */
void jr_encode_base(uint8_t header[JR_BASE_HEADER], const struct jr_base *base)
{
	memset(header, 0, JR_BASE_HEADER);
	memcpy(header, base_magic, sizeof(base_magic));
	put64(header + 16, base->generation);
	put64(header + 24, base->point);
	put64(header + 32, base->len);
	put32(header + 40, jr_crc(0, base->text, base->len));
	put32(header + 44, jr_crc(0, header, 44));
}

bool jr_decode_base(const uint8_t *data, size_t size, struct jr_base *base)
{
	if (size < JR_BASE_HEADER || memcmp(data, base_magic, sizeof(base_magic)) != 0 ||
	    get32(data + 44) != jr_crc(0, data, 44))
		return false;
	base->generation = get64(data + 16);
	base->point = get64(data + 24);
	base->text = (const char *)data + JR_BASE_HEADER;
	base->len = size - JR_BASE_HEADER;
	return get64(data + 32) == base->len &&
	       get32(data + 40) == jr_crc(0, base->text, base->len) &&
	       !memchr(base->text, '\0', base->len);
}
