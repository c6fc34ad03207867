/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Serves heddle-mgmt's requests for the state of punt. Control thread.
 */
#include <rte_common.h>

#include "heddle/api/punt.h"
#include "dataplane/core/api.h"
#include "dataplane/punt/queue.h"
#include "dataplane/punt/rules.h"
#include "dataplane/punt/totals.h"

static uint64_t total(const _Atomic uint64_t *of)
{
	return atomic_load_explicit(of, memory_order_relaxed);
}

static void on_class_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_punt_totals totals = {
		.injected = total(&punt_totals.injected),
		.inject_refused = total(&punt_totals.inject_refused),
		.leases = total(&punt_totals.leases),
		.leases_expired = total(&punt_totals.leases_expired),
	};

	for (uint32_t i = 0; i < HD_PUNT_CLASSES_MAX; i++) {
		struct hd_punt_class_state s = {
			.matched = punt_counted(i, PUNT_MATCHED),
			.policed = punt_counted(i, PUNT_POLICED),
			.full = punt_counted(i, PUNT_FULL),
			.unusable = punt_counted(i, PUNT_UNUSABLE),
			.sent = punt_counted(i, PUNT_SENT),
		};

		if (punt_rules_class_copy(i, &s.config))
			hd_chan_reply_item(chan, msg->hdr, &s, sizeof(s));
	}
	hd_chan_reply(chan, msg->hdr, &totals, sizeof(totals), NULL, 0);
}

static const struct hd_handler punt_table[] = {
	HD_HANDLER(PUNT_CLASS_LIST, on_class_list),
};
HD_API_REGISTER(punt_table);
