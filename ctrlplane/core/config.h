/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configuration as it comes from heddle-mgmt: message handlers around config_core.h.
 */
#ifndef CTRLPLANE_CORE_CONFIG_H
#define CTRLPLANE_CORE_CONFIG_H

#include <stdint.h>

#include "heddle/base/err.h"

struct hd_chan;

/* Collects the handlers of all registered features. Once, at the start. -ENOMEM. */
int cp_config_init(struct hd_err *err);

/* Serves configuration on a new channel to heddle-mgmt. */
void cp_config_serve(struct hd_chan *chan);

/* The channel to heddle-mgmt is gone: an open bracket is aborted, what runs stays. */
void cp_config_lost(void);

/* Generation of the configuration in force; 0: none. */
uint64_t cp_config_generation(void);

void cp_config_fini(void);

#endif
