/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names that there are in the running switch and on the machine, for completion. One thread.
 */
#ifndef MGMT_CLI_COMMAND_NAMES_H
#define MGMT_CLI_COMMAND_NAMES_H

#include "mgmt/cli/command/cli.h"

enum cli_name_kind {
	CLI_NAME_PORT, /* also of a gateway */
	CLI_NAME_SWITCH,
	CLI_NAME_SEGMENT,
	CLI_NAME_GATEWAY,
	CLI_NAME_VRF,
};

struct cli_name {
	enum cli_name_kind kind;
	char *name;
	char *help; /* "vhost-user port", "segment of sw0" */
};

struct cli_names {
	struct cli_name *list; /* by kind, then by name as people count */
	size_t n;
};

/*
 * Asks the switch, without a word when there is none; then there are no names. Free with
 * cli_names_free().
 */
void cli_names_get(struct cli *cli, struct cli_names *names);
void cli_names_free(struct cli_names *names);

/*
 * Tells @fn of names on this machine: of "devices" (network interfaces but lo), "taps" or
 * "namespaces", as the statement on-host of the model has it.
 */
void cli_host_names(const char *what, void (*fn)(void *arg, const char *name), void *arg);

#endif
