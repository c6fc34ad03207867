/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle monitor: the screen, and the lines.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "mgmt/cli/term/format.h"
#include "mgmt/cli/show/monitor.h"
#include "mgmt/cli/show/rates.h"

#define HEAD_ROWS 5 /* title, keys, blank, column titles, sum */

struct row {
	const struct cli_port *port;
	struct cli_rates rates;
};

static int by_sort(const void *a_, const void *b_, void *arg)
{
	const struct row *a = a_, *b = b_;
	uint64_t x = 0, y = 0;

	switch (*(char *)arg) {
	case 'r':
		x = a->rates.rx;
		y = b->rates.rx;
		break;
	case 't':
		x = a->rates.tx;
		y = b->rates.tx;
		break;
	case 'i':
		x = a->rates.rx_bits;
		y = b->rates.rx_bits;
		break;
	case 'o':
		x = a->rates.tx_bits;
		y = b->rates.tx_bits;
		break;
	case 'd':
		x = a->rates.drops;
		y = b->rates.drops;
		break;
	case 's': /* those that are down first */
		x = !a->port->up;
		y = !b->port->up;
		break;
	default: break;
	}
	if (x != y)
		return x < y ? 1 : -1;
	return cli_name_compare(a->port->name, b->port->name);
}

static bool wanted(const struct monitor *mon, const char *name)
{
	if (*mon->typed && !strcasestr(name, mon->typed))
		return false;
	for (size_t i = 0; i < mon->line->n_args; i++)
		if (strcmp(mon->line->args[i], name) == 0)
			return true;
	return mon->line->n_args == 0;
}

static bool idle(const struct cli_rates *r)
{
	return !r->rx && !r->tx && !r->drops;
}

static size_t make_rows(const struct monitor *mon, struct row *rows, struct cli_rates *sum)
{
	size_t n = 0;

	*sum = (struct cli_rates){0};
	for (size_t i = 0; i < mon->now.n_ports; i++) {
		struct cli_rates *r = &rows[n].rates;

		if (!wanted(mon, mon->now.ports[i].name))
			continue;
		rows[n].port = &mon->now.ports[i];
		cli_rates_between(&mon->before, &mon->now, &mon->now.ports[i], r);
		if (mon->active_only && idle(r))
			continue;
		sum->rx += r->rx;
		sum->tx += r->tx;
		sum->rx_bits += r->rx_bits;
		sum->tx_bits += r->tx_bits;
		sum->drops += r->drops;
		n++;
	}
	qsort_r(rows, n, sizeof(*rows), by_sort, (void *)&mon->sort);
	return n;
}

static void rate_cells(struct cli *cli, struct cli_table *t, const struct cli_rates *r)
{
	const uint64_t numbers[] = {r->rx, r->tx, r->rx_bits, r->tx_bits, r->drops};
	char str[CLI_NUM_MAX];

	for (unsigned int i = 0; i < 5; i++)
		cli_table_cell(t, 2 + i,
			       i == 4 && numbers[i] ? CLI_WARN
			       : numbers[i]         ? CLI_PLAIN
						    : CLI_DIM,
			       cli_fmt_count(numbers[i], cli->exact, str));
}

static void add_row(struct cli *cli, struct cli_table *t, const struct row *row)
{
	const struct cli_port *p = row->port;
	char state[CLI_STATE_MAX];

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, p->name);
	cli_table_cell(t, 1, cli_port_style(p), cli_port_state_text(p, state));
	rate_cells(cli, t, &row->rates);
}

/* For people the time of day here, for programs a date and time of UTC. */
static void clock_text(char *text, size_t size, bool json)
{
	time_t now = time(NULL);
	struct tm tm;

	if (json)
		strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	else
		strftime(text, size, "%H:%M:%S", localtime_r(&now, &tm));
}

static void title(const struct monitor *mon, FILE *out, unsigned int width, size_t n)
{
	char clock[32], *text;

	clock_text(clock, sizeof(clock), false);
	text = cli_asprintf("heddle monitor  %s  every %g s%s  %zu of %zu ports%s%s%s%s", clock,
			    (double)mon->interval_ms / 1000, mon->paused ? ", paused" : "", n,
			    mon->now.n_ports, mon->active_only ? ", active ones" : "",
			    *mon->typed || mon->typing ? ", with \"" : "", mon->typed,
			    mon->typing   ? "_"
			    : *mon->typed ? "\""
					  : "");
	fprintf(out, "%.*s\n", (int)width, text);
	free(text);
	if (mon->trouble)
		fprintf(out, "%s%.*s%s\n", cli_style_on(CLI_BAD, mon->cli->color), (int)width,
			mon->trouble, cli_style_off(CLI_BAD, mon->cli->color));
	else
		fprintf(out, "%.*s(now %c)\n", (int)(width > 8 ? width - 8 : 0),
			"q ends; sort: " MONITOR_SORTS "; / filter; a active; p pause; h help ",
			mon->sort);
}

static const char help[] = "\n"
			   "  sort   n  name              r  packets received   t  packets sent\n"
			   "         i  bits received     o  bits sent          d  drops\n"
			   "         s  those that are down first\n"
			   "\n"
			   "  /      only ports whose name has this in it; Escape: all again\n"
			   "  a      only ports with packets; again: all\n"
			   "  p      pause; again: go on\n"
			   "  arrows, page up, page down, j, k    scroll\n"
			   "  h      this help; again: back\n"
			   "  q      end\n"
			   "\n"
			   "Bits are those on the wire: with checksum, preamble and gap.\n";

static void table(struct monitor *mon, FILE *out, unsigned int width)
{
	static const struct cli_column columns[] = {
		{"PORT", false, false},  {"STATE", false, true},   {"RX p/s", true, true},
		{"TX p/s", true, true},  {"RX bit/s", true, true}, {"TX bit/s", true, true},
		{"DROPS/s", true, true},
	};
	struct row *rows = cli_calloc(mon->now.n_ports, sizeof(*rows));
	struct cli_table *t = cli_table_new(columns, 7);
	struct cli_rates sum;
	size_t n = make_rows(mon, rows, &sum);

	title(mon, out, width, n);
	mon->rows = (unsigned int)n;
	if (mon->top >= n)
		mon->top = n ? (unsigned int)n - 1 : 0;
	cli_table_row(t);
	cli_table_cell(t, 0, CLI_BOLD, "all");
	cli_table_cellf(t, 1, CLI_PLAIN, "%u-%zu", n ? mon->top + 1 : 0,
			mon->top + mon->room < n ? mon->top + mon->room : n);
	rate_cells(mon->cli, t, &sum);
	for (size_t i = mon->top; i < n && i < mon->top + mon->room; i++)
		add_row(mon->cli, t, &rows[i]);
	fputc('\n', out);
	if (mon->before.taken_ns)
		cli_table_print(t, out, width, mon->cli->color);
	else
		fputs("The first rates come with the second reading.\n", out);
	cli_table_free(t);
	free(rows);
}

static struct winsize window(void)
{
	struct winsize size = {0};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	if (!size.ws_row)
		size.ws_row = 24;
	if (!size.ws_col)
		size.ws_col = 80;
	return size;
}

int monitor_page(void)
{
	int rows = window().ws_row - HEAD_ROWS;

	return rows > 1 ? rows : 1;
}

void monitor_draw(struct monitor *mon)
{
	struct winsize size = window();
	char *text = NULL, *line;
	FILE *out = open_memstream(&text, &(size_t){0}), *screen = mon->cli->out;
	unsigned int row = 0;

	if (!out)
		return;
	mon->room = (unsigned int)monitor_page();
	if (mon->help)
		fputs(help, out);
	else
		table(mon, out, size.ws_col);
	fclose(out);
	fputs("\033[H", screen);
	/* Line by line over what is there, which does not flicker; no line break after the last. */
	for (line = text; *line && row < size.ws_row; row++) {
		size_t n = strcspn(line, "\n");

		fprintf(screen, "%s%.*s\033[K", row ? "\r\n" : "", (int)n, line);
		line += n + (line[n] == '\n');
	}
	fputs("\033[J", screen);
	fflush(screen);
	free(text);
}

void monitor_lines(struct monitor *mon)
{
	struct row *rows = cli_calloc(mon->now.n_ports, sizeof(*rows));
	char clock[32], s[5][CLI_NUM_MAX];
	bool exact = mon->cli->exact;
	struct cli_rates sum;
	size_t n = make_rows(mon, rows, &sum);

	clock_text(clock, sizeof(clock), mon->cli->json);
	for (size_t i = 0; i < n; i++) {
		const struct cli_rates *r = &rows[i].rates;

		if (mon->cli->json) {
			json_t *json =
				json_pack("{s:s, s:s, s:b, s:s, s:o}", "time", clock, "port",
					  rows[i].port->name, "up", rows[i].port->up, "reason",
					  rows[i].port->reason, "rates", cli_rates_json(r));

			cli_json_line(mon->cli, json);
			continue;
		}
		fprintf(mon->cli->out,
			"%s %s %s rx %s p/s %s bit/s tx %s p/s %s bit/s drops %s/s\n", clock,
			rows[i].port->name, rows[i].port->up ? "up" : rows[i].port->reason,
			cli_fmt_count(r->rx, exact, s[0]), cli_fmt_count(r->rx_bits, exact, s[1]),
			cli_fmt_count(r->tx, exact, s[2]), cli_fmt_count(r->tx_bits, exact, s[3]),
			cli_fmt_count(r->drops, exact, s[4]));
	}
	fflush(mon->cli->out);
	free(rows);
}

void monitor_filter(struct monitor *mon, const char *text)
{
	if (text != mon->typed)
		snprintf(mon->typed, sizeof(mon->typed), "%s", text);
	mon->top = 0;
}

void monitor_scroll(struct monitor *mon, int rows)
{
	int top = (int)mon->top + rows, last = (int)mon->rows - (int)mon->room;

	if (top > last)
		top = last;
	mon->top = top > 0 ? (unsigned int)top : 0;
}
