/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle monitor: live rates.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "mgmt/cli/format.h"
#include "mgmt/cli/rates.h"

struct row {
	const struct cli_port *port;
	struct cli_rates rates;
};

struct monitor {
	struct cli *cli;
	const struct cmd_line *line; /* ports that are wanted; none: all */
	uint64_t interval_ms;
	unsigned long count;
	char sort; /* 'n', 'r', 't', 'd' */
	bool screen;
	struct termios old;
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static int by_sort(const void *a_, const void *b_, void *arg)
{
	const struct row *a = a_, *b = b_;
	char sort = *(char *)arg;
	uint64_t x = sort == 'r' ? a->rates.rx : sort == 't' ? a->rates.tx : a->rates.drops;
	uint64_t y = sort == 'r' ? b->rates.rx : sort == 't' ? b->rates.tx : b->rates.drops;

	if (sort != 'n' && x != y)
		return x < y ? 1 : -1;
	return cli_name_compare(a->port->name, b->port->name);
}

static bool wanted(const struct monitor *mon, const char *name)
{
	for (size_t i = 0; i < mon->line->n_args; i++)
		if (strcmp(mon->line->args[i], name) == 0)
			return true;
	return mon->line->n_args == 0;
}

static size_t make_rows(const struct monitor *mon, const struct cli_model *before,
			const struct cli_model *now, struct row *rows, struct cli_rates *sum)
{
	size_t n = 0;

	*sum = (struct cli_rates){0};
	for (size_t i = 0; i < now->n_ports; i++) {
		struct cli_rates *r = &rows[n].rates;

		if (!wanted(mon, now->ports[i].name))
			continue;
		rows[n].port = &now->ports[i];
		cli_rates_between(before, now, &now->ports[i], r);
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
		cli_table_cell(t, 2 + i, i == 4 && numbers[i] ? CLI_WARN : CLI_PLAIN,
			       cli_fmt_count(numbers[i], cli->exact, str));
}

static void add_row(struct cli *cli, struct cli_table *t, const struct row *row)
{
	const struct cli_port *p = row->port;

	cli_table_row(t);
	cli_table_cell(t, 0, CLI_PLAIN, p->name);
	if (p->up)
		cli_table_cell(t, 1, CLI_GOOD, "up");
	else
		cli_table_cellf(t, 1, cli_port_style(p), "down, %s", p->reason);
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

static void draw(const struct monitor *mon, const struct row *rows, size_t n,
		 const struct cli_rates *sum)
{
	static const struct cli_column columns[] = {
		{"PORT", false, false},  {"STATE", false, true},   {"RX p/s", true, true},
		{"TX p/s", true, true},  {"RX bit/s", true, true}, {"TX bit/s", true, true},
		{"DROPS/s", true, true},
	};
	struct cli_table *t = cli_table_new(columns, 7);
	struct winsize size = {.ws_row = 24, .ws_col = CLI_TABLE_WIDTH};
	FILE *out = mon->cli->out;
	char clock[32];
	size_t room;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	room = size.ws_row > 6 ? (size_t)size.ws_row - 5 : 1;
	for (size_t i = 0; i < n && i < room; i++)
		add_row(mon->cli, t, &rows[i]);
	cli_table_row(t);
	cli_table_cellf(t, 0, CLI_BOLD, "%zu port%s", n, n == 1 ? "" : "s");
	rate_cells(mon->cli, t, sum);
	clock_text(clock, sizeof(clock), false);
	fprintf(out,
		"\033[H\033[Jheddle monitor  %s  every %g s  q ends; sort: n r t d (now %c)\n\n",
		clock, (double)mon->interval_ms / 1000, mon->sort);
	cli_table_print(t, out, size.ws_col, mon->cli->color);
	if (n > room)
		fprintf(out, "%zu more\n", n - room);
	fflush(out);
	cli_table_free(t);
}

static void print_lines(const struct monitor *mon, const struct row *rows, size_t n)
{
	char clock[32], s[5][CLI_NUM_MAX];
	bool exact = mon->cli->exact;

	clock_text(clock, sizeof(clock), mon->cli->json);
	for (size_t i = 0; i < n; i++) {
		const struct cli_rates *r = &rows[i].rates;

		if (mon->cli->json) {
			json_t *json =
				json_pack("{s:s, s:s, s:b, s:s, s:o}", "time", clock, "port",
					  rows[i].port->name, "up", rows[i].port->up, "reason",
					  rows[i].port->reason, "rates", cli_rates_json(r));

			json_dumpf(json, mon->cli->out, JSON_COMPACT);
			fputc('\n', mon->cli->out);
			json_decref(json);
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
}

static void show(const struct monitor *mon, const struct cli_model *before,
		 const struct cli_model *now)
{
	struct row *rows = cli_calloc(now->n_ports, sizeof(*rows));
	struct cli_rates sum;
	size_t n = make_rows(mon, before, now, rows, &sum);

	if (mon->screen)
		draw(mon, rows, n, &sum);
	else
		print_lines(mon, rows, n);
	free(rows);
}

static void key(struct monitor *mon)
{
	char c;

	if (read(STDIN_FILENO, &c, 1) != 1 || c == 'q' || c == 'Q')
		stopped = 1;
	else if (strchr("nrtd", c))
		mon->sort = c;
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Until @deadline_ms; a key on a screen draws again at once what is known. */
static void wait_until(struct monitor *mon, uint64_t deadline_ms, const struct cli_model *before,
		       const struct cli_model *now)
{
	while (!stopped && now_ms() < deadline_ms) {
		struct pollfd pfd = {.fd = mon->screen ? STDIN_FILENO : -1, .events = POLLIN};

		if (poll(&pfd, 1, (int)(deadline_ms - now_ms())) <= 0)
			continue;
		key(mon);
		if (!stopped && before->reply)
			show(mon, before, now);
	}
}

static void screen_on(struct monitor *mon)
{
	struct termios raw;

	mon->screen = mon->cli->tty && !mon->cli->json && isatty(STDIN_FILENO) &&
		      tcgetattr(STDIN_FILENO, &mon->old) == 0;
	if (!mon->screen)
		return;
	raw = mon->old;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs("\033[?1049h\033[?25l", mon->cli->out);
}

static void screen_off(struct monitor *mon)
{
	if (!mon->screen)
		return;
	fputs("\033[?25h\033[?1049l", mon->cli->out);
	fflush(mon->cli->out);
	tcsetattr(STDIN_FILENO, TCSANOW, &mon->old);
}

static int run(struct monitor *mon, struct cli_client *client)
{
	struct cli_model models[2] = {0};
	struct cli_model *before = &models[0], *now = &models[1];
	uint64_t next = now_ms();
	unsigned long shown = 0;
	int rc = cli_model_get(client, CLI_PART_PORTS, NULL, now);

	for (size_t i = 0; rc == 0 && i < mon->line->n_args; i++)
		if (!cli_model_port(now, mon->line->args[i]))
			rc = cli_no_such_port(now, mon->line->args[i]);
	if (rc == 0)
		screen_on(mon);
	while (rc == 0 && !stopped) {
		struct cli_model *swap = before;

		next += mon->interval_ms;
		wait_until(mon, next, before, now);
		if (stopped)
			break;
		cli_model_free(before);
		before = now;
		now = swap;
		rc = cli_model_get(client, CLI_PART_PORTS, NULL, now);
		if (rc)
			break;
		show(mon, before, now);
		if (ferror(mon->cli->out) || (mon->count && ++shown >= mon->count))
			break;
	}
	screen_off(mon);
	cli_model_free(before);
	cli_model_free(now);
	return rc;
}

static bool parse_interval(const struct cmd_line *line, uint64_t *ms)
{
	const char *text = cmd_value(line, "interval");
	char *end;
	double s;

	if (!text)
		return true;
	s = strtod(text, &end);
	if (end == text || *end || !(s >= 0.1 && s <= 3600)) {
		cli_error("--interval %s: seconds from 0.1 to 3600 are needed", text);
		return false;
	}
	*ms = (uint64_t)(s * 1000 + 0.5);
	return true;
}

int cmd_monitor(struct cli *cli, const struct cmd_line *line)
{
	struct monitor mon = {.cli = cli, .line = line, .interval_ms = 1000, .sort = 'n'};
	struct sigaction action = {.sa_handler = stop};
	struct cli_client *client;
	int rc;

	if (!parse_interval(line, &mon.interval_ms) ||
	    !cmd_number(line, "count", 1, 1000000000, &mon.count))
		return CLI_USAGE;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	client = cli_connect(cli);
	if (!client)
		return CLI_UNREACHABLE;
	rc = run(&mon, client);
	cli_disconnect(cli, client);
	return rc;
}
