/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waiting for a port that was just added.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "mgmt/cli/command/model.h"
#include "mgmt/cli/verbs/running.h"

#define LOOK_EVERY_MS 50

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Looks once: 1 when the wait is over, 0 when not, else an exit status of minus that. */
static int look(struct cli *cli, struct cli_client *client, const char *name, bool last)
{
	struct cli_model m;
	const struct cli_port *port;
	int rc = -cli_model_get(client, CLI_PART_PORTS, name, &m);

	port = rc == 0 ? cli_model_port(&m, name) : NULL;
	if (port && (port->up || strcmp(port->reason, "no-peer") == 0)) {
		if (!cli->json)
			fprintf(cli->out, "port %s %s\n", name,
				port->up ? "is up" : "is there, and waits for its machine");
		rc = 1;
	} else if (port && last) {
		cli_error("port %s is not up: %s%s%s", name, port->reason,
			  *cli_xml_text(port->state, "text") ? ": " : "",
			  cli_xml_text(port->state, "text"));
		rc = -CLI_REFUSED;
	} else if (last && rc == 0) {
		cli_error("port %s is gone again", name);
		rc = -CLI_REFUSED;
	}
	cli_model_free(&m);
	return rc;
}

int cli_port_wait(struct cli *cli, struct cli_client *client, const char *name,
		  unsigned long seconds)
{
	struct pollfd interrupt = {.fd = cli_interrupt_fd(), .events = POLLIN};
	double end = now() + (double)seconds;
	int rc;

	while ((rc = look(cli, client, name, now() >= end)) == 0)
		if (poll(&interrupt, 1, LOOK_EVERY_MS) > 0 || cli_interrupted())
			return CLI_REFUSED;
	return rc == 1 ? CLI_OK : -rc;
}
