/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is found out about a message before libyang reads it: is it well-formed, and does each attribute
 * stand where it means something?
 */
#ifndef MGMT_NETCONF_RPC_CHECK_H
#define MGMT_NETCONF_RPC_CHECK_H

#include "mgmt/netconf/rpc.h"

/*
 * Reads @text (its values of attributes are normalized in place) and takes the attributes of <rpc> for
 * the reply. False with @errs. *@meant (malloced) is what libyang has to read in the place of @text,
 * when a filter has what it does not know; else NULL.
 */
bool nc_rpc_check(struct nc_call *call, const struct ly_ctx *ctx, char *text, size_t len,
		  char **meant, struct ds_errors *errs);

/* Takes the attributes of <rpc> alone, when the message is refused without being read. */
void nc_rpc_head(struct nc_call *call, char *text, size_t len);

#endif
