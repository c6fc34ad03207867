/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Settings from defaults, heddled.conf and the command line. The latter overrides the former.
 */
#ifndef SUPERVISOR_CONF_H
#define SUPERVISOR_CONF_H

#include "supervisor/settings_core.h"

/*
 * Fills @settings. Refuses a heddled.conf that its group or others can write, since it sets the
 * roots that confine the planes. The default file need not exist. Returns 0, or -errno with @err.
 */
int conf_load(struct settings *settings, int argc, const char *const *argv, struct hd_err *err);

#endif
