/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A difference between captures, in words.
 */
#include "mgmt/cli/replay/replay_diff.h"

#include <inttypes.h>

#include "mgmt/cli/term/table.h"

static void print_side(FILE *out, char sign, const struct cli_diff_side *side, bool color)
{
	enum cli_style style = sign == '-' ? CLI_BAD : CLI_GOOD;

	if (!side->number)
		return;
	fprintf(out, "  %s%c %s packet %" PRIu64 " at %" PRIu64 ".%09" PRIu64 "%s\n",
		cli_style_on(style, color), sign,
		sign == '-' ? "expected:" : "came:    ", side->number, side->time_ns / 1000000000,
		side->time_ns % 1000000000, cli_style_off(style, color));
	fprintf(out, "      %s\n", side->line);
}

static void print_bytes(FILE *out, char sign, const struct cli_diff_side *side, size_t offset,
			bool color)
{
	enum cli_style style = sign == '-' ? CLI_BAD : CLI_GOOD;
	size_t from = offset & ~(size_t)15;

	fprintf(out, "  %c %04zx ", sign, from);
	for (unsigned int i = 0; i < side->n_bytes; i++) {
		bool here = from + i == offset;

		fprintf(out, "%s%s%02x%s",
			here                          ? "["
			: i && from + i == offset + 1 ? "]"
						      : " ",
			cli_style_on(here ? style : CLI_PLAIN, color), side->bytes[i],
			cli_style_off(here ? style : CLI_PLAIN, color));
	}
	fputs(offset - from + 1 == side->n_bytes ? "]\n" : "\n", out);
}

static void print_headline(const struct cli_diff *d, const char *port, FILE *out)
{
	const struct cli_diff_side *side = d->kind == CLI_DIFF_EXTRA ? &d->got : &d->want;

	fprintf(out, "port %s: ", port);
	switch (d->kind) {
	case CLI_DIFF_BYTES:
		fprintf(out, "packet %" PRIu64 " differs at byte %zu, %s", d->got.number, d->offset,
			d->field);
		break;
	case CLI_DIFF_LENGTH:
		if (d->want.len == d->got.len)
			fprintf(out, "packet %" PRIu64 " had %u bytes before it was cut, not %u",
				d->got.number, d->got.wire_len, d->want.wire_len);
		else
			fprintf(out,
				"packet %" PRIu64
				" is %s than expected: the same up to byte %zu, %s",
				d->got.number, d->got.len > d->want.len ? "longer" : "shorter",
				d->offset, d->field);
		break;
	case CLI_DIFF_TIME:
		fprintf(out, "packet %" PRIu64 " has another time", d->got.number);
		break;
	case CLI_DIFF_MISSING:
	case CLI_DIFF_EXTRA:
		fprintf(out, "packet %" PRIu64 " %s", side->number,
			d->kind == CLI_DIFF_MISSING ? "is missing" : "was not expected");
		if (d->run > 1)
			fprintf(out, ", and %" PRIu64 " after it", d->run - 1);
		break;
	case CLI_DIFF_ERROR: fprintf(out, "%s", d->text); break;
	case CLI_DIFF_EQUAL: break;
	}
	fputc('\n', out);
}

void cli_diff_print(const struct cli_diff *d, const char *port, FILE *out, bool color)
{
	if (d->kind == CLI_DIFF_EQUAL)
		return;
	print_headline(d, port, out);
	if (d->kind == CLI_DIFF_ERROR)
		return;
	print_side(out, '-', &d->want, color);
	print_side(out, '+', &d->got, color);
	if (d->kind == CLI_DIFF_BYTES || d->kind == CLI_DIFF_LENGTH) {
		print_bytes(out, '-', &d->want, d->offset, color);
		print_bytes(out, '+', &d->got, d->offset, color);
	}
	fprintf(out, "  %" PRIu64 " packets expected, %" PRIu64 " came\n", d->want.packets,
		d->got.packets);
}
