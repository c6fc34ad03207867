/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Gateways: what more than their row looks at.
 */
#ifndef MGMT_BIND_GATEWAY_H
#define MGMT_BIND_GATEWAY_H

#include "mgmt/bind/bind.h"

/*
 * The machine's id, as /etc/machine-id has it: MAC addresses that are not configured are made of it, from
 * now on. Without it, or with a text that is none (NULL), they are those of a replay: the same on all
 * machines.
 */
void bd_gateway_machine(const char *id);

/* The MAC address of a gateway: the configured one, or the one that is made for it. */
void bd_gateway_mac(const struct bd_port *gateway, uint8_t mac[6]);

/* Rules about gateways together: gateway_rules.c. */
void bd_rule_gateway_room(const struct bd_model *model, struct ds_errors *errs);
void bd_rule_gateway_segments(const struct bd_model *model, struct ds_errors *errs);
void bd_rule_gateway_networks(const struct bd_model *model, struct ds_errors *errs);
void bd_rule_gateway_macs(const struct bd_model *model, struct ds_errors *errs);

#endif
