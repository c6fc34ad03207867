/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * set-log-level (heddle-system): heddled tells all processes.
 */
#include "heddle/base/log.h"
#include "heddle/ipc/chan.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/rpc.h"

static void tell(const char *level, const struct nc_call *call)
{
	hd_log(HD_LOG_NOTICE, "the log level is %s from now on: by %s", level,
	       call->peer->who.user);
}

static void set_log_level(struct nc_call *call)
{
	const char *level = ds_value(call->op, NULL, "level");
	struct hd_log_level_msg msg = {.level = (uint32_t)hd_log_level_parse(level)};
	struct bk *bk = call->server->bk;
	bool told = hd_log_wants(HD_LOG_NOTICE);

	if (!bk->supervisor || hd_chan_event(bk->supervisor, LOG_LEVEL, &msg) < 0) {
		nc_call_error(call, DS_OPERATION_FAILED, "heddled cannot be told: it is gone");
		return;
	}
	/* The line is written when the level before or the one after lets it pass. */
	if (told)
		tell(level, call);
	hd_log_level_take(&msg);
	if (!told)
		tell(level, call);
	nc_call_ok(call);
}

NC_REGISTER(log_level_op) = {"heddle-system", "set-log-level", set_log_level};
