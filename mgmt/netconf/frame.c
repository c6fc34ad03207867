/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/datastore/mem.h"
#include "mgmt/netconf/frame.h"

#define EOM       "]]>]]>"
#define EOM_LEN   6
#define CHUNK_MAX 4294967295u
#define KEPT      16384 /* bytes of memory for messages that stay */

enum { CHUNK_LF, CHUNK_HASH, CHUNK_FIRST, CHUNK_DIGITS, CHUNK_DATA, CHUNK_END };

void nc_frame_init(struct nc_frame *frame, size_t max)
{
	memset(frame, 0, sizeof(*frame));
	frame->max = max;
}

void nc_frame_free(struct nc_frame *frame)
{
	free(frame->text);
	memset(frame, 0, sizeof(*frame));
}

void nc_frame_set_chunked(struct nc_frame *frame)
{
	frame->chunked = true;
	frame->state = CHUNK_LF;
}

static int too_big(const struct nc_frame *frame, struct hd_err *err)
{
	return hd_err_set(err, EMSGSIZE,
			  "a message has more than %zu bytes, which is the most that is taken",
			  frame->max);
}

/* Room grows with what has come, never with what a chunk's head says. */
static int append(struct nc_frame *frame, const char *data, size_t n, struct hd_err *err)
{
	if (n > frame->max - frame->len)
		return too_big(frame, err);
	if (!frame->text || frame->len + n + 1 > frame->room) {
		frame->room = (frame->len + n + 1) * 2;
		if (frame->room > frame->max + 1) /* n fits, so this is enough */
			frame->room = frame->max + 1;
		frame->text = ds_realloc(frame->text, frame->room, 1);
	}
	memcpy(frame->text + frame->len, data, n);
	frame->len += n;
	frame->text[frame->len] = '\0';
	return 0;
}

static int feed_eom(struct nc_frame *frame, const char *data, size_t n, size_t *used,
		    struct hd_err *err)
{
	size_t before = frame->len, from = before < EOM_LEN ? 0 : before - (EOM_LEN - 1), part,
	       room;
	const char *end;

	/* A message's last bytes may take the text over the limit, but for its delimiter. */
	room = frame->max - before + EOM_LEN;
	part = n < room ? n : room;
	frame->max += EOM_LEN;
	append(frame, data, part, err);
	frame->max -= EOM_LEN;
	end = frame->len ? memmem(frame->text + from, frame->len - from, EOM, EOM_LEN) : NULL;
	if (!end) {
		*used = part;
		return frame->len >= frame->max + EOM_LEN ? too_big(frame, err) : 0;
	}
	frame->len = end - frame->text;
	frame->text[frame->len] = '\0';
	frame->whole = true;
	*used = frame->len + EOM_LEN - before;
	return 1;
}

static int bad(struct hd_err *err, const char *what)
{
	return hd_err_set(err, EBADMSG, "chunked framing (RFC 6242) is broken: %s", what);
}

/* One byte of a chunk's head. Returns 1 at the end of the message. */
static int head(struct nc_frame *frame, char c, struct hd_err *err)
{
	switch (frame->state) {
	case CHUNK_LF:
		if (c != '\n')
			return bad(err, "a chunk starts with a line feed");
		frame->state = CHUNK_HASH;
		return 0;
	case CHUNK_HASH:
		if (c != '#')
			return bad(err, "# comes after the line feed of a chunk");
		frame->state = CHUNK_FIRST;
		return 0;
	case CHUNK_FIRST:
		if (c == '#') {
			frame->state = CHUNK_END;
			return 0;
		}
		if (c < '1' || c > '9')
			return bad(err, "a chunk's length starts with 1 to 9");
		frame->left = c - '0';
		frame->state = CHUNK_DIGITS;
		return 0;
	case CHUNK_DIGITS:
		if (c == '\n') {
			frame->state = CHUNK_DATA;
			return frame->left > frame->max - frame->len ? too_big(frame, err) : 0;
		}
		if (c < '0' || c > '9')
			return bad(err,
				   "a chunk's length is made of digits and ends with a line feed");
		frame->left = frame->left * 10 + (c - '0');
		return frame->left > CHUNK_MAX ? bad(err, "a chunk's length is at most 4294967295")
					       : 0;
	default: /* CHUNK_END */
		if (c != '\n')
			return bad(err, "a line feed comes after ##");
		if (!frame->len)
			return bad(err, "a message has at least one chunk");
		frame->state = CHUNK_LF;
		return 1;
	}
}

static int feed_chunks(struct nc_frame *frame, const char *data, size_t n, size_t *used,
		       struct hd_err *err)
{
	size_t i = 0;
	int rc;

	while (i < n) {
		if (frame->state == CHUNK_DATA) {
			size_t part = n - i < frame->left ? n - i : frame->left;

			rc = append(frame, data + i, part, err);
			if (rc < 0)
				return rc;
			i += part;
			frame->left -= part;
			if (!frame->left)
				frame->state = CHUNK_LF;
			continue;
		}
		rc = head(frame, data[i++], err);
		if (rc != 0) {
			frame->whole = rc > 0;
			*used = i;
			return rc;
		}
	}
	*used = n;
	return 0;
}

void nc_frame_done(struct nc_frame *frame)
{
	if (!frame->whole)
		return;
	frame->whole = false;
	frame->len = 0;
	if (frame->room > KEPT) { /* one large message does not hold its memory for ever */
		free(frame->text);
		frame->text = NULL;
		frame->room = 0;
	}
}

bool nc_frame_begun(const struct nc_frame *frame)
{
	if (frame->whole)
		return false;
	if (frame->chunked)
		return frame->len || frame->state != CHUNK_LF;
	return frame->len && strspn(frame->text, " \t\r\n") < frame->len;
}

int nc_frame_feed(struct nc_frame *frame, const char *data, size_t n, size_t *used,
		  struct hd_err *err)
{
	nc_frame_done(frame);
	*used = 0;
	if (!n)
		return 0;
	return frame->chunked ? feed_chunks(frame, data, n, used, err)
			      : feed_eom(frame, data, n, used, err);
}
