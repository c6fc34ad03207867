/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A feature of heddle-cp that stands for an election: adverts of a segment come to it, and it answers each
 * one into the segment. It is linked with all of heddle-cp (heddle-cp-punt), so that a real heddle-cp is at
 * the other end of the channel, with its limits, its user and its system calls. See punt_guest.c.
 */
#include <stdio.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "heddle/net/ether.h"
#include "ctrlplane/core/feature.h"
#include "ctrlplane/core/packet.h"
#include "tests/lab/tools/punt_advert.h"

static uint64_t n_adverts;

static void on_advert(const struct hd_punt_packet *packet)
{
	static const uint8_t source[HD_ETH_ALEN] = {PUNT_GATEWAY_MAC};
	uint8_t frame[PUNT_ADVERT_LEN];
	struct punt_advert advert;

	if (packet->len < PUNT_ADVERT_LEN)
		return;
	memcpy(frame, packet->frame, sizeof(frame));
	memcpy(&advert, frame + PUNT_ADVERT_AT, sizeof(advert));
	if (advert.magic != PUNT_MAGIC)
		return;
	advert.taken_ns = packet->time_ns;
	advert.came_ns = hd_now_ns();
	advert.n_adverts = ++n_adverts;
	memcpy(frame + PUNT_ADVERT_AT, &advert, sizeof(advert));
	memcpy(frame + HD_ETH_ALEN, source, sizeof(source));
	cp_inject(PUNT_GATEWAY, frame, sizeof(frame));
}

/* Of another protocol: heddle-cp has nothing to do with it, and is given it all the same. */
static void on_other(const struct hd_punt_packet *packet)
{
}

static struct cp_class adverts = {
	.name = "lab-advert", .rate = 5000, .port_rate = 5000, .burst = 128, .packet = on_advert};
static struct cp_class others = {
	.name = "lab-other", .rate = 1000, .port_rate = 1000, .burst = 32, .packet = on_other};
CP_CLASS_REGISTER(adverts);
CP_CLASS_REGISTER(others);

static int set_rule(const struct cp_class *class, uint8_t protocol,
		    const uint8_t group[HD_ETH_ALEN])
{
	struct hd_punt_rule rule = {.gateway = PUNT_GATEWAY,
				    .ethertype = HD_ETYPE_IPV4,
				    .protocol = protocol,
				    .flags = HD_PUNT_DST | HD_PUNT_PROTOCOL};

	snprintf(rule.key, sizeof(rule.key), "%s", class->name);
	memcpy(rule.dst, group, HD_ETH_ALEN);
	return cp_rule_set(class, &rule);
}

static int start(struct event_base *base, struct hd_err *err)
{
	static const uint8_t advert_group[] = {PUNT_ADVERT_MAC}, other_group[] = {PUNT_OTHER_MAC};
	int rc = set_rule(&adverts, PUNT_ADVERT_PROTOCOL, advert_group);

	if (!rc)
		rc = set_rule(&others, PUNT_OTHER_PROTOCOL, other_group);
	return rc < 0 ? hd_err_set(err, -rc, "no memory for punt rules") : 0;
}

static void commit(const struct hd_store *store)
{
}

static void stop(void)
{
}

static struct cp_feature feature = {
	.name = "lab-punt", .start = start, .commit = commit, .stop = stop};
CP_FEATURE_REGISTER(feature);
