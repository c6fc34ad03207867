/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle monitor: live rates. What is drawn is in monitor_draw.c.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "mgmt/cli/show/monitor.h"
#include "mgmt/cli/term/table.h"

#define KEYS_MS 20 /* between two readings at least: keys are read then */

static volatile sig_atomic_t resized;

static void on_resize(int sig)
{
	(void)sig;
	resized = 1;
}

static void on_term(int sig)
{
	(void)sig;
	cli_interrupt_raise();
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static char read_byte(void)
{
	char c;

	return read(STDIN_FILENO, &c, 1) == 1 ? c : 'q';
}

/* A byte that is there already, or 0: what follows an escape. */
static char next_byte(void)
{
	struct pollfd pfd = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&pfd, 1, 20) > 0 ? read_byte() : 0;
}

/* Keys that are more than one byte. */
static void escape(struct monitor *mon)
{
	char c = next_byte();

	if (c == 0) { /* the key itself */
		monitor_filter(mon, "");
		return;
	}
	if (c != '[' && c != 'O')
		return;
	switch (next_byte()) {
	case 'A': monitor_scroll(mon, -1); break;
	case 'B': monitor_scroll(mon, 1); break;
	case '5':
		next_byte();
		monitor_scroll(mon, -monitor_page());
		break;
	case '6':
		next_byte();
		monitor_scroll(mon, monitor_page());
		break;
	default: break;
	}
}

/* While a filter is typed: it holds at once. */
static void type(struct monitor *mon, char c)
{
	size_t n = strlen(mon->typed);

	if (c == '\n' || c == '\r') {
		mon->typing = false;
	} else if (c == '\033') {
		mon->typing = false;
		mon->typed[0] = '\0';
	} else if ((c == 127 || c == '\b') && n) {
		mon->typed[n - 1] = '\0';
	} else if (c >= ' ' && c != 127 && n + 1 < sizeof(mon->typed)) {
		mon->typed[n] = c;
		mon->typed[n + 1] = '\0';
	}
	monitor_filter(mon, mon->typed);
}

static void key(struct monitor *mon)
{
	char c = read_byte();

	if (mon->typing) {
		type(mon, c);
		return;
	}
	switch (c) {
	case 'q':
	case 'Q': mon->stopped = true; break;
	case '/':
		mon->typing = true;
		monitor_filter(mon, "");
		break;
	case 'a': mon->active_only = !mon->active_only; break;
	case 'p':
	case ' ': mon->paused = !mon->paused; break;
	case '?':
	case 'h': mon->help = !mon->help; break;
	case 'j': monitor_scroll(mon, 1); break;
	case 'k': monitor_scroll(mon, -1); break;
	case '\033': escape(mon); break;
	default:
		if (c && strchr(MONITOR_SORTS, c)) {
			mon->sort = c;
			mon->top = 0;
		}
		break;
	}
}

/* Until @deadline_ms; a key or another size of the screen draws again at once what is known. */
static void wait_until(struct monitor *mon, uint64_t deadline_ms)
{
	while (!mon->stopped && now_ms() < deadline_ms) {
		struct pollfd pfds[] = {
			{.fd = mon->screen ? STDIN_FILENO : -1, .events = POLLIN},
			{.fd = cli_interrupt_fd(), .events = POLLIN},
		};
		uint64_t now = now_ms();
		int rc = poll(pfds, 2, deadline_ms > now ? (int)(deadline_ms - now) : 0);

		if (cli_interrupted())
			mon->stopped = true;
		else if (rc > 0 && pfds[0].revents)
			key(mon);
		else if (!resized)
			continue;
		resized = 0;
		if (!mon->stopped && mon->screen)
			monitor_draw(mon);
	}
}

static struct termios old_terminal;

static void screen_on(struct monitor *mon)
{
	struct termios raw;

	if (!mon->screen || tcgetattr(STDIN_FILENO, &old_terminal) < 0)
		return;
	raw = old_terminal;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs("\033[?1049h\033[?25l", mon->cli->out);
	fflush(mon->cli->out);
}

static void screen_off(struct monitor *mon)
{
	if (!mon->screen)
		return;
	fputs("\033[?25h\033[?1049l", mon->cli->out);
	fflush(mon->cli->out);
	tcsetattr(STDIN_FILENO, TCSANOW, &old_terminal);
}

/*
 * A reading. On a screen what goes wrong is shown there, and tried again with the next one: the
 * management plane may be restarted meanwhile.
 */
static int fetch(struct monitor *mon, struct cli_model *m)
{
	FILE *was = stderr, *held = NULL;
	char *text = NULL;
	size_t len;
	int rc;

	if (mon->screen)
		held = open_memstream(&text, &len);
	if (held)
		stderr = held;
	if (mon->client && cli_client_broken(mon->client)) {
		cli_client_close(mon->client);
		mon->client = NULL;
	}
	if (!mon->client)
		mon->client = cli_connect_apart(mon->cli);
	rc = mon->client ? cli_model_get(mon->client, CLI_PART_PORT_RATES, NULL, m)
			 : CLI_UNREACHABLE;
	if (held) {
		fclose(held);
		stderr = was;
	}
	free(mon->trouble);
	mon->trouble = rc && text ? cli_text_clean(cli_strndup(text, strcspn(text, "\n"))) : NULL;
	free(text);
	return rc;
}

/* One interval; false when it was the last one. */
static bool turn(struct monitor *mon, uint64_t *next, int *rc)
{
	struct cli_model fresh = {0};

	*next += mon->interval_ms;
	if (*next <
	    now_ms() + KEYS_MS) /* it was stopped, or the switch is slow: nothing to catch up */
		*next = now_ms() + KEYS_MS;
	wait_until(mon, *next);
	if (mon->stopped)
		return false;
	if (mon->paused)
		return true;
	*rc = fetch(mon, &fresh);
	if (*rc && !mon->screen)
		return false;
	if (*rc == 0) {
		cli_model_free(&mon->before);
		mon->before = mon->now;
		mon->now = fresh;
	}
	if (cli_interrupted())
		return false;
	if (mon->screen)
		monitor_draw(mon);
	else
		monitor_lines(mon);
	return !ferror(mon->cli->out) && (!mon->count || --mon->count);
}

static int run(struct monitor *mon)
{
	uint64_t next = now_ms();
	bool screen = mon->screen;
	int rc;

	mon->screen = false; /* what goes wrong at the start is said, not drawn */
	rc = fetch(mon, &mon->now);
	mon->screen = screen;
	for (size_t i = 0; rc == 0 && i < mon->line->n_args; i++)
		if (!cli_model_port(&mon->now, mon->line->args[i]))
			rc = cli_no_such_port(&mon->now, mon->line->args[i]);
	if (rc)
		return rc;
	screen_on(mon);
	if (mon->screen)
		monitor_draw(mon);
	while (turn(mon, &next, &rc))
		;
	screen_off(mon);
	return cli_interrupted() || mon->stopped ? CLI_OK : rc;
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

static bool parse_sort(const struct cmd_line *line, char *sort)
{
	const char *text = cmd_value(line, "sort");

	if (text && (!*text || text[1] || !strchr(MONITOR_SORTS, *text))) {
		cli_error("--sort %s: one of the keys " MONITOR_SORTS " is needed", text);
		return false;
	}
	if (text)
		*sort = *text;
	return true;
}

static int run_monitor(struct cli *cli, const struct cmd_line *line)
{
	struct monitor mon = {.cli = cli, .line = line, .interval_ms = 1000, .sort = 'n'};
	struct sigaction resize = {.sa_handler = on_resize}, old_resize, old_term;
	struct sigaction term = {.sa_handler = on_term};
	int rc;

	if (!parse_interval(line, &mon.interval_ms) || !parse_sort(line, &mon.sort) ||
	    !cmd_number(line, "count", 1, 1000000000, &mon.count))
		return CLI_USAGE;
	mon.screen = cli->tty && !cli->json && isatty(STDIN_FILENO);
	cli_interrupt_watch();
	sigaction(SIGWINCH, &resize, &old_resize);
	sigaction(SIGTERM, &term, &old_term);
	rc = run(&mon);
	sigaction(SIGWINCH, &old_resize, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	cli_model_free(&mon.before);
	cli_model_free(&mon.now);
	cli_client_close(mon.client);
	free(mon.trouble);
	return rc;
}

static const struct cmd_option monitor_options[] = {
	{"interval", 'i', "SECONDS", "time between two readings, 0.1 to 3600 (default: 1)", NULL},
	{"count", 'n', "N", "end after N readings (default: go on)", NULL},
	{"sort", 's', "KEY", "sort by what this key of the screen sorts by: n r t i o d s", NULL},
	{0},
};

CMD_REGISTER(cmd_monitor) = {
	.part = CMD_PART_WATCH,
	.place = 10,
	.name = "monitor",
	.args = "[PORT...]",
	.summary = "live packet, bit and drop rates of the ports",
	.text = "On a terminal a screen that is redrawn; q ends it, h explains its keys: n, r, t, i, o, "
		"d and s sort by name, packets received and sent, bits received and sent, drops "
		"and state; / shows only ports with a text in their names. Without a terminal, "
		"lines: one for each port and interval, or with --json an object a line.",
	.options = monitor_options,
	.max_args = 1024,
	.words = &words_port,
	.screen = true,
	.run = run_monitor,
};
