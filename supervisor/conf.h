/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Settings from defaults, heddled.conf and the command line, the later over the earlier.
 */
#ifndef SUPERVISOR_CONF_H
#define SUPERVISOR_CONF_H

#include "supervisor/settings_core.h"

/*
 * Returns 0 or -errno with @err. heddled.conf sets roots that planes are held to, so one that others
 * can write is refused. The default file need not exist.
 */
int conf_load(struct settings *settings, int argc, const char *const *argv, struct hd_err *err);

#endif
