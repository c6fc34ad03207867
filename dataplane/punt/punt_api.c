/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Serves heddle-mgmt's requests for the state of punt. Control thread.
 */
#include <rte_common.h>

#include "heddle/api/punt.h"
#include "heddle/base/clock.h"
#include "dataplane/core/api.h"
#include "dataplane/core/config.h"
#include "dataplane/punt/names.h"
#include "dataplane/punt/queue.h"
#include "dataplane/punt/rules.h"
#include "dataplane/punt/shown.h"
#include "dataplane/punt/totals.h"

static uint64_t total(const _Atomic uint64_t *of)
{
	return atomic_load_explicit(of, memory_order_relaxed);
}

/* How many rules each class has. */
static void count_rules(uint32_t n[HD_PUNT_CLASSES_MAX])
{
	struct hd_punt_rule rule;

	for (uint32_t i = 0; i < HD_PUNT_RULES_MAX; i++)
		if (punt_shown_rule(i, &rule))
			n[rule.class_id]++;
}

static void on_class_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	uint32_t rules[HD_PUNT_CLASSES_MAX] = {0};
	struct hd_punt_totals totals = {
		.injected = total(&punt_totals.injected),
		.inject_refused = total(&punt_totals.inject_refused),
		.leases = total(&punt_totals.leases),
		.leases_expired = total(&punt_totals.leases_expired),
		.resigned = total(&punt_totals.resigned),
	};

	count_rules(rules);
	for (uint32_t i = 0; i < HD_PUNT_CLASSES_MAX; i++) {
		struct hd_punt_class_state s = {
			.matched = punt_counted(i, PUNT_MATCHED),
			.policed = punt_counted(i, PUNT_POLICED),
			.full = punt_counted(i, PUNT_FULL),
			.unusable = punt_counted(i, PUNT_UNUSABLE),
			.sent = punt_counted(i, PUNT_SENT),
			.waiting = punt_queue_waiting(i),
			.rules = rules[i],
		};

		if (punt_rules_class_copy(i, &s.config))
			hd_chan_reply_item(chan, msg->hdr, &s, sizeof(s));
	}
	hd_chan_reply(chan, msg->hdr, &totals, sizeof(totals), NULL, 0);
}

static void on_rule_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	struct hd_punt_rule rule;

	for (uint32_t i = 0; i < HD_PUNT_RULES_MAX; i++)
		if (punt_shown_rule(i, &rule))
			hd_chan_reply_item(chan, msg->hdr, &rule, sizeof(rule));
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static void on_lease_list(struct hd_chan *chan, const struct hd_msg *msg, void *arg)
{
	/* only this thread replaces the tree */
	const struct dp_config *tree = atomic_load(&dp_config_published);
	uint64_t now_ns = hd_now_ns();
	struct punt_shown_lease lease;

	for (uint32_t i = 0; i < HD_LEASES_MAX; i++) {
		struct hd_punt_lease_state *s = &lease.state;
		const struct dp_port_config *gateway;

		if (!punt_shown_lease(i, &lease))
			continue;
		gateway = punt_gateway(tree, s->gateway);
		if (gateway)
			hd_str_copy(s->segment, sizeof(s->segment),
				    tree->domains[gateway->pvid_domain]->segment);
		s->left_ms = lease.until_ns > now_ns ? (lease.until_ns - now_ns) / HD_NS_PER_MS : 0;
		hd_chan_reply_item(chan, msg->hdr, s, sizeof(*s));
	}
	hd_chan_reply(chan, msg->hdr, NULL, 0, NULL, 0);
}

static const struct hd_handler punt_table[] = {
	HD_HANDLER(PUNT_CLASS_LIST, on_class_list),
	HD_HANDLER(PUNT_RULE_LIST, on_rule_list),
	HD_HANDLER(PUNT_LEASE_LIST, on_lease_list),
};
DP_API_REGISTER(punt_table);
