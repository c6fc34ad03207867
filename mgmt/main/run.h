/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * heddle-mgmt as a plane: under heddled, serving NETCONF.
 */
#ifndef MGMT_MAIN_RUN_H
#define MGMT_MAIN_RUN_H

#include <libyang/libyang.h>

#include "mgmt/main/options.h"

#define EXIT_REFUSED 3 /* the configuration file is not right */

/* Runs until heddled says stop. Returns the exit status. */
int run(const struct options *options, struct ly_ctx *ctx);

#endif
