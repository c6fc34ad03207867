/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as what heddle-cp says about punt and leases, and as a frame before the rules. What
 * must hold: a rule that was taken is one that can match; a lease that was taken ends at its time,
 * and leaves nothing behind. Input: a byte that says what it is, then the message or frame (what is
 * missing is zero).
 */
#include <errno.h>
#include <string.h>

#include "heddle/base/clock.h"
#include "dataplane/punt/lease.h"
#include "dataplane/punt/match.h"
#include "tests/fuzz/fuzz.h"

enum what { FRAME, TAGGED_FRAME, RULE, CLASS, LEASE, WHATS };

static void frame(const uint8_t *data, size_t size, size_t tag_len)
{
	static const struct hd_punt_rule rules[] = {
		{.ethertype = 0x0800, .protocol = 112, .flags = HD_PUNT_PROTOCOL},
		{.ethertype = 0x0800,
		 .protocol = 17,
		 .l4 = 67,
		 .flags = HD_PUNT_PROTOCOL | HD_PUNT_L4},
		{.ethertype = 0x86dd,
		 .protocol = 58,
		 .l4 = 133,
		 .flags = HD_PUNT_PROTOCOL | HD_PUNT_L4},
		{.dst = {1, 0, 0x5e, 0, 0, 18}, .ethertype = 0x0800, .flags = HD_PUNT_DST},
	};
	uint8_t *copy =
		malloc(size ? size : 1); /* its own block, so that a read beyond it is seen */
	struct punt_view v;

	if (!copy)
		return;
	memcpy(copy, data, size);
	if (punt_look(copy, size, tag_len, &v)) {
		FUZZ_ASSERT(v.dst == copy && size >= 14);
		FUZZ_ASSERT(v.has_protocol || !v.has_l4);
		FUZZ_ASSERT(!v.has_protocol || v.ethertype == 0x0800 || v.ethertype == 0x86dd);
		for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
			punt_matches(&rules[i], &v);
	} else {
		FUZZ_ASSERT(size < 14 + tag_len);
	}
	free(copy);
}

static unsigned int n_entered;
static struct lease_place gateway = {.port = 1, .generation = 1, .domain = 1};

static bool find(const char *name, struct lease_place *place)
{
	*place = gateway;
	return !strcmp(name, "lab-gw");
}

static int enter(const struct lease_place *place, const uint8_t mac[6])
{
	n_entered++;
	return 0;
}

static void withdraw(const struct lease_place *place, const uint8_t mac[6])
{
	FUZZ_ASSERT(n_entered);
	n_entered = 0;
}

static bool has(const struct lease_place *place, const uint8_t mac[6])
{
	return false;
}

static bool send(const struct lease *lease, uint64_t *ticket)
{
	FUZZ_ASSERT(lease->config.len >= 14 && lease->config.len <= HD_LEASE_FRAME_MAX);
	return true;
}

static bool is_sent(const struct lease *lease)
{
	return true;
}

static void over(const struct lease *lease, enum hd_lease_why why)
{
	FUZZ_ASSERT(hd_name_valid(lease->config.key, sizeof(lease->config.key)));
}

static void changed(const struct lease *lease)
{
	FUZZ_ASSERT(hd_name_valid(lease->config.key, sizeof(lease->config.key)));
}

static void lease(const uint8_t *data, size_t size)
{
	static const struct lease_ops ops = {find, enter,   withdraw, has,
					     send, is_sent, over,     changed};
	static struct lease_table table = {.ops = &ops};
	struct hd_lease l = {0};
	struct hd_err err = {0};
	uint64_t until;

	memcpy(&l, data, size < sizeof(l) ? size : sizeof(l));
	if (lease_set(&table, &l, HD_NS_PER_S, &err) < 0) {
		FUZZ_ASSERT(err.text[0] && !table.n && !n_entered);
		return;
	}
	FUZZ_ASSERT(table.n == 1 && n_entered);
	until = HD_NS_PER_S + l.lifetime_ms * HD_NS_PER_MS;
	lease_tick(&table, until - 1);
	FUZZ_ASSERT(table.n == 1 && !table.expired);
	lease_tick(&table, until);
	lease_tick(&table, until + HD_NS_PER_S);
	FUZZ_ASSERT(!table.n && table.expired == 1 && !n_entered);
	table.expired = 0;
}

static void rule(const uint8_t *data, size_t size)
{
	uint8_t bytes[64] = {0};
	struct hd_punt_rule r = {0};
	struct hd_err err = {0};
	struct punt_view v = {.dst = bytes, .has_protocol = true, .has_l4 = true};

	memcpy(&r, data, size < sizeof(r) ? size : sizeof(r));
	if (punt_rule_check(&r, &err) < 0) {
		FUZZ_ASSERT(err.text[0]);
		return;
	}
	memcpy(bytes, r.dst, sizeof(r.dst));
	v.ethertype = r.ethertype;
	v.protocol = r.protocol;
	v.l4 = r.l4;
	FUZZ_ASSERT(punt_matches(&r, &v));
}

static void class(const uint8_t *data, size_t size)
{
	struct hd_punt_class c = {0};
	struct hd_err err = {0};

	memcpy(&c, data, size < sizeof(c) ? size : sizeof(c));
	if (punt_class_check(&c, &err) < 0)
		FUZZ_ASSERT(err.text[0]);
	else
		FUZZ_ASSERT(c.rate && c.port_rate && c.burst && c.id < HD_PUNT_CLASSES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0] % WHATS) {
	case FRAME: frame(data + 1, size - 1, 0); break;
	case TAGGED_FRAME: frame(data + 1, size - 1, 4); break;
	case RULE: rule(data + 1, size - 1); break;
	case CLASS: class(data + 1, size - 1); break;
	case LEASE: lease(data + 1, size - 1); break;
	}
	return 0;
}
