/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mgmt/cli/term/mem.h"

struct cli_pager {
	struct cli_str held; /* a first screen, while there is no more than that */
	unsigned int rows, columns;
	unsigned int used; /* rows of the screen that are written */
	bool started, quit;
	int fd; /* to the program; -1: there is none, so all goes to the terminal */
	pid_t pid;
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

/* The reader's own choice, else less; NULL: there is none. */
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

static void forward(struct cli_pager *p, const char *text, size_t len)
{
	if (p->fd < 0)
		fwrite(text, 1, len, stdout);
	while (p->fd >= 0 && len) {
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
	forward(p, p->held.text, p->held.len);
}

void cli_pager_close(struct cli_pager *p)
{
	if (!p)
		return;
	if (!p->started && p->held.len)
		fwrite(p->held.text, 1, p->held.len, stdout);
	fflush(stdout);
	if (p->fd >= 0) {
		close(p->fd);
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	cli_str_free(&p->held);
	free(p);
}
