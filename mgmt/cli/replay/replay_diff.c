/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/replay/replay_diff.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mgmt/cli/term/mem.h"

/* Packets kept of each side from the first difference on, to tell a missing one from a changed one. */
#define AHEAD 64

struct kept {
	struct hd_capture_frame packet; /* data is ours */
};

struct window {
	struct kept kept[AHEAD];
	unsigned int n;
};

static bool same_bytes(const struct hd_capture_frame *a, const struct hd_capture_frame *b)
{
	return a->len == b->len && a->wire_len == b->wire_len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void keep(struct window *w, const struct hd_capture_frame *packet)
{
	struct hd_capture_frame *copy = &w->kept[w->n++].packet;
	uint8_t *data = cli_calloc(1, packet->len);

	memcpy(data, packet->data, packet->len);
	*copy = *packet;
	copy->data = data;
}

static void drop_window(struct window *w)
{
	for (unsigned int i = 0; i < w->n; i++)
		free((void *)w->kept[i].packet.data);
	w->n = 0;
}

static void describe(struct cli_diff_side *side, const struct hd_capture_frame *packet,
		     size_t offset)
{
	struct cli_layers layers;
	size_t from = offset & ~(size_t)15;

	cli_decode(&layers, packet->data, packet->len, packet->wire_len);
	cli_decode_line(&layers, side->line);
	side->number = packet->number;
	side->time_ns = packet->time_ns;
	side->len = packet->len;
	side->wire_len = packet->wire_len;
	if (from < packet->len) {
		side->n_bytes = packet->len - from < 16 ? packet->len - from : 16;
		memcpy(side->bytes, packet->data + from, side->n_bytes);
	}
}

/* Finds @packet among those of the other side. Returns its index, or -1. */
static int find(const struct window *w, const struct hd_capture_frame *packet)
{
	for (unsigned int i = 0; i < w->n; i++)
		if (same_bytes(&w->kept[i].packet, packet))
			return (int)i;
	return -1;
}

static void name_field(struct cli_diff *diff, const struct hd_capture_frame *packet)
{
	struct cli_layers layers;

	cli_decode(&layers, packet->data, packet->len, packet->wire_len);
	cli_decode_field(&layers, diff->offset, diff->field);
}

static void changed(struct cli_diff *diff, const struct hd_capture_frame *want,
		    const struct hd_capture_frame *got)
{
	size_t shorter = want->len < got->len ? want->len : got->len;

	diff->kind = CLI_DIFF_LENGTH;
	diff->offset = shorter;
	for (size_t i = 0; i < shorter; i++) {
		if (want->data[i] != got->data[i]) {
			diff->kind = CLI_DIFF_BYTES;
			diff->offset = i;
			break;
		}
	}
	name_field(diff, diff->offset < want->len ? want : got);
	describe(&diff->want, want, diff->offset);
	describe(&diff->got, got, diff->offset);
}

static void missing(struct cli_diff *diff, const struct window *w, unsigned int run,
		    enum cli_diff_kind kind)
{
	diff->kind = kind;
	diff->run = run;
	describe(kind == CLI_DIFF_MISSING ? &diff->want : &diff->got, &w->kept[0].packet, 0);
}

/*
 * The first packets of both windows differ (or one window is empty). The explanation that needs
 * fewer packets to be missing or extra wins; when neither shows up on the other side, it is a
 * changed packet.
 */
static void explain(struct cli_diff *diff, const struct window *want, const struct window *got)
{
	int in_got, in_want;

	if (want->n == 0 || got->n == 0) {
		if (want->n)
			missing(diff, want, want->n, CLI_DIFF_MISSING);
		else
			missing(diff, got, got->n, CLI_DIFF_EXTRA);
		return;
	}
	in_got = find(got, &want->kept[0].packet);
	in_want = find(want, &got->kept[0].packet);
	if (in_want > 0 && (in_got < 0 || in_want <= in_got))
		missing(diff, want, (unsigned int)in_want, CLI_DIFF_MISSING);
	else if (in_got > 0)
		missing(diff, got, (unsigned int)in_got, CLI_DIFF_EXTRA);
	else
		changed(diff, &want->kept[0].packet, &got->kept[0].packet);
}

/* Reads on: packets go into the window while there is room, and are counted to the end. */
static int read_side(struct hd_capture *c, struct window *w, struct hd_capture_frame *packet,
		     uint64_t *count, struct hd_err *err)
{
	int rc = hd_capture_next(c, packet, err);

	if (rc == 1 && !packet->data)
		return hd_err_set(err, EFBIG, "packet %llu is longer than 64 KB (%u bytes)",
				  (unsigned long long)packet->number, packet->len);
	if (rc == 1) {
		++*count;
		if (w && w->n < AHEAD)
			keep(w, packet);
	}
	return rc;
}

/* At the resolution that both files have. */
static bool same_time(const struct hd_capture_frame *a, const struct hd_capture_frame *b)
{
	uint64_t unit = a->unit_ns > b->unit_ns ? a->unit_ns : b->unit_ns;

	return a->time_ns / unit == b->time_ns / unit;
}

static int failed(struct cli_diff *diff, const struct hd_err *err)
{
	if (diff->kind == CLI_DIFF_EQUAL) {
		diff->kind = CLI_DIFF_ERROR;
		snprintf(diff->text, sizeof(diff->text), "%s", err->text);
	}
	return -1;
}

/* Up to the first packets that differ: those are in the windows then. Below 0: a file is damaged. */
static int skip_equal(struct hd_capture *want, struct hd_capture *got, bool ignore_time,
		      struct cli_diff *diff, struct window *w, struct window *g)
{
	struct hd_capture_frame a, b;
	struct hd_err err;

	for (;;) {
		int ra = read_side(want, NULL, &a, &diff->want.packets, &err);
		int rb;

		if (ra < 0)
			return failed(diff, &err);
		rb = read_side(got, NULL, &b, &diff->got.packets, &err);
		if (rb < 0)
			return failed(diff, &err);
		if (ra == 0 && rb == 0)
			return 0;
		if (ra && rb && same_bytes(&a, &b)) {
			if (ignore_time || same_time(&a, &b))
				continue;
			diff->kind = CLI_DIFF_TIME;
			describe(&diff->want, &a, 0);
			describe(&diff->got, &b, 0);
			return 0;
		}
		if (ra)
			keep(w, &a);
		if (rb)
			keep(g, &b);
		return 0;
	}
}

void cli_diff_captures(struct hd_capture *want, struct hd_capture *got, bool ignore_time,
		       struct cli_diff *diff)
{
	struct window *w = cli_calloc(2, sizeof(*w));
	struct hd_capture_frame packet;
	struct hd_err err;
	int rc;

	*diff = (struct cli_diff){.kind = CLI_DIFF_EQUAL};
	if (skip_equal(want, got, ignore_time, diff, &w[0], &w[1]) < 0)
		goto out;
	while ((rc = read_side(want, &w[0], &packet, &diff->want.packets, &err)) == 1)
		;
	if (rc < 0)
		failed(diff, &err);
	while ((rc = read_side(got, &w[1], &packet, &diff->got.packets, &err)) == 1)
		;
	if (rc < 0)
		failed(diff, &err);
	if (diff->kind == CLI_DIFF_EQUAL && (w[0].n || w[1].n))
		explain(diff, &w[0], &w[1]);
	/* beyond the window a run is as long as the difference in numbers says */
	if (diff->run && (w[0].n == 0 || w[1].n == 0))
		diff->run = diff->want.packets > diff->got.packets
				    ? diff->want.packets - diff->got.packets
				    : diff->got.packets - diff->want.packets;
out:
	drop_window(&w[0]);
	drop_window(&w[1]);
	free(w);
}

int cli_diff_open(struct hd_capture **capture, const char *path, const char *interface,
		  struct hd_err *err)
{
	FILE *file = fopen(path, "rbe");

	*capture = NULL;
	if (!file)
		return hd_err_set(err, errno, "%s: %s", path, strerror(errno));
	return hd_capture_open(capture, file, path, interface, err);
}

void cli_diff_files(const char *want, const char *got, bool ignore_time, struct cli_diff *diff)
{
	struct hd_capture *a = NULL, *b = NULL;
	struct hd_err err;

	*diff = (struct cli_diff){.kind = CLI_DIFF_ERROR};
	if (cli_diff_open(&a, want, NULL, &err) < 0 || cli_diff_open(&b, got, NULL, &err) < 0)
		snprintf(diff->text, sizeof(diff->text), "%s", err.text);
	else
		cli_diff_captures(a, b, ignore_time, diff);
	hd_capture_close(a);
	hd_capture_close(b);
}

const char *cli_diff_kind_name(enum cli_diff_kind kind)
{
	static const char *const names[] = {
		[CLI_DIFF_EQUAL] = "equal",     [CLI_DIFF_BYTES] = "bytes",
		[CLI_DIFF_LENGTH] = "length",   [CLI_DIFF_TIME] = "time",
		[CLI_DIFF_MISSING] = "missing", [CLI_DIFF_EXTRA] = "extra",
		[CLI_DIFF_ERROR] = "error",
	};

	return names[kind];
}
