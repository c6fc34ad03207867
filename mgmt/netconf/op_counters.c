/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * clear-counters (heddle-system): from here, without a word to heddle-dp; see mgmt/backend/baseline.h.
 */
#include <stdio.h>
#include <string.h>

#include <event2/buffer.h>

#include "heddle/base/log.h"
#include "mgmt/datastore/tree.h"
#include "mgmt/netconf/rpc.h"

#define NS "urn:heddle:yang:heddle-system"

static unsigned int clear(struct bk *bk, const char *port)
{
	unsigned int n = 0;

	for (size_t i = 0; i < bk->ports.n; i++) {
		const struct hd_port_state *state = bk->ports.list[i];

		if (!port || strcmp(port, state->name) == 0)
			n += bk_stats_clear(&bk->stats, state->id, state->name);
	}
	return n;
}

static void clear_counters(struct nc_call *call)
{
	const char *port = ds_value(call->op, NULL, "port");
	struct bk *bk = call->server->bk;
	struct evbuffer *body;
	char path[NC_PATH_MAX];
	struct hd_err err;
	unsigned int n;

	snprintf(path, sizeof(path), NC_PORT_PATH, port ? port : "");
	/* What may not be read is not there, in words as well. */
	if (port && (!bk_ports_find(&bk->ports, port) || !nc_call_reads(call, path))) {
		nc_call_error(call, DS_INVALID_VALUE, "there is no port \"%s\" on the switch",
			      port);
		return;
	}
	n = clear(bk, port);
	if (!n && port) {
		nc_call_error(call, DS_OPERATION_FAILED,
			      "port \"%s\" is not counted: heddle-dp does not have it", port);
		return;
	}
	if (bk_baselines_save(&bk->stats.cleared, &err) < 0)
		hd_log(HD_LOG_WARNING, "counters were cleared until heddle-mgmt is restarted: %s",
		       err.text);
	body = evbuffer_new();
	evbuffer_add_printf(body, "<ports xmlns=\"" NS "\">%u</ports>", n);
	nc_call_data(call, body);
	evbuffer_free(body);
}

NC_REGISTER(clear_counters_op) = {"heddle-system", "clear-counters", clear_counters};
