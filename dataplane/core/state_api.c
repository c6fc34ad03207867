/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Answers requests for the state of ports, domains and drops. Control thread; it asks no worker.
 */
#include <string.h>

#include <rte_common.h>

#include "heddle/api/port.h"
#include "heddle/api/stats.h"
#include "heddle/api/switch.h"
#include "dataplane/core/api.h"
#include "dataplane/core/config.h"
#include "dataplane/core/drop.h"
#include "dataplane/core/port_table.h"

static void on_port_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	(void)arg;
	for (uint16_t id = 0; id < dp_port_id_end(); id++) {
		struct hd_port_state state;

		if (!dp_port_by_id(id))
			continue;
		dp_port_describe(dp_port_by_id(id), &state);
		hd_chan_reply_item(chan, msg->hdr, &state, sizeof(state));
	}
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void on_drop_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	const struct dp_drop_reason *r;

	(void)arg;
	for (unsigned int i = 0; (r = dp_drop_by_index(i)) != NULL; i++) {
		struct hd_drop_info info = {
			.ingress = r->side == DP_DROP_INGRESS, .error = r->error, .index = i};

		hd_str_copy(info.name, sizeof(info.name), r->name);
		hd_str_copy(info.text, sizeof(info.text), r->text);
		hd_chan_reply_item(chan, msg->hdr, &info, sizeof(info));
	}
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static const struct hd_handler state_table[] = {
	HD_HANDLER(PORT_LIST, on_port_list),
	HD_HANDLER(DROP_LIST, on_drop_list),
};
DP_API_REGISTER(state_table);
