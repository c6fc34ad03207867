/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the verbs need to know of the running configuration.
 */
#ifndef MGMT_CLI_VERBS_RUNNING_H
#define MGMT_CLI_VERBS_RUNNING_H

#include "mgmt/cli/command/cli.h"

struct cli_running {
	struct lyd_node *reply;
	const struct lyd_node *interfaces, *switches; /* may be NULL */
};

/*
 * Reads names of switches and segments, and @port with all that is configured of it (NULL: names of
 * all ports). Returns an exit status after a message.
 */
int cli_running_get(struct cli_client *client, const char *port, struct cli_running *running);
void cli_running_free(struct cli_running *running);

/*
 * The switch that is meant: @name, or the only one. Returns NULL after a message, when @needed or when
 * @name is not there.
 */
const char *cli_running_switch(const struct cli_running *running, const char *name, bool needed);

/* The interface of that name; NULL after a message with the closest one. */
const struct lyd_node *cli_running_port(struct cli_client *client,
					const struct cli_running *running, const char *name);

/* True, after a message, when there is a "port", "switch" or "segment" of that name already. */
bool cli_running_has(const struct cli_running *running, const char *what, const char *name,
		     const char *sw);

/* True when the port is one of the transient ones. */
bool cli_running_is_transient(struct cli_client *client, const char *name);

/* Says that the switch has no such segment, with the closest name, if so. */
bool cli_running_lacks(const struct cli_running *running, const char *segment, const char *sw);

/*
 * Says which ports, also transient ones, are in the segment, or with NULL on the switch. False, and
 * nothing is said, when none is.
 */
bool cli_running_used(struct cli_client *client, const char *sw, const char *segment);

/*
 * Waits until the port is up, or there for a machine to attach to; at most @seconds. Returns an
 * exit status, CLI_REFUSED after a message that says why it is not.
 */
int cli_port_wait(struct cli *cli, struct cli_client *client, const char *name,
		  unsigned long seconds);

#endif
