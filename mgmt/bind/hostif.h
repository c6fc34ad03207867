/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host interfaces, which heddle-switch's row includes.
 */
#ifndef MGMT_BIND_HOSTIF_H
#define MGMT_BIND_HOSTIF_H

#include "mgmt/bind/bind.h"

void bd_rule_hostif_names(const struct bd_model *m, struct ds_errors *errs);
void bd_rule_hostif_addresses(const struct bd_model *m, struct ds_errors *errs);
void bd_translate_hostifs(const struct bd_model *m, struct bd_list *out);

#endif
