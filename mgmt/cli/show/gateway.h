/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the commands about gateways share.
 */
#ifndef MGMT_CLI_SHOW_GATEWAY_H
#define MGMT_CLI_SHOW_GATEWAY_H

#include "mgmt/cli/command/cli.h"
#include "mgmt/cli/command/model.h"

#define CLI_NS_GATEWAY "urn:heddle:yang:heddle-gateway"

/* Says that there is none of that name in the model, which has gateways alone. Returns CLI_REFUSED. */
int cli_no_such_gateway(const struct cli_model *model, const char *name);

#endif
