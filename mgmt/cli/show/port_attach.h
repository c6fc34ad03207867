/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MGMT_CLI_SHOW_PORT_ATTACH_H
#define MGMT_CLI_SHOW_PORT_ATTACH_H

#include "mgmt/cli/command/model.h"

/*
 * Prints what attaches a machine or a container to the port. CLI_REFUSED after a message when nothing
 * does.
 */
int cli_port_attach(struct cli *cli, const struct cli_port *port);

#endif
