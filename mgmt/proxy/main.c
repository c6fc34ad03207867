/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-netconf: carries a NETCONF session between stdin, stdout and the switch's socket. sshd starts
 * it as the user who logged in, and the switch asks the kernel who that is.
 *
 * Each direction has a thread that blocks, so that neither waits for the other. When the client is
 * done sending, the switch answers what it was asked, and then ends the session, and with it this.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "heddle-build.h"

#define SOCKET "/run/heddle/netconf.sock"
#define BUFFER 65536

static const char usage[] =
	"usage: heddle-netconf [--socket PATH]\n"
	"Carries NETCONF between stdin, stdout and the switch. See heddle-netconf(1).\n";

struct pipe {
	int from, to;
	char buffer[BUFFER];
};

/* Until there is no more, or nobody takes it. */
static void carry(struct pipe *p)
{
	ssize_t n, done, rc;

	for (;;) {
		n = read(p->from, p->buffer, sizeof(p->buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		for (done = 0; done < n; done += rc) {
			rc = write(p->to, p->buffer + done, n - done);
			if (rc < 0 && errno == EINTR)
				rc = 0;
			else if (rc < 0)
				return;
		}
	}
}

static void *up(void *arg)
{
	struct pipe *p = arg;

	carry(p);
	shutdown(p->to, SHUT_WR);
	return NULL;
}

static int explain(const char *path, int code)
{
	fprintf(stderr, "heddle-netconf: cannot reach the switch at %s: %s\n", path,
		strerror(code));
	if (code == ENOENT || code == ECONNREFUSED)
		fprintf(stderr, "It does not run: systemctl start heddled\n");
	else if (code == EACCES || code == EPERM)
		fprintf(stderr, "You may not use it: usermod -aG heddle USER, or heddle-view to "
				"look only; then log in again\n");
	return 1;
}

static int open_switch(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		int code = errno;

		close(fd);
		return -code;
	}
	return fd;
}

static int relay(int fd)
{
	static struct pipe there, back;
	pthread_t thread;
	int rc;

	there = (struct pipe){.from = STDIN_FILENO, .to = fd};
	back = (struct pipe){.from = fd, .to = STDOUT_FILENO};
	rc = pthread_create(&thread, NULL, up, &there);
	if (rc) {
		fprintf(stderr, "heddle-netconf: cannot start a thread: %s\n", strerror(rc));
		return 1;
	}
	carry(&back);
	return 0; /* ends the other thread, too */
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"socket", required_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	const char *path = SOCKET;
	int opt, fd;

	while ((opt = getopt_long(argc, argv, "s:hV", options, NULL)) != -1) {
		switch (opt) {
		case 's': path = optarg; break;
		case 'h': printf("%s", usage); return 0;
		case 'V': printf("heddle-netconf " HD_VERSION "\n"); return 0;
		default: fprintf(stderr, "%s", usage); return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "heddle-netconf: \"%s\" is not an option\n%s", argv[optind], usage);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	fd = open_switch(path);
	return fd < 0 ? explain(path, -fd) : relay(fd);
}
