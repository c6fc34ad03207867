/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files: functions that reading pcap and reading pcapng share.
 */
#include "lib/net/capture_int.h"

#include <byteswap.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint16_t capture_u16(const struct hd_capture *c, const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return c->swapped ? bswap_16(v) : v;
}

uint32_t capture_u32(const struct hd_capture *c, const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return c->swapped ? bswap_32(v) : v;
}

int capture_damaged(const struct hd_capture *c, struct hd_err *err, const char *text)
{
	return hd_err_set(err, EINVAL, "%.100s: %s after frame %llu", c->name, text,
			  (unsigned long long)c->frames);
}

int capture_take(struct hd_capture *c, void *to, uint64_t n, struct hd_err *err)
{
	uint8_t scratch[4096];

	while (n) {
		size_t part = to || n < sizeof(scratch) ? (size_t)n : sizeof(scratch);
		/* cppcheck-suppress legacyUninitvar ; it is written here, and never read */
		size_t got = fread(to ? to : scratch, 1, part, c->file);

		c->position += got;
		if (got < part && ferror(c->file))
			return hd_err_set(err, EIO, "%.100s: %s", c->name, strerror(errno));
		if (got < part)
			return capture_damaged(c, err, "the file is truncated");
		n -= part;
	}
	return 0;
}

int capture_take_frame(struct hd_capture *c, uint32_t len, struct hd_err *err)
{
	bool fits = len <= CAPTURE_BUFFER;

	return capture_take(c, fits ? c->buffer : NULL, len, err);
}

void capture_frame(struct hd_capture *c, const struct capture_interface *from, uint32_t len,
		   uint32_t wire_len, uint32_t fcs_len, struct hd_capture_frame *frame)
{
	bool cut = len < wire_len;

	wire_len -= wire_len < fcs_len ? wire_len : fcs_len;
	if (!cut)
		len -= len < fcs_len ? len : fcs_len;
	else if (len >= wire_len)
		len = wire_len; /* all but the end of its check sequence: whole */
	frame->data = c->buffer;
	frame->len = len;
	frame->wire_len = wire_len;
	frame->number = c->frames;
	if (!from->chosen)
		frame->state = HD_CAPTURE_OTHER;
	else if (from->link_type != CAPTURE_LINK_ETHERNET)
		frame->state = HD_CAPTURE_LINK_TYPE;
	else if (frame->state == HD_CAPTURE_TIME)
		; /* whoever read the time said so */
	else if (len > HD_CAPTURE_FRAME_MAX)
		frame->state = HD_CAPTURE_TOO_LONG;
	else
		frame->state = len < wire_len ? HD_CAPTURE_CUT : HD_CAPTURE_WHOLE;
	if (frame->len > HD_CAPTURE_FRAME_MAX)
		frame->data = NULL;
}

int capture_interface_add(struct hd_capture *c, struct capture_interface **new, struct hd_err *err)
{
	struct capture_interface *list;

	if (c->n == CAPTURE_INTERFACES_MAX)
		return capture_damaged(c, err, "there are more than 65536 interfaces");
	if (c->n == c->room) {
		list = realloc(c->list, (c->room ? c->room * 2 : 4) * sizeof(*list));
		if (!list)
			return hd_err_set(err, ENOMEM, "out of memory");
		c->list = list;
		c->room = c->room ? c->room * 2 : 4;
	}
	*new = &c->list[c->n++];
	memset(*new, 0, sizeof(**new));
	return 0;
}
