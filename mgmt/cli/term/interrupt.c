/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgmt/cli/term/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;
static int fds[2] = {-1, -1};

void cli_interrupt_raise(void)
{
	int saved = errno;

	interrupted = 1;
	if (fds[1] >= 0 && write(fds[1], "", 1) < 0)
		errno = saved; /* full: it is readable already */
	errno = saved;
}

static void on_signal(int sig)
{
	(void)sig;
	cli_interrupt_raise();
}

void cli_interrupt_watch(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	if (fds[0] < 0 && pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		fds[0] = fds[1] = -1;
	sigaction(SIGINT, &action, NULL); /* no SA_RESTART: what waits is to return */
}

bool cli_interrupted(void)
{
	return interrupted;
}

void cli_interrupt_clear(void)
{
	char bytes[64];

	interrupted = 0;
	while (fds[0] >= 0 && read(fds[0], bytes, sizeof(bytes)) > 0)
		;
}

int cli_interrupt_fd(void)
{
	return fds[0];
}
