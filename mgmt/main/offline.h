/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replay: configures one heddle-dp over a channel and lets it run through its captures.
 */
#ifndef MGMT_MAIN_OFFLINE_H
#define MGMT_MAIN_OFFLINE_H

#include "heddle/base/err.h"
#include "mgmt/bind/config.h"

/*
 * Sends a full bracket with @config, which was read from @path, over @fd (taken over), then says go and waits for the end.
 * Returns 0, or -errno with @err: the data plane's words.
 */
int offline_run(int fd, const struct bd_config *config, const char *path, struct hd_err *err);

#endif
