/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads pcapng, block by block (draft-ietf-opsawg-pcapng). Skips blocks that hold no frames.
 */
#include "lib/net/capture_int.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET    2 /* obsolete */
#define BLOCK_SIMPLE    3
#define BLOCK_ENHANCED  6
#define BLOCK_AROUND    12 /* type and length in front, and the length again behind */

#define ORDER_MAGIC 0x1a2b3c4du

#define OPTION_END     0
#define OPTION_FLAGS   2 /* of a frame */
#define OPTION_NAME    2 /* of an interface */
#define OPTION_TSRESOL 9
#define OPTION_FCSLEN  13
#define OPTION_TSOFFS  14
#define OPTIONS_MAX    8192 /* what is looked at of a block's options */

#define TSRESOL_DEFAULT 6
#define TSRESOL_TWO     0x80
#define FLAGS_FCS(word) ((word) >> 5 & 15)
#define NS_DIGITS       9
#define NS_PER_S        1000000000ull

/* What is left of a block: without the length behind. */
struct block {
	uint32_t type, left, total;
};

static uint32_t padded(uint32_t n)
{
	return (n + 3) & ~3u;
}

static int block_take(struct hd_capture *c, struct block *b, void *to, uint32_t n,
		      struct hd_err *err)
{
	if (n > b->left)
		return capture_damaged(c, err, "a block is shorter than what it says to hold");
	b->left -= n;
	return capture_take(c, to, n, err);
}

/* Skips the rest, and the length behind it, which must be as in front. */
static int block_end(struct hd_capture *c, struct block *b, struct hd_err *err)
{
	uint8_t raw[4];
	int rc = capture_take(c, NULL, b->left, err);

	if (!rc)
		rc = capture_take(c, raw, sizeof(raw), err);
	if (!rc && capture_u32(c, raw) != b->total)
		rc = capture_damaged(c, err, "the two lengths of a block differ");
	return rc;
}

/* Reads the options into @to (OPTIONS_MAX bytes at most; the others are skipped). */
static int block_options(struct hd_capture *c, struct block *b, uint8_t *to, uint32_t *len,
			 struct hd_err *err)
{
	*len = b->left < OPTIONS_MAX ? b->left : OPTIONS_MAX;
	return block_take(c, b, to, *len, err);
}

/* The next one of options that lie at @p. False: no more. */
static bool next_option(const struct hd_capture *c, const uint8_t **p, uint32_t *left,
			uint16_t *code, const uint8_t **value, uint16_t *len)
{
	if (*left < 4)
		return false;
	*code = capture_u16(c, *p);
	*len = capture_u16(c, *p + 2);
	*value = *p + 4;
	if (*code == OPTION_END || padded(*len) > *left - 4)
		return false;
	*p += 4 + padded(*len);
	*left -= 4 + padded(*len);
	return true;
}

static int section_begin(struct hd_capture *c, struct block *b, struct hd_err *err)
{
	uint8_t raw[8];
	uint32_t order;
	int rc = capture_take(c, raw, sizeof(raw), err);

	if (rc)
		return rc;
	c->swapped = false;
	order = capture_u32(c, raw);
	c->swapped = order != ORDER_MAGIC;
	if (capture_u32(c, raw) != ORDER_MAGIC)
		return capture_damaged(c, err, "a section has no byte order");
	if (capture_u16(c, raw + 4) != 1)
		return capture_damaged(c, err, "a section is not of version 1 of pcapng");
	c->section = c->n;
	b->left = sizeof(raw); /* the length can be understood only now */
	return 0;
}

static bool is_chosen(const struct hd_capture *c, uint32_t index, const uint8_t *name, size_t len)
{
	char *end;

	if (!c->interface)
		return true;
	if (isdigit((unsigned char)c->interface[0]) && strtoul(c->interface, &end, 10) == index &&
	    !*end)
		return true;
	return name && len == strlen(c->interface) && !memcmp(name, c->interface, len);
}

static void set_name(struct capture_interface *new, const uint8_t *name, size_t len)
{
	size_t n = len < CAPTURE_NAME_MAX - 1 ? len : CAPTURE_NAME_MAX - 1;

	for (size_t i = 0; i < n; i++)
		new->name[i] = name[i] > ' ' && name[i] <= '~' ? (char)name[i] : '?';
}

/* The draft says bits, and its example is 4: octets below 16, bits from there. */
static uint8_t fcs_octets(uint8_t value)
{
	return value < CAPTURE_FCS_MAX ? value : value / 8 < CAPTURE_FCS_MAX ? value / 8 : 0;
}

static int64_t option_i64(const struct hd_capture *c, const uint8_t *p)
{
	uint64_t first = capture_u32(c, p), second = capture_u32(c, p + 4);
	uint16_t probe = 1;
	bool little = *(const uint8_t *)&probe != c->swapped;

	return (int64_t)(little ? second << 32 | first : first << 32 | second);
}

static int interface_block(struct hd_capture *c, struct block *b, struct hd_err *err)
{
	uint8_t raw[8], options[OPTIONS_MAX];
	const uint8_t *p = options, *value, *name = NULL;
	struct capture_interface *new;
	uint16_t code, len, name_len = 0;
	uint32_t left;
	int rc = block_take(c, b, raw, sizeof(raw), err);

	if (!rc)
		rc = block_options(c, b, options, &left, err);
	if (!rc)
		rc = capture_interface_add(c, &new, err);
	if (rc)
		return rc;
	new->link_type = capture_u16(c, raw);
	new->snaplen = capture_u32(c, raw + 4);
	new->tsresol = TSRESOL_DEFAULT;
	while (next_option(c, &p, &left, &code, &value, &len)) {
		if (code == OPTION_NAME) {
			name = value;
			/* some writers count the final NUL */
			name_len = len && !value[len - 1] ? len - 1 : len;
		} else if (code == OPTION_TSRESOL && len == 1) {
			new->tsresol = value[0];
		} else if (code == OPTION_FCSLEN && len == 1) {
			new->fcs_len = fcs_octets(value[0]);
		} else if (code == OPTION_TSOFFS && len == 8) {
			new->tsoffset = option_i64(c, value);
		}
	}
	new->chosen = is_chosen(c, c->n - 1, name, name_len);
	set_name(new, name, name_len);
	return 0;
}

bool capture_ng_time(uint64_t ticks, uint8_t tsresol, int64_t offset_s, uint64_t *ns,
		     uint64_t *unit_ns)
{
	unsigned int power = tsresol & ~TSRESOL_TWO;
	unsigned __int128 v = ticks;
	uint64_t unit = 1;
	__int128 sum;

	if (tsresol & TSRESOL_TWO) {
		v = power < 96 ? v * NS_PER_S >> power : 0;
		unit = power < 30 ? NS_PER_S >> power : 1;
	} else {
		for (unsigned int i = power; i < NS_DIGITS; i++) {
			v *= 10;
			unit *= 10;
		}
		for (unsigned int i = NS_DIGITS; i < power && v; i++)
			v /= 10;
	}
	sum = (__int128)v + (__int128)offset_s * (__int128)NS_PER_S;
	*unit_ns = unit;
	if (sum < 0 || sum > UINT64_MAX)
		return false;
	*ns = (uint64_t)sum;
	return true;
}

/* The interface of a frame by its number in the section. NULL with @err. */
static const struct capture_interface *interface_of(const struct hd_capture *c, uint32_t id,
						    struct hd_err *err)
{
	if (id < c->n - c->section)
		return &c->list[c->section + id];
	capture_damaged(c, err, "a frame is of an interface that is not described");
	return NULL;
}

static int frame_bytes(struct hd_capture *c, struct block *b, uint32_t len, struct hd_err *err)
{
	if (len > b->left || padded(len) > b->left)
		return capture_damaged(c, err, "a frame is longer than its block");
	b->left -= len;
	return capture_take_frame(c, len, err);
}

/* Block types 6 and 2: they differ in how the interface is numbered. */
static int packet_block(struct hd_capture *c, struct block *b, struct hd_capture_frame *frame,
			struct hd_err *err)
{
	const struct capture_interface *from;
	uint8_t raw[20], options[OPTIONS_MAX];
	const uint8_t *p = options, *value;
	uint32_t len, left, fcs_len;
	uint16_t code, value_len;
	uint64_t ticks;
	int rc = block_take(c, b, raw, sizeof(raw), err);

	if (rc)
		return rc;
	from = interface_of(c, b->type == BLOCK_PACKET ? capture_u16(c, raw) : capture_u32(c, raw),
			    err);
	if (!from)
		return -EINVAL;
	len = capture_u32(c, raw + 12);
	rc = frame_bytes(c, b, len, err);
	if (!rc)
		rc = block_take(c, b, NULL, padded(len) - len, err);
	if (!rc)
		rc = block_options(c, b, options, &left, err);
	if (rc)
		return rc;
	fcs_len = from->fcs_len;
	while (next_option(c, &p, &left, &code, &value, &value_len))
		if (code == OPTION_FLAGS && value_len == 4 && FLAGS_FCS(capture_u32(c, value)))
			fcs_len = FLAGS_FCS(capture_u32(c, value));
	ticks = (uint64_t)capture_u32(c, raw + 4) << 32 | capture_u32(c, raw + 8);
	if (!capture_ng_time(ticks, from->tsresol, from->tsoffset, &c->time_ns, &frame->unit_ns))
		frame->state = HD_CAPTURE_TIME;
	c->frames++;
	frame->time_ns = c->time_ns;
	capture_frame(c, from, len, capture_u32(c, raw + 16), fcs_len, frame);
	return 0;
}

/* Has no time, and is of the section's first interface. */
static int simple_block(struct hd_capture *c, struct block *b, struct hd_capture_frame *frame,
			struct hd_err *err)
{
	const struct capture_interface *from = interface_of(c, 0, err);
	uint32_t len, wire_len;
	uint8_t raw[4];
	int rc = from ? block_take(c, b, raw, sizeof(raw), err) : -EINVAL;

	if (rc)
		return rc;
	wire_len = capture_u32(c, raw);
	len = wire_len;
	if (len > b->left && from->snaplen && from->snaplen < len)
		len = from->snaplen;
	rc = frame_bytes(c, b, len, err);
	if (rc)
		return rc;
	c->frames++;
	frame->time_ns = c->time_ns;
	frame->unit_ns = 1;
	capture_frame(c, from, len, wire_len, from->fcs_len, frame);
	return 0;
}

/* The start of a block. 1, 0 at the file's end, or -EINVAL. */
static int block_begin(struct hd_capture *c, struct block *b, struct hd_err *err)
{
	int rc, first = getc(c->file);
	uint8_t raw[8];

	if (first == EOF && !ferror(c->file))
		return 0;
	ungetc(first, c->file);
	rc = capture_take(c, raw, sizeof(raw), err);
	if (rc)
		return rc;
	memcpy(&b->type, raw, sizeof(b->type));
	b->left = 0;
	if (b->type == BLOCK_SECTION)
		rc = section_begin(c, b, err);
	if (rc)
		return rc;
	b->type = capture_u32(c, raw);
	b->total = capture_u32(c, raw + 4);
	if (b->total < BLOCK_AROUND + b->left || b->total % 4)
		return capture_damaged(c, err, "a block has an impossible length");
	b->left = b->total - BLOCK_AROUND - b->left;
	return 1;
}

int capture_ng_next(struct hd_capture *c, struct hd_capture_frame *frame, struct hd_err *err)
{
	struct block b = {0};
	int rc;

	while ((rc = block_begin(c, &b, err)) == 1) {
		bool has_frame = true;

		frame->state = HD_CAPTURE_WHOLE;
		if (b.type == BLOCK_ENHANCED || b.type == BLOCK_PACKET) {
			rc = packet_block(c, &b, frame, err);
		} else if (b.type == BLOCK_SIMPLE) {
			rc = simple_block(c, &b, frame, err);
		} else {
			has_frame = false;
			rc = b.type == BLOCK_INTERFACE ? interface_block(c, &b, err) : 0;
		}
		if (!rc)
			rc = block_end(c, &b, err);
		if (rc)
			return rc;
		if (has_frame)
			return 1;
	}
	return rc;
}
