/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "mgmt/cli/term/interrupt.h"
#include "mgmt/cli/term/mem.h"

#define PROMPT "-- more: space, enter, / to search, G for all, q --"

struct cli_pager {
	struct cli_str held; /* a first screen, while there is no more than that */
	unsigned int rows, columns;
	unsigned int used; /* rows of the screen that are written */
	bool started, quit, all;
	int fd; /* to the program; -1: none */
	pid_t pid;
	struct cli_str line; /* not complete yet */
	regex_t wanted;      /* lines are skipped until one fits */
	bool searching;
};

static void measure(struct cli_pager *p)
{
	struct winsize size = {0};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	p->rows = size.ws_row > 1 ? size.ws_row : 24;
	p->columns = size.ws_col ? size.ws_col : 80;
}

struct cli_pager *cli_pager_new(void)
{
	struct cli_pager *p = cli_calloc(1, sizeof(*p));

	p->fd = -1;
	measure(p);
	return p;
}

/* Rows that a line takes; escape sequences take no room. */
static unsigned int rows_of(const struct cli_pager *p, const char *text, size_t len)
{
	unsigned int width = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\033') {
			while (i < len && !(text[i] >= 'a' && text[i] <= 'z'))
				i++;
		} else if (text[i] != '\n' && ((unsigned char)text[i] & 0xc0) != 0x80) {
			width++;
		}
	}
	return width ? (width + p->columns - 1) / p->columns : 1;
}

static bool on_path(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = cli_strdup(path ? path : ""), *save = NULL;
	bool found = false;

	for (char *dir = strtok_r(copy, ":", &save); dir && !found;
	     dir = strtok_r(NULL, ":", &save)) {
		char *file = cli_asprintf("%s/%s", dir, name);

		found = access(file, X_OK) == 0;
		free(file);
	}
	free(copy);
	return found;
}

/* The reader's own choice, else less; NULL: our own. */
static const char *program(void)
{
	const char *pager = getenv("PAGER");

	if (pager && *pager)
		return pager;
	return on_path("less") ? "less" : NULL;
}

static void start(struct cli_pager *p)
{
	const char *command = program();
	int fds[2];

	p->started = true;
	fflush(stdout);
	if (!command || pipe2(fds, O_CLOEXEC) < 0)
		return;
	p->pid = fork();
	if (p->pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		dup2(fds[0], STDIN_FILENO);
		setenv("LESS", "RX", 0);
		setenv("LESSSECURE", "1", 1); /* it shows this, and starts nothing */
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[0]);
	if (p->pid < 0)
		close(fds[1]);
	else
		p->fd = fds[1];
}

static void send_to_program(struct cli_pager *p, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(p->fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			p->quit = true; /* the reader has seen enough */
			return;
		}
		text += n;
		len -= (size_t)n;
	}
}

/* A key, or 'q' when there is none to be had any more. */
static char read_key(void)
{
	struct pollfd pfds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = cli_interrupt_fd(), .events = POLLIN},
	};
	char c;

	while (!cli_interrupted()) {
		if (poll(pfds, 2, -1) < 0 && errno != EINTR)
			break;
		if (pfds[0].revents && !cli_interrupted())
			return read(STDIN_FILENO, &c, 1) == 1 ? c : 'q';
	}
	return 'q';
}

/* What to search for, typed behind '/'. False when it was given up or is no expression. */
static bool read_search(struct cli_pager *p)
{
	char text[128] = "";
	size_t n = 0;

	fputs("\r\033[K/", stdout);
	for (;;) {
		char c;

		fflush(stdout);
		c = read_key();
		if (cli_interrupted())
			return false;
		if (c == '\n' || c == '\r')
			break;
		if ((c == 127 || c == '\b') && n) {
			text[--n] = '\0';
			fputs("\b \b", stdout);
		} else if (c >= ' ' && n + 1 < sizeof(text)) {
			text[n++] = c;
			text[n] = '\0';
			fputc(c, stdout);
		}
	}
	if (p->searching)
		regfree(&p->wanted);
	p->searching = n && regcomp(&p->wanted, text, REG_EXTENDED | REG_NOSUB) == 0;
	return p->searching;
}

/* The screen is full: asks how to go on. */
static void ask(struct cli_pager *p)
{
	struct termios old, raw;
	bool asking = true;

	tcgetattr(STDIN_FILENO, &old);
	raw = old;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	while (asking) {
		fputs("\r\033[K\033[7m" PROMPT "\033[0m", stdout);
		fflush(stdout);
		asking = false;
		switch (read_key()) {
		case ' ':
		case 'f': p->used = 0; break;
		case '\n':
		case '\r':
		case 'j': p->used--; break;
		case 'G': p->all = true; break;
		case '/':
			asking = !read_search(p) && !cli_interrupted();
			p->used = 0;
			break;
		case 'q':
		case 'Q': p->quit = true; break;
		default: asking = true; break;
		}
		p->quit |= cli_interrupted();
		asking &= !p->quit;
	}
	tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
	fputs("\r\033[K", stdout);
	measure(p);
}

static bool found(struct cli_pager *p, char *line, size_t len)
{
	char end = line[len - 1];
	bool fits;

	if (!p->searching)
		return true;
	line[len - 1] = '\0';
	fits = regexec(&p->wanted, line, 0, NULL, 0) == 0;
	line[len - 1] = end;
	if (fits) {
		regfree(&p->wanted);
		p->searching = false;
	}
	return fits;
}

static void show_line(struct cli_pager *p, char *line, size_t len)
{
	unsigned int rows = rows_of(p, line, len);

	if (!found(p, line, len))
		return;
	if (!p->all && p->used + rows > p->rows - 1)
		ask(p);
	if (p->quit)
		return;
	p->used += rows;
	fwrite(line, 1, len, stdout);
}

static void show(struct cli_pager *p, const char *text, size_t len)
{
	while (len && !p->quit) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline ? (size_t)(newline - text) + 1 : len;

		cli_str_add(&p->line, text, n);
		text += n;
		len -= n;
		if (!newline)
			break;
		show_line(p, p->line.text, p->line.len);
		p->line.len = 0;
	}
}

static void forward(struct cli_pager *p, const char *text, size_t len)
{
	if (p->fd >= 0)
		send_to_program(p, text, len);
	else
		show(p, text, len);
}

void cli_pager_write(struct cli_pager *p, const char *text, size_t len)
{
	if (p->quit)
		return;
	if (p->started) {
		forward(p, text, len);
		return;
	}
	cli_str_add(&p->held, text, len);
	p->used += rows_of(p, text, len); /* called line by line */
	if (p->used <= p->rows - 1)
		return;
	start(p);
	p->used = 0;
	forward(p, p->held.text, p->held.len);
}

void cli_pager_close(struct cli_pager *p)
{
	if (!p)
		return;
	if (!p->started && p->held.len)
		fwrite(p->held.text, 1, p->held.len, stdout);
	if (p->line.len && !p->quit)
		fwrite(p->line.text, 1, p->line.len, stdout);
	if (p->searching) {
		regfree(&p->wanted);
		fputs("(not found)\n", stdout);
	}
	fflush(stdout);
	if (p->fd >= 0) {
		close(p->fd);
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	cli_str_free(&p->held);
	cli_str_free(&p->line);
	free(p);
}
